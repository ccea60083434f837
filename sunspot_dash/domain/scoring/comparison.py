"""Two models on the same drawings: precision-recall curves, differences with their chance, and disagreement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sunspot_dash.domain.scoring.matching import (
    BIN_NAMES,
    DrawingScore,
    Tally,
    centres,
    match,
    score_drawing,
    tolerance_px,
)
from sunspot_dash.domain.scoring.pooling import PooledScore
from sunspot_dash.domain.spots.detections import DrawingResult, Spot

CURVE_STEP = 0.02
FIGURES = ("f1", "precision", "recall")
RESAMPLES = 2000
SEED = 0
INTERVAL = (2.5, 97.5)  # percentiles
FEWEST_BLOCKS = 5  # below it the resamples repeat a handful of sums


@dataclass(frozen=True)
class CurvePoint:
    """The pooled tally at a confidence threshold."""

    threshold: float
    spots: Tally


@dataclass(frozen=True)
class DrawingPair:
    """Both models on one drawing.

    Attributes:
        first, second: tallies, each at its model's own threshold.
        only_first, only_second: detections of one model without a detection of the other at their place.
    """

    name: str
    first: Tally
    second: Tally
    only_first: int
    only_second: int

    @property
    def disagreement(self) -> int:
        """Number of detections that only one of the models has."""
        return self.only_first + self.only_second


@dataclass(frozen=True)
class Row:
    """Both models on the drawings of one era, or on the spots of one size."""

    name: str
    first: Tally
    second: Tally


@dataclass(frozen=True)
class Difference:
    """A score of the second model minus that of the first, with the 95 % interval of chance.

    Attributes:
        value: None if a score has no meaning.
        low, high: None with fewer than FEWEST_BLOCKS date blocks.
    """

    value: float | None
    low: float | None = None
    high: float | None = None

    @property
    def beyond_chance(self) -> bool | None:
        """Whether the interval leaves out 0; None without an interval."""
        if self.low is None or self.high is None:
            return None
        return self.low > 0 or self.high < 0


def curve_thresholds(floor: float, own: float) -> list[float]:
    """Return the thresholds of a curve, ascending, from a model's floor to 1, with its own threshold."""
    steps = np.arange(np.ceil(floor / CURVE_STEP), np.floor(1 / CURVE_STEP) + 1) * CURVE_STEP
    return sorted({floor, own, *np.round(steps, 4).tolist()})


def curve_tallies(truth: Sequence[Spot], result: DrawingResult, thresholds: Sequence[float]) -> list[Tally]:
    """Return the tally of a drawing at each threshold; it is computed where the number of detections changes."""
    labels = centres(truth)
    tolerance = tolerance_px(result.disk.radius)
    tallies: list[Tally] = []
    for threshold in thresholds:
        found = result.counted(threshold)
        if not tallies or len(found) != tallies[-1].predicted:
            hits = len(match(labels, centres(found), tolerance))
            tallies.append(Tally(hits, len(truth) - hits, len(found) - hits))
        else:
            tallies.append(tallies[-1])
    return tallies


def compare_drawing(
    truth: Sequence[Spot], first: DrawingResult, second: DrawingResult
) -> tuple[DrawingPair, DrawingScore, DrawingScore]:
    """Compare two results on the same drawing, each at its own threshold; also return the score of each."""
    found, other = first.counted(), second.counted()
    scores = [
        score_drawing(result.name, truth, spots, result.disk.radius)
        for result, spots in ((first, found), (second, other))
    ]
    both = len(match(centres(found), centres(other), tolerance_px(first.disk.radius)))
    pair = DrawingPair(first.name, scores[0].spots, scores[1].spots, len(found) - both, len(other) - both)
    return pair, scores[0], scores[1]


@dataclass(frozen=True)
class Judged:
    """The counted detections of a result that match a label, the labels that match none, and the other detections."""

    hits: list[Spot]
    misses: list[Spot]
    false_alarms: list[Spot]


def judge(truth: Sequence[Spot], result: DrawingResult) -> Judged:
    """Sort labels and counted detections into hits, misses and false alarms."""
    found = result.counted()
    pairs = match(centres(truth), centres(found), tolerance_px(result.disk.radius))
    matched, used = {i for i, _ in pairs}, {j for _, j in pairs}
    return Judged(
        hits=[spot for j, spot in enumerate(found) if j in used],
        misses=[spot for i, spot in enumerate(truth) if i not in matched],
        false_alarms=[spot for j, spot in enumerate(found) if j not in used],
    )


def most_different(pairs: Sequence[DrawingPair]) -> list[DrawingPair]:
    """Sort drawings by the number of detections that only one model has, most first; then by name."""
    return sorted(pairs, key=lambda pair: (-pair.disagreement, pair.name))


def era_rows(first: PooledScore, second: PooledScore) -> list[Row]:
    """Return one row per era."""
    return [Row(name, first.eras[name].spots, second.eras[name].spots) for name in first.eras]


def size_rows(first: PooledScore, second: PooledScore) -> list[Row]:
    """Return one row per bin of area."""
    return [Row(*row) for row in zip(BIN_NAMES, first.bins, second.bins, strict=True)]


def differences(pairs: Sequence[DrawingPair], blocks: Sequence[Sequence[str]]) -> Mapping[str, Difference]:
    """Return the differences of the pooled scores, by name (FIGURES).

    The interval is that of the paired bootstrap: whole blocks of drawings are drawn with replacement, the same ones for
    both models, since drawings of neighbouring days show the same groups (Efron and Tibshirani 1993, An Introduction to
    the Bootstrap).

    Args:
        blocks: names of the drawings that must stay together; each drawing is in one block.
    """
    by_name = {pair.name: pair for pair in pairs}
    sums = np.array([_sums([by_name[name] for name in block]) for block in blocks], np.float64)
    whole = _scores(sums.sum(axis=0, keepdims=True))
    values = {name: _finite(float(whole[name][0])) for name in FIGURES}
    if len(blocks) < FEWEST_BLOCKS:
        return {name: Difference(value) for name, value in values.items()}
    rng = np.random.default_rng(SEED)
    weights = rng.multinomial(len(blocks), [1 / len(blocks)] * len(blocks), RESAMPLES)
    drawn = _scores(np.tensordot(weights, sums, 1))
    found = {}
    for name, value in values.items():
        usable = drawn[name][np.isfinite(drawn[name])]
        if value is None or not len(usable):
            found[name] = Difference(value)
            continue
        low, high = np.percentile(usable, INTERVAL)
        found[name] = Difference(value, float(low), float(high))
    return found


def _sums(pairs: Sequence[DrawingPair]) -> list[list[int]]:
    """Return (hits, labels, detections) of both models, (2, 3)."""
    tallies = [sum((getattr(pair, side) for pair in pairs), Tally()) for side in ("first", "second")]
    return [[tally.tp, tally.truth, tally.predicted] for tally in tallies]


def _scores(sums: np.ndarray) -> dict[str, np.ndarray]:
    """Return the differences of each score, (n,), NaN where it has no meaning, of sums (n, 2, 3)."""
    hits, truth, predicted = np.moveaxis(sums, -1, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        scores = {"f1": 2 * hits / (truth + predicted), "precision": hits / predicted, "recall": hits / truth}
    return {name: score[:, 1] - score[:, 0] for name, score in scores.items()}


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None
