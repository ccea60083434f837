"""The list of the versions of the labels, each with a button to restore it."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from sunspot_dash.services.dataset.label_versions import KEPT, Version
from sunspot_dash.web.ids import Dataset


def part() -> html.Details:
    """Return the list, closed."""
    return html.Details(
        [
            html.Summary("Versions", className="small"),
            html.Div(id=Dataset.VERSIONS),
            html.P(
                f"The last {KEPT} versions are kept. Restoring one adds a version.", className="help mb-0"
            ),
        ]
    )


def rows(found: list[Version]) -> Any:
    """Return the versions as a table, newest first."""
    if not found:
        return html.P("none yet", className="small mb-1")
    head = html.Thead(html.Tr([html.Th(text) for text in ("Date (UT)", "Labels", "Cause", "")]))
    body = html.Tbody([_row(version, found[0]) for version in found])
    return dbc.Table([head, body], size="sm", className="small mb-1", responsive=True)


def _row(version: Version, current: Version) -> html.Tr:
    hidden = html.Span(f" version {version.number}", className="visually-hidden")
    button: Any = dbc.Button(
        ["Restore", hidden],
        id={"type": Dataset.RESTORE, "number": version.number},
        size="sm",
        color="secondary",
        outline=True,
        className="py-0",
    )
    if version.sha256 == current.sha256:
        button = "current" if version.number == current.number else "same"
    cells = (version.date[:16], version.numbers, f"{version.number}: {version.cause}", button)
    return html.Tr([html.Td(cell) for cell in cells])
