"""The right of the Review page: the numbers of the drawing, its spots and groups, and the decisions about all of it."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from sunspot_dash.web.components.correction_fields import fields
from sunspot_dash.web.ids import Review

# Id -> label and default.
LAYERS = {
    Review.GRID: ("Grid", False),
    Review.GROUPS: ("Groups", True),
    Review.CANDIDATES: ("Candidates below the threshold", True),
}
PLAIN = 100  # percent
KEYS = {
    "A": "accept the selected spots, and go on to the next",
    "X, Delete": "reject the selected spots, and go on to the next",
    "→, ←": "next and previous spot, those nearest to the threshold first",
    "Click, Shift + click": "select a spot; add it to the selection",
    "N": "add: one click adds the spot under it",
    "O": "outline: draw around the selected spot, or around a new one",
    "C": "split: drag a line across a spot",
    "L": "lasso: select all spots inside a line",
    "M": "merge the selected spots",
    "G": "move the selected spots to the group that is clicked next",
    "Shift + G": "make a group of the selected spots",
    "Shift + R": "leave the group of the selected spots to the rule again",
    "T": "choose the type of the selected spot's group",
    "D": "move the limb: drag its centre, or its edge for the radius",
    "Arrows, Page ↑, Page ↓": "move the limb, change its radius by 1 px; with Shift by 10 px; Enter saves, Esc cancels",
    "Drag a corner": "change the outline of the selected spot",
    "Ctrl + Z, Ctrl + Shift + Z": "undo, redo",
    "Enter": "mark the drawing as reviewed, and open the next one",
    "S": "skip the drawing; it comes back at the end",
    "0, +, -, Z": "fit, zoom in, zoom out, zoom to the selected spot",
    "V, Esc": "select; clear the selection",
    "?": "this list",
}


def panel() -> html.Aside:
    """Return the panel."""
    boxes = [
        dbc.Checkbox(id=identity, label=label, value=value, persistence=True, persistence_type="local")
        for identity, (label, value) in LAYERS.items()
    ]
    above = html.Div(
        [
            html.Label("Accept all from confidence", htmlFor=Review.ABOVE, className="small"),
            dbc.Input(id=Review.ABOVE, type="number", min=0, max=1, step=0.05, value=0.8, size="sm"),
            dbc.Button("Accept", id=Review.ACCEPT_ALL, size="sm", color="secondary"),
        ],
        className="accept-above of-drawing",
    )
    decide = html.Div(
        [
            dbc.Button("Skip", id=Review.SKIP, color="secondary"),
            dbc.Button("Mark as reviewed ⏎", id=Review.FINISH, color="primary"),
        ],
        className="review-decide",
    )
    scrolled = html.Div(
        [
            html.Div(id=Review.DRAWING),
            html.Div(id=Review.LIVE_NUMBERS),
            above,
            html.Div(boxes, className="of-drawing d-flex column-gap-3 flex-wrap small"),
            html.Div(
                [
                    _tone("Brightness", Review.BRIGHTNESS),
                    _tone("Contrast", Review.CONTRAST),
                    dbc.Button("Reset", id=Review.RESET_TONE, size="sm", color="secondary"),
                ],
                className="tones of-drawing",
            ),
            html.Div(id=Review.GROUPS_LIST),
            _drawing(),
            html.Details([html.Summary("List of spots"), html.Div(id=Review.SPOTS)], className="of-drawing"),
            _second_reader(),
        ],
        className="viewer-side",
    )
    return html.Aside([scrolled, decide], className="review-side")


def _drawing() -> html.Details:
    """Return date, observer, orientation and limb as they are used now, and a form to correct them."""
    buttons = html.Div(
        [
            dbc.Button("Save", id=Review.CORRECT, size="sm", color="primary"),
            dbc.Button("Discard corrections", id=Review.DISCARD, size="sm", color="secondary", outline=True),
        ],
        className="d-flex gap-2 mt-2 flex-wrap",
    )
    text = (
        "Enter a value to correct it; an empty field keeps that of the file name, the archive or the observers' "
        "table. D moves the limb."
    )
    return html.Details(
        [
            html.Summary("Drawing: date, orientation, limb"),
            html.Div(id=Review.FACTS),
            html.P(text, className="help my-1"),
            fields(Review, xs=6),
            buttons,
        ]
    )


def _second_reader() -> html.Div:
    blind = dbc.Button(
        "Read blind",
        id=Review.READ_BLIND,
        color="secondary",
        size="sm",
        title="Mark the spots on the plain drawing, without the detections and without the reviews of others",
    )
    compare = dbc.Button("Agreement", id=Review.OPEN_AGREEMENT, color="secondary", size="sm")
    return html.Div([html.Span("Second reader"), blind, compare], className="second-reader")


def _tone(label: str, identity: str) -> html.Div:
    field = dbc.Input(
        id=identity, type="range", min=50, max=200, step=5, value=PLAIN, className="form-range p-0 border-0"
    )
    return html.Div([html.Label(label, htmlFor=identity, className="small"), field], className="tone")


def keys() -> list[Any]:
    """Return the list of all keys."""
    rows = [html.Tr([html.Th(html.Kbd(key), scope="row"), html.Td(text)]) for key, text in KEYS.items()]
    return [html.Table(html.Tbody(rows), className="keys-table")]
