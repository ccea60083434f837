"""Doubt: how many errors to expect on a drawing, and why, so that people review the most doubtful drawings first.

Nothing here is fitted. The confidence of a candidate is taken as the probability that it is a spot; the other weights
follow from how the counts of good drawings scatter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import median
from typing import NamedTuple

import numpy as np

from sunspot_dash.domain.drawing.disk import GOOD_CONFIDENCE, MIN_CONFIDENCE
from sunspot_dash.domain.spots.detections import DrawingResult
from sunspot_dash.text import counted

NEAR = 0.15  # a candidate this near to the threshold might as well be on its other side
NEIGHBOUR_DAYS = 3  # within which a count changes less than by chance from one part of the Sun to another
# Relative scatter (1 sigma) of the counts of neighbouring days, from rotation and evolution, beside that by chance.
DAILY_SCATTER = 0.3
# Of two observers on the same day (SIDC; T. Dudok de Wit et al. 2016, doi:10.1007/s11207-016-0970-6, have more).
OBSERVER_SCATTER = 0.08
# A count far from its neighbours is as often a change on the Sun as an error.
NEIGHBOUR_SHARE = 0.5
# Share of the spots that a wrong limb gets wrong: ink outside the disk is counted, spots inside are cut off.
LIMB_SHARE = 0.5
FEWEST_SPOTS = 2  # at risk from a wrong limb on an empty disk
LEAST_REASON = 0.5  # expected errors from which on a reason is named


class Candidates(NamedTuple):
    """What the candidates of a drawing say about its errors.

    Attributes:
        counted: number of spots at or above the threshold.
        errors: expected number of false alarms among them and of spots among the others.
        variance: of the number of spots among all candidates.
        near: number of candidates near the threshold.
    """

    counted: int
    errors: float
    variance: float
    near: int


@dataclass(frozen=True)
class Evidence:
    """What is known about a drawing.

    Attributes:
        limb_confidence: of the limb fit, 0 to 1; None if a person set the limb.
        neighbours: numbers of spots on the drawings within NEIGHBOUR_DAYS.
        observer: number of spots that the observer counted, None if unknown.
    """

    candidates: Candidates
    limb_confidence: float | None = None
    neighbours: Sequence[int] = ()
    observer: int | None = None


@dataclass(frozen=True)
class Doubt:
    """The expected number of errors on a drawing, and its reasons in plain words, strongest first."""

    errors: float
    reasons: tuple[str, ...]


def candidates_of(result: DrawingResult) -> Candidates:
    """Summarize the candidates of a result."""
    confidence = np.array([spot.confidence for spot in result.spots], np.float64)
    above = confidence >= result.threshold
    return Candidates(
        counted=int(above.sum()),
        errors=float(np.where(above, 1 - confidence, confidence).sum()),
        variance=float((confidence * (1 - confidence)).sum()),
        near=int((np.abs(confidence - result.threshold) <= NEAR).sum()),
    )


def doubt_of(evidence: Evidence) -> Doubt:
    """Add up the expected errors of a drawing over the reasons to expect them."""
    terms = [_candidates(evidence), _neighbours(evidence), _limb(evidence), _observer(evidence)]
    strongest_first = sorted(terms, key=lambda term: -term[0])
    return Doubt(
        sum(errors for errors, _ in terms),
        tuple(reason for errors, reason in strongest_first if errors >= LEAST_REASON),
    )


def _candidates(evidence: Evidence) -> tuple[float, str]:
    found = evidence.candidates
    if found.near:
        return found.errors, f"{counted(found.near, 'spot')} near the threshold"
    return found.errors, f"about {counted(round(found.errors) or 1, 'error')} expected among the candidates"


def _neighbours(evidence: Evidence) -> tuple[float, str]:
    if not evidence.neighbours:
        return 0.0, ""
    found, usual = evidence.candidates, median(evidence.neighbours)
    # The mean of both, so that a jump from 3 to 30 is judged like one from 30 to 3.
    level = (found.counted + usual) / 2
    scatter = sqrt(level + (DAILY_SCATTER * level) ** 2 + found.variance)
    beyond = max(0.0, abs(found.counted - usual) - scatter)
    return NEIGHBOUR_SHARE * beyond, f"count far from its neighbours ({found.counted}, theirs {usual:g})"


def _limb(evidence: Evidence) -> tuple[float, str]:
    confidence = evidence.limb_confidence
    if confidence is None or confidence >= GOOD_CONFIDENCE:
        return 0.0, ""
    wrong = min(1.0, (GOOD_CONFIDENCE - confidence) / (GOOD_CONFIDENCE - MIN_CONFIDENCE))
    spots = max(evidence.candidates.counted, FEWEST_SPOTS)
    return LIMB_SHARE * wrong * spots, f"limb fit {100 * confidence:.0f} %"


def _observer(evidence: Evidence) -> tuple[float, str]:
    if evidence.observer is None:
        return 0.0, ""
    off = abs(evidence.candidates.counted - evidence.observer)
    # What the candidates already explain is in their own term.
    scatter = sqrt(evidence.candidates.variance + (OBSERVER_SCATTER * evidence.observer) ** 2)
    return max(0.0, off - scatter), f"off from the observer's total by {off}"
