"""The frame of every page: navigation with counts, theme switch, and a warning while the queue is away."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import dash
import dash_bootstrap_components as dbc
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html
from dash.exceptions import PreventUpdate

from sunspot_dash.errors import QueueUnavailableError
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.review.queue import counts
from sunspot_dash.web import pulse
from sunspot_dash.web.components import tour
from sunspot_dash.web.components.bar import opener
from sunspot_dash.web.components.feedback import LIVE, toasts
from sunspot_dash.web.components.icons import icon
from sunspot_dash.web.context import current_context, url
from sunspot_dash.web.ids import Shell

PAGES = (
    ("/", "Overview"),
    ("/today", "Today"),
    ("/dataset", "Dataset"),
    ("/train", "Train"),
    ("/models", "Models"),
    ("/inference", "Inference"),
    ("/review", "Review"),
    ("/explore", "Explore"),
    ("/jobs", "Jobs"),
)
DOCS = ("/docs", "Documentation")  # without a link in the navigation
# https://icons.getbootstrap.com
ICONS = {
    "Overview": "sun",
    "Today": "calendar-day",
    "Dataset": "images",
    "Train": "mortarboard",
    "Models": "diagram-3",
    "Inference": "bullseye",
    "Review": "check2-square",
    "Explore": "graph-up",
    "Jobs": "list-task",
}
NO_ANSWER = "The dashboard does not answer. What you see stays, and is renewed when it answers again."
ON_A_PHONE = ("Overview", "Dataset", "Inference", "Review", "Explore")  # the others are behind "More"
COUNTS = {"Dataset": Shell.DRAWINGS, "Review": Shell.TO_REVIEW, "Jobs": Shell.QUEUE}
HIDDEN: Any = {"aria-hidden": "true"}  # from screen readers, which read the name beside it


def layout() -> html.Div:
    """Return the frame around the page."""
    return html.Div(
        [
            html.A("Skip to content", href="#content", className="skip"),
            dcc.Location(id=Shell.LOCATION, refresh="callback-nav"),
            dcc.Store(id=Shell.ADDRESS),
            dcc.Store(id=Shell.SHOWN),
            dcc.Store(id=Shell.THEME, data="light"),
            dcc.Store(id=Shell.PULSE, data=pulse.now()),
            html.Header(_navigation()),
            tour.card(),
            html.Div(
                [
                    html.Div(id=Shell.OUTAGE, **LIVE),
                    html.Div(
                        dbc.Alert(NO_ANSWER, color="warning", className="mb-0"),
                        id=Shell.OFFLINE,
                        hidden=True,
                        **LIVE,
                    ),
                    toasts(Shell.MESSAGE, side="toasts-left"),
                    html.Main(
                        dash.page_container, id="content", tabIndex="-1"
                    ),  # the skip link moves the focus
                ]
            ),
        ],
        className="app",
    )


def _navigation() -> html.Nav:
    links = [
        dbc.NavLink(
            [
                html.Span(icon(ICONS[name]), title=name, **HIDDEN),
                html.Span(name, className="name"),
                *_count(name),
            ],
            href=url(path),
            active="exact" if path == "/" else "partial",
            class_name="" if name in ON_A_PHONE else "later",
        )
        for path, name in PAGES
    ]
    theme = html.Button(
        [icon("circle-half"), html.Span("Light / dark", className="name")],
        id=Shell.THEME_BUTTON,
        n_clicks=0,
        type="button",
        className="later",
    )
    brand = html.A(
        html.Span("Sunspot Dashboard"), href=url("/"), className="brand", title="Sunspot Dashboard"
    )
    more = opener(icon("three-dots"), html.Span("More", className="name"))
    guide = tour.start_button("Tour", plain=True)
    return html.Nav([brand, *links, html.Span(className="room"), guide, theme, more], className="navigation")


def _count(page: str) -> list[html.B]:
    return [html.B(id=COUNTS[page])] if page in COUNTS else []


@lru_cache(maxsize=2)
def _numbers(catalogue: Catalogue, _revision: str) -> tuple[str, str]:
    """Return the numbers of drawings, and of those to review; every page asks for them."""
    found = catalogue.summary()
    to_review = counts(catalogue, found.model).to_review
    return _number(found.drawings), _number(to_review)


def _number(number: int) -> str:
    return f"{number:,}" if number else ""


def state(_: str | None, *shown: Any) -> tuple[Any, ...]:
    """Return the counts beside the links, the state of the queue of jobs, and a warning while it is away.

    Every page asks at every pulse, so nothing is sent while it is `shown` already.
    """
    catalogue = current_context().catalogue
    numbers = _numbers(catalogue, catalogue.revision())
    try:
        live = current_context().ledger.live()
    except QueueUnavailableError as error:
        sentence = f"{error.retrying[0].upper()}{error.retrying[1:]}"
        return *numbers, "!", "queue unavailable", dbc.Alert(sentence, color="warning", className="mb-0")
    running = sum(job.state != "queued" for job in live)
    text = f"{running} running, {len(live) - running} waiting" if live else "queue empty"
    now = (*numbers, str(len(live) or ""), text, None)
    if now == shown:
        raise PreventUpdate
    return now


def register(app: Dash) -> None:
    """Register the callbacks."""
    app.clientside_callback(
        ClientsideFunction("sunspot", "theme"),
        Output(Shell.THEME, "data"),
        Input(Shell.THEME_BUTTON, "n_clicks"),
    )
    app.clientside_callback(ClientsideFunction("pulse", "shown"), Input(Shell.PULSE, "data"))
    # Writes the selection to the address bar, without a step in the history and without a reload.
    app.clientside_callback(
        ClientsideFunction("sunspot", "address"),
        Output(Shell.SHOWN, "data"),
        Input(Shell.ADDRESS, "data"),
        prevent_initial_call=True,
    )
    shown = [
        (Shell.DRAWINGS, "children"),
        (Shell.TO_REVIEW, "children"),
        (Shell.QUEUE, "children"),
        (Shell.QUEUE, "title"),
        (Shell.OUTAGE, "children"),
    ]
    outputs, states = ([kind(*part) for part in shown] for kind in (Output, State))
    app.callback(outputs, Input(Shell.PULSE, "data"), *states)(state)
