"""The report of a period: the dashboard's figures in one self-contained HTML page."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from sunspot_dash.domain.activity.butterfly import ButterflyCells
from sunspot_dash.domain.sun.region import Region
from sunspot_dash.figures.butterfly import butterfly_figure
from sunspot_dash.figures.carrington import sizes_figure
from sunspot_dash.figures.html_page import Page, Section, page_html
from sunspot_dash.figures.spot_counts import shown_bin
from sunspot_dash.figures.sunspot_number import comparison_figure, number_figure
from sunspot_dash.figures.time_series import BARS, LINES, TimeSeries
from sunspot_dash.io.silso import SilsoSeries
from sunspot_dash.services.analysis.butterfly import butterfly
from sunspot_dash.services.analysis.carrington import sizes
from sunspot_dash.services.analysis.references import newest, read_reference
from sunspot_dash.services.analysis.silso_comparison import compare_with_silso, sentences
from sunspot_dash.services.analysis.sunspot_number import (
    PARTS,
    CountedDrawings,
    NumberSeries,
    counted_drawings,
    numbers,
)
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.catalogue.query import ALWAYS, Period
from sunspot_dash.services.catalogue.sources import EITHER, MODEL, REVIEWED, describe_source, split_source
from sunspot_dash.services.demo.sample_data import demo_warning
from sunspot_dash.services.export.provenance import Provenance, provenance
from sunspot_dash.text import counted

COMPARED = ("daily", "hemispheric", "monthly", "smoothed", "estimated")  # kinds of reference, the best first
THEME = "light"
MOST_ROWS = 80  # rows of the table
UNITS = {10: ("day", "daily means"), 7: ("month", "monthly means of the observed days"), 4: ("year", "")}
COUNTED_AS = (
    "R = 10 g + s (k = 1), with g groups and s spots (umbrae) per drawing. A daily value is the mean of the day's "
    "drawings, a monthly value the mean of the observed days; gaps are days without drawings."
)


def report(catalogue: Catalogue, source: str, period: Period = ALWAYS) -> str:
    """Return the report as HTML; undated drawings are left out, and only their number is given."""
    drawings, known = counted_drawings(catalogue, source, period), provenance(catalogue, source)
    dates = [time[:10] for time in drawings.times]
    first, last = (dates[0], dates[-1]) if dates else ("", "")
    thresholds = ", ".join(f"{value:g}" for value in known.thresholds)
    page = Page(
        title=f"Sunspots from {period[0] or first} to {period[1] or last}" if dates else "Sunspots",
        subtitle=f"{_counts_of(source)} on {counted(len(drawings), 'drawing')}. "
        f"Confidence threshold: {thresholds}.",
        facts=_facts(drawings, dates),
        sections=_sections(catalogue, source, period, drawings),
        footer=_foot(catalogue, drawings, known, demo_warning(catalogue, source, period)),
        code=[("SHA-256 of the model's weights:", known.sha256)] if known.sha256 else [],
    )
    return page_html(page)


def _counts_of(source: str) -> str:
    """Return what the report counts."""
    model, counts = split_source(source)
    return {
        MODEL: f"Detections of the model {model}",
        REVIEWED: f"Spots of the reviewed drawings only, found by the model {model} and corrected by people,",
        EITHER: f"Spots of the reviewed drawings, and detections of the model {model} on all others,",
    }[counts]


def _facts(drawings: CountedDrawings, dates: list[str]) -> list[tuple[str, str]]:
    days = drawings.means()
    facts = [
        (f"{len(dates):,}", "drawings"),
        (f"{len(days.dates):,}", "days observed"),
        (f"{drawings.counts.spots.sum():,}", "spots"),
        (f"{drawings.counts.groups.sum():,}", "groups, summed over all drawings"),
    ]
    if dates:
        means = [drawings.means(part).values.mean() for part in PARTS]
        facts.append((f"{means[0]:.1f}", "mean daily R"))
        facts.append((f"{means[1]:.1f} / {means[2]:.1f}", "mean daily R, north / south"))
    return facts


def _sections(catalogue: Catalogue, source: str, period: Period, drawings: CountedDrawings) -> list[Section]:
    if not len(drawings):
        return [Section("No dated drawings", ["A time series needs drawings with a date."])]
    by = shown_bin("day", len(drawings))
    found = numbers(catalogue, source, by, period)
    smooth = numbers(catalogue, source, "smoothed", period)
    how = UNITS[7 if by == "month" else 10][1]
    whole = [_line(found.disk, how, "model")]
    over = [_line(smooth.disk, "13-month smoothed", "model")] if smooth.disk.dates else []
    halves = [_line(found.north, "north", "north"), _line(found.south, "south", "south")]
    butterflies = butterfly(catalogue, source, period)
    strong = ([LINES.format(how)] if over else []) + ([BARS] if whole[0].has_errors else [])
    where = "Latitudes of the spots; symbol size shows the umbral area"
    if isinstance(butterflies, ButterflyCells):
        where = f"Number of spots per cell, {butterflies.total:,} in total; cells without spots are empty"
    edges, counts = sizes(catalogue, source, period, Region())
    compared = _compared(catalogue, source, period)
    return [
        Section("Sunspot number", [COUNTED_AS, *strong], number_figure(whole, THEME, over)),
        *compared,
        Section("Hemispheres", [f"R of each hemisphere, {how}."], number_figure(halves, THEME)),
        Section("Butterfly diagram", [f"{where}."], butterfly_figure(butterflies, THEME), 430),
        Section("Sizes", ["Umbral areas, corrected for foreshortening."], sizes_figure(edges, counts, THEME)),
        Section("Totals", [], table=_table(drawings)),
    ]


def _line(series: NumberSeries, name: str, colour: str) -> TimeSeries:
    arrays = (series.values, series.n, series.below, series.above)
    values, n, below, above = (array.tolist() for array in arrays)
    return TimeSeries(name, series.dates, values, n, colour=colour, below=below, above=above)


def _compared(catalogue: Catalogue, source: str, period: Period) -> list[Section]:
    """Return the comparison with the newest SILSO series, empty if none was imported."""
    reference = newest(catalogue.workspace, *COMPARED)
    if reference is None:
        return []
    series = read_reference(catalogue.workspace, reference.identifier)
    if not isinstance(series, SilsoSeries):
        return []
    found = compare_with_silso(catalogue, source, series, period)
    text = [" ".join(f"{line[0].upper()}{line[1:]}." for line in sentences(found))]
    if not len(found.disk.dates):
        return [Section("Comparison with SILSO", text)]
    figure = comparison_figure(found.disk, describe_source(source), "SILSO", THEME)
    return [Section("Comparison with SILSO", text, figure, 520)]


def _table(drawings: CountedDrawings) -> list[list[str]]:
    """Return the means by day, month or year, the finest unit with at most MOST_ROWS rows."""
    import pandas as pd

    parts = {"disk": "R", "north": "R north", "south": "R south"}
    quantities = {"groups": drawings.counts.groups, "spots": drawings.counts.spots}
    quantities |= {title: drawings.number(part) for part, title in parts.items()}
    day = drawings.moments.astype("datetime64[D]")
    grouped = pd.DataFrame(quantities).groupby(pd.DatetimeIndex(day))
    by_day = grouped.mean()
    by_day.insert(0, "drawings", grouped.size())
    dates = by_day.index.to_numpy()
    units = {"day": "D", "month": "M", "year": "Y"}
    labels = {unit: dates.astype(f"datetime64[{short}]") for unit, short in units.items()}
    unit = next(unit for unit in units if unit == "year" or len(np.unique(labels[unit])) <= MOST_ROWS)
    by_unit = by_day.groupby(labels[unit].astype(str))
    table = by_unit.mean()
    table["drawings"] = by_unit["drawings"].sum()
    table.insert(1, "days", by_unit.size())
    rows = [
        [str(label), f"{row[0]:,.0f}", f"{row[1]:,.0f}", *(_mean(value, row[0]) for value in row[2:])]
        for label, row in zip(table.index, table.to_numpy(), strict=True)
    ]
    whole = [f"{by_day[title].mean():.1f}" for title in quantities]
    rows = [[unit, *table.columns], *rows, ["all", f"{len(drawings):,}", f"{len(by_day):,}", *whole]]
    return [row[:2] + row[3:] for row in rows] if unit == "day" else rows


def _mean(value: float, drawings: float) -> str:
    """Format a mean; the value of a single drawing is an integer."""
    return f"{value:.0f}" if drawings == 1 else f"{value:.1f}"


def _foot(catalogue: Catalogue, drawings: CountedDrawings, known: Provenance, warning: str) -> list[str]:
    foot = [f"Created on {datetime.now(UTC):%Y-%m-%d %H:%M} UTC with Sunspot Dashboard."]
    if warning:
        foot.append(f"Warning: {warning}.")
    if drawings.undated:
        foot.append(f"Left out: {counted(drawings.undated, 'undated drawing')}.")
    if known.trained_on:
        foot.append(f"The model was trained on {known.trained_on}.")
    if known.terms:
        foot.append(f"Terms of the model: {known.terms}")
    reference = newest(catalogue.workspace, *COMPARED)
    if reference is not None:
        foot.append(
            f"SILSO series: {reference.source}; {reference.how} on {reference.when[:10]}. {reference.licence}."
        )
    return foot
