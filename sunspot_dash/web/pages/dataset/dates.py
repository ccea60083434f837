"""Dates of many drawings, from a pattern of their names or from a CSV table: shown, set, undone."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import ClientsideFunction, Dash, Input, Output, State, ctx, dcc, html, no_update

from jobs import control
from sunspot_dash.domain.drawing.name_pattern import EXAMPLE, MEANING
from sunspot_dash.errors import SunspotError
from sunspot_dash.services.dataset import date_plans
from sunspot_dash.services.dataset import dates as service
from sunspot_dash.services.dataset.date_plans import DatePlan
from sunspot_dash.text import counted
from sunspot_dash.web.components.feedback import LIVE, note, problem
from sunspot_dash.web.components.table_upload import received, table_upload
from sunspot_dash.web.context import current_context
from sunspot_dash.web.ids import Dataset

PATTERN, TABLE = "pattern", "table"
SOURCES = {PATTERN: "From the file names", TABLE: "From a CSV table"}
SHOWN, SHOWN_PROBLEMS = 8, 20
HIDDEN: dict[str, str] = {"display": "none"}


def card() -> dbc.Card:
    small = {"size": "sm", "color": "secondary", "outline": True}
    remembered = service.stored_pattern(current_context().workspace)
    by_name = [
        html.Label("Pattern of the names", htmlFor=Dataset.PATTERN, className="form-label small mb-0"),
        dbc.Input(
            id=Dataset.PATTERN, type="text", placeholder=EXAMPLE, value=remembered, size="sm", debounce=0.4
        ),
        html.Div(f"{MEANING}.", className="help"),
        dbc.Switch(
            id=Dataset.REMEMBER, label="Also date new uploads by this pattern", value=bool(remembered)
        ),
    ]
    upload = table_upload(Dataset.DATES_FILE, "Choose a CSV file")
    by_table = [
        html.Div(
            [upload, html.Span(id=Dataset.DATES_FILE_NAME, className="small")],
            className="d-flex gap-2 align-items-center",
        ),
        html.Div(
            "One line per drawing: its name, its date (1957-01-17) and its time in UT (09:30), if it is known.",
            className="help",
        ),
    ]
    buttons = [
        dbc.Button("Set dates", id=Dataset.SET_DATES, color="primary", size="sm", disabled=True),
        dbc.Button("Undo", id=Dataset.UNDO_DATES, style=HIDDEN, **small),
    ]
    form = [
        dbc.RadioItems(
            id=Dataset.DATES_FROM,
            options=[{"value": value, "label": label} for value, label in SOURCES.items()],
            value=PATTERN,
            inline=True,
            className="mb-2",
        ),
        html.Div(by_name, id=Dataset.DATES_BY_NAME),
        html.Div(by_table, id=Dataset.DATES_BY_TABLE, style=HIDDEN),
        dbc.Switch(id=Dataset.REPLACE_DATES, label="Replace dates that are set already", value=False),
        html.Div(buttons, className="d-flex gap-2 mt-2"),
        # Here instead of in the corner, where it would cover the buttons.
        html.Div(id=Dataset.DATES_MESSAGE, className="mt-2", **LIVE),
        dcc.Store(id=Dataset.DATES_DONE),
        dcc.Store(id=Dataset.DATES_FILE_LABEL, data="CSV file of names and dates"),
    ]
    shown = html.Div(id=Dataset.DATES_PREVIEW, **LIVE)
    columns = dbc.Row([dbc.Col(form, lg=6), dbc.Col(shown, lg=6)], className="g-3")
    return dbc.Card(dbc.CardBody([html.H2("Dates of many drawings"), columns]))


def shown_part(source: str) -> tuple[Any, Any]:
    """Show the part of the form for a source."""
    return ({}, HIDDEN) if source == PATTERN else (HIDDEN, {})


def preview(
    form: tuple[Any, ...], _: Any, file_name: str | None
) -> tuple[Any, bool, str, dict[str, str], str]:
    """Show the dates that would be set; enable the buttons for setting and undoing."""
    try:
        undoable = service.undoable(current_context().workspace)
        undo_text, undo_style = f"Undo ({counted(undoable, 'date')})", {} if undoable else HIDDEN
        plan = _plan(form, file_name)
    except SunspotError as error:
        return html.P(str(error), className="small mb-0"), True, "Undo", HIDDEN, file_name or ""
    if plan is None:
        return "", True, undo_text, undo_style, file_name or ""
    return _described(plan), not plan.changes, undo_text, undo_style, file_name or ""


def _plan(form: tuple[Any, ...], file_name: str | None) -> DatePlan | None:
    """Return the plan of the form, None if it is not filled in."""
    source, pattern, content, replace = form
    workspace = current_context().workspace
    if source == PATTERN:
        return date_plans.plan_by_pattern(workspace, pattern, replace) if pattern else None
    if not content:
        return None
    return date_plans.plan_by_table(workspace, received(content), file_name or "the table", replace)


def _described(plan: DatePlan) -> list[Any]:
    parts: list[Any] = [
        html.P(f"{counted(len(plan.changes), 'date')} can be set.", className="small mb-1 mt-2")
    ]
    if plan.changes:
        head = html.Thead(html.Tr([html.Th(text) for text in ("Drawing", "Now", "New (UT)")]))
        rows = [html.Tr([html.Td(cell) for cell in change.cells()]) for change in plan.changes[:SHOWN]]
        parts.append(dbc.Table([head, html.Tbody(rows)], size="sm", className="small mb-1"))
    if len(plan.changes) > SHOWN:
        parts.append(html.P(f"and {len(plan.changes) - SHOWN:,} more", className="small mb-1"))
    parts += [html.P(line, className="small mb-1") for line in plan.summary()]
    if plan.problems:
        lines = [html.Li(line) for line in plan.problems[:SHOWN_PROBLEMS]]
        parts.append(html.P(f"{counted(len(plan.problems), 'date')} left out:", className="small mb-1"))
        parts.append(html.Ul(lines, className="small problems", tabIndex=0))
    if len(plan.problems) > SHOWN_PROBLEMS:
        parts.append(html.P(f"and {len(plan.problems) - SHOWN_PROBLEMS:,} more", className="small"))
    return parts


def change(
    _: tuple[Any, ...], form: tuple[Any, ...], remember: bool, file_name: str | None
) -> tuple[Any, Any]:
    """Set the dates, or undo the last setting, and queue the job that rebuilds the tables."""
    context = current_context()
    try:
        if ctx.triggered_id == Dataset.UNDO_DATES:
            text = f"{counted(service.undo_dates(context.workspace), 'date')} restored."
            if pattern := service.stored_pattern(context.workspace):
                text += f" New uploads are still dated by {pattern}."
        else:
            plan = _plan(form, file_name)
            if plan is None:
                return no_update, no_update
            text = f"{counted(service.set_dates(context.workspace, plan), 'date')} set."
            if form[0] == PATTERN:
                service.store_pattern(context.workspace, form[1] if remember else "")
        if context.catalogue.models():
            text += f" Job {control.submit(context.ledger, 'tables', {}).number} rebuilds the tables."
    except SunspotError as error:
        return problem(str(error)), no_update
    return note(text), {"done": ctx.triggered_id}


def register(app: Dash) -> None:
    """Register the callbacks."""
    app.callback(
        Output(Dataset.DATES_BY_NAME, "style"),
        Output(Dataset.DATES_BY_TABLE, "style"),
        Input(Dataset.DATES_FROM, "value"),
    )(shown_part)
    form = (
        (Dataset.DATES_FROM, "value"),
        (Dataset.PATTERN, "value"),
        (Dataset.DATES_FILE, "contents"),
        (Dataset.REPLACE_DATES, "value"),
    )
    file_name = State(Dataset.DATES_FILE, "filename")
    app.callback(
        output=[
            Output(Dataset.DATES_PREVIEW, "children"),
            Output(Dataset.SET_DATES, "disabled"),
            Output(Dataset.UNDO_DATES, "children"),
            Output(Dataset.UNDO_DATES, "style"),
            Output(Dataset.DATES_FILE_NAME, "children"),
        ],
        inputs=[tuple(Input(*field) for field in form), Input(Dataset.DATES_DONE, "data"), file_name],
    )(preview)
    app.callback(
        output=[Output(Dataset.DATES_MESSAGE, "children"), Output(Dataset.DATES_DONE, "data")],
        inputs=[(Input(Dataset.SET_DATES, "n_clicks"), Input(Dataset.UNDO_DATES, "n_clicks"))],
        state=[tuple(State(*field) for field in form), State(Dataset.REMEMBER, "value"), file_name],
        prevent_initial_call=True,
    )(change)
    app.clientside_callback(
        ClientsideFunction("figures", "name"),
        Output(Dataset.DATES_FILE, "className"),
        Input(Dataset.DATES_FILE_LABEL, "data"),
        State(Dataset.DATES_FILE, "id"),
    )
