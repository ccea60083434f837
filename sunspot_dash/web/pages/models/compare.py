"""The section Compare: choose two models and a truth, start the comparison, and show the stored one."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html
from dash.exceptions import PreventUpdate

from jobs.follow import summaries
from jobs.job import CANCELLING, Job
from jobs.ledger import Ledger
from sunspot_dash.errors import SunspotError
from sunspot_dash.file_names import PRETRAINED
from sunspot_dash.ml.config import TruthKind
from sunspot_dash.services.models.comparison import changed_since, same_weights, stored_comparison
from sunspot_dash.services.models.known import check_model
from sunspot_dash.services.models.registry import to_choose
from sunspot_dash.web.components.feedback import asked_again, capital, empty, note, problem, sentence, toasts
from sunspot_dash.web.components.figure_card import register_saving
from sunspot_dash.web.components.jobs import status
from sunspot_dash.web.components.submission import register_submission
from sunspot_dash.web.components.table import clicked_row
from sunspot_dash.web.context import current_context
from sunspot_dash.web.ids import Compare, Models, Shell
from sunspot_dash.web.pages.models.comparison import CURVE, comparison_view
from sunspot_dash.web.pages.models.side_by_side import AGAIN, pair_view
from sunspot_dash.workspace import Workspace

KIND = "compare"
SECOND_NEEDED = (
    "Comparing needs a second model",
    "Train one, retrain this one with your corrections (Retrain on the page Review), or import one (button above). "
    "Both are then compared here on labelled or reviewed drawings. For example: review 20 drawings that uset has "
    "processed, retrain it as uset-2, and compare the two.",
    "Train a model",
    "/train",
)
TRUTHS = {
    TruthKind.LABELS: "Labelled drawings",
    TruthKind.REVIEWED: "Reviewed drawings",
    TruthKind.KEPT_APART: "Reviewed drawings kept apart from its training",
}


def layout() -> html.Section:
    """Return the section."""
    return html.Section(dbc.Card(dbc.CardBody(_content(), id=Compare.SECTION)))


def _content() -> list[Any]:
    return [html.H2("Compare two models"), *_parts()]


def _parts() -> list[Any]:
    workspace = current_context().workspace
    usable = [name for name, fault in to_choose(workspace).items() if not fault]
    if len(usable) < 2:
        return [empty(*SECOND_NEEDED)]
    first, second, truth = _proposal(workspace, usable)
    names = [{"value": name, "label": name} for name in usable]
    truths = [{"value": kind.value, "label": label} for kind, label in TRUTHS.items()]
    fields = [
        _field("First model", dbc.Select(id=Compare.FIRST, options=names, value=first)),
        _field("Second model", dbc.Select(id=Compare.SECOND, options=names, value=second)),
        _field("On", dbc.Select(id=Compare.TRUTH, options=truths, value=truth.value)),
    ]
    leave_out = dbc.Checkbox(
        id=Compare.LEAVE_OUT, label="Leave out drawings that one of the models was trained on", value=False
    )
    buttons = [
        dbc.Button("Compare", id=Compare.START, color="primary"),
        dbc.Button("Cancel", id=Compare.CANCEL, color="secondary", disabled=True),
    ]
    return [
        dbc.Row([dbc.Col(field, md=4) for field in fields], className="g-2"),
        html.Div(leave_out, className="small mt-2"),
        html.Div(buttons, className="d-flex gap-2 mt-1"),
        dcc.Store(id=Compare.NONCE),
        dcc.Store(id=Compare.SHOWN),
        toasts(Compare.MESSAGE),
        html.Div(id=Compare.STATUS, className="mt-2"),
        html.Div(id=Compare.RESULT, className="mt-3"),
        html.Div(id=Compare.PAIR, className="mt-3"),
    ]


def _field(label: str, select: dbc.Select) -> html.Div:
    return html.Div([html.Label(label, htmlFor=select.id, className="form-label small mb-0"), select])


def _proposal(workspace: Workspace, usable: list[str]) -> tuple[str, str, TruthKind]:
    """Return the newest retrained model and its parent, else the shipped model and the newest other."""
    newest = sorted(usable, key=lambda name: workspace.find_model(name).stat().st_mtime_ns, reverse=True)
    for name in newest:
        card = check_model(workspace.find_model(name))
        if card and card.parent in usable and card.parent != name:
            return card.parent, name, TruthKind.KEPT_APART if card.kept_apart else TruthKind.LABELS
    first = PRETRAINED if PRETRAINED in usable else newest[-1]
    return first, next(name for name in newest if name != first), TruthKind.LABELS


def parameters(first: str, second: str, truth: str, leave_out: bool) -> dict[str, Any]:
    """Return the parameters of the job."""
    return {"first": first, "second": second, "truth": truth, "leave_out_trained": bool(leave_out)}


def progress(_: str | None) -> tuple[Any, bool]:
    """Show the queued or running comparison."""
    ledger = current_context().ledger
    job = _live(ledger)
    if job is None:
        return "", True
    (row,) = summaries(ledger, [job])
    return status(row), job.state == CANCELLING


def cancel(_: int) -> Any:
    """Cancel the queued or running comparison."""
    ledger = current_context().ledger
    job = _live(ledger)
    if job is None:
        return note("No comparison is queued or running.")
    try:
        return note(f"Job {job.number} is {ledger.cancel(job.number).state}; finished drawings are kept.")
    except SunspotError as error:
        return problem(str(error))


def _live(ledger: Ledger) -> Job | None:
    return next((job for job in ledger.live() if job.kind == KIND), None)


def renewed(_: Any) -> list[Any]:
    """Show the section again after a change of the models."""
    return _content()


def result(_: str | None, first: str, second: str, truth: str, theme: str, shown: Any) -> tuple[Any, Any]:
    """Show the stored comparison; send nothing while it is unchanged."""
    workspace = current_context().workspace
    state: list[Any] = [first, second, truth, theme]
    try:
        found = stored_comparison(workspace, first, second, TruthKind(truth))
        stale = changed_since(workspace, found) if found else []
        same = same_weights(workspace, first, second)
    except SunspotError as error:
        return dbc.Alert(sentence(error), color="danger"), state
    state += [found and found.made_at, stale, same]
    if state == shown:
        raise PreventUpdate
    before = [dbc.Alert(f"{capital(same)}.", color="info", className="py-2")] if same else []
    if found is None:
        text = f"Press Compare to score both models on the {TRUTHS[TruthKind(truth)].lower()}."
        return [*before, empty(f"{first} and {second} are not compared yet", text)], state
    return [*before, *comparison_view(found, stale, theme)], state


def pair(cell: dict[str, Any] | None, theme: str, _: Any, first: str, second: str, truth: str) -> Any:
    """Show both results on the clicked drawing beside each other."""
    name = clicked_row(cell)
    found = stored_comparison(current_context().workspace, first, second, TruthKind(truth)) if name else None
    return pair_view(found, name, theme) if found else ""


def register(app: Dash, workspace: Workspace) -> None:
    """Register the callbacks."""
    register_saving(app, CURVE)
    pulse, theme = Input(Shell.PULSE, "data"), Input(Shell.THEME, "data")
    fields = (Compare.FIRST, Compare.SECOND, Compare.TRUTH)
    states = [State(field, "value") for field in (*fields, Compare.LEAVE_OUT)]
    ids = (Compare.START, Compare.NONCE, Compare.MESSAGE, Compare.CANCEL)
    register_submission(app, workspace.root, KIND, ids, states, parameters)
    changed = Input(Models.CHANGED, "data")
    app.callback(Output(Compare.SECTION, "children"), changed, prevent_initial_call=True)(renewed)
    app.callback(Output(Compare.STATUS, "children"), Output(Compare.CANCEL, "disabled"), pulse)(progress)
    app.callback(
        Output(Compare.MESSAGE, "children", allow_duplicate=True),
        Input(Compare.CANCEL, "n_clicks"),
        prevent_initial_call=True,
    )(cancel)
    app.callback(
        Output(Compare.RESULT, "children"),
        Output(Compare.SHOWN, "data"),
        pulse,
        *(Input(field, "value") for field in fields),
        theme,
        State(Compare.SHOWN, "data"),
    )(result)
    app.callback(
        Output(Compare.PAIR, "children"),
        Input(Compare.TABLE, "cellClicked"),
        theme,
        asked_again(AGAIN),
        *(State(field, "value") for field in fields),
        prevent_initial_call=True,
    )(pair)
    app.clientside_callback(
        ClientsideFunction("sunspot", "clear"),
        Output(Compare.PAIR, "children", allow_duplicate=True),
        *(Input(field, "value") for field in fields),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("figures", "together"),
        Output(Compare.LEFT, "className"),
        Input(Compare.LEFT, "relayoutData"),
        Input(Compare.RIGHT, "relayoutData"),
        prevent_initial_call=True,
    )
