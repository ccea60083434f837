"""What a user is told: errors that say what to do, and places that are still empty."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import html

LIVE: dict[str, Any] = {"aria-live": "polite"}  # what changes there is read out


def problem(text: str) -> dbc.Alert:
    """Something went wrong."""
    return dbc.Alert(text, color="danger", dismissable=True, className="mt-2 mb-0")


def note(text: str) -> dbc.Alert:
    """Something was done."""
    return dbc.Alert(text, color="success", dismissable=True, duration=8000, className="mt-2 mb-0")


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
