"""The butterfly diagram, the map of a Carrington rotation, and the distribution of spot sizes."""

from __future__ import annotations

from math import ceil, floor
from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, State, ctx, html, no_update
from dash.exceptions import PreventUpdate

from sunspot_dash.figures.butterfly import butterfly_figure
from sunspot_dash.figures.carrington import carrington_figure, sizes_figure
from sunspot_dash.figures.theme import NO_MATCH, text_figure
from sunspot_dash.services.analysis.butterfly import butterfly
from sunspot_dash.services.analysis.carrington import rotation, sizes
from sunspot_dash.services.catalogue.sources import describe_source
from sunspot_dash.text import counted
from sunspot_dash.web.components.figure_card import FigureIds, figure_card, no_model, register_saving
from sunspot_dash.web.components.terms import explain
from sunspot_dash.web.context import current_context
from sunspot_dash.web.ids import Explore
from sunspot_dash.web.pages.explore.filters import FIELDS, Choice
from sunspot_dash.web.pages.explore.linked import days_of, fields, register_drawn, register_opening, zoomed

VIEW = "sun"
MAP = FigureIds(Explore.MAP, Explore.MAP_NOTE)
SIZES = FigureIds(Explore.SIZES, Explore.SIZES_NOTE)
BUTTERFLY = FigureIds(Explore.BUTTERFLY, Explore.BUTTERFLY_NOTE)
BUTTERFLY_HELP = (
    "Drag a box to filter all figures by its dates and latitudes; click a spot to open its drawing."
)
MAP_HELP = (
    "Drag a box to filter all figures by its latitudes; click a spot to open its drawing. "
    "CMD: central meridian distance, positive to the west."
)
SIZES_HELP = (
    "Areas are umbral, since the labels are umbrae, and corrected for foreshortening. "
    "MSH: millionths of the solar hemisphere."
)


def layout(values: dict[str, Any]) -> list[Any]:
    return [
        dbc.Row(
            dbc.Col(figure_card("Butterfly diagram", BUTTERFLY, BUTTERFLY_HELP, "28rem")),
            className="g-3 mb-3",
        ),
        dbc.Row(
            [
                dbc.Col(
                    figure_card(
                        "Carrington rotation", MAP, [MAP_HELP, explain("CMD")], "26rem", [_step(values)]
                    ),
                    lg=7,
                ),
                dbc.Col(figure_card("Spot sizes", SIZES, [SIZES_HELP, explain("MSH")], "26rem"), lg=5),
            ],
            className="g-3",
        ),
    ]


def _step(values: dict[str, Any]) -> html.Div:
    """Return the field of the rotation, with buttons to the previous and next one that has drawings."""
    button = {"size": "sm", "outline": True, "color": "secondary"}
    number = dbc.Input(
        id=FIELDS["rotation"], type="number", value=values["rotation"], step=1, debounce=0.7, size="sm",
        placeholder="last", style={"width": "8rem"},
    )  # fmt: skip
    label = html.Label("Rotation", htmlFor=FIELDS["rotation"], className="small")
    return html.Div(
        [
            label,
            number,
            dbc.Button("‹ Earlier", id=Explore.EARLIER, **button),
            dbc.Button("Later ›", id=Explore.LATER, **button),
        ],
        className="option",
    )


def butterfly_diagram(choice: Choice, theme: str) -> tuple[Any, str]:
    """Draw the butterfly diagram of the first model."""
    model = describe_source(choice.source)
    found = butterfly(current_context().catalogue, choice.source, choice.period, choice.region)
    note = f"Model {model}: {counted(found.total, 'spot')} on dated drawings." if model else "Choose a model."
    return butterfly_figure(found, theme) if found.total else text_figure(NO_MATCH, theme), note


def butterfly_zoomed(zoom: dict[str, Any] | None) -> tuple[Any, ...]:
    """Return the dates and latitudes to which the butterfly diagram was zoomed."""
    dates, latitudes = days_of(zoom), zoomed(zoom, "yaxis")
    if latitudes is None:
        return *dates, no_update, no_update
    return *dates, *(latitudes if latitudes == ("", "") else _rounded(*latitudes))


