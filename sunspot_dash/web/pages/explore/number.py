"""The sunspot number over time, and its comparison with a reference series."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, Output, html

from sunspot_dash.errors import SunspotError
from sunspot_dash.figures.spot_counts import AUTO, shown_bin
from sunspot_dash.figures.sunspot_number import (
    Pair,
    in_bin,
    number_figure,
    pair_of,
    reference_figure,
    scatter_figure,
)
from sunspot_dash.figures.theme import NO_MATCH, text_figure
from sunspot_dash.figures.time_series import BARS, LINES, TOO_MANY, TimeSeries
from sunspot_dash.services.analysis.observer_comparison import compare_with_observers, observer_sentences
from sunspot_dash.services.analysis.references import OBSERVERS, read_reference, references
from sunspot_dash.services.analysis.silso_comparison import compare_with_silso, sentences
from sunspot_dash.services.analysis.sunspot_number import dated_drawings, numbers
from sunspot_dash.services.catalogue.sources import describe_source
from sunspot_dash.services.demo.sample_data import demo_warning
from sunspot_dash.text import counted
from sunspot_dash.web.components.feedback import capital, toasts
from sunspot_dash.web.components.figure_card import FigureIds, figure_card, register_saving
from sunspot_dash.web.components.terms import explain
from sunspot_dash.web.context import current_context
from sunspot_dash.web.ids import Explore
from sunspot_dash.web.pages.explore import references as reference_panel
from sunspot_dash.web.pages.explore.controls import choose
from sunspot_dash.web.pages.explore.filters import BY, PARTS, Choice
from sunspot_dash.web.pages.explore.linked import register_drawn, register_opening, register_period

VIEW = "number"
NUMBER = FigureIds(Explore.NUMBER, Explore.NUMBER_NOTE)
COMPARISON = FigureIds(Explore.COMPARED, Explore.COMPARED_NOTE)
NUMBER_HELP = (
    "R = 10 g + s, with g groups and s spots. Drag to choose a period; click a drawing's point to open it."
)
SCATTER = FigureIds(Explore.SCATTER, Explore.SCATTER_NOTE)
COMPARISON_HELP = (
    "Top: the model's numbers, scaled by k, and the reference. Bottom: their difference. Both follow the values chosen "
    "above; k, r and the errors are those of the series as it is."
)
SCATTER_HELP = "Click a drawing's point to open it."


def layout(values: dict[str, Any]) -> list[Any]:
    options = [choose("Values", "by", BY, values), choose("Part of the disk", "parts", PARTS, values)]
    comparison = figure_card(
        "Compare with a reference series",
        COMPARISON,
        [COMPARISON_HELP, explain("k")],
        "26rem",
        more=[reference_panel.panel(values)],
    )
    return [
        toasts(Explore.REFERENCE_MESSAGE),
        dbc.Row(
            dbc.Col(figure_card("Sunspot number", NUMBER, [NUMBER_HELP, explain("R")], "26rem", options)),
            className="g-3 mb-3",
        ),
        dbc.Row(
            [
                dbc.Col(comparison, lg=8),
                dbc.Col(figure_card("Model against reference", SCATTER, SCATTER_HELP, "26rem"), lg=4),
            ],
            className="g-3",
        ),
    ]


def shown(choice: Choice, theme: str) -> tuple[Any, str]:
    """Draw the sunspot numbers of the chosen models, and describe them."""
    catalogue = current_context().catalogue
    series = len(choice.models) * (1 if choice.parts == "disk" else 2)
    drawings = max((dated_drawings(catalogue, source, choice.period) for source in choice.sources), default=0)
    by = shown_bin(choice.by, series * drawings, "day")
    lines, undated = _lines(choice, by)
    smooth = _lines(choice, "smoothed")[0] if by == "month" else []
    points = sum(len(line.times) for line in lines)
    text = f"{counted(points, 'point')}, {BY[by]}, k = 1." if points else "No dated drawing in the period."
    text += choice.counted
    if by == "month":
        text += f" {LINES.format('monthly means')}"
    if any(line.has_errors for line in lines):
        text += f" {BARS}"
    if choice.by not in (AUTO, by):
        text += f" {TOO_MANY}"
    text += f" Left out: {counted(undated, 'undated drawing')}." if undated else ""
    warnings = (demo_warning(catalogue, source, choice.period) for source in choice.sources)
    if warning := next(filter(None, warnings), ""):
        text += f" {capital(warning)}."
    if not choice.region.whole:
        text += " The position filter does not apply to the sunspot number, since groups belong to the whole disk."
    return number_figure(lines, theme, smooth) if points else text_figure(NO_MATCH, theme), text


def _lines(choice: Choice, by: str) -> tuple[list[TimeSeries], int]:
    """Return the series of the chosen models and parts of the disk, and the number of undated drawings."""
    lines, undated = [], 0
    for source, colour in zip(choice.sources, choice.colours, strict=True):
        found = numbers(current_context().catalogue, source, by, choice.period)
        undated += found.undated
        parts = {"": found.disk} if choice.parts == "disk" else {"north": found.north, "south": found.south}
        lines += [
            TimeSeries(
                f"{describe_source(source)} {name}".strip(),
                part.dates,
                part.values.tolist(),
                part.n.tolist(),
                part.keys,
                # Halves of several models differ in the palette's colours.
                name if name and colour else colour,
                part.below.tolist(),
                part.above.tolist(),
            )
            for name, part in parts.items()
        ]
    return lines, undated


def comparison(choice: Choice, theme: str) -> tuple[Any, Any, Any, Any]:
    """Compare the first model with the chosen reference series: both over time, and one against the other."""
    source, catalogue = choice.source, current_context().catalogue
    if not choice.reference or not source:
        nothing = text_figure("Choose, import or download a reference series", theme)
        return nothing, "Choose a series.", text_figure("Choose a reference series", theme), ""
    try:
        reference = read_reference(current_context().workspace, choice.reference)
    except SunspotError as error:
        unusable = text_figure("This series cannot be used", theme)
        return unusable, str(error), unusable, ""
    about = next(
        (one for one in references(current_context().workspace) if one.identifier == choice.reference), None
    )
    terms = f"Source: {about.source}. {about.licence}" if about else ""
    if about and about.kind == OBSERVERS:
        against = compare_with_observers(catalogue, source, reference, choice.period)  # type: ignore[arg-type]
        number = against.number
        once = [1] * len(number.dates)
        ours = TimeSeries(
            f"{describe_source(source)}, k = 1", number.dates, number.model.tolist(), once, number.keys
        )
        theirs = TimeSeries("observers", number.dates, number.observer.tolist(), once, number.keys)
        results, pair = observer_sentences(against), Pair(ours, theirs)
    else:
        found = compare_with_silso(catalogue, source, reference, choice.period)  # type: ignore[arg-type]
        results, pair = sentences(found), pair_of(found.disk, describe_source(source), "SILSO")
    pair = in_bin(pair, choice.by)
    lines = html.Ul([html.Li(line) for line in [*results, terms] if line], className="mb-0 ps-3")
    common = f"{counted(len(pair.model.times), 'point')} in common. Dashed: equal numbers."
    return reference_figure(pair, theme), lines, scatter_figure(pair, theme), common


def register(app: Dash) -> None:
    """Register the callbacks."""
    register_drawn(app, VIEW, [Output(NUMBER.figure, "figure"), Output(NUMBER.note, "children")], shown)
    # Not cached: a reference series may be added or removed.
    outputs = [
        Output(identity, name)
        for ids in (COMPARISON, SCATTER)
        for identity, name in ((ids.figure, "figure"), (ids.note, "children"))
    ]
    register_drawn(app, VIEW, outputs, comparison, keep=False)
    register_period(app, Explore.NUMBER)
    reference_panel.register(app)
    for figure in (Explore.NUMBER, Explore.COMPARED, Explore.SCATTER):
        register_opening(app, figure)
    register_saving(app, NUMBER, COMPARISON, SCATTER)
