"""What a user is told: errors that say what to do, and places that are still empty."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import html

LIVE: dict[str, Any] = {"aria-live": "polite"}  # what changes there is read out


def toasts(*identities: str, side: str = "") -> html.Div:
    """The corner where a page's messages appear, each callback's in a place of its own.

    Args:
        side: "toasts-left" where a form lies in the right corner.
    """
    return html.Div([html.Div(id=identity) for identity in identities], className=f"toasts {side}".strip())


def problem(text: str) -> dbc.Toast:
    """Something went wrong; it stays until it is closed."""
    return dbc.Toast(text, header="That did not work", icon="danger", dismissable=True)


def note(text: str) -> dbc.Toast:
    """Something was done."""
    return dbc.Toast(text, header="Done", icon="success", dismissable=True, duration=10_000)


def empty(title: str, text: str, link: str = "", href: str = "") -> html.Div:
    """Nothing is here yet: how to begin."""
    more = [dbc.Button(link, href=href, color="primary", className="mt-2")] if link else []
    return html.Div(
        [html.P(title, className="h5"), html.P(text, className="text-secondary mb-1"), *more],
        className="text-center py-5",
    )


def facts(rows: list[tuple[str, str]]) -> html.Dl:
    """Names and values."""
    return html.Dl(
        [part for name, value in rows for part in (html.Dt(name), html.Dd(value))], className="facts"
    )
