"""Where a user arrives: what there is, what runs, what to do next."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, State, dcc, html, no_update

from jobs.follow import summaries
from sunspot_dash.errors import SunspotError
from sunspot_dash.figures.series import line, series_figure, shown_bin
from sunspot_dash.figures.theme import UNRUN, blank, only_words
from sunspot_dash.services.catalogue import Summary
from sunspot_dash.services.explore import series
from sunspot_dash.services.first_use import demo_words, remove_demo
from sunspot_dash.web.components.jobs import status
from sunspot_dash.web.components.messages import empty, note, problem, toasts
from sunspot_dash.web.context import here
from sunspot_dash.web.ids import Overview, Shell

NEWEST = 4
STEPS = (
    ("Put drawings in", "Upload scans and labels, or import a folder where it is."),
    ("Run a model", "Find the spots on all drawings with the shipped model."),
    ("Train your own", "Teach a model the hand of your observers with labels from CVAT."),
    ("Explore", "See counts over time and detections on the disk."),
)
LINKS = ("/dataset", "/inference", "/train", "/explore")


def layout(**_: str) -> html.Div:
    found = here().catalogue.summary()
    words = demo_words(here().workspace, found.drawings)
    return html.Div(
        [
            html.H1("Overview"),
            html.Div(_demo(words), id=Overview.DEMO, hidden=not words),
            toasts(Overview.MESSAGE),
            dbc.Row(id=Overview.CARDS, className="g-3 mb-3", children=_cards(found)),
            dbc.Row(
                [
                    dbc.Col(
                        dbc.Card(
                            dbc.CardBody(
                                [
                                    html.H2("Sunspots over time"),
                                    dcc.Graph(
                                        id=Overview.SERIES,
                                        figure=blank(),
                                        config={"displaylogo": False},
                                        style={"height": "22rem"},
                                    ),
                                ],
                                className="figure-card",
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
                            href=link,
                            className="text-decoration-none text-reset",
                        ),
                        md=3,
                    )
                    for (title, text), link in zip(STEPS, LINKS, strict=True)
                ],
                className="g-3",
            ),
        ]
    )


def _demo(words: str) -> dbc.Alert:
    """What is synthetic is said so, and can be taken away."""
    return dbc.Alert(
        [
            html.Span(words, id=Overview.DEMO_WORDS),
            dbc.Button("Remove the demo", id=Overview.REMOVE, size="sm", color="secondary", className="ms-2"),
            dcc.ConfirmDialog(
                id=Overview.CONFIRM,
                message="Remove the synthetic drawings, their labels and results, and the models trained on them?",
            ),
        ],
        color="info",
    )


def ask(_: int) -> bool:
    """Ask before the demo is removed."""
    return True


def remove(_: int) -> Any:
    """Remove the demo."""
    try:
        remove_demo(here().workspace)
    except (OSError, SunspotError) as error:
        return problem(str(error))
    return note("The demo is removed. Put your own drawings in on the page Dataset.")


def _cards(found: Summary) -> list[dbc.Col]:
    period = f"{found.first} to {found.last}" if found.first else "no dated drawing yet"
    model = here().catalogue.last_model()
    figures = [
        (found.drawings, "drawings", period),
        (found.labelled, "labelled", "listed in the COCO file"),
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
    """The model that was run last, and when."""
    if not model:
        return "none was run yet"
    sql = "select max(stamp) from result where model = ?"
    stamp = here().catalogue.rows(sql, [model])[0][0]
    return f"last run: {model}, {datetime.fromtimestamp(stamp / 1e9, UTC):%Y-%m-%d %H:%M} UTC"


def _queue() -> Any:
    ledger = here().ledger
    rows = summaries(ledger, ledger.page(NEWEST))
    if not rows:
        return empty("No job yet", "Trainings and inferences appear here.")
    return [
        html.Div(
            [html.Div(row["about"], className="small"), status(row)],
            className="mb-3",
        )
        for row in rows
    ]


def cards(_: int | None) -> Any:
    """The figures, the newest jobs, what is said of the demo, and whether nothing of it is there."""
    found = here().catalogue.summary()
    words = demo_words(here().workspace, found.drawings)
    return _cards(found), _queue(), words, not words


def small_series(_: int | None, theme: str, shown: dict[str, Any] | None) -> Any:
    """The counts of the last model; nothing is sent when nothing has changed."""
    model = here().catalogue.last_model()
    found = series(here().catalogue, model)
    shown_as = shown_bin("drawing", len(found.times))
    if found.times:
        figure = series_figure(
            [line(model, found.times, found.counts, found.keys, shown_as)], shown_as, theme
        )
        figure.update_xaxes(rangeslider_visible=False)
    else:
        figure = only_words(UNRUN, theme)
    revision = f"{theme} {len(found.times)} {sum(found.counts)} {model}"
    figure.update_layout(meta=revision)
    return no_update if shown and shown["layout"].get("meta") == revision else figure


def register(app: Dash) -> None:
    """Make the callbacks known."""
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
        Output(Overview.DEMO_WORDS, "children"),
        Output(Overview.DEMO, "hidden"),
        tick,
    )(cards)
    app.callback(
        Output(Overview.SERIES, "figure"), tick, Input(Shell.THEME, "data"), State(Overview.SERIES, "figure")
    )(small_series)
