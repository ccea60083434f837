"""The page Today: the newest drawing, its numbers, the steps that are open, and the files of the day."""

from __future__ import annotations

from datetime import date as Date
from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.exceptions import PreventUpdate

from sunspot_dash.errors import SunspotError
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.day.day import Day, dates_beside, day_of
from sunspot_dash.services.day.files import write_files
from sunspot_dash.web.components.bar import bar
from sunspot_dash.web.components.feedback import LIVE, empty, note, problem, toasts
from sunspot_dash.web.components.icons import icon
from sunspot_dash.web.context import current_context
from sunspot_dash.web.ids import Shell, Today
from sunspot_dash.web.pages.today.parts import change_card, drawing_card, numbers_card, steps_card

NEWEST = ""


def layout(date: str = NEWEST, **_: str) -> html.Div:
    date = _checked(date)
    return html.Div(
        [
            bar("Today", actions=[*_steps_of_dates(), _write_button()]),
            html.Div(
                [
                    dcc.Store(id=Today.DATE, data=date),
                    dcc.Store(id=Today.SHOWN),
                    toasts(Today.MESSAGE),
                    html.Div(id=Today.CONTENT, **LIVE),
                ],
                className="page",
            ),
        ]
    )


def _checked(date: str) -> str:
    """Return a date of the address, "" (the newest drawing) if it is not one."""
    try:
        return Date.fromisoformat(date).isoformat()
    except ValueError:
        return NEWEST


def _steps_of_dates() -> list[Any]:
    return [
        html.Button(
            icon("chevron-left"),
            id=Today.BEFORE,
            type="button",
            className="tool",
            title="Day before",
            n_clicks=0,
        ),
        html.Button(
            icon("chevron-right"),
            id=Today.AFTER,
            type="button",
            className="tool",
            title="Day after",
            n_clicks=0,
        ),
    ]


def _write_button() -> dbc.Button:
    return dbc.Button("Write the day's files", id=Today.WRITE, color="primary", n_clicks=0, disabled=True)


def show(_: str | None, date: str, shown: str | None) -> tuple[Any, ...]:
    """Return the day, a text that changes with it, and whether each of the three buttons is disabled."""
    catalogue = current_context().catalogue
    day = day_of(catalogue, date)
    now = f"{date} {day}"
    if now == shown:
        raise PreventUpdate
    if day is None:
        return _nothing(date), now, True, True, True
    before, after = dates_beside(catalogue, day.date)
    return _content(catalogue, day), now, not before, not after, day.counts is None


def _nothing(date: str) -> html.Div:
    if date:
        return empty("No drawing on this day", f"No drawing is dated {date}.", "Drawings", "/dataset")
    return empty(
        "No dated drawing yet",
        "Add the drawings of your archive. A date is read from the name of the file, or entered on Dataset.",
        "Add drawings",
        "/dataset",
    )


def _content(catalogue: Catalogue, day: Day) -> html.Div:
    side = [steps_card(day), numbers_card(day), *change_card(catalogue, day)]
    return html.Div([drawing_card(day), html.Div(side, className="today-side")], className="today")


def step(_before: int, _after: int, date: str) -> Any:
    """Return the date of the drawing before or after."""
    catalogue = current_context().catalogue
    day = day_of(catalogue, date)
    if day is None:
        raise PreventUpdate
    before, after = dates_beside(catalogue, day.date)
    return (before if ctx.triggered_id == Today.BEFORE else after) or no_update


def address(date: str) -> str:
    """Return the query of the address for a date."""
    return f"?date={date}" if date else ""


def write(clicks: int, date: str) -> tuple[Any, Any]:
    """Write the files of the day that is shown; return a message, and what renews the page."""
    if not clicks:
        raise PreventUpdate
    catalogue = current_context().catalogue
    day = day_of(catalogue, date)
    if day is None or not day.model:
        return problem("no model has processed this drawing yet: run one on Inference"), no_update
    try:
        folder = write_files(catalogue, day.model, day.date)
    except SunspotError as error:
        return problem(str(error)), no_update
    return note(f"The files of {day.date} are in {folder.relative_to(catalogue.workspace.root)}."), None


def register(app: Dash) -> None:
    """Register the callbacks."""
    app.callback(
        Output(Today.CONTENT, "children"),
        Output(Today.SHOWN, "data"),
        Output(Today.BEFORE, "disabled"),
        Output(Today.AFTER, "disabled"),
        Output(Today.WRITE, "disabled"),
        Input(Shell.PULSE, "data"),
        Input(Today.DATE, "data"),
        State(Today.SHOWN, "data"),
    )(show)
    app.callback(
        Output(Today.DATE, "data"),
        Input(Today.BEFORE, "n_clicks"),
        Input(Today.AFTER, "n_clicks"),
        State(Today.DATE, "data"),
        prevent_initial_call=True,
    )(step)
    app.callback(
        Output(Today.MESSAGE, "children"),
        Output(Today.SHOWN, "data", allow_duplicate=True),
        Input(Today.WRITE, "n_clicks"),
        State(Today.DATE, "data"),
        prevent_initial_call=True,
    )(write)
    app.callback(
        Output(Shell.ADDRESS, "data", allow_duplicate=True),
        Input(Today.DATE, "data"),
        prevent_initial_call=True,
    )(address)
