"""The Review page: correct the detections on a drawing, one after the other, the most doubtful first."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, State, dcc, html, no_update

from sunspot_dash.services.review.queue import ALL, NEEDS_REVIEW, REVIEWED
from sunspot_dash.web.components.bar import bar, choice
from sunspot_dash.web.components.correction_fields import ids_of
from sunspot_dash.web.components.dates import TYPING_MS, date_field, register_dates
from sunspot_dash.web.components.drawer import drawer, register_drawer
from sunspot_dash.web.components.feedback import STAGE, toasts
from sunspot_dash.web.components.scripts import scripts
from sunspot_dash.web.context import current_context, url
from sunspot_dash.web.ids import Review, Shell
from sunspot_dash.web.pages.review import agreement, retrain, side
from sunspot_dash.workspace import Workspace

STATES = {NEEDS_REVIEW: "Needs review", REVIEWED: "Reviewed", ALL: "All drawings"}
HELP = (Review.KEYS, Review.OPEN_KEYS, Review.CLOSE_KEYS)


def layout(model: str = "", drawing: str = "", blind: str = "", **_: str) -> html.Div:
    """Return the page; the URL may name a model and a drawing, and ask for blind readings."""
    return html.Div(
        [
            bar("Review", *_choices(model), actions=_actions()),
            toasts(Review.MESSAGE, side="toasts-left"),
            dcc.Store(id=Review.KEY, data=drawing),
            dcc.Store(id=Review.BLIND, data=bool(blind)),
            dcc.Store(id=Review.REVISION),
            dcc.Store(id=Review.DRAWN),
            html.Div([_queue(), _stage(), side.panel()], className="review-page"),
            drawer(HELP, "Keys", side.keys()),
            retrain.panel(),
            agreement.panel(),
        ]
    )


def _choices(model: str) -> list[Any]:
    done = current_context().catalogue.models()
    picked = model if model in done else next(iter(done), None)
    return [
        choice(
            "Results of model",
            dbc.Select(
                id=Review.MODEL,
                options=done,
                value=picked,
                placeholder="no results yet",
                className="bar-choice",
            ),
        ),
        choice(
            "Drawings to show",
            dbc.Select(
                id=Review.STATE,
                options=[{"value": value, "label": label} for value, label in STATES.items()],
                value=NEEDS_REVIEW,
                className="bar-choice",
                persistence=True,
                persistence_type="session",
            ),
        ),
        choice("From date", date_field(Review.FIRST, "From", debounce=TYPING_MS, className="bar-choice")),
        choice("To date", date_field(Review.LAST, "To", debounce=TYPING_MS, className="bar-choice")),
    ]


def _actions() -> list[Any]:
    person = dbc.Input(
        id=Review.PERSON,
        type="text",
        placeholder="Your name",
        className="bar-choice",
        persistence=True,
        persistence_type="local",
        maxLength=80,
    )
    return [
        html.Span(id=Review.SAVED, className="small text-secondary", role="status"),
        choice("Your name", person),
        dbc.Button("Keys", id=Review.OPEN_KEYS, color="secondary", size="sm"),
        retrain.opener(),
    ]


def _queue() -> html.Div:
    return html.Div(
        [
            html.Div(id=Review.COUNTS, className="queue-counts"),
            html.Div(id=Review.QUEUE, className="queue-rows", tabIndex="-1"),
        ],
        className="review-queue",
    )


def _stage() -> html.Div:
    return html.Div(
        [
            html.Div(id=Review.STAGE, className="stage", **STAGE),
            html.Div(id=Review.TOOLS, className="stage-tools review-tools"),
            html.Div(
                [
                    html.Span(id=Review.BANNER_TEXT),
                    html.Button("Leave the blind reading", id=Review.LEAVE_BLIND, type="button"),
                ],
                id=Review.BANNER,
                className="blind-banner",
                role="status",
                hidden=True,
            ),
            html.Div(
                [
                    html.Div(id=Review.NOTE, className="review-note", role="status"),
                    html.Div(
                        [html.Span(id=Review.STATUS), html.Span(_decisions())], className="stage-status"
                    ),
                ],
                className="stage-foot",
            ),
        ],
        className="stage-frame",
    )


def _decisions() -> list[html.Button]:
    """Return the buttons for the selected spot, which name their keys."""
    return [
        html.Button([html.Kbd(key), f" {name}"], id=identity, type="button")
        for key, name, identity in (
            ("A", "accept", Review.ACCEPT),
            ("X", "reject", Review.REJECT),
            ("→", "next", Review.NEXT),
        )
    ]


def revision(_: str | None, shown: str | None) -> Any:
    """Return the revision of the index; send nothing while it is unchanged."""
    now = current_context().catalogue.revision()
    return no_update if now == shown else now


def plain_tone(_: int) -> tuple[int, int]:
    """Return brightness and contrast of the scan as it is."""
    return side.PLAIN, side.PLAIN


def address(key: str, blind: bool, model: str | None) -> Any:
    """Return the URL of the drawing."""
    if not key:
        return no_update
    query = {"model": model or "", "drawing": key} | ({"blind": "1"} if blind else {})
    return url("/review?") + urlencode(query)


def register(app: Dash, workspace: Workspace) -> None:
    """Register the callbacks; assets/viewer/review.js does the work."""
    retrain.register(app, workspace)
    register_dates(app, Review.FIRST, Review.LAST)
    app.callback(Output(Review.REVISION, "data"), Input(Shell.PULSE, "data"), State(Review.REVISION, "data"))(
        revision
    )
    app.callback(
        Output(Shell.ADDRESS, "data", allow_duplicate=True),
        Input(Review.KEY, "data"),
        Input(Review.BLIND, "data"),
        State(Review.MODEL, "value"),
        prevent_initial_call=True,
    )(address)
    register_drawer(app, *HELP)
    agreement.register(app)
    script = scripts(app, "review", Review.DRAWN)
    chosen = (Review.MODEL, Review.STATE, Review.FIRST, Review.LAST)
    script(
        "show",
        Input(Review.KEY, "data"),
        *(Input(name, "value") for name in chosen),
        Input(Review.REVISION, "data"),
        Input(Review.BLIND, "data"),
    )
    script("person", Input(Review.PERSON, "value"))
    script("layers", *(Input(name, "value") for name in side.LAYERS))
    script("tone", Input(Review.BRIGHTNESS, "value"), Input(Review.CONTRAST, "value"))
    buttons = (
        *(Review.FINISH, Review.SKIP, Review.ACCEPT_ALL, Review.ACCEPT, Review.REJECT, Review.NEXT),
        *(Review.READ_BLIND, Review.LEAVE_BLIND),
    )
    script("entered", *(Input(name, "value") for name in ids_of(Review)))
    script("correct", Input(Review.CORRECT, "n_clicks"), Input(Review.DISCARD, "n_clicks"))
    script("act", *(Input(name, "n_clicks") for name in buttons))
    app.callback(
        Output(Review.BRIGHTNESS, "value"),
        Output(Review.CONTRAST, "value"),
        Input(Review.RESET_TONE, "n_clicks"),
        prevent_initial_call=True,
    )(plain_tone)
    script("recolour", Input(Shell.THEME, "data"))
