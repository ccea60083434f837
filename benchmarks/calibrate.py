"""Calibration of a model from results on drawings that it had not seen: probabilities, and factors of the intervals.

The factors are split-conformal (J. Lei et al. 2018, doi:10.1080/01621459.2017.1307116): the level's quantile of
|observer's count - ours| / expected spread over the drawings. How well they hold is measured by leaving out each block
of drawings in turn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
from sklearn.isotonic import IsotonicRegression

from benchmarks.candidate_classifier import is_spot
from sunspot_dash.domain.activity.observation import Observation
from sunspot_dash.domain.activity.uncertainty import Intervals, intervals_of, spread_of
from sunspot_dash.domain.scoring.matching import tolerance_px
from sunspot_dash.domain.spots.calibration import Calibration, Form
from sunspot_dash.domain.spots.detections import DrawingResult, Spot
from sunspot_dash.io.totals import Total

LEVEL = 0.9
COUNTS = ("spots", "groups", "number")
KNOTS = 21
YEARS_AROUND = 3  # a form is known this many years before and after the drawings that were compared
BINS = 10


@dataclass(frozen=True, eq=False)
class Outcomes:
    """Candidates and whether each is a labelled spot: (n,) float64 and (n,) bool."""

    confidence: np.ndarray
    is_spot: np.ndarray

    @classmethod
    def of(cls, result: DrawingResult, labels: Sequence[Spot]) -> Outcomes:
        """Compare the candidates of a drawing with its labels."""
        confidence = np.array([spot.confidence for spot in result.spots], np.float64)
        xy = np.array([(spot.x, spot.y) for spot in result.spots]).reshape(-1, 2)
        truth = np.array([(spot.x, spot.y) for spot in labels]).reshape(-1, 2)
        return cls(confidence, is_spot(xy, confidence, truth, tolerance_px(result.disk.radius)))

    @classmethod
    def joined(cls, parts: Sequence[Outcomes]) -> Outcomes:
        return cls(
            np.concatenate([part.confidence for part in parts]),
            np.concatenate([part.is_spot for part in parts]),
        )


def knots_of(outcomes: Outcomes) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the ascending knots (confidences, probabilities) of an isotonic regression."""
    fitted = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(
        outcomes.confidence, outcomes.is_spot
    )
    at = np.linspace(0, 1, KNOTS)
    # Averaged over half a step to both sides, since the fit is a staircase.
    around = fitted.predict(np.clip(at[:, None] + np.linspace(-0.5, 0.5, 11) * (at[1] - at[0]), 0, 1).ravel())
    probability = np.maximum.accumulate(around.reshape(KNOTS, -1).mean(axis=1))
    return tuple(np.round(at, 4).tolist()), tuple(np.round(probability, 4).tolist())


def reliability(outcomes: Outcomes, probability: np.ndarray) -> tuple[list[tuple[float, float, int]], float]:
    """Return (mean probability, share of spots, number) of each bin that has candidates, and the expected error.

    The expected calibration error is the mean distance of both, weighted by the numbers.
    """
    number = np.minimum((probability * BINS).astype(int), BINS - 1)
    rows = [
        (float(probability[inside].mean()), float(outcomes.is_spot[inside].mean()), int(inside.sum()))
        for inside in (number == one for one in range(BINS))
        if inside.any()
    ]
    error = sum(n * abs(mean - share) for mean, share, n in rows) / max(1, len(probability))
    return rows, float(error)


@dataclass(frozen=True, eq=False)
class Seen:
    """One drawing: its observations at the threshold and at 0, and what the observer counted."""

    name: str
    year: int
    radius_px: float
    counted: Observation
    candidates: Observation
    total: Total

    @property
    def ours(self) -> dict[str, float]:
        counts = self.counted.counts
        found = (counts.spots, counts.groups, counts.number())
        return {name: float(values[0]) for name, values in zip(COUNTS, found, strict=True)}

    @property
    def theirs(self) -> dict[str, float]:
        return {name: float(getattr(self.total, name) or 0) for name in COUNTS}

    def errors(self, calibration: Calibration) -> dict[str, float]:
        """Return |observer's count - ours| / expected spread of each count."""
        spread, _ = spread_of(self.candidates, calibration)
        return {name: abs(self.theirs[name] - self.ours[name]) / getattr(spread, name) for name in COUNTS}

    def intervals(self, calibration: Calibration) -> Intervals:
        return intervals_of(self.counted, spread_of(self.candidates, calibration)[0], calibration)

    def covered(self, calibration: Calibration) -> dict[str, bool]:
        """Return whether the observer's count is in the interval of each count."""
        intervals = self.intervals(calibration)
        return {
            name: getattr(intervals, name).low <= theirs <= getattr(intervals, name).high
            for name, theirs in self.theirs.items()
        }


def factors(drawings: Sequence[Seen], calibration: Calibration) -> dict[str, float]:
    """Return the factor of each count: the smallest that covers the level's share of drawings, and one more."""
    errors = [drawing.errors(calibration) for drawing in drawings]
    place = min(len(errors), ceil((len(errors) + 1) * calibration.level)) - 1
    return {name: float(np.sort([error[name] for error in errors])[place]) for name in COUNTS}


def forms_of(drawings: Sequence[Seen]) -> tuple[Form, ...]:
    """Return the forms of drawings: runs of similar disks, with their years."""
    found: list[Form] = []
    for drawing in sorted(drawings, key=lambda one: one.year):
        first, last = drawing.year - YEARS_AROUND, drawing.year + YEARS_AROUND
        same = next(
            (
                i
                for i, form in enumerate(found)
                if form.covers(drawing.radius_px, form.first_year) and first <= form.last_year
            ),
            None,
        )
        if same is None:
            found.append(Form(round(drawing.radius_px, 1), first, last))
        else:
            found[same] = Form(found[same].radius_px, found[same].first_year, last)
    return tuple(found)


def calibrate(threshold: float, outcomes: Outcomes, drawings: Sequence[Seen]) -> Calibration:
    """Fit a calibration."""
    knots = knots_of(outcomes)
    without = Calibration(threshold, LEVEL, *knots, 0.0, 0.0, 0.0, len(drawings), forms_of(drawings))
    fitted = factors(drawings, without)
    return Calibration(
        threshold,
        LEVEL,
        *knots,
        # Rounded up: the drawing on the edge stays inside.
        **{name: ceil(1000 * factor) / 1000 for name, factor in fitted.items()},
        drawings=len(drawings),
        forms=without.forms,
    )


def outcomes_without(outcomes: Mapping[str, Sequence[Outcomes]], block: str) -> Outcomes:
    """Return the outcomes of all blocks but one."""
    return Outcomes.joined([one for other, some in outcomes.items() if other != block for one in some])


def coverage(
    blocks: Mapping[str, Sequence[Seen]], outcomes: Mapping[str, Sequence[Outcomes]], threshold: float
) -> dict[str, dict[str, tuple[int, int]]]:
    """Return, by block, how many of its drawings are covered, and how many it has, calibrated on the other blocks."""
    found = {}
    for name, drawings in blocks.items():
        others = [one for other, some in blocks.items() if other != name for one in some]
        calibration = calibrate(threshold, outcomes_without(outcomes, name), others)
        hits = [drawing.covered(calibration) for drawing in drawings]
        found[name] = {count: (sum(hit[count] for hit in hits), len(hits)) for count in COUNTS}
    return found
