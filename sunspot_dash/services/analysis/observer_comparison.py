"""Compare a model's groups, spots and sunspot numbers with the observers' on the same drawings."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path, PurePath

import numpy as np

from sunspot_dash.domain.scoring.agreement import bias, correlation, mae
from sunspot_dash.io.totals import Total, Totals, read_totals
from sunspot_dash.services.analysis.sunspot_number import CountedDrawings, counted_drawings
from sunspot_dash.services.catalogue.catalogue import Catalogue, key_of
from sunspot_dash.services.catalogue.query import ALWAYS, Period
from sunspot_dash.services.catalogue.sources import where_source
from sunspot_dash.text import counted

SAME_TIME = timedelta(minutes=30)  # between the time on a table and that in a drawing's name
QUANTITIES = ("groups", "spots", "number")


@dataclass(frozen=True, eq=False)
class Agreement:
    """One quantity as counted by the model and by the observers on n common drawings; (n,) arrays.

    Attributes:
        dates: "YYYY-MM-DD HH:MM", or the day of a mean; keys: keys of the drawings, "" for a daily mean.
        model, observer: float64. r: correlation, None if one of them is constant or n < 3.
        mae: sum of |model - observer| divided by the observers' sum; bias: sum of model - observer divided by the
            same; None if that sum is 0. error: mean |model - observer|, None if n = 0.
    """

    dates: list[str]
    keys: list[str]
    model: np.ndarray
    observer: np.ndarray
    r: float | None
    mae: float | None
    bias: float | None
    error: float | None

    @property
    def residual(self) -> np.ndarray:
        """Model minus observer, (n,) float64."""
        return self.model - self.observer


@dataclass(frozen=True, eq=False)
class ObserverComparison:
    """A model compared with the observers of the same drawings.

    Attributes:
        groups, spots, number: agreement per quantity; number is R with k = 1.
        unmatched: rows of the table without a matching drawing.
    """

    groups: Agreement
    spots: Agreement
    number: Agreement
    unmatched: list[str]


def read_observers(path: Path) -> Totals:
    """Read a table of observers' totals from any folder.

    Raises:
        SeriesError: it cannot be read, or has no usable header.
    """
    return read_totals(path)


def compare_with_observers(
    catalogue: Catalogue, source: str, totals: Totals, period: Period = ALWAYS
) -> ObserverComparison:
    """Compare each row with the drawing of its file name, else of its time, else with the mean of its day."""
    drawings = counted_drawings(catalogue, source, period)
    places = _Places(catalogue, source, drawings)
    pairs = [(total, places.of(total)) for total in totals.rows]
    ours = {
        "groups": drawings.counts.groups,
        "spots": drawings.counts.spots,
        "number": drawings.number(),
    }
    found = {quantity: _agreement(drawings, pairs, ours[quantity], quantity) for quantity in QUANTITIES}
    unmatched = [f"row {total.row}: {total.file or total.when}" for total, at in pairs if not at]
    return ObserverComparison(**found, unmatched=unmatched)


def observer_sentences(found: ObserverComparison) -> list[str]:
    """Summarize the comparison in one sentence per quantity, without its full stop."""
    lines = [_sentence(name, getattr(found, name)) for name in QUANTITIES]
    left = counted(len(found.unmatched), "row")
    return lines + ([f"without a drawing: {left}"] if found.unmatched else [])


def _sentence(name: str, found: Agreement) -> str:
    title = {"number": "R (model minus observer)"}.get(name, name)
    if not found.dates or found.error is None:
        return f"{title}: nothing in common"
    parts = [counted(len(found.dates), "drawing"), f"mean error {found.error:.1f}"]
    parts += [f"{found.mae:.1%} of the sum, bias {found.bias:+.1%}"] if found.mae is not None else []
    return f"{title}: " + ", ".join(parts + ([f"r = {found.r:.3f}"] if found.r is not None else []))


class _Places:
    """Finds the drawings (indices) that a row of the table refers to."""

    def __init__(self, catalogue: Catalogue, source: str, drawings: CountedDrawings) -> None:
        self._moments = drawings.moments
        self._key = {key: i for i, key in enumerate(drawings.keys)}
        self._day: dict[str, list[int]] = defaultdict(list)
        self._stem: dict[str, list[int]] = defaultdict(list)
        for i, time in enumerate(drawings.times):
            self._day[time[:10]].append(i)
        where, values = where_source(source)
        for row in catalogue.rows(f"select key, name from result where {where}", values):
            if row["key"] in self._key:
                self._stem[PurePath(row["name"]).stem.casefold()].append(self._key[row["key"]])

    def of(self, total: Total) -> list[int]:
        if total.file:
            exact = self._key.get(key_of(total.file))
            if exact is not None:
                return [exact]
            # The same image in another file format.
            same = self._stem.get(PurePath(total.file).stem.casefold(), [])
            if len(same) == 1:
                return same
        if total.when is None:
            return []
        day = self._day.get(f"{total.when:%Y-%m-%d}", [])
        at_midnight = not (total.when.hour or total.when.minute)
        if at_midnight and not total.file:
            return day  # only the day is known
        when = np.datetime64(total.when.replace(tzinfo=None), "m")
        apart = {i: abs(self._moments[i] - when) for i in day}
        return [i for i in day if apart[i] == min(apart.values()) and apart[i] <= SAME_TIME][:1]


def _agreement(
    drawings: CountedDrawings, pairs: list[tuple[Total, list[int]]], ours: np.ndarray, quantity: str
) -> Agreement:
    both = [
        (at, getattr(total, quantity)) for total, at in pairs if at and getattr(total, quantity) is not None
    ]
    both.sort(key=lambda pair: drawings.times[pair[0][0]])
    x = np.array([ours[at].mean() for at, _ in both], np.float64)
    y = np.array([value for _, value in both], np.float64)
    return Agreement(
        dates=[drawings.times[at[0]][: None if len(at) == 1 else 10] for at, _ in both],
        keys=[drawings.keys[at[0]] if len(at) == 1 else "" for at, _ in both],
        model=x,
        observer=y,
        r=correlation(x, y),
        mae=mae(x, y),
        bias=bias(x, y),
        error=float(np.abs(x - y).mean()) if len(both) else None,
    )
