"""The counts of a drawing at every confidence threshold: its groups, and its hits and misses if it is labelled.

The counted spots change only where the threshold passes a confidence, so that a drawing has a few dozen steps. The page
gets all of them at once and needs no server while the threshold moves.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sunspot_dash.domain.activity.groups import group_spots
from sunspot_dash.domain.activity.observation import Observation
from sunspot_dash.domain.spots.detections import DrawingResult, Spot
from sunspot_dash.ml.config import FLOOR

TICKS = 100  # thresholds on the page are multiples of 1 / TICKS, and the model's own


def thresholds(result: DrawingResult) -> list[float]:
    """Return the thresholds, in ascending order, from which another number of spots is counted; FLOOR is the first."""
    possible = {tick / TICKS for tick in range(round(FLOOR * TICKS), TICKS + 1)} | {FLOOR, result.threshold}
    confidences = np.array([spot.confidence for spot in result.spots])
    found: list[float] = []
    last = -1
    for threshold in sorted(possible):
        counted = int((confidences >= threshold).sum())
        if counted != last:
            found.append(threshold)
            last = counted
    return found


def group_steps(result: DrawingResult, candidates: Observation) -> list[tuple[float, list[int]]]:
    """Return the thresholds with the group number of each counted spot, in the order of their numbers.

    Args:
        candidates: the observation of the drawing at threshold 0.
    """
    steps = thresholds(result)
    confidences = np.array([spot.confidence for _, spot in candidates.numbered])
    members = [np.flatnonzero(confidences >= threshold) for threshold in steps]
    every = np.concatenate([np.zeros(0, np.int64), *members])
    places = candidates.places
    group = group_spots(
        places.latitude_deg[every],
        places.cmd_deg[every],
        places.rho_deg[every],
        np.repeat(np.arange(len(steps)), [len(spots) for spots in members]),
    )
    parts = np.split(group, np.cumsum([len(spots) for spots in members])[:-1]) if steps else []
    return [(threshold, part.tolist()) for threshold, part in zip(steps, parts, strict=True)]


def match_steps(result: DrawingResult, labels: Sequence[Spot]) -> list[tuple[float, list[int]]]:
    """Return the thresholds with the index of the label that each counted spot hits, -1 for a false alarm.

    The matching is that of every evaluation (domain/scoring/matching.py).
    """
    from sunspot_dash.domain.scoring.matching import match, tolerance_px  # imports scipy

    truth = np.array([(label.x, label.y) for label in labels]).reshape(-1, 2)
    found = []
    for threshold in thresholds(result):
        spots = [spot for _, spot in result.numbered(threshold)]
        places = np.array([(spot.x, spot.y) for spot in spots]).reshape(-1, 2)
        hit = [-1] * len(spots)
        for label, spot in match(truth, places, tolerance_px(result.disk.radius)):
            hit[spot] = label
        found.append((threshold, hit))
    return found
