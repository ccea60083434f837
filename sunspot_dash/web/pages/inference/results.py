"""The results of a model: totals, downloads, and the list of its drawings."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html, no_update
from dash.exceptions import PreventUpdate

from sunspot_dash.file_names import FAILED_NAME, FEATURES_SUFFIX, TABLE_NAME
from sunspot_dash.services.catalogue.drawings import DONE, page_of_drawings, totals
from sunspot_dash.text import counted
from sunspot_dash.web.components.bar import choice
from sunspot_dash.web.components.feedback import empty
from sunspot_dash.web.components.table import table
from sunspot_dash.web.context import current_context, url
from sunspot_dash.web.ids import Inference, Shell
from sunspot_dash.web.pages.inference import orientation

NO_RESULTS = (
    "No results yet",
    "Choose a model and drawings, for example uset and those not yet processed, then press Run.",
)
ORDERS = {
    "date": "By date",
    "spots": "Most spots first",
    "limb": "Worst limb fit first",
    "f1": "Labelled: lowest F1 first",
}
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


def model_choice(picked: str | None) -> html.Div:
    """Return the choice of the model whose results are shown."""
    field = dbc.Select(
        id=Inference.RESULT_MODEL,
        options=current_context().catalogue.models(),
        value=picked,
        placeholder="no results yet",
        className="bar-choice",
    )
    return choice("Results of model", field)


def order_choice() -> html.Div:
    """Return the choice of the order of the filmstrip."""
    field = dbc.Select(
        id=Inference.ORDER,
        options=[{"value": value, "label": label} for value, label in ORDERS.items()],
        value="date",
        className="bar-choice",
    )
    return choice("Order of the drawings", field)


def picked_model(model: str) -> str | None:
    """Return the model if it has results, else the one with the newest results."""
    done = current_context().catalogue.models()
    return model if model in done else next(iter(done), None)


def about(picked: str | None) -> html.Details:
    """Return totals, downloads and the orientation of the results."""
    return html.Details(
        [
            html.Summary("All results of this model"),
            html.Div(id=Inference.TOTALS, className="small my-2"),
            html.Div(id=Inference.LINKS, className="small mb-2"),
            orientation.panel(picked),
            dcc.Store(id=Inference.REVISION),
            dcc.Store(id=Inference.SUMMARISED),
        ],
        open=True,
    )


def listing() -> list[Any]:
    """Return the list of the drawings with results."""
    return [
        table(Inference.LIST, COLUMNS, "key", "No results yet", endless=True),
        dcc.Store(id=Inference.REFRESHED),
    ]


def summary(_: str | None, model: str | None, summarised: list[str | None] | None) -> tuple[Any, ...]:
    """Return the totals and links of a model; send nothing while the model and the catalogue are unchanged."""
    catalogue = current_context().catalogue
    if summarised == [model, catalogue.revision()]:
        raise PreventUpdate
    revision, models = catalogue.revision(), catalogue.models()
    if not models:
        return (
            empty(*NO_RESULTS),
            "",
            no_update,
            no_update,
            revision,
            [model, revision],
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
    return text, links, models, no_update if picked == model else picked, revision, [picked, revision]


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


def register(app: Dash) -> None:
    """Register the callbacks."""
    app.callback(
        output=[
            Output(Inference.TOTALS, "children"),
            Output(Inference.LINKS, "children"),
            Output(Inference.RESULT_MODEL, "options"),
            Output(Inference.RESULT_MODEL, "value"),
            Output(Inference.REVISION, "data"),
            Output(Inference.SUMMARISED, "data"),
        ],
        inputs=[Input(Shell.PULSE, "data"), Input(Inference.RESULT_MODEL, "value")],
        state=[State(Inference.SUMMARISED, "data")],
    )(summary)
    app.callback(
        Output(Inference.LIST, "getRowsResponse"),
        Input(Inference.LIST, "getRowsRequest"),
        State(Inference.RESULT_MODEL, "value"),
    )(rows)
    app.clientside_callback(
        ClientsideFunction("sunspot", "refresh"),
        Output(Inference.REFRESHED, "data"),
        Input(Inference.REVISION, "data"),
        State(Inference.LIST, "id"),
    )
