"""The labels that look wrong: listed when they are asked for, each with a link to its place in the viewer."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, html, no_update

from sunspot_dash.errors import SunspotError
from sunspot_dash.services.drawing.label_check import WEAK_NOTE, Doubtful, LabelCheck, check_labels
from sunspot_dash.text import counted
from sunspot_dash.web.components.feedback import LIVE, asked_again, sentence, still_reading
from sunspot_dash.web.context import current_context, result_url, url
from sunspot_dash.web.ids import Dataset
from sunspot_dash.web.pages.inference.run import LABELLED
from sunspot_dash.web.readers.answers import StillReading

KIND = "labels-to-check"
SHOWN = 100
ABOUT = (
    "Sure detections without a label, and labels at which no network has a candidate; those most likely wrong first. "
    "Correct them in CVAT and upload the labels again."
)
NO_LABELS = "There are no labels to check yet: upload labelled drawings and their COCO file above."
NO_RESULTS = "No model has processed the labelled drawings yet: run one on them, then check the labels again."
RUN_PATH = f"/inference?{urlencode({'source': LABELLED})}"
TITLES = ("Drawing", "x, y (px)", "Check", "Likely", "Reason")


def card() -> dbc.Card:
    return dbc.Card(
        dbc.CardBody(
            [
                html.H2("Labels to check"),
                html.P(ABOUT, className="help"),
                dbc.Button("Check the labels", id=Dataset.CHECK, color="primary", outline=True, size="sm"),
                html.Div(id=Dataset.CHECKED, className="mt-3", **LIVE),
            ]
        )
    )


def checked(clicks: int | None, _: list[Any]) -> Any:
    """Return the list once it was asked for."""
    if not clicks:
        return no_update
    context = current_context()
    try:
        return view(context.answers.get(check_labels, context.workspace, state=context.catalogue.revision()))
    except StillReading as reading:
        return still_reading(reading, KIND)
    except SunspotError as error:
        return html.P(sentence(error), className="small text-danger")


def view(found: LabelCheck) -> list[Any]:
    """Return the numbers, the table and the remarks on it."""
    if not found.listed:
        return [html.P(NO_LABELS, className="small mb-0")]
    if not found.drawings:
        run = dbc.Button(
            "Run a model on the labelled drawings", href=url(RUN_PATH), color="primary", size="sm"
        )
        return [html.P(NO_RESULTS, className="small mb-2"), run]
    compared = f"{counted(found.labels, 'label')} on {counted(found.drawings, 'drawing')}"
    text = f"{counted(len(found.rows), 'label')} to check of {compared}, by {', '.join(found.models)}"
    parts: list[Any] = [html.P(text, className="small")]
    if found.rows:
        head = html.Thead(html.Tr([html.Th(title, scope="col") for title in TITLES]))
        body = html.Tbody([_row(one) for one in found.rows[:SHOWN]])
        parts.append(dbc.Table([head, body], size="sm", className="small mb-1", responsive=True))
    if len(found.rows) > SHOWN:
        more = f"{len(found.rows) - SHOWN:,} more: the command labels-to-check --csv writes all of them."
        parts.append(html.P(more, className="small mb-1"))
    if any(one.weak for one in found.rows):
        parts.append(html.P(f"* {WEAK_NOTE}", className="help mb-0"))
    return parts


def _row(one: Doubtful) -> html.Tr:
    place = f"{one.x:.0f},{one.y:.0f}"
    link = html.A(one.name, href=result_url(one.model, one.key, at=place, labels="1"))
    likely = f"{one.likely:.2f}{'*' if one.weak else ''}"
    return html.Tr(
        [html.Td(part) for part in (link, f"{one.x:.0f}, {one.y:.0f}", one.kind, likely, one.reason)]
    )


def register(app: Dash) -> None:
    """Register the callbacks."""
    app.callback(
        Output(Dataset.CHECKED, "children"),
        Input(Dataset.CHECK, "n_clicks"),
        asked_again(KIND),
        prevent_initial_call=True,
    )(checked)
