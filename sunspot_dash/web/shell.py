"""The frame of every page: navigation, theme switch, state of the queue."""

from __future__ import annotations

from typing import Any

import dash
import dash_bootstrap_components as dbc
from dash import ClientsideFunction, Dash, Input, Output, dcc, html

from sunspot_dash.errors import QueueUnavailableError
from sunspot_dash.web.components.feedback import LIVE, toasts
from sunspot_dash.web.context import current_context
from sunspot_dash.web.ids import Shell

PAGES = (
    ("/", "Overview"),
    ("/dataset", "Dataset"),
    ("/train", "Train"),
    ("/inference", "Inference"),
    ("/explore", "Explore"),
    ("/jobs", "Jobs"),
)
TICK_MS = 1500


def layout() -> html.Div:
    """Return the frame around the page."""
    links = [
        dbc.NavItem(dbc.NavLink(name, href=path, active="exact" if path == "/" else "partial"))
        for path, name in PAGES
    ]
    bar = dbc.Navbar(
        dbc.Container(
            [
                dbc.NavbarBrand("Sunspot Dashboard", href="/"),
                dbc.Nav(links, navbar=True, className="flex-row flex-wrap column-gap-2 me-auto"),
                html.A(
                    id=Shell.QUEUE,
                    href="/jobs",
                    className="badge text-bg-secondary text-decoration-none me-3",
                ),
                dbc.Button(
                    "Light / dark",
                    id=Shell.THEME_BUTTON,
                    size="sm",
                    outline=True,
                    color="secondary",
                    n_clicks=0,
                ),
            ],
            fluid=True,
            className="flex-wrap",
        ),
        dark=False,
        className="border-bottom bg-body-tertiary",
    )
    return html.Div(
        [
            html.A("Skip to content", href="#content", className="skip"),
            dcc.Location(id=Shell.LOCATION, refresh="callback-nav"),
            dcc.Store(id=Shell.ADDRESS),
            dcc.Store(id=Shell.SHOWN),
            dcc.Store(id=Shell.THEME, data="light"),
            dcc.Interval(id=Shell.TICK, interval=TICK_MS),
            html.Header(bar),
            html.Div(id=Shell.OUTAGE, **LIVE),
            toasts(Shell.MESSAGE, side="toasts-left"),
            html.Main(dbc.Container(dash.page_container, fluid=True), id="content"),
        ]
    )


def queue_state(_: int | None) -> tuple[str, Any]:
    """Return the number of running and waiting jobs, and a warning while the queue cannot be reached."""
    try:
        live = current_context().ledger.live()
    except QueueUnavailableError as error:
        sentence = f"{error.retrying[0].upper()}{error.retrying[1:]}"
        return "queue unavailable", dbc.Alert(sentence, color="warning", className="mb-0")
    running = sum(job.state != "queued" for job in live)
    return f"{running} running, {len(live) - running} waiting" if live else "queue empty", None


def register(app: Dash) -> None:
    """Register the callbacks."""
    app.clientside_callback(
        ClientsideFunction("sunspot", "theme"),
        Output(Shell.THEME, "data"),
        Input(Shell.THEME_BUTTON, "n_clicks"),
    )
    # Writes the selection to the address bar, without a step in the history and without a reload.
    app.clientside_callback(
        ClientsideFunction("sunspot", "address"),
        Output(Shell.SHOWN, "data"),
        Input(Shell.ADDRESS, "data"),
        prevent_initial_call=True,
    )
    app.callback(
        Output(Shell.QUEUE, "children"),
        Output(Shell.OUTAGE, "children"),
        Input(Shell.TICK, "n_intervals"),
    )(queue_state)
