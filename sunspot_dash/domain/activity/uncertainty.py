"""Uncertainty of the counts of a drawing: intervals of spots, groups and sunspot number, and where they come from.

Every candidate is a spot with its calibrated probability. The Sun that the observer may have seen is drawn DRAWS times:
spots by their probabilities, and the reaches of the grouping rule with the scatter of observers. The spread of the
counts (for spots, that of the Poisson-binomial distribution and the scatter of observers) is scaled by the factors of a
split-conformal calibration (`domain.spots.calibration`), so that the stated share of observers' counts lies inside.
Y. H. Wang 1993, Statistica Sinica 3, 295; J. Lei et al. 2018, doi:10.1080/01621459.2017.1307116.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import ceil, floor

import numpy as np

from sunspot_dash.domain.activity.groups import group_spots
from sunspot_dash.domain.activity.observation import Observation, observations
from sunspot_dash.domain.activity.sunspot_number import wolf
from sunspot_dash.domain.drawing.orientation import Orientation
from sunspot_dash.domain.review.doubt import NEAR, OBSERVER_SCATTER
from sunspot_dash.domain.spots.calibration import Calibration
from sunspot_dash.domain.spots.detections import DrawingResult

DRAWS = 64
# Observers group the same spots in different ways: standard deviation of ln(reach).
REACH_SCATTER = 0.2
# Least spread of each count, so that a drawing without doubtful candidates still has one.
LEAST_SPREAD = (0.5, 0.2, 2.0)
UNSURE = 0.25  # share of the draws that must disagree on a group for it to be named


@dataclass(frozen=True)
class Interval:
    """An interval of a count, both ends included."""

    low: float
    high: float


@dataclass(frozen=True)
class Spread:
    """Expected standard deviations of the counts of a drawing."""

    spots: float
    groups: float
    number: float


@dataclass(frozen=True)
class Intervals:
    """Intervals of the number of spots, of groups, and of R with k = 1."""

    spots: Interval
    groups: Interval
    number: Interval


@dataclass(frozen=True)
class Uncertainty:
    """The intervals of a drawing's counts, and what makes them wide.

    Attributes:
        near: numbers of the candidates near the threshold, counted and not.
        joined: (group, group, share): groups that are one in this share of the draws.
        divided: (group, share): groups that are two or more in this share of the draws.
    """

    intervals: Intervals
    near: tuple[int, ...] = ()
    joined: tuple[tuple[int, int, float], ...] = ()
    divided: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True, eq=False)
class Draws:
    """The drawn suns of one drawing.

    Attributes:
        seen: (DRAWS, n) bool, which candidates are spots.
        group: (DRAWS, n) int, their groups, 0 for one that is not a spot or has no position.
    """

    seen: np.ndarray
    group: np.ndarray

    @classmethod
    def of(cls, candidates: Observation, probability: np.ndarray) -> Draws:
        """Draw suns from the candidates, (n,), of an observation at threshold 0; the same ones each time."""
        random = np.random.default_rng(len(probability))
        seen = random.random((DRAWS, len(probability))) < probability
        reach = np.exp(random.normal(0, REACH_SCATTER, DRAWS))
        draw, spot = np.nonzero(seen)
        places = candidates.places
        # A longer reach is the same as shorter distances.
        group = np.zeros(seen.shape, np.int32)
        group[draw, spot] = group_spots(
            places.latitude_deg[spot] / reach[draw],
            places.cmd_deg[spot] / reach[draw],
            places.rho_deg[spot],
            draw,
        )
        return cls(seen, group)

    @property
    def groups(self) -> np.ndarray:
        """Number of groups in each draw, (DRAWS,) int."""
        return self.group.max(axis=1, initial=0)


def spread_of(candidates: Observation, calibration: Calibration) -> tuple[Spread, Draws]:
    """Return the standard deviations of a drawing's counts, and the draws that they come from.

    Args:
        candidates: the observation of the drawing at threshold 0.
    """
    confidence = np.array([spot.confidence for _, spot in candidates.numbered], np.float64)
    probability = calibration.probability(confidence)
    draws = Draws.of(candidates, probability)
    groups = draws.groups
    number = wolf(groups, draws.seen.sum(axis=1))
    observers = OBSERVER_SCATTER * probability.sum()
    found = (
        np.hypot(np.sqrt((probability * (1 - probability)).sum()), observers),
        groups.std(),
        np.hypot(number.std(), observers),
    )
    return Spread(
        *(float(np.hypot(one, least)) for one, least in zip(found, LEAST_SPREAD, strict=True))
    ), draws


def why_no_interval(result: DrawingResult, when: np.datetime64) -> str:
    """Return why the counts of a drawing have no interval, "" if they have one."""
    calibration = result.calibration
    if calibration is None:
        return "the counts of this model were not compared with those of observers"
    if result.threshold != calibration.threshold:
        return f"intervals are known only for the threshold {calibration.threshold:g}"
    if np.isnat(when):
        return "the drawing has no date"
    if not calibration.knows(result.disk.radius, int(str(when)[:4])):
        return (
            "no drawing with a disk of this size, and of these years, was compared with the observer's counts"
        )
    return ""


def intervals_of(counted: Observation, spread: Spread, calibration: Calibration) -> Intervals:
    """Return the intervals of a drawing's counts at the calibration's threshold."""
    groups, spots = int(counted.counts.groups[0]), int(counted.counts.spots[0])
    return Intervals(
        spots=_whole(spots, calibration.spots * spread.spots),
        groups=_whole(groups, calibration.groups * spread.groups),
        number=_around(float(wolf(groups, spots)), calibration.number * spread.number),
    )


def intervals_of_all(
    drawings: Sequence[tuple[DrawingResult, Orientation, np.datetime64]], counted: Sequence[Observation]
) -> list[Intervals | None]:
    """Return the intervals of drawings with their observations, None where `why_no_interval` has a reason."""
    having = [i for i, (result, _, when) in enumerate(drawings) if not why_no_interval(result, when)]
    found: list[Intervals | None] = [None] * len(drawings)
    for i, candidates in zip(having, observations([drawings[i] for i in having], 0.0), strict=True):
        if (calibration := drawings[i][0].calibration) is not None:
            found[i] = intervals_of(counted[i], spread_of(candidates, calibration)[0], calibration)
    return found


def uncertainty_of(counted: Observation, candidates: Observation, calibration: Calibration) -> Uncertainty:
    """Return the uncertainty of a dated drawing's counts.

    Args:
        counted: the observation of the drawing at the calibration's threshold; candidates: that at threshold 0.
    """
    spread, draws = spread_of(candidates, calibration)
    members = _members(counted, candidates)
    return Uncertainty(
        intervals=intervals_of(counted, spread, calibration),
        near=tuple(
            number
            for number, spot in candidates.numbered
            if abs(spot.confidence - calibration.threshold) <= NEAR
        ),
        joined=_joined(members, draws),
        divided=_divided(members, draws),
    )


def _around(value: float, half: float) -> Interval:
    return Interval(max(0.0, value - half), value + half)


def _whole(value: int, half: float) -> Interval:
    """Return the whole numbers within `half` of a count."""
    return Interval(max(0, ceil(value - half)), floor(value + half))


def _members(counted: Observation, candidates: Observation) -> dict[int, np.ndarray]:
    """Return the indices among the candidates of each group's spots, the largest spot first."""
    index = {number: i for i, (number, _) in enumerate(candidates.numbered)}
    found = {}
    for name, largest in zip(counted.groups.number.tolist(), counted.groups.largest.tolist(), strict=True):
        spots = [largest, *(i for i in np.flatnonzero(counted.group == name).tolist() if i != largest)]
        found[name] = np.array([index[counted.numbered[i][0]] for i in spots])
    return found


def _joined(members: dict[int, np.ndarray], draws: Draws) -> tuple[tuple[int, int, float], ...]:
    """Return the pairs of groups whose largest spots are in one group in at least UNSURE of the draws."""
    found = []
    for (one, spots), (other, others) in combinations(members.items(), 2):
        first, second = draws.group[:, spots[0]], draws.group[:, others[0]]
        both = (first > 0) & (second > 0)
        if both.any() and (share := float((first == second)[both].mean())) >= UNSURE:
            found.append((one, other, share))
    return tuple(found)


def _divided(members: dict[int, np.ndarray], draws: Draws) -> tuple[tuple[int, float], ...]:
    """Return the groups whose spots are in several groups in at least UNSURE of the draws."""
    found = []
    for name, spots in members.items():
        several = [len(np.unique(row[row > 0])) > 1 for row in draws.group[:, spots]]
        if (share := float(np.mean(several))) >= UNSURE:
            found.append((name, share))
    return tuple(found)
