"""A model over drawings, and what it found on each."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, State, ctx, dcc, html, no_update

from jobs.follow import summaries
from jobs.ledger import Ledger
from sunspot_dash.errors import SunspotError
from sunspot_dash.figures.viewer import VIEWS, viewer_figure
from sunspot_dash.ml.config import FLOOR
from sunspot_dash.services.inference import FEATURES_SUFFIX, TABLE_NAME
from sunspot_dash.services.viewing import page_size, result_of
from sunspot_dash.web.components.jobs import status
from sunspot_dash.web.components.messages import LIVE, empty, facts, note, problem
from sunspot_dash.web.components.submission import register_submission
from sunspot_dash.web.components.table import table
from sunspot_dash.web.context import here
from sunspot_dash.web.ids import Inference, Shell
from sunspot_dash.workspace import Workspace

COLUMNS = [
    {"field": "name", "headerName": "Drawing", "flex": 1, "minWidth": 170, "tooltipField": "name"},
    {"field": "date", "headerName": "Date (UT)", "width": 104, "filter": False},
    {"field": "spots", "headerName": "Spots", "width": 72, "filter": False},
]


def layout(model: str = "", drawing: str = "", spot: str = "", **_: str) -> html.Div:
    """The page; its address names a drawing, and perhaps a spot to mark."""
    context = here()
    models = context.workspace.known_models()
    done = context.catalogue.models()
    run = dbc.Card(
        dbc.CardBody(
            [
                html.H2("Run a model"),
                html.Label("Model", htmlFor=Inference.MODEL, className="form-label small mb-0"),
                dbc.Select(
                    id=Inference.MODEL, options=models, value=model if model in models else models[-1]
                ),
                html.Label("Drawings", htmlFor=Inference.FOLDER, className="form-label small mb-0 mt-2"),
                dbc.Input(id=Inference.FOLDER, value="images_to_run", type="text"),
                html.Div(
                    "A folder (in the workspace, or a full path on the server), or the name of an imported archive. "
                    "Drawings done before are skipped.",
                    className="help",
                ),
                html.Div(
                    [
                        dbc.Button("Run", id=Inference.START, color="primary"),
                        dbc.Button(
                            "Cancel", id=Inference.CANCEL, color="warning", outline=True, disabled=True
                        ),
                    ],
                    className="d-flex gap-2 mt-2",
                ),
                html.Div(id=Inference.MESSAGE),
                html.Div(id=Inference.STATUS, className="mt-2"),
                dcc.Store(id=Inference.NONCE),
            ]
        ),
        className="mb-3",
    )
    picked = model if model in done else next(iter(done), None)
    results = dbc.Card(
        dbc.CardBody(
            [
                html.H2("Results"),
                html.Label("Model", htmlFor=Inference.RESULT_MODEL, className="form-label small mb-0"),
                dbc.Select(
                    id=Inference.RESULT_MODEL, options=done, value=picked, placeholder="no results yet"
                ),
                html.Div(id=Inference.DRAWINGS, className="small my-2"),
                table(Inference.LIST, COLUMNS, "key", "Nothing was run yet"),
            ]
        )
    )
    return html.Div(
        [
            html.H1("Inference"),
            dcc.Store(id=Inference.KEY, data={"key": drawing, "spot": spot}),
            dbc.Row([dbc.Col([run, results], lg=4), dbc.Col(_viewer(), lg=8)], className="g-3"),
        ]
    )


def _viewer() -> dbc.Card:
    names = {"overlay": "Overlay", "original": "Original", "mask": "Mask"}
    bar = [
        dbc.Button("‹ Previous", id=Inference.PREVIOUS, size="sm", outline=True, color="secondary"),
        dbc.Button("Next ›", id=Inference.NEXT, size="sm", outline=True, color="secondary"),
        dbc.RadioItems(
            id=Inference.VIEW,
            options=[{"value": view, "label": names[view]} for view in VIEWS],
            value="overlay",
            inline=True,
            className="ms-auto",
        ),
    ]
    slider = dbc.Input(
        id=Inference.THRESHOLD, type="range", min=FLOOR, max=1, step=0.01, className="form-range p-0 border-0"
    )
    return dbc.Card(
        dbc.CardBody(
            [
                html.Div(bar, className="d-flex gap-2 align-items-center mb-2 flex-wrap"),
                html.Div(id=Inference.COUNT, **LIVE),
                dcc.Graph(
                    id=Inference.FIGURE,
                    config={"displaylogo": False, "scrollZoom": True},
                    style={"height": "720px"},
                ),
                html.Label(
                    "Least confidence of a counted spot", htmlFor=Inference.THRESHOLD, className="small mt-2"
                ),
                slider,
                html.Div(id=Inference.SPOTS, className="mt-2"),
            ]
        )
    )


def drawings(_: int | None, model: str | None, shown: list[dict[str, Any]] | None) -> tuple[Any, Any, Any]:
    """The drawings with results, the models, and where the tables are."""
    catalogue = here().catalogue
    models = catalogue.models()
    if not models:
        return no_update, no_update, empty("No results yet", "Choose a model and drawings, and run it.")
    model = model or models[0]
    rows = catalogue.rows(
        "select key, name, date, spots from result where model = ? order by date, time", [model]
    )
    found = [dict(row) for row in rows]
    links = [
        html.A("Table (CSV)", href=f"/results/{model}/{TABLE_NAME}", className="me-3"),
        html.A("Coordinates (JSON)", href=f"/results/{model}/{model}{FEATURES_SUFFIX}"),
    ]
    if found == shown and ctx.triggered_id == Shell.TICK:
        return no_update, models, no_update
    total = sum(row["spots"] for row in found)
    return found, models, html.Div([f"{len(found)} drawings, {total} spots. ", *links])


def chosen(
    selected: list[dict[str, Any]] | None,
    _: int | None,
    __: int | None,
    state: tuple[dict[str, str], list[dict[str, Any]] | None],
) -> Any:
    """The drawing to show: the one selected, or the one before or after."""
    now, rows = state
    if ctx.triggered_id == Inference.LIST:
        if not selected or selected[0]["key"] == now["key"]:
            return no_update
        return {"key": selected[0]["key"], "spot": ""}
    keys = [row["key"] for row in rows or []]
    if not keys:
        return no_update
    step = 1 if ctx.triggered_id == Inference.NEXT else -1
    place = keys.index(now["key"]) + step if now["key"] in keys else 0
    return {"key": keys[place % len(keys)], "spot": ""}


def first(rows: list[dict[str, Any]] | None, now: dict[str, str]) -> Any:
    """Show the first drawing when none was asked for."""
    return {"key": rows[0]["key"], "spot": ""} if rows and not now["key"] else no_update


def show(
    now: dict[str, str], view: str, threshold: float | str | None, model: str | None, theme: str
) -> tuple[Any, str, Any, Any]:
    """The figure, the count, the threshold of the result, and the facts."""
    context = here()
    row = context.catalogue.drawing(now["key"]) if now["key"] else None
    named = row or next(
        iter(context.catalogue.rows("select name from result where key = ?", [now["key"]])), None
    )
    if named is None:
        return no_update, "Choose a drawing in the list.", no_update, ""
    result = result_of(context.workspace, model or "", named["name"])
    given = float(threshold) if threshold not in (None, "") else None
    if result is not None and (given is None or ctx.triggered_id in (Inference.KEY, Inference.RESULT_MODEL)):
        given = result.threshold
    try:
        size = page_size(context.catalogue, now["key"])
    except SunspotError as error:
        return no_update, str(error), no_update, problem(str(error))
    limit = given if given is not None else FLOOR
    figure = viewer_figure(f"/media/{now['key']}/view", size, result, limit, view, theme)
    if result is None:
        return figure, f"{named['name']}: no model was run on it", no_update, ""
    count = len(result.counted(limit))
    marked = [place for number, place in result.numbered(limit) if str(number) == now.get("spot")]
    for place in marked:
        figure.add_scatter(
            x=[place.x], y=[place.y], mode="markers", showlegend=False, hoverinfo="skip",
            marker={"symbol": "circle-open", "size": 42, "color": "#cc79a7", "line": {"width": 3}},
        )  # fmt: skip
    disk = result.disk
    known = facts(
        [
            ("Drawing", result.name),
            ("Page", f"{result.width} x {result.height} px"),
            (
                "Disk",
                f"centre {disk.x:.1f}, {disk.y:.1f} px, radius {disk.radius:.1f} px, {disk.confidence:.2f} sure",
            ),
            ("Model", f"{result.model}, {result.seconds:.1f} s"),
        ]
    )
    download = html.A("Original file", href=f"/media/{now['key']}/original")
    return (
        figure,
        f"{named['name']}: {count} spots of confidence {limit:.2f} or more",
        limit,
        html.Div([known, download]),
    )


def address(now: dict[str, str], model: str | None) -> Any:
    """The address of the drawing that is shown, to be shared."""
    if not now["key"]:
        return no_update
    shown = {"model": model, "drawing": now["key"], "spot": now.get("spot", "")}
    return "/inference?" + urlencode({name: value for name, value in shown.items() if value})


def parameters(model: str, folder: str) -> dict[str, str]:
    """Those of an inference."""
    return {"model": model, "images": folder}


def progress(_: int | None) -> tuple[Any, bool]:
    """The inference that lives, if there is one."""
    found = _living(here().ledger)
    if found is None:
        return "", True
    (row,) = summaries(here().ledger, [found])
    return status(row), found.state == "cancelling"


def cancel(_: int) -> Any:
    """Cancel the inference that lives."""
    ledger = here().ledger
    found = _living(ledger)
    if found is None:
        return note("Nothing runs any more.")
    try:
        return note(f"Job {found.number} is {ledger.cancel(found.number).state}; what was done is kept.")
    except SunspotError as error:
        return problem(str(error))


def _living(ledger: Ledger) -> Any:
    return next((job for job in ledger.live() if job.kind == "infer"), None)


def register(app: Dash, workspace: Workspace) -> None:
    """Make the callbacks known."""
    tick = Input(Shell.TICK, "n_intervals")
    key = Input(Inference.KEY, "data")
    app.callback(
        Output(Inference.LIST, "rowData"),
        Output(Inference.RESULT_MODEL, "options"),
        Output(Inference.DRAWINGS, "children"),
        tick,
        Input(Inference.RESULT_MODEL, "value"),
        State(Inference.LIST, "rowData"),
    )(drawings)
    app.callback(
        Output(Inference.KEY, "data"),
        Input(Inference.LIST, "selectedRows"),
        Input(Inference.PREVIOUS, "n_clicks"),
        Input(Inference.NEXT, "n_clicks"),
        (State(Inference.KEY, "data"), State(Inference.LIST, "rowData")),
        prevent_initial_call=True,
    )(chosen)
    app.callback(
        Output(Inference.KEY, "data", allow_duplicate=True),
        Input(Inference.LIST, "rowData"),
        State(Inference.KEY, "data"),
        prevent_initial_call=True,
    )(first)
    app.callback(
        Output(Inference.FIGURE, "figure"),
        Output(Inference.COUNT, "children"),
        Output(Inference.THRESHOLD, "value"),
        Output(Inference.SPOTS, "children"),
        key,
        Input(Inference.VIEW, "value"),
        Input(Inference.THRESHOLD, "value"),
        Input(Inference.RESULT_MODEL, "value"),
        Input(Shell.THEME, "data"),
    )(show)
    app.callback(
        Output(Shell.ADDRESS, "data", allow_duplicate=True),
        key,
        State(Inference.RESULT_MODEL, "value"),
        prevent_initial_call=True,
    )(address)
    ids = (Inference.START, Inference.NONCE, Inference.MESSAGE)
    states = [State(Inference.MODEL, "value"), State(Inference.FOLDER, "value")]
    register_submission(app, workspace.root, "infer", ids, states, parameters)
    app.callback(Output(Inference.STATUS, "children"), Output(Inference.CANCEL, "disabled"), tick)(progress)
    app.callback(
        Output(Inference.MESSAGE, "children", allow_duplicate=True),
        Input(Inference.CANCEL, "n_clicks"),
        prevent_initial_call=True,
    )(cancel)
