"""Clicks on one of many buttons that a callback makes, such as 'Undo' in a list.

New buttons trigger a callback that has them as input, without a click, and Dash drops the answer to a call when the
same callback is called again: a click would be lost when the list is written again before the server has answered. So
the browser passes on the clicks alone.
"""

from __future__ import annotations

from typing import Any

from dash import ALL, ClientsideFunction, Dash, Input, Output, dcc

Click = dict[str, Any] | None  # the id of the clicked button; None before the first click


def store(kind: str) -> dcc.Store:
    """Return the place for the last click on a button of a kind."""
    return dcc.Store(id=_identity(kind))


def last_click(app: Dash, kind: str, *parts: str) -> Input:
    """Return the input for a callback that answers clicks: the id of the button, with a "nonce".

    Args:
        kind: "type" of the buttons, which have the ids {"type": kind, part: ..., ...}.
        parts: what distinguishes the buttons.
    """
    app.clientside_callback(
        ClientsideFunction("sunspot", "clicked"),
        Output(_identity(kind), "data"),
        Input({"type": kind} | dict.fromkeys(parts, ALL), "n_clicks"),
        prevent_initial_call=True,
    )
    return Input(_identity(kind), "data")


def _identity(kind: str) -> str:
    return f"{kind}-clicked"
