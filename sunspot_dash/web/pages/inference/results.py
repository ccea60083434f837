"""The results of a model: totals, list of drawings, and downloads."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import ClientsideFunction, Dash, Input, Output, State, ctx, dcc, html, no_update

from sunspot_dash.file_names import FAILED_NAME, FEATURES_SUFFIX, TABLE_NAME
from sunspot_dash.services.catalogue.drawings import DONE, page_of_drawings, place_of, totals
from sunspot_dash.text import counted
from sunspot_dash.web.components.feedback import empty
from sunspot_dash.web.components.table import table
from sunspot_dash.web.context import current_context, url
from sunspot_dash.web.ids import Inference, Shell
from sunspot_dash.web.pages.inference import orientation

COLUMNS = [
    {
        "field": "name",
        "headerName": "Drawing",
        "flex": 1,
        "minWidth": 190,
        "tooltipField": "name",
        "filter": False,
    },
    {"field": "date", "headerName": "Date (UT)", "width": 124, "filter": False},
    {"field": "spots", "headerName": "Spots", "width": 72, "filter": False},
]


def card(model: str) -> dbc.Card:
    done = current_context().catalogue.models()
    picked = model if model in done else next(iter(done), None)
    return dbc.Card(
        dbc.CardBody(
            [
                html.H2("Results"),
                html.Label("Model", htmlFor=Inference.RESULT_MODEL, className="form-label small mb-0"),
                dbc.Select(
                    id=Inference.RESULT_MODEL, options=done, value=picked, placeholder="no results yet"
                ),
                html.Div(id=Inference.TOTALS, className="small my-2"),
                html.Div(id=Inference.LINKS, className="small mb-2"),
                orientation.panel(picked),
                table(Inference.LIST, COLUMNS, "key", "No results yet", endless=True),
                dcc.Store(id=Inference.REVISION),
                dcc.Store(id=Inference.REFRESHED),
                dcc.Store(id=Inference.ROW),
                dcc.Store(id=Inference.ROW_SELECTED),
            ]
        )
    )


def summary(_: int | None, model: str | None, revision: str | None) -> tuple[Any, ...]:
    """Return the totals and links of a model; send nothing while the catalogue is unchanged."""
    catalogue = current_context().catalogue
    if ctx.triggered_id == Shell.TICK and catalogue.revision() == revision:
        return (no_update,) * 5
    revision, models = catalogue.revision(), catalogue.models()
    if not models:
        return (
            empty("No results yet", "Choose a model and drawings, then press Run."),
            "",
            no_update,
            no_update,
            revision,
        )
    picked = model if model in models else models[0]
    drawings, spots, others = totals(catalogue, picked)
    links = [
        html.A("Table (CSV)", href=url(f"/results/{picked}/{TABLE_NAME}"), className="me-3"),
        html.A(
            "Coordinates (JSON)", href=url(f"/results/{picked}/{picked}{FEATURES_SUFFIX}"), className="me-3"
        ),
        html.A("Masks, overlays and tables (ZIP)", href=url(f"/exports/{picked}/bundle"), className="me-3"),
        *(
            [html.A("Failed drawings (CSV)", href=url(f"/results/{picked}/{FAILED_NAME}"))]
            if catalogue.has_failures(picked)
            else []
        ),
    ]
    text = f"{picked}: {counted(drawings, 'drawing')}, {counted(spots, 'spot')}"
    if others:
        text += (
            f"; and {counted(others, 'drawing')} outside the workspace, only on Explore: import their folder as an "
            "archive to see them here"
        )
    return text, links, models, no_update if picked == model else picked, revision


def rows(request: dict[str, Any] | None, model: str | None) -> Any:
    """Return the rows that the list requests."""
    if request is None:
        return no_update
    found, total = page_of_drawings(
        current_context().catalogue,
        (request["startRow"], request["endRow"]),
        [(sort["colId"], sort["sort"]) for sort in request.get("sortModel") or []],
        {"state": {"type": "equals", "filter": DONE}},
        model or "",
    )
    return {"rowData": found, "rowCount": total}


def listed_row(now: dict[str, str], model: str | None, request: dict[str, Any] | None, _: Any) -> Any:
    """Return the drawing in the viewer, and its row in the list."""
    order = [(sort["colId"], sort["sort"]) for sort in (request or {}).get("sortModel") or []]
    return [now["key"], place_of(current_context().catalogue, model or "", now["key"], order)]


def register(app: Dash) -> None:
    """Register the callbacks."""
    app.callback(
        output=[
            Output(Inference.TOTALS, "children"),
            Output(Inference.LINKS, "children"),
            Output(Inference.RESULT_MODEL, "options"),
            Output(Inference.RESULT_MODEL, "value"),
            Output(Inference.REVISION, "data"),
        ],
        inputs=[Input(Shell.TICK, "n_intervals"), Input(Inference.RESULT_MODEL, "value")],
        state=[State(Inference.REVISION, "data")],
    )(summary)
    app.callback(
        Output(Inference.LIST, "getRowsResponse"),
        Input(Inference.LIST, "getRowsRequest"),
        State(Inference.RESULT_MODEL, "value"),
    )(rows)
    app.callback(
        Output(Inference.ROW, "data"),
        Input(Inference.KEY, "data"),
        Input(Inference.RESULT_MODEL, "value"),
        State(Inference.LIST, "getRowsRequest"),
        Input(Inference.REVISION, "data"),
    )(listed_row)
    app.clientside_callback(
        ClientsideFunction("sunspot", "selectRow"),
        Output(Inference.ROW_SELECTED, "data"),
        Input(Inference.ROW, "data"),
        State(Inference.LIST, "id"),
    )
    app.clientside_callback(
        ClientsideFunction("sunspot", "refresh"),
        Output(Inference.REFRESHED, "data"),
        Input(Inference.REVISION, "data"),
        State(Inference.LIST, "id"),
    )
