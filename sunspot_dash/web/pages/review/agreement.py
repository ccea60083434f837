"""The drawer of the Review page that compares readers and model, on the open drawing and on all drawings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import Dash, Input, Output, State, html, no_update

from sunspot_dash.errors import SunspotError
from sunspot_dash.services.drawing.images import row_of
from sunspot_dash.services.review.agreement import (
    REVIEW_NOTE,
    Agreement,
    DrawingAgreement,
    agreement,
    agreement_on,
    is_read_by,
)
from sunspot_dash.services.review.agreement_text import pooled_cells, single_cells
from sunspot_dash.web.components.drawer import drawer, register_drawer
from sunspot_dash.web.components.feedback import sentence
from sunspot_dash.web.components.table import sideways
from sunspot_dash.web.context import current_context
from sunspot_dash.web.ids import Review

DRAWER = (Review.AGREEMENT, Review.OPEN_AGREEMENT, Review.CLOSE_AGREEMENT)
UNFINISHED = (
    "Finish your blind reading of this drawing first: the agreement shows how many spots others have found."
)
NONE_HERE = "No finished reading yet: mark the drawing as reviewed, or read it blind to the end."
NONE = "No drawing has been reviewed or read blind to the end."
SINGLE = ("Readers", "F1", "Spots", "Groups", "R")
POOLED = ("Readers", "Drawings", "F1", "F1 by drawing", "Δ spots", "Δ groups", "Δ R")
LEGEND = (
    "F1 counts the spots that both have, by the matching of all evaluations. Δ is the second reader minus the first; "
    "it and F1 by drawing are means ± standard deviation over the drawings."
)


def panel() -> html.Div:
    """Return the drawer, closed."""
    return drawer(DRAWER, "Agreement", html.Div(id=Review.AGREEMENT_TEXT), wide=True)


def shown(_: int | None, key: str, model: str | None, blind: bool, person: str | None) -> Any:
    """Return the agreement on a drawing and on all of them; nothing while a blind reader has not finished."""
    catalogue = current_context().catalogue
    if not key or not model:
        return no_update
    try:
        name = row_of(catalogue, key)["name"]
        if blind and not is_read_by(catalogue.workspace, name, (person or "").strip()):
            return html.P(UNFINISHED)
        return view(agreement_on(catalogue, model, key), agreement(catalogue, model))
    except SunspotError as error:
        return html.P(sentence(error), className="text-danger")


def view(here: DrawingAgreement, every: Agreement) -> list[Any]:
    """Return both tables with their remarks."""
    single = [single_cells(pair) for pair in here.pairs]
    pooled = [pooled_cells(pair) for pair in every.pooled]
    return [
        html.H3(here.name, className="h6"),
        _table(SINGLE, single) if single else html.P(NONE_HERE, className="small"),
        *(html.P(f"{remark}.", className="small mb-0") for remark in here.remarks),
        html.H3("All drawings", className="h6 mt-3"),
        _table(POOLED, pooled) if pooled else html.P(NONE, className="small"),
        html.P([LEGEND, " ", REVIEW_NOTE], className="help"),
    ]


def _table(titles: Sequence[str], rows: list[list[str]]) -> html.Div:
    head = html.Thead(html.Tr([html.Th(title, scope="col") for title in titles]))
    joined = [[f"{one} – {other}", *figures] for one, other, *figures in rows]
    body = html.Tbody([html.Tr(list(map(_cell, titles, row))) for row in joined])
    return sideways(html.Table([head, body], className="agreement-table"))


def _cell(title: str, text: str) -> html.Td:
    """Return a cell with its title, which a phone shows beside it, since it shows each row as a block."""
    return html.Td(text, **{"data-title": title})  # type: ignore[arg-type]


def register(app: Dash) -> None:
    """Register the callbacks."""
    register_drawer(app, *DRAWER)
    app.callback(
        Output(Review.AGREEMENT_TEXT, "children"),
        Input(Review.OPEN_AGREEMENT, "n_clicks"),
        State(Review.KEY, "data"),
        State(Review.MODEL, "value"),
        State(Review.BLIND, "data"),
        State(Review.PERSON, "value"),
        prevent_initial_call=True,
    )(shown)