def rotation_map(choice: Choice, theme: str) -> tuple[Any, str]:
    """Draw the map of one rotation of the first model."""
    if not choice.source:
        return no_model(theme)
    model = describe_source(choice.source)
    found = rotation(
        current_context().catalogue, choice.source, choice.period, choice.region, choice.rotation
    )
    note = f"Model {model}, rotation {found.number}: {counted(len(found.rows), 'spot')}"
    if not found.first:
        note = "No dated drawing in the period." if not found.known else f"{note}, no drawing in the period"
        return text_figure(NO_MATCH, theme), note
    days = found.first if found.first == found.last else f"{found.first} to {found.last}"
    note += f" on the drawings of {days}. The size of a marker grows with the umbral area."
    return carrington_figure(found.rows, theme), note


def size_distribution(choice: Choice, theme: str) -> tuple[Any, str]:
    """Draw the distribution of spot sizes of the first model."""
    if not choice.source:
        return no_model(theme)
    model = describe_source(choice.source)
    edges, counts = sizes(current_context().catalogue, choice.source, choice.period, choice.region)
    figure = sizes_figure(edges, counts, theme) if counts.sum() else text_figure(NO_MATCH, theme)
    return figure, f"Model {model}: {counted(int(counts.sum()), 'spot')}."


def step_rotation(_: int | None, __: int | None, values: dict[str, Any]) -> int:
    """Return the previous or next rotation that has drawings."""
    choice = Choice.read(values)
    if not choice.model:
        raise PreventUpdate
    found = rotation(
        current_context().catalogue, choice.source, choice.period, choice.region, choice.rotation
    )
    later = [number for number in found.known if number > found.number]
    earlier = [number for number in found.known if number < found.number]
    if ctx.triggered_id == Explore.LATER and later:
        return later[0]
    if ctx.triggered_id == Explore.EARLIER and earlier:
        return earlier[-1]
    raise PreventUpdate


def latitudes_selected(selected: dict[str, Any] | None) -> tuple[Any, Any, Any]:
    """Return the latitudes of a selected box, and clear the selection."""
    ends = ((selected or {}).get("range") or {}).get("y")
    if not ends:
        return no_update, no_update, no_update
    return *_rounded(*ends), None


def _rounded(first: float, last: float) -> tuple[float, float]:
    """Return two latitudes in order, rounded outwards to 0.1°."""
    low, high = sorted((first, last))
    return max(-90, floor(10 * low) / 10), min(90, ceil(10 * high) / 10)


def register(app: Dash) -> None:
    """Register the callbacks."""
    for ids, draw in ((BUTTERFLY, butterfly_diagram), (MAP, rotation_map), (SIZES, size_distribution)):
        outputs = [Output(ids.figure, "figure"), Output(ids.note, "children")]
        register_drawn(app, VIEW, outputs, draw, ahead=draw is butterfly_diagram)
    app.callback(
        output=Output(FIELDS["rotation"], "value"),
        inputs=[Input(Explore.EARLIER, "n_clicks"), Input(Explore.LATER, "n_clicks")],
        state=[{name: State(identity, "value") for name, identity in FIELDS.items()}],
        prevent_initial_call=True,
    )(step_rotation)
    app.callback(
        *fields("b_from", "b_to"),
        Output(Explore.MAP, "selectedData"),
        Input(Explore.MAP, "selectedData"),
        prevent_initial_call=True,
    )(latitudes_selected)
    app.callback(
        *fields("from", "to", "b_from", "b_to"),
        Input(Explore.BUTTERFLY, "relayoutData"),
        prevent_initial_call=True,
    )(butterfly_zoomed)
    register_opening(app, Explore.BUTTERFLY)
    register_opening(app, Explore.MAP)
    register_saving(app, BUTTERFLY, MAP, SIZES)
