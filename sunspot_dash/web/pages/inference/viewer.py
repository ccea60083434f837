"""The callbacks of the viewer: assets/viewer/inference.js shows the drawing that is open and steps to the next."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output, State, dcc, no_update

from jobs import control
from sunspot_dash.errors import SunspotError
from sunspot_dash.web.components.feedback import note, problem
from sunspot_dash.web.components.scripts import scripts
from sunspot_dash.web.components.table import clicked_row
from sunspot_dash.web.context import current_context, result_url
from sunspot_dash.web.ids import Inference, Shell
from sunspot_dash.web.pages.inference.viewer_card import OVERLAYS
from sunspot_dash.workspace import EVERYTHING

TAB = "viewer"


def store(drawing: str, spot: str, at: str) -> dcc.Store:
    return dcc.Store(id=Inference.KEY, data={"key": drawing, "spot": spot, "at": at})


def picked(cell: dict[str, Any] | None, now: dict[str, str]) -> Any:
    """Return the drawing of the clicked row."""
    key = clicked_row(cell)
    return no_update if key in ("", now["key"]) else {"key": key, "spot": ""}


def address(now: dict[str, str], model: str | None) -> Any:
    """Return the URL of the drawing."""
    if not now["key"]:
        return no_update
    return result_url(model, now["key"], spot=now.get("spot", ""))


def apply(_: int, threshold: float | str | None, model: str | None) -> Any:
    """Recount all drawings of a model at the threshold of the slider."""
    if threshold in (None, "") or not model:
        return no_update
    given = {"model": model, "images": EVERYTHING, "threshold": float(threshold)}
    try:
        job = control.submit(current_context().ledger, "infer", given)
    except SunspotError as error:
        return problem(str(error))
    return note(f"Job {job.number} recounts all drawings of {model} at {float(threshold):.2f}.")


def register(app: Dash) -> None:
    """Register the callbacks."""
    key, model = Input(Inference.KEY, "data"), State(Inference.RESULT_MODEL, "value")
    app.callback(
        Output(Inference.KEY, "data", allow_duplicate=True),
        Input(Inference.LIST, "cellClicked"),
        State(Inference.KEY, "data"),
        prevent_initial_call=True,
    )(picked)
    app.callback(Output(Shell.ADDRESS, "data", allow_duplicate=True), key, model, prevent_initial_call=True)(
        address
    )
    app.callback(
        Output(Inference.MESSAGE, "children", allow_duplicate=True),
        Input(Inference.APPLY, "n_clicks"),
        State(Inference.THRESHOLD, "value"),
        model,
        prevent_initial_call=True,
    )(apply)
    _register_scripts(app)


def _register_scripts(app: Dash) -> None:
    """Register the callbacks of assets/viewer/inference.js; most of them draw and return nothing."""
    script = scripts(app, "viewer", Inference.DRAWN)
    script(
        "show",
        Input(Inference.KEY, "data"),
        Input(Inference.RESULT_MODEL, "value"),
        Input(Inference.REVISION, "data"),
        Input(Inference.ORDER, "value"),
    )
    script("step", Input(Inference.PREVIOUS, "n_clicks"), Input(Inference.NEXT, "n_clicks"))
    script("threshold", Input(Inference.THRESHOLD, "value"))
    script("layers", *(Input(identity, "value") for identity in OVERLAYS))
    script(
        "arrange",
        Input(Inference.LAYOUT, "value"),
        Input(Inference.SHARE, "value"),
        Input(Inference.OVER, "value"),
        to=Output(Inference.SWIPE, "style"),
    )
    script("recolour", Input(Shell.THEME, "data"))
    script(
        "tool",
        *(Input(identity, "n_clicks") for identity in (Inference.FIT, Inference.IN, Inference.OUT)),
    )
