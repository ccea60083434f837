"""The bar at the top of every page: its title, what is shown, and its main action."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from sunspot_dash.web.components.icons import icon


def bar(title: str, *parts: Any, actions: Any = ()) -> html.Div:
    """Return the bar of a page; `parts` follow the title, `actions` are at the right.

    In a narrow window, the parts other than `segments` are behind the button "Filters".
    """
    chosen = [opener(icon("funnel"), "Filters"), html.Div(list(parts), className="bar-parts")]
    return html.Div(
        [
            html.H1(title),
            *(chosen if parts else []),
            html.Span(className="room"),
            html.Div(list(actions), className="bar-actions"),
        ],
        className="bar",
    )


def opener(*content: Any) -> html.Button:
    """Return a button that shows what is hidden beside it in a narrow window; see assets/opener.js and shell.css."""
    closed: dict[str, Any] = {"aria-expanded": "false"}
    return html.Button(list(content), type="button", className="opener", **closed)


def page(title: str, *content: Any) -> html.Div:
    """Return a page with a plain bar."""
    return html.Div([bar(title), html.Div(list(content), className="page")])


def choice(label: str, field: Any) -> html.Div:
    """Return a field of the bar, whose label only screen readers see."""
    return html.Div([html.Label(label, htmlFor=field.id, className="visually-hidden"), field])


def segments(identity: str, options: dict[str, str], value: str) -> dbc.RadioItems:
    """Return a choice of one of several, drawn as the parts of one button; `options` are values and labels."""
    return dbc.RadioItems(
        id=identity,
        options=[{"value": name, "label": label} for name, label in options.items()],
        value=value,
        className="segments",
        inputClassName="btn-check",
        labelClassName="segment",
        labelCheckedClassName="active",
    )
