"""Pooled scores of several drawings, by era, and agreement of counts with the observers' totals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from sunspot_dash.domain.drawing.names import time_in_name
from sunspot_dash.domain.scoring.agreement import bias, correlation, mae
from sunspot_dash.domain.scoring.matching import BIN_NAMES, DrawingScore, PixelScore, Score, Tally

SMALL_DRAWING_SPOTS = 20
ERA_BAR_SPOTS = 50
# Name -> first year. Labelled are drawings of 1940, 1941-48, 1954-56 and since 2017, which were drawn or scanned alike.
ERAS = {
    "before 1940": 0,
    "1940": 1940,
    "1941-48": 1941,
    "1949-53": 1949,
    "1954-56": 1954,
    "1957-2016": 1957,
    "2017+": 2017,
}
UNDATED = "without a date"


@dataclass(frozen=True)
class PooledScore(Score):
    """Scores pooled over drawings: counts are summed before ratios are taken.

    Attributes:
        count_mae: sum of |count error| over the sum of true counts; count_bias: the same, signed.
        blank_drawings, blank_false_alarms: drawings without labels, and detections on them.
        eras: pooled scores of each era that occurs.
    """

    drawings: int
    count_mae: float | None
    count_bias: float | None
    blank_drawings: int
    blank_false_alarms: int
    eras: Mapping[str, PooledScore]

    def as_dict(self) -> dict[str, object]:
        """Return every score by name, ready for JSON."""
        own = ("drawings", "count_mae", "count_bias", "blank_drawings", "blank_false_alarms")
        pooled: dict[str, object] = {field: getattr(self, field) for field in own}
        pooled.update(super().as_dict())
        if self.eras:
            pooled["eras"] = {
                era: {**score.as_dict(), "enough_spots": score.spots.truth > ERA_BAR_SPOTS}
                for era, score in self.eras.items()
            }
        return pooled


def era(when: datetime | None) -> str:
    """Return the era of the archive to which a drawing belongs, by its years."""
    if when is None:
        return UNDATED
    return next(name for name, first in reversed(ERAS.items()) if first <= when.year)


def pool(scores: Iterable[DrawingScore], times: Mapping[str, datetime | None] | None = None) -> PooledScore:
    """Pool drawings as a whole and by era.

    Args:
        times: time (UT) of each drawing by name, None for an undated one; by default those in the names.
    """
    scores = list(scores)
    if times is None:
        times = {score.name: time_in_name(score.name) for score in scores}
    by_era: dict[str, list[DrawingScore]] = {}
    for score in sorted(scores, key=lambda score: score.name):
        by_era.setdefault(era(times[score.name]), []).append(score)
    eras = {name: _pool(by_era[name], {}) for name in (*ERAS, UNDATED) if name in by_era}
    return _pool(scores, eras)


def _pool(scores: list[DrawingScore], eras: Mapping[str, PooledScore]) -> PooledScore:
    spots = sum((score.spots for score in scores), Tally())
    counts = [score.spots.predicted for score in scores], [score.spots.truth for score in scores]
    blank = [score for score in scores if not score.spots.truth]
    return PooledScore(
        spots=spots,
        spots_half=sum((score.spots_half for score in scores), Tally()),
        bins=tuple(sum((score.bins[b] for score in scores), Tally()) for b in range(len(BIN_NAMES))),
        fusions=sum(score.fusions for score in scores),
        splits=sum(score.splits for score in scores),
        pixels=_sum_pixels([score.pixels for score in scores]),
        ceiling=_sum_pixels([score.ceiling for score in scores]),
        drawings=len(scores),
        count_mae=mae(*counts),
        count_bias=bias(*counts),
        blank_drawings=len(blank),
        blank_false_alarms=sum(score.spots.false_alarms for score in blank),
        eras=eras,
    )


@dataclass(frozen=True)
class ObserverAgreement:
    """Agreement of counts with the totals written by the observers.

    Attributes:
        n: number of drawings; mae: sum of |error| over the sum of the observers' spots; bias: the same, signed.
        small_sheet_error: mean |error| in spots on drawings with at most 20; r: Pearson correlation.
    """

    n: int
    mae: float | None
    bias: float | None
    small_sheet_error: float | None
    r: float | None


def observer_agreement(
    counts: Mapping[str, int], totals_csv_rows: Iterable[Mapping[str, str]]
) -> ObserverAgreement:
    """Compare counts by file name with rows of `observer_totals.csv` (columns `file`, `spots`).

    Rows without a number of spots, and rows of drawings without a count, are left out.
    """
    pairs = [
        (float(row["spots"]), float(counts[row["file"]]))
        for row in totals_csv_rows
        if (row["spots"] or "").strip() and row["file"] in counts
    ]
    observed, counted = np.array(pairs, np.float64).reshape(-1, 2).T
    small = np.abs(counted - observed)[observed <= SMALL_DRAWING_SPOTS]
    return ObserverAgreement(
        n=len(pairs),
        mae=mae(counted, observed),
        bias=bias(counted, observed),
        small_sheet_error=float(small.mean()) if len(small) else None,
        r=correlation(observed, counted),
    )


def _sum_pixels(scores: list[PixelScore | None]) -> PixelScore | None:
    measured = [score for score in scores if score is not None]
    return sum(measured, PixelScore()) if measured else None
