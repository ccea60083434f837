"""Groups followed over days: when they were seen, how fast they turned, when they passed the meridian."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, State, html, no_update

from sunspot_dash.services.analysis.tracks import MOST_DRAWINGS, tracks
from sunspot_dash.text import counted
from sunspot_dash.web.components.feedback import LIVE
from sunspot_dash.web.components.table import table
from sunspot_dash.web.context import current_context
from sunspot_dash.web.ids import Explore, Shell
from sunspot_dash.web.pages.explore.filters import Choice
from sunspot_dash.web.pages.explore.linked import register_drawn

VIEW = "groups"
HELP = "A row opens the drawing on which its group was largest. A return after the far side of the Sun is a new group."


def _number(field: str, name: str, digits: int, tip: str, width: int = 100) -> dict[str, Any]:
    told = f"params.value == null ? '' : params.value.toFixed({digits})"
    return {
        "field": field, "headerName": name, "width": width, "headerTooltip": tip, "valueFormatter": {"function": told},
    }  # fmt: skip


COLUMNS: list[dict[str, Any]] = [
    {"field": "first", "headerName": "First seen (UT)", "width": 155, "minWidth": 155, "flex": 1},
    {"field": "last", "headerName": "Last seen (UT)", "width": 155, "minWidth": 155, "flex": 1},
    {"field": "drawings", "headerName": "Drawings", "width": 100},
    _number("latitude_deg", "B, °", 1, "Mean heliographic latitude of its centre"),
    _number("longitude_deg", "L, °", 1, "Mean Carrington longitude of its centre"),
    {
        "field": "rotation",
        "headerName": "Rotation",
        "width": 100,
        "headerTooltip": "Carrington rotation of its meridian passage",
    },
    {
        "field": "meridian",
        "headerName": "Central meridian (UT)",
        "width": 175,
        "minWidth": 175,
        "flex": 1,
        "headerTooltip": "When it passed the central meridian; ~ where it was not seen on both sides",
        "valueFormatter": {"function": "(params.data.meridian_seen ? '' : '~ ') + params.value"},
    },
    _number("sidereal", "Turns, °/day", 2, "Against the stars, from its longitudes", 130),
    _number("sigma", "±", 2, "Uncertainty of the rotation, from the scatter of three drawings or more", 80),
    _number("area_msh", "Largest umbra, MSH", 1, "Largest umbral area, millionths of the hemisphere", 160),
]


def layout(values: dict[str, Any]) -> dbc.Card:
    grid = table(Explore.TRACKS, COLUMNS, "group", "No group was seen on two drawings")
    grid.defaultColDef = {"sortable": True, "resizable": True, "filter": False}
    grid.style = {"height": "34rem"}
    parts = [
        html.H2("Groups over days"),
        html.P(id=Explore.TRACKS_NOTE, className="help mb-2", style={"minHeight": "3em"}, **LIVE),
        grid,
        html.P(HELP, className="help mb-0 mt-2"),
    ]
    return dbc.Card(dbc.CardBody(parts))


def followed(choice: Choice, theme: str) -> tuple[Any, str]:
    """The tracks of the first model in the chosen period and belt of latitudes."""
    if not choice.models:
        return [], "Choose a model."
    belt = (choice.region.b_from, choice.region.b_to)
    found = tracks(current_context().catalogue, choice.models[0], choice.period, belt)
    told = (
        f"Model {choice.models[0]}: seen on two drawings or more: {counted(len(found.rows), 'group')}; "
        f"on one: {found.once:,}."
    )
    if found.since:
        told += f" The newest {MOST_DRAWINGS:,} drawings are followed, from {found.since}: choose a period for others."
    if not choice.region.whole and belt == (None, None):
        told += " Radius and angle do not filter groups; latitude does."
    return found.rows, told


def opened(rows: list[dict[str, Any]] | None, chosen: list[str]) -> Any:
    """The drawing on which the chosen group was largest."""
    return f"/inference?model={chosen[0]}&drawing={rows[0]['key']}" if rows and chosen else no_update


def register(app: Dash) -> None:
    """Make the callbacks known."""
    outputs = [Output(Explore.TRACKS, "rowData"), Output(Explore.TRACKS_NOTE, "children")]
    register_drawn(app, VIEW, outputs, followed)
    app.callback(
        Output(Shell.LOCATION, "href", allow_duplicate=True),
        Input(Explore.TRACKS, "selectedRows"),
        State(Explore.MODEL, "value"),
        prevent_initial_call=True,
    )(opened)
