"""Periods that can be chosen with one click: the newest days, and the solar cycles that the drawings cover."""

from __future__ import annotations

from datetime import date, timedelta

from sunspot_dash.domain.activity.cycles import cycles_within
from sunspot_dash.services.catalogue.query import ALWAYS, Period

NEWEST = {27: "Last 27 days", 365: "Last 365 days"}
SIGN = "/"  # between the dates of a value; assets/figures.js joins and splits it


def value_of(period: Period) -> str:
    """Return the value of a period, its dates."""
    return SIGN.join(period)


def options(extent: Period, chosen: Period) -> list[dict[str, str]]:
    """Return the options for drawings of an extent (first and last date), and for a chosen period that is another.

    The newest days end at the last drawing, since an archive may have ended long ago.
    """
    found = {value_of(ALWAYS): "All dates"}
    first, last = extent
    if last:
        for days, label in NEWEST.items():
            begin = date.fromisoformat(last) - timedelta(days=days - 1)
            found[value_of((begin.isoformat(), last))] = label
        for cycle in reversed(cycles_within(first, last)):
            years = f"{cycle.first[:4]} to {cycle.last[:4] or 'now'}"
            found[value_of((cycle.first, cycle.last))] = f"Cycle {cycle.number} ({years})"
    if value_of(chosen) not in found:
        found[value_of(chosen)] = "Chosen dates"
    return [{"value": value, "label": label} for value, label in found.items()]
