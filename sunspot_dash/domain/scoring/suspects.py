"""Labels that look wrong: sure detections without a label, and labels that no network finds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.spatial.distance import cdist

from sunspot_dash.domain.scoring.matching import BIN_NAMES, area_bin, tolerance_px
from sunspot_dash.domain.spots.detections import DrawingResult, Spot, contains

SURE = 0.8  # confidence of a detection that should have a label


@dataclass(frozen=True, eq=False)
class Labelled:
    """A drawing with its labels and the results of one or more models, by name."""

    name: str
    labels: Sequence[Spot]
    results: Mapping[str, DrawingResult]


@dataclass(frozen=True)
class Suspect:
    """A label that may be missing, or one that may be wrong.

    Attributes:
        name: of the drawing; x, y: the place, px of the drawing; area_px: area in px^2 of the drawing.
        has_label: whether it is a label that no network finds.
        models: those that find the spot surely; of a label, all that do not find it.
        likely: 0 to 1, higher for a label that is more likely wrong. For a missing label it is the mean confidence of
            all models at the place, 0 for a model without a candidate there; for a label without a candidate it is the
            share of the labels of its size that the networks find.
        size, alike: of a label, its area bin of the protocol, and the number of labels in it.
    """

    name: str
    x: float
    y: float
    area_px: float
    has_label: bool
    models: tuple[str, ...]
    likely: float
    size: str = ""
    alike: int = 0


def suspects(drawings: Sequence[Labelled]) -> list[Suspect]:
    """Return the labels to check, those most likely wrong first.

    A label and a candidate belong together if they are within the tolerance of `matching`, or if the centre of one is
    inside the outline of the other.
    """
    missing, lonely = [], []
    total, found = np.zeros(len(BIN_NAMES), int), np.zeros(len(BIN_NAMES), int)
    for drawing in drawings:
        radius = max(result.disk.radius for result in drawing.results.values())
        missing += _without_label(drawing, radius)
        seen = np.zeros(len(drawing.labels), bool)
        for result in drawing.results.values():
            seen |= together(drawing.labels, result.spots, radius).any(axis=1)
        for label, is_seen in zip(drawing.labels, seen, strict=True):
            size = area_bin(label, radius)
            total[size] += 1
            found[size] += is_seen
            if not is_seen:
                lonely.append((drawing, label, size))
    # One more of each, so that a few labels do not give 0 or 1.
    share = (found + 1) / (total + 2)
    missed = [
        Suspect(
            drawing.name,
            label.x,
            label.y,
            label.area_px,
            True,
            tuple(drawing.results),
            float(share[size]),
            BIN_NAMES[size],
            int(total[size]),
        )
        for drawing, label, size in lonely
    ]
    return sorted([*missing, *missed], key=lambda one: (-one.likely, one.name, one.y, one.x))


def _without_label(drawing: Labelled, radius: float) -> list[Suspect]:
    """Return the sure detections without a label, one per place."""
    sure: list[Spot] = []
    for result in drawing.results.values():
        spots = [spot for spot in result.spots if spot.confidence >= max(SURE, result.threshold)]
        without = ~together(drawing.labels, spots, radius).any(axis=0)
        sure += [spots[i] for i in np.flatnonzero(without)]
    places: list[Spot] = []
    for spot in sorted(sure, key=lambda one: -one.confidence):
        if not together(places, [spot], radius).any():
            places.append(spot)
    return [_missing(drawing, spot, radius) for spot in places]


def _missing(drawing: Labelled, spot: Spot, radius: float) -> Suspect:
    best = {}
    for model, result in drawing.results.items():
        (at_place,) = together([spot], result.spots, radius)
        best[model] = max((result.spots[i].confidence for i in np.flatnonzero(at_place)), default=0.0)
    models = tuple(model for model, confidence in best.items() if confidence >= SURE)
    return Suspect(
        drawing.name, spot.x, spot.y, spot.area_px, False, models, float(np.mean(list(best.values())))
    )


def together(labels: Sequence[Spot], candidates: Sequence[Spot], radius_px: float) -> np.ndarray:
    """Return which labels (n) and candidates (m) may be the same spot, (n, m) bool."""
    one, other = (
        np.array([(spot.x, spot.y) for spot in spots], np.float64).reshape(-1, 2)
        for spots in (labels, candidates)
    )
    same: np.ndarray = cdist(one, other) <= tolerance_px(radius_px)
    for i, label in enumerate(labels):
        same[i] |= contains(label.outline, other)
    for j, candidate in enumerate(candidates):
        same[:, j] |= contains(candidate.outline, one)
    return same
