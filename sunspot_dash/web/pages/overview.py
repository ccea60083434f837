"""The Overview page: counts, recent jobs and next steps."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, State, dcc, html
from dash.exceptions import PreventUpdate

from jobs.follow import summaries
from sunspot_dash.errors import SunspotError
from sunspot_dash.figures.small_series import small_series
from sunspot_dash.services.analysis.counts import series
from sunspot_dash.services.catalogue.catalogue import Summary
from sunspot_dash.services.demo.sample_data import demo_note
from sunspot_dash.web.components.bar import page
from sunspot_dash.web.components.feedback import empty, note, problem, toasts
from sunspot_dash.web.components.jobs import status
from sunspot_dash.web.context import current_context, url
from sunspot_dash.web.demo import end_demo
from sunspot_dash.web.ids import Overview, Shell

NEWEST = 4
STEPS = (
    ("Upload drawings", "Add drawings and labels, or import a folder on the server."),
    ("Run a model", "Detect the spots on all drawings with the shipped model."),
    ("Train your own model", "Adapt a model to your observers with labels from CVAT."),
    ("Explore the results", "Plot spot counts over time and detections on the disk."),
)
LINKS = ("/dataset", "/inference", "/train", "/explore")


def layout(**_: str) -> html.Div:
    revision = current_context().catalogue.revision()
    found = current_context().catalogue.summary()
    demo_text = demo_note(current_context().workspace, found.drawings)
    return page(
        "Overview",
        dcc.Store(id=Overview.REVISION, data=revision),
        html.Div(_demo(demo_text), id=Overview.DEMO, hidden=not demo_text),
        toasts(Overview.MESSAGE),
        dbc.Row(id=Overview.CARDS, className="g-3 mb-3", children=_cards(found)),
        dbc.Row(
            [
                dbc.Col(
                    dbc.Card(
                        dbc.CardBody(
                            [
                                html.H2("Sunspots over time"),
                                html.Div(_series(found.model, revision), id=Overview.SERIES),
                            ],
                        )
                    ),
                    lg=8,
                ),
                dbc.Col(
                    dbc.Card(
                        dbc.CardBody([html.H2("Queue"), html.Div(id=Overview.QUEUE, children=_queue())])
                    ),
                    lg=4,
                ),
            ],
            className="g-3 mb-3",
        ),
        html.H2("Next steps"),
        dbc.Row(
            [
                dbc.Col(
                    html.A(
                        dbc.Card(dbc.CardBody([html.Strong(title), html.Div(text, className="small")])),
                        href=url(link),
                        className="text-decoration-none text-reset",
                    ),
                    md=3,
                )
                for (title, text), link in zip(STEPS, LINKS, strict=True)
            ],
            className="g-3",
        ),
    )


def _demo(text: str) -> dbc.Alert:
    """Return the note on the synthetic drawings, with a button to remove them."""
    return dbc.Alert(
        [
            html.Span(text, id=Overview.DEMO_NOTE),
            dbc.Button("Remove the demo", id=Overview.REMOVE, size="sm", color="secondary", className="ms-2"),
            dcc.ConfirmDialog(
                id=Overview.CONFIRM,
                message="Remove the synthetic drawings, their labels and results, and the models trained on them? "
                "The jobs of the demo will be cancelled.",
            ),
        ],
        color="info",
    )


def ask(_: int) -> bool:
    """Ask for confirmation before removing the demo."""
    return True


def remove(_: int) -> Any:
    """Remove the demo."""
    try:
        end_demo(current_context().ledger)
    except (OSError, SunspotError) as error:
        return problem(str(error))
    return note("The demo is removed. Upload your own drawings on the Dataset page.")


def _cards(found: Summary) -> list[dbc.Col]:
    period = f"{found.first} to {found.last}" if found.first else "no dated drawings yet"
    model = found.model
    figures = [
        (found.drawings, "drawings", period),
        (found.labelled, "labelled drawings", "listed in the COCO file"),
        (
            found.models,
            "model with results" if found.models == 1 else "models with results",
            _last_run(model),
        ),
        (found.spots, "spots counted", f"by {model}" if model else "run a model first"),
    ]
    return [
        dbc.Col(
            dbc.Card(
                dbc.CardBody(
                    [html.Div(f"{number:,}", className="number"), name, html.Div(more, className="help")]
                )
            ),
            lg=3,
            xs=6,
        )
        for number, name, more in figures
    ]


def _last_run(model: str) -> str:
    """Return the name of the last model run, and when it ran."""
    if not model:
        return "no model has run yet"
    stamp = current_context().catalogue.last_run(model)
    return f"last run: {model}, {datetime.fromtimestamp(stamp / 1e9, UTC):%Y-%m-%d %H:%M} UT"


def _queue() -> Any:
    ledger = current_context().ledger
    rows = summaries(ledger, ledger.page(NEWEST))
    if not rows:
        return empty("No jobs yet", "Training and inference jobs appear here.")
    return [
        html.Div(
            [html.Div(row["about"], className="small"), status(row)],
            className="mb-3",
        )
        for row in rows
    ]


def cards(_: int | None) -> Any:
    """Return the cards, the newest jobs, the note on the demo, and whether to hide it."""
    found = current_context().catalogue.summary()
    demo_text = demo_note(current_context().workspace, found.drawings)
    return _cards(found), _queue(), demo_text, not demo_text


@lru_cache(1)
def _series(model: str, _: str) -> Any:
    """Return the thumbnail of a model's counts at a revision of the catalogue, as a link to Explore."""
    found = series(current_context().catalogue, model)
    if not found.times:
        return empty(
            "No counts yet",
            "Spot counts on dated drawings appear here after a model has run.",
            "Run inference",
            "/inference",
        )
    picture, caption, dates = small_series(found.times, found.counts)
    first, last = found.times[0][:10], found.times[-1][:10]
    return html.A(
        [
            html.Div(caption, className="small"),
            html.Img(
                src=f"data:image/svg+xml;base64,{b64encode(picture.encode()).decode()}",
                alt=f"Spots counted by {model}, {first} to {last}, {caption}",
            ),
            html.Div([html.Span(date) for date in dates], className="dates small"),
        ],
        href=url("/explore"),
        title="Explore",
        className="small-series",
    )


def newer_series(_: int | None, shown: str) -> tuple[Any, str]:
    """Return the thumbnail if the catalogue has changed."""
    now = current_context().catalogue.revision()
    if now == shown:
        raise PreventUpdate
    return _series(current_context().catalogue.last_model(), now), now


def register(app: Dash) -> None:
    """Register the callbacks."""
    tick = Input(Shell.TICK, "n_intervals")
    app.callback(
        Output(Overview.CONFIRM, "displayed"), Input(Overview.REMOVE, "n_clicks"), prevent_initial_call=True
    )(ask)
    app.callback(
        Output(Overview.MESSAGE, "children"),
        Input(Overview.CONFIRM, "submit_n_clicks"),
        prevent_initial_call=True,
    )(remove)
    app.callback(
        Output(Overview.CARDS, "children"),
        Output(Overview.QUEUE, "children"),
        Output(Overview.DEMO_NOTE, "children"),
        Output(Overview.DEMO, "hidden"),
        tick,
    )(cards)
    app.callback(
        Output(Overview.SERIES, "children"),
        Output(Overview.REVISION, "data"),
        tick,
        State(Overview.REVISION, "data"),
        prevent_initial_call=True,
    )(newer_series)
