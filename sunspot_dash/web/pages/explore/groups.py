"""Groups tracked over several days: dates, rotation rate and central meridian passage."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, Output, html

from sunspot_dash.services.analysis.tracks import MOST_DRAWINGS, tracks
from sunspot_dash.services.catalogue.sources import describe_source
from sunspot_dash.text import counted
from sunspot_dash.web.components.feedback import LIVE
from sunspot_dash.web.components.table import table
from sunspot_dash.web.components.terms import explain
from sunspot_dash.web.context import current_context
from sunspot_dash.web.ids import Explore
from sunspot_dash.web.pages.explore import track
from sunspot_dash.web.pages.explore.filters import Choice
from sunspot_dash.web.pages.explore.linked import register_drawn

VIEW = "groups"
HELP = (
    "Click a row to see the group from drawing to drawing. A group that returns from the far side of the Sun counts as "
    "a new group."
)


def _number(field: str, name: str, digits: int, tip: str, width: int = 100) -> dict[str, Any]:
    shown = f"params.value == null ? '' : params.value.toFixed({digits})"
    return {
        "field": field, "headerName": name, "width": width, "headerTooltip": tip, "valueFormatter": {"function": shown},
    }  # fmt: skip


COLUMNS: list[dict[str, Any]] = [
    {"field": "first", "headerName": "First seen (UT)", "width": 148, "minWidth": 148, "flex": 1},
    {"field": "last", "headerName": "Last seen (UT)", "width": 148, "minWidth": 148, "flex": 1},
    {"field": "drawings", "headerName": "Drawings", "width": 102},
    _number("latitude_deg", "B (°)", 1, "Mean heliographic latitude of the group's centre", 78),
    _number("longitude_deg", "L (°)", 1, "Mean Carrington longitude of the group's centre", 78),
    {
        "field": "rotation",
        "headerName": "Rotation",
        "width": 92,
        "headerTooltip": "Carrington rotation at the central meridian passage",
    },
    {
        "field": "meridian",
        "headerName": "Central meridian (UT)",
        "width": 182,
        "minWidth": 182,
        "flex": 1,
        "headerTooltip": "Central meridian passage; ~ extrapolated, since the group was seen on one side only",
        "valueFormatter": {"function": "(params.data.meridian_seen ? '' : '~ ') + params.value"},
    },
    _number("sidereal", "Rate (°/day)", 2, "Sidereal rotation rate, from the longitudes", 112),
    _number("sigma", "± (°/day)", 2, "Uncertainty of the rotation rate, from three or more drawings", 98),
    _number("area_msh", "Area (MSH)", 1, "Largest umbral area, in millionths of the solar hemisphere", 108),
]


def layout(values: dict[str, Any]) -> list[Any]:
    listing = table(Explore.TRACKS, COLUMNS, "group", "No group was seen on two or more drawings")
    listing.defaultColDef = {"sortable": True, "resizable": True, "filter": False}
    listing.style = {"height": "min(34rem, 62vh)"}
    parts = [
        html.H2("Tracked groups"),
        html.P(id=Explore.TRACKS_NOTE, className="help mb-2", **LIVE),
        listing,
        html.P([HELP, explain("CMD"), explain("MSH")], className="help mb-0 mt-2"),
    ]
    return [dbc.Card(dbc.CardBody(parts)), track.layout()]


def tracked(choice: Choice, theme: str) -> tuple[Any, str]:
    """Return the tracks of the first model in the chosen period and latitude range, and describe them."""
    if not choice.source:
        return [], "Choose a model."
    model = describe_source(choice.source)
    latitudes = (choice.region.b_from, choice.region.b_to)
    found = tracks(current_context().catalogue, choice.source, choice.period, latitudes)
    note = (
        f"Model {model}: {counted(len(found.rows), 'group')} seen on two or more drawings, "
        f"{found.once:,} on a single drawing."
    )
    if found.since:
        note += f" Limited to the newest {MOST_DRAWINGS:,} drawings, from {found.since}: choose a period for others."
    if not choice.region.whole and latitudes == (None, None):
        note += " Groups are filtered by latitude only, not by r/R or position angle."
    return found.rows, note


def register(app: Dash) -> None:
    """Register the callbacks."""
    outputs = [Output(Explore.TRACKS, "rowData"), Output(Explore.TRACKS_NOTE, "children")]
    register_drawn(app, VIEW, outputs, tracked)
    track.register(app)
