"""Messages, empty states and lists of facts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import ALL, Input, dcc, html

from sunspot_dash.web.context import url
from sunspot_dash.web.ids import Shell

AGAIN_MS = 1500
LIVE: dict[str, Any] = {"aria-live": "polite"}  # screen readers announce changes
STAGE: dict[str, Any] = {"role": "img", "aria-label": "Drawing", "tabIndex": "0"}  # stage.js adds the name


def toasts(*identities: str, side: str = "") -> html.Div:
    """Return the corner for a page's messages, with a separate place for each callback.

    Args:
        side: "toasts-left" if the right corner holds a form.
    """
    return html.Div([html.Div(id=identity) for identity in identities], className=f"toasts {side}".strip())


def problem(text: str) -> dbc.Toast:
    """Return an error message, which stays until it is closed."""
    return dbc.Toast(text, header="Error", icon="danger", dismissable=True)


def fault(text: str) -> dbc.Alert:
    """Return an error message for a place in a form, beside its button."""
    return dbc.Alert(text, color="danger", className="py-2 px-3 mb-0")


def waiting(text: str) -> dbc.Toast:
    """Return a message about a problem that may end by itself, which stays until it is replaced or closed."""
    return dbc.Toast(text, header="Waiting", icon="warning", dismissable=True)


def attention(text: str) -> dbc.Toast:
    """Return the message on something that is done, but not as it should be; it stays until it is closed."""
    return dbc.Toast(text, header="Done, but look at this", icon="warning", dismissable=True)


def note(text: str) -> dbc.Toast:
    """Return a confirmation, which closes after 10 s."""
    return dbc.Toast(text, header="Done", icon="success", dismissable=True, duration=10_000)


def empty(title: str, text: str, link: str = "", href: str = "") -> html.Div:
    """Return an empty state: what is missing, and how to begin; `href` is a path of the dashboard."""
    more = [dbc.Button(link, href=url(href), color="primary", className="mt-2")] if link else []
    return html.Div(
        [html.P(title, className="empty-title"), html.P(text, className="text-secondary mb-1"), *more],
        className="text-center py-5",
    )


def sentence(error: Exception) -> str:
    """Return the text of an error with a capital letter."""
    return capital(str(error))


def capital(text: str) -> str:
    """Return a text with a capital letter."""
    return f"{text[:1].upper()}{text[1:]}"


def still_reading(error: Exception, page: str) -> html.Div:
    """Return a text in place of something that is not ready, and ask for it again with `asked_again(page)`."""
    again = dcc.Interval(id={"type": Shell.AGAIN, "page": page, "n": 0}, interval=AGAIN_MS)
    return html.Div([sentence(error), again], className="small text-secondary")


def asked_again(page: str) -> Input:
    """Return the input of a callback that may answer with `still_reading`."""
    return Input({"type": Shell.AGAIN, "page": page, "n": ALL}, "n_intervals")


def log_view(name: str, text: str = "", **more: Any) -> html.Div:
    """Return a log of this name that scrolls and keeps its newest line in view; `more` are properties of its text."""
    label: dict[str, Any] = {"aria-label": name}
    return html.Div(html.Pre(text, **more), className="log growing", tabIndex=0, role="region", **label)


def facts(rows: Sequence[tuple[str, Any]]) -> html.Dl:
    """Return a list of names and values."""
    return html.Dl(
        [part for name, value in rows for part in (html.Dt(name), html.Dd(value))], className="facts"
    )
