"""The Overview page: new drawings, running jobs, doubtful drawings, the Sun's activity, and one next step."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, dcc, html

from jobs.follow import summaries
from sunspot_dash.services.demo.sample_data import demo_note
from sunspot_dash.web.components.bar import bar
from sunspot_dash.web.components.feedback import toasts
from sunspot_dash.web.components.jobs import status
from sunspot_dash.web.components.terms import explain
from sunspot_dash.web.components.tour import offer
from sunspot_dash.web.context import current_context, url
from sunspot_dash.web.ids import Overview, Shell
from sunspot_dash.web.pages.overview import activity, demo, next_step
from sunspot_dash.web.pages.overview.questions import cards, known

NEWEST = 3


def layout(**_: str) -> html.Div:
    found = known()
    demo_text = demo_note(current_context().workspace, found.summary.drawings)
    return html.Div(
        [
            bar("Overview"),
            html.Div(
                [
                    dcc.Store(id=Overview.REVISION),
                    demo.panel(demo_text),
                    *([offer()] if demo_text or not found.summary.drawings else []),
                    toasts(Overview.MESSAGE),
                    html.Div(
                        [
                            html.Div(cards(found), id=Overview.CARDS),
                            activity.card(),
                        ],
                        className="questions",
                    ),
                    html.Div(
                        [
                            _card(_heading(), html.Div(id=Overview.SERIES, className="series-room")),
                            html.Div(
                                [
                                    _card(
                                        html.H2("Next step"),
                                        html.Div(next_step.shown(found), id=Overview.NEXT),
                                        "next-step",
                                    ),
                                    _card(html.H2("Latest jobs"), html.Div(_queue(), id=Overview.QUEUE)),
                                ],
                                className="overview-side",
                            ),
                        ],
                        className="overview-split",
                    ),
                ],
                className="page",
            ),
        ]
    )


def _card(heading: Any, content: Any, more: str = "") -> dbc.Card:
    return dbc.Card(dbc.CardBody([heading, content]), className=more)


def _heading() -> html.Div:
    return html.Div([html.H2("Sunspot number"), explain("R")], className="termed")


def _queue() -> Any:
    ledger = current_context().ledger
    rows = summaries(ledger, ledger.page(NEWEST))
    if not rows:
        return html.P("Trainings and runs of a model appear here.", className="text-secondary mb-0")
    return [
        html.Div([html.A(row["about"], href=url("/jobs"), className="small"), status(row)]) for row in rows
    ]


def state(_: str | None) -> Any:
    """Return the cards, the next step, the newest jobs, the note on the demo, and whether to hide it."""
    found = known()
    demo_text = demo_note(current_context().workspace, found.summary.drawings)
    return cards(found), next_step.shown(found), _queue(), demo_text, not demo_text


def register(app: Dash) -> None:
    """Register the callbacks."""
    demo.register(app)
    activity.register(app)
    app.callback(
        Output(Overview.CARDS, "children"),
        Output(Overview.NEXT, "children"),
        Output(Overview.QUEUE, "children"),
        Output(Overview.DEMO_NOTE, "children"),
        Output(Overview.DEMO, "hidden"),
        Input(Shell.PULSE, "data"),
    )(state)
