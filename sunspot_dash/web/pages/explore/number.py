"""The sunspot number over time, and its comparison with a reference series."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, Output, html

from sunspot_dash.errors import SunspotError
from sunspot_dash.figures.spot_counts import shown_bin
from sunspot_dash.figures.sunspot_number import comparison_figure, number_figure, reference_figure
from sunspot_dash.figures.theme import NO_MATCH, text_figure
from sunspot_dash.figures.time_series import TOO_MANY, TimeSeries
from sunspot_dash.services.analysis.observer_comparison import compare_with_observers, observer_sentences
from sunspot_dash.services.analysis.references import OBSERVERS, read_reference, references
from sunspot_dash.services.analysis.silso_comparison import compare_with_silso, sentences
from sunspot_dash.services.analysis.sunspot_number import dated_drawings, numbers
from sunspot_dash.services.catalogue.sources import describe_source
from sunspot_dash.services.demo.sample_data import demo_warning
from sunspot_dash.text import counted
from sunspot_dash.web.components.feedback import toasts
from sunspot_dash.web.components.terms import explain
from sunspot_dash.web.context import current_context
from sunspot_dash.web.ids import Explore
from sunspot_dash.web.pages.explore import references as reference_panel
from sunspot_dash.web.pages.explore.controls import choose, labelled
from sunspot_dash.web.pages.explore.figure_card import FigureIds, figure_card, register_saving
from sunspot_dash.web.pages.explore.filters import BY, PARTS, Choice
from sunspot_dash.web.pages.explore.linked import register_drawn, register_opening, register_period

VIEW = "number"
NUMBER = FigureIds(Explore.NUMBER, Explore.NUMBER_NOTE, Explore.NUMBER_SVG)
COMPARISON = FigureIds(Explore.COMPARED, Explore.COMPARED_NOTE, Explore.COMPARED_SVG)
NUMBER_HELP = (
    "R = 10 g + s, with g groups and s spots. Drag to choose a period; click a drawing's point to open it."
)
COMPARISON_HELP = "Top: the model's numbers, scaled by k, and the reference. Bottom: their difference."


def layout(values: dict[str, Any]) -> list[Any]:
    selects = (("Values", "by", BY), ("Part of the disk", "parts", PARTS))
    comparison = figure_card(
        "Compare with a reference series",
        COMPARISON,
        [COMPARISON_HELP, explain("k")],
        "26rem",
        reference_panel.panel(values),
    )
    return [
        toasts(Explore.REFERENCE_MESSAGE),
        dbc.Row(
            [labelled(text, choose(name, names, values)) for text, name, names in selects],
            className="g-2 mb-3",
        ),
        dbc.Row(
            [
                dbc.Col(figure_card("Sunspot number", NUMBER, [NUMBER_HELP, explain("R")], "30rem"), lg=6),
                dbc.Col(comparison, lg=6),
            ],
            className="g-3",
        ),
    ]


def shown(choice: Choice, theme: str) -> tuple[Any, str]:
    """Draw the sunspot numbers of the chosen models, and describe them."""
    lines = []
    undated = 0
    series = len(choice.models) * (1 if choice.parts == "disk" else 2)
    drawings = max(
        (dated_drawings(current_context().catalogue, source, choice.period) for source in choice.sources),
        default=0,
    )
    by = shown_bin(choice.by, series * drawings)
    for source in choice.sources:
        found = numbers(current_context().catalogue, source, by, choice.period)
        undated += found.undated
        parts = {"": found.disk} if choice.parts == "disk" else {" north": found.north, " south": found.south}
        lines += [
            TimeSeries(
                describe_source(source) + name, part.dates, part.values.tolist(), part.n.tolist(), part.keys
            )
            for name, part in parts.items()
        ]
    points = sum(len(line.times) for line in lines)
    text = f"{counted(points, 'point')}, {BY[by]}, k = 1." if points else "No dated drawing in the period."
    text += choice.counted
    if by != choice.by:
        text += f" {TOO_MANY}"
    text += f" Left out: {counted(undated, 'undated drawing')}." if undated else ""
    warnings = (demo_warning(current_context().catalogue, source, choice.period) for source in choice.sources)
    if warning := next(filter(None, warnings), ""):
        text += f" {warning}."
    if not choice.region.whole:
        text += " The position filter does not apply to the sunspot number, since groups belong to the whole disk."
    return number_figure(lines, theme) if points else text_figure(NO_MATCH, theme), text


def comparison(choice: Choice, theme: str) -> tuple[Any, Any]:
    """Compare the first model with the chosen reference series."""
    source, catalogue = choice.source, current_context().catalogue
    if not choice.reference or not source:
        return text_figure("Choose, import or download a reference series", theme), "Choose a series."
    try:
        reference = read_reference(current_context().workspace, choice.reference)
    except SunspotError as error:
        return text_figure("This series cannot be used", theme), str(error)
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
        results = observer_sentences(against)
        figure = reference_figure(ours, theirs, theme)
    else:
        found = compare_with_silso(catalogue, source, reference, choice.period)  # type: ignore[arg-type]
        results = sentences(found)
        figure = comparison_figure(found.disk, describe_source(source), "SILSO", theme)
    lines = html.Ul([html.Li(line) for line in [*results, terms] if line], className="mb-0 ps-3")
    return figure, lines


def register(app: Dash) -> None:
    """Register the callbacks."""
    # The comparison is not cached: a reference series may be added or removed.
    for ids, draw, keep in ((NUMBER, shown, True), (COMPARISON, comparison, False)):
        register_drawn(app, VIEW, [Output(ids.figure, "figure"), Output(ids.note, "children")], draw, keep)
    register_period(app, Explore.NUMBER)
    reference_panel.register(app)
    register_opening(app, Explore.NUMBER)
    register_opening(app, Explore.COMPARED)
    register_saving(app, NUMBER, COMPARISON)
