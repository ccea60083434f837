"""Latitudes over time, a rotation on a map of the Sun, and how large spots are."""

from __future__ import annotations

from math import ceil, floor
from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, State, ctx, html, no_update
from dash.exceptions import PreventUpdate

from sunspot_dash.figures.butterfly import butterfly_figure
from sunspot_dash.figures.carrington import carrington_figure, sizes_figure
from sunspot_dash.figures.theme import UNSEEN, only_words
from sunspot_dash.services.analysis.butterfly import butterfly
from sunspot_dash.services.analysis.carrington import rotation, sizes
from sunspot_dash.text import counted
from sunspot_dash.web.context import current_context
from sunspot_dash.web.ids import Explore
from sunspot_dash.web.pages.explore.figure_card import FigureIds, figure_card, register_saving
from sunspot_dash.web.pages.explore.filters import FIELDS, Choice
from sunspot_dash.web.pages.explore.linked import days_of, fields, register_drawn, register_opening, zoomed

VIEW = "sun"
MAP = FigureIds(Explore.MAP, Explore.MAP_NOTE, Explore.MAP_SVG)
SIZES = FigureIds(Explore.SIZES, Explore.SIZES_NOTE, Explore.SIZES_SVG)
BUTTERFLY = FigureIds(Explore.BUTTERFLY, Explore.BUTTERFLY_NOTE, Explore.BUTTERFLY_SVG)
BUTTERFLY_HELP = (
    "Drag a box to choose its days and latitudes for all figures; a single spot opens its drawing."
)
MAP_HELP = (
    "Drag a box to choose its latitudes for all figures; a spot opens its drawing. "
    "CMD: degrees from the central meridian, + to the west."
)
SIZES_HELP = (
    "Labels are umbrae, so areas are umbral; corrected for foreshortening. "
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
                dbc.Col(figure_card("A Carrington rotation", MAP, MAP_HELP, "26rem", _step(values)), lg=7),
                dbc.Col(figure_card("Sizes of spots", SIZES, SIZES_HELP, "26rem"), lg=5),
            ],
            className="g-3",
        ),
    ]


def _step(values: dict[str, Any]) -> html.Div:
    """The rotation, and buttons to the one before and after that has drawings."""
    button = {"size": "sm", "outline": True, "color": "secondary"}
    number = dbc.Input(
        id=FIELDS["rotation"], type="number", value=values["rotation"], step=1, debounce=0.7, size="sm",
        placeholder="the last", style={"width": "8rem"},
    )  # fmt: skip
    label = html.Label("Rotation", htmlFor=FIELDS["rotation"], className="small")
    return html.Div(
        [
            label,
            number,
            dbc.Button("‹ Earlier", id=Explore.EARLIER, **button),
            dbc.Button("Later ›", id=Explore.LATER, **button),
        ],
        className="d-flex gap-2 align-items-center flex-wrap",
    )


def flown(choice: Choice, theme: str) -> tuple[Any, str]:
    """The butterfly diagram of the first model."""
    model = choice.models[0] if choice.models else ""
    found = butterfly(current_context().catalogue, model, choice.period, choice.region)
    told = f"Model {model}: {counted(found.total, 'spot')} of dated drawings." if model else "Choose a model."
    return butterfly_figure(found, theme) if found.total else only_words(UNSEEN, theme), told


def boxed(zoom: dict[str, Any] | None) -> tuple[Any, ...]:
    """The days and latitudes to which the butterfly diagram was zoomed."""
    dates, latitudes = days_of(zoom), zoomed(zoom, "yaxis")
    if latitudes is None:
        return *dates, no_update, no_update
    return *dates, *(latitudes if latitudes == ("", "") else _belt(*latitudes))


def mapped(choice: Choice, theme: str) -> tuple[Any, str]:
    """The map of one rotation of the first model."""
    if not choice.models:
        return only_words("Choose a model", theme), "Choose a model."
    found = rotation(
        current_context().catalogue, choice.models[0], choice.period, choice.region, choice.rotation
    )
    told = f"Model {choice.models[0]}, rotation {found.number}: {counted(len(found.rows), 'spot')}"
    if not found.first:
        told = "No dated drawing in the period." if not found.known else f"{told}, no drawing in the period"
        return only_words(UNSEEN, theme), told
    days = found.first if found.first == found.last else f"{found.first} to {found.last}"
    return carrington_figure(
        found.rows, theme
    ), f"{told} on the drawings of {days}; the marks grow with the umbra."


def sized(choice: Choice, theme: str) -> tuple[Any, str]:
    """The distribution of sizes of the first model."""
    if not choice.models:
        return only_words("Choose a model", theme), "Choose a model."
    edges, counts = sizes(current_context().catalogue, choice.models[0], choice.period, choice.region)
    figure = sizes_figure(edges, counts, theme) if counts.sum() else only_words(UNSEEN, theme)
    return figure, f"Model {choice.models[0]}: {counted(int(counts.sum()), 'spot')}."


def stepped(_: int | None, __: int | None, values: dict[str, Any]) -> int:
    """The rotation before or after that has drawings."""
    choice = Choice.read(values)
    if not choice.models:
        raise PreventUpdate
    found = rotation(
        current_context().catalogue, choice.models[0], choice.period, choice.region, choice.rotation
    )
    later = [number for number in found.known if number > found.number]
    earlier = [number for number in found.known if number < found.number]
    if ctx.triggered_id == Explore.LATER and later:
        return later[0]
    if ctx.triggered_id == Explore.EARLIER and earlier:
        return earlier[-1]
    raise PreventUpdate


def belt(selected: dict[str, Any] | None) -> tuple[Any, Any, Any]:
    """The latitudes of a box."""
    ends = ((selected or {}).get("range") or {}).get("y")
    if not ends:
        return no_update, no_update, no_update
    return *_belt(*ends), None


def _belt(first: float, last: float) -> tuple[float, float]:
    """Latitudes in order, rounded outwards."""
    low, high = sorted((first, last))
    return max(-90, floor(10 * low) / 10), min(90, ceil(10 * high) / 10)


def register(app: Dash) -> None:
    """Make the callbacks known."""
    for ids, draw in ((BUTTERFLY, flown), (MAP, mapped), (SIZES, sized)):
        outputs = [Output(ids.figure, "figure"), Output(ids.note, "children")]
        register_drawn(app, VIEW, outputs, draw, ahead=draw is flown)
    app.callback(
        output=Output(FIELDS["rotation"], "value"),
        inputs=[Input(Explore.EARLIER, "n_clicks"), Input(Explore.LATER, "n_clicks")],
        state=[{name: State(identity, "value") for name, identity in FIELDS.items()}],
        prevent_initial_call=True,
    )(stepped)
    app.callback(
        *fields("b_from", "b_to"),
        Output(Explore.MAP, "selectedData"),
        Input(Explore.MAP, "selectedData"),
        prevent_initial_call=True,
    )(belt)
    app.callback(
        *fields("from", "to", "b_from", "b_to"),
        Input(Explore.BUTTERFLY, "relayoutData"),
        prevent_initial_call=True,
    )(boxed)
    register_opening(app, Explore.BUTTERFLY)
    register_opening(app, Explore.MAP)
    register_saving(app, BUTTERFLY, MAP, SIZES)
