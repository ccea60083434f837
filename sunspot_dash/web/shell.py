"""What every page lies in: navigation, theme, the queue's state, messages."""

from __future__ import annotations

import dash
import dash_bootstrap_components as dbc
from dash import ClientsideFunction, Dash, Input, Output, dcc, html

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
    """The frame; the page comes into its middle."""
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
            html.A("Skip to the content", href="#content", className="skip"),
            dcc.Location(id=Shell.LOCATION, refresh="callback-nav"),
            dcc.Store(id=Shell.ADDRESS),
            dcc.Store(id=Shell.SHOWN),
            dcc.Store(id=Shell.THEME, data="light"),
            dcc.Interval(id=Shell.TICK, interval=TICK_MS),
            html.Header(bar),
            html.Main(dbc.Container(dash.page_container, fluid=True), id="content"),
        ]
    )


def queue_state(_: int | None) -> str:
    """How many jobs run and wait."""
    live = current_context().ledger.live()
    running = sum(job.state != "queued" for job in live)
    return f"{running} running, {len(live) - running} waiting" if live else "queue is empty"


def register(app: Dash) -> None:
    """Make the callbacks known."""
    app.clientside_callback(
        ClientsideFunction("sunspot", "theme"),
        Output(Shell.THEME, "data"),
        Input(Shell.THEME_BUTTON, "n_clicks"),
    )
    # The address tells what is shown; put there without a step of the history, and without a page drawn anew.
    app.clientside_callback(
        ClientsideFunction("sunspot", "address"),
        Output(Shell.SHOWN, "data"),
        Input(Shell.ADDRESS, "data"),
        prevent_initial_call=True,
    )
    app.callback(Output(Shell.QUEUE, "children"), Input(Shell.TICK, "n_intervals"))(queue_state)
