"""Drawings and labels: put in, listed, looked at."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html, no_update

from jobs import control
from sunspot_dash.errors import SunspotError
from sunspot_dash.figures.viewer import labels_figure
from sunspot_dash.services.drawings import limb_of, outlines_of, page_of_drawings
from sunspot_dash.services.uploads import label_problems, restore_labels
from sunspot_dash.services.viewing import page_size
from sunspot_dash.web.components.messages import LIVE, empty, facts, note, problem
from sunspot_dash.web.components.table import table
from sunspot_dash.web.context import here
from sunspot_dash.web.ids import Dataset, Shell

COLUMNS = [
    {"field": "name", "headerName": "Drawing", "flex": 1, "minWidth": 170, "tooltipField": "name"},
    {"field": "date", "headerName": "Date (UT)", "width": 104, "filter": False},
    {"field": "labels", "headerName": "Labels", "width": 78, "filter": False},
    {"field": "spots", "headerName": "Found", "width": 78, "filter": False},
]
SHOWN_PROBLEMS = 50


def layout(**_: str) -> html.Div:
    return html.Div(
        [
            html.H1("Dataset"),
            dbc.Row(
                [
                    dbc.Col(
                        _zone(
                            "labelled",
                            "Labelled drawings and their COCO file",
                            "Drop images and instances_default.json here, together or apart.",
                        ),
                        md=6,
                    ),
                    dbc.Col(
                        _zone(
                            "run", "Drawings to run a model on", "Drop images here. They go to images_to_run."
                        ),
                        md=6,
                    ),
                ],
                className="g-3",
            ),
            html.Div(id=Dataset.UPLOAD_SUMMARY, className="small mt-2", **LIVE),
            html.Div(id=Dataset.UPLOADS, className="uploads mb-3"),
            dcc.Store(id=Dataset.REFRESHED),
            dbc.Row([dbc.Col(_list(), lg=5), dbc.Col(_drawing(), lg=7)], className="g-3"),
            dbc.Row([dbc.Col(_labels(), lg=5), dbc.Col(_import(), lg=7)], className="g-3 mt-0"),
        ]
    )


def _zone(role: str, title: str, text: str) -> html.Div:
    """Where files of one role are dropped or chosen; assets/upload.js streams them, none passes a callback."""
    return html.Div(
        [
            html.H2(title),
            html.P(text, className="mb-2"),
            html.Button(
                "Choose files", className="btn btn-outline-primary btn-sm choose-files", type="button"
            ),
        ],
        className="drop h-100",
        **{"data-role": role},  # type: ignore[arg-type]
    )


def _list() -> dbc.Card:
    grid = table(Dataset.TABLE, COLUMNS, "key", "No drawing yet: drop some above", endless=True)
    return dbc.Card(
        dbc.CardBody([html.H2("Drawings"), html.Div(id=Dataset.REPORT, className="small mb-2"), grid])
    )


def _drawing() -> dbc.Card:
    graph = dcc.Graph(
        id=Dataset.VIEW,
        config={"displaylogo": False, "scrollZoom": True},
        style={"height": "34rem", "display": "none"},
    )
    chosen = html.Div(empty("No drawing chosen", "Choose one in the list."), id=Dataset.CHOSEN)
    return dbc.Card(dbc.CardBody([html.H2("Drawing, labels and limb"), chosen, graph]))


def _labels() -> dbc.Card:
    return dbc.Card(
        dbc.CardBody(
            [
                html.H2("Labels"),
                html.Div(id=Dataset.PROBLEMS),
                html.Div(
                    [
                        dbc.Button("Make masks", id=Dataset.CONVERT, color="primary", size="sm"),
                        dbc.Button(
                            "Restore previous labels",
                            id=Dataset.RESTORE,
                            size="sm",
                            color="secondary",
                            outline=True,
                        ),
                    ],
                    className="d-flex gap-2 mt-2",
                ),
                html.Div(id=Dataset.MESSAGE),
            ]
        )
    )


def _import() -> dbc.Card:
    return dbc.Card(
        dbc.CardBody(
            [
                html.H2("Import a folder on the server"),
                html.P("Its drawings stay where they are; nothing is copied or changed.", className="help"),
                html.Label("Folder", htmlFor=Dataset.IMPORT_FOLDER, className="form-label small mb-0"),
                dbc.Input(id=Dataset.IMPORT_FOLDER, type="text", placeholder="/archive/scans", size="sm"),
                html.Label("Name", htmlFor=Dataset.IMPORT_NAME, className="form-label small mb-0 mt-2"),
                dbc.Input(id=Dataset.IMPORT_NAME, type="text", placeholder="uccle", size="sm"),
                dbc.Button("Import", id=Dataset.IMPORT, color="primary", size="sm", className="mt-2"),
                html.Div(id=Dataset.IMPORT_MESSAGE),
            ]
        )
    )


def rows(request: dict[str, Any] | None) -> Any:
    """The rows that the table asks for."""
    if request is None:
        return no_update
    found, total = page_of_drawings(
        here().catalogue,
        (request["startRow"], request["endRow"]),
        [(sort["colId"], sort["sort"]) for sort in request.get("sortModel") or []],
        ((request.get("filterModel") or {}).get("name") or {}).get("filter", ""),
    )
    return {"rowData": found, "rowCount": total}


def counts(_: int | None, shown: str | None) -> Any:
    """How many drawings there are."""
    found = here().catalogue.summary()
    text = f"{found.drawings} drawings, {found.labelled} of them labelled"
    return no_update if text == shown else text


def chosen(selected: list[dict[str, Any]] | None, theme: str) -> tuple[Any, Any, Any]:
    """A drawing with its labels and its limb."""
    if not selected:
        return no_update, no_update, no_update
    context, key = here(), selected[0]["key"]
    try:
        size = page_size(context.catalogue, key)
        outlines = outlines_of(context.workspace, selected[0]["name"])
        disk, trouble = limb_of(context.catalogue, key)
    except SunspotError as error:
        return problem(str(error)), no_update, {"display": "none"}
    figure = labels_figure(f"/media/{key}/view", size, outlines, disk, theme)
    limb = (
        f"centre {disk.x:.1f}, {disk.y:.1f} px, radius {disk.radius:.1f} px, {disk.confidence:.2f} sure"
        if disk
        else trouble
    )
    known = facts(
        [
            ("Drawing", selected[0]["name"]),
            ("Page", f"{size[0]} x {size[1]} px"),
            ("Limb", limb),
            ("Labels", "not listed" if selected[0]["labels"] is None else str(len(outlines))),
        ]
    )
    return known, figure, {"height": "34rem", "display": "block"}


def problems(_: str | None) -> Any:
    """What is wrong with labels."""
    found = label_problems(here().workspace)
    if not found:
        return html.P("Every label can be used.", className="small")
    more = [html.P(f"and {len(found) - SHOWN_PROBLEMS} more")] if len(found) > SHOWN_PROBLEMS else []
    return html.Div([html.Ul([html.Li(line) for line in found[:SHOWN_PROBLEMS]], className="small"), *more])


def convert(_: int) -> Any:
    """Queue the making of masks."""
    try:
        job = control.submit(here().ledger, "convert", {})
    except SunspotError as error:
        return problem(str(error))
    return note(f"Job {job.number} makes the masks.")


def restore(_: int) -> Any:
    """Take the last labels back."""
    try:
        done = restore_labels(here().workspace)
    except (OSError, SunspotError) as error:
        return problem(str(error))
    return (
        note("The labels before the last ones are back.")
        if done
        else problem("There are no previous labels.")
    )


def import_folder(_: int, folder: str | None, name: str | None) -> Any:
    """Queue the import of a folder."""
    try:
        job = control.submit(here().ledger, "import", {"images": folder or "", "name": name or ""})
    except SunspotError as error:
        return problem(str(error))
    return note(f"Job {job.number} looks through the folder.")


def register(app: Dash) -> None:
    """Make the callbacks known."""
    app.callback(Output(Dataset.TABLE, "getRowsResponse"), Input(Dataset.TABLE, "getRowsRequest"))(rows)
    app.callback(
        Output(Dataset.REPORT, "children"),
        Input(Shell.TICK, "n_intervals"),
        State(Dataset.REPORT, "children"),
    )(counts)
    app.clientside_callback(
        ClientsideFunction("sunspot", "refresh"),
        Output(Dataset.REFRESHED, "data"),
        Input(Dataset.REPORT, "children"),
        State(Dataset.TABLE, "id"),
    )
    app.callback(
        Output(Dataset.CHOSEN, "children"),
        Output(Dataset.VIEW, "figure"),
        Output(Dataset.VIEW, "style"),
        Input(Dataset.TABLE, "selectedRows"),
        Input(Shell.THEME, "data"),
    )(chosen)
    app.callback(Output(Dataset.PROBLEMS, "children"), Input(Dataset.REPORT, "children"))(problems)
    messages = Output(Dataset.MESSAGE, "children", allow_duplicate=True)
    app.callback(messages, Input(Dataset.CONVERT, "n_clicks"), prevent_initial_call=True)(convert)
    app.callback(messages, Input(Dataset.RESTORE, "n_clicks"), prevent_initial_call=True)(restore)
    app.callback(
        Output(Dataset.IMPORT_MESSAGE, "children"),
        Input(Dataset.IMPORT, "n_clicks"),
        State(Dataset.IMPORT_FOLDER, "value"),
        State(Dataset.IMPORT_NAME, "value"),
        prevent_initial_call=True,
    )(import_folder)
