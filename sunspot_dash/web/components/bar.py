"""The bar at the top of every page: its title, what is shown, and its main action."""

from __future__ import annotations

from typing import Any

from dash import html


def bar(title: str, *parts: Any, actions: Any = ()) -> html.Div:
    """Return the bar of a page; `parts` follow the title, `actions` are at the right."""
    return html.Div([html.H1(title), *parts, html.Span(className="room"), *actions], className="bar")


def page(title: str, *content: Any) -> html.Div:
    """Return a page with a plain bar."""
    return html.Div([bar(title), html.Div(list(content), className="page")])
