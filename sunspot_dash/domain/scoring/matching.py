"""Evaluation protocol: matching of detections with labelled spots, and the resulting scores.

Training, evaluation and benchmarks share this definition. Truth and prediction are sequences of `Spot` in px of the
drawing; `Spot.from_outline(polygon)` converts a label. A score without meaning (the precision of no detections) is
None, never NaN.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sunspot_dash.domain.spots.detections import Spot, contains, spot_pixels

REFERENCE_RADIUS_PX = 740.0
BIN_EDGES_PX = (8.0, 20.0, 50.0)
BIN_NAMES = ("<=8", "8-20", "20-50", ">50")


def tolerance_px(radius_px: float) -> float:
    """Return the largest allowed distance between a label and a detection on a disk of this radius, px."""
    return max(3.0, 0.006 * radius_px)


def match(truth_xy: np.ndarray, predicted_xy: np.ndarray, tolerance_px: float) -> list[tuple[int, int]]:
    """Pair labels (n, 2) with detections (m, 2) one to one, none further apart than the tolerance.

    Among all pairings with the most pairs, the one with the smallest total distance is chosen.

    Returns:
        (truth index, predicted index) pairs in the order of the truth.
    """
    from scipy.optimize import linear_sum_assignment  # the dashboard would start later
    from scipy.spatial.distance import cdist

    truth = np.asarray(truth_xy, np.float64).reshape(-1, 2)
    predicted = np.asarray(predicted_xy, np.float64).reshape(-1, 2)
    if not len(truth) or not len(predicted):
        return []
    distance = cdist(truth, predicted)
    allowed = distance <= tolerance_px
    # A pair earns more than all distances can cost, so the number of pairs is maximised first.
    reward = (min(distance.shape) + 1) * max(tolerance_px, 1e-9)
    rows, columns = linear_sum_assignment(np.where(allowed, distance - reward, 0.0))
    return [(int(i), int(j)) for i, j in zip(rows, columns, strict=True) if allowed[i, j]]


@dataclass(frozen=True)
class Tally:
    """Numbers of matches, misses and false alarms, and the scores derived from them."""

    tp: int = 0
    misses: int = 0
    false_alarms: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.tp + other.tp, self.misses + other.misses, self.false_alarms + other.false_alarms)

    @property
    def truth(self) -> int:
        """Number of labels."""
        return self.tp + self.misses

    @property
    def predicted(self) -> int:
        """Number of detections."""
        return self.tp + self.false_alarms

    @property
    def precision(self) -> float | None:
        """Share of detections that match a label; None without detections."""
        return ratio(self.tp, self.predicted)

    @property
    def recall(self) -> float | None:
        """Share of labels that are detected; None without labels."""
        return ratio(self.tp, self.truth)

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall; None without labels and detections."""
        return ratio(2 * self.tp, self.truth + self.predicted)

    def as_dict(self) -> dict[str, float | None]:
        """Return counts and scores by name."""
        fields = ("tp", "misses", "false_alarms", "precision", "recall", "f1")
        return {field: getattr(self, field) for field in fields}


@dataclass(frozen=True)
class PixelScore:
    """Numbers of pixels set in both masks, in the truth and in the prediction."""

    both: int = 0
    truth: int = 0
    predicted: int = 0

    def __add__(self, other: PixelScore) -> PixelScore:
        return PixelScore(self.both + other.both, self.truth + other.truth, self.predicted + other.predicted)

    @property
    def iou(self) -> float | None:
        """Intersection over union; None for two empty masks."""
        return ratio(self.both, self.truth + self.predicted - self.both)

    @property
    def dice(self) -> float | None:
        """Dice coefficient; None for two empty masks."""
        return ratio(2 * self.both, self.truth + self.predicted)


def pixel_scores(truth_mask: np.ndarray, predicted_mask: np.ndarray) -> PixelScore:
    """Compare two masks, (H, W) bool or 0/255, of the same size."""
    if truth_mask.shape != predicted_mask.shape:
        raise ValueError(f"masks differ in size: {truth_mask.shape} and {predicted_mask.shape}")
    truth, predicted = truth_mask.astype(bool), predicted_mask.astype(bool)
    both = int(np.count_nonzero(truth & predicted))
    return PixelScore(both, int(np.count_nonzero(truth)), int(np.count_nonzero(predicted)))


def half_pixel_ceiling(truth: Sequence[Spot], height: int, width: int) -> PixelScore:
    """Compare the mask of the labels with that of the same polygons shifted by 0.5 px right and down.

    Its IoU is the score of perfect outlines if labels are accurate to half a pixel: 0.72 pooled over the 41 labelled
    USET drawings.
    """
    shifted = [Spot(s.x + 0.5, s.y + 0.5, s.area_px, s.confidence, s.outline + 0.5) for s in truth]
    return pixel_scores(spot_pixels(truth, height, width), spot_pixels(shifted, height, width))


@dataclass(frozen=True)
class Score:
    """Scores common to single and pooled drawings.

    Attributes:
        spots, spots_half: tallies at the full and at half the tolerance.
        bins: one tally per area bin in `BIN_NAMES` (px^2 scaled to R = 740 px): matches and misses by the area of the
            label, false alarms by their own.
        fusions: detections that cover two or more labels; splits: labels covered by two or more detections.
        pixels, ceiling: comparison of the masks, and the half-pixel ceiling; None where not measured.
    """

    spots: Tally
    spots_half: Tally
    bins: tuple[Tally, ...]
    fusions: int
    splits: int
    pixels: PixelScore | None
    ceiling: PixelScore | None

    def as_dict(self) -> dict[str, object]:
        """Return every score by name, ready for JSON."""
        return {
            "truth": self.spots.truth,
            "predicted": self.spots.predicted,
            **self.spots.as_dict(),
            "f1_half_tolerance": self.spots_half.f1,
            "fusions": self.fusions,
            "splits": self.splits,
            "iou": self.pixels.iou if self.pixels else None,
            "dice": self.pixels.dice if self.pixels else None,
            "iou_half_pixel_ceiling": self.ceiling.iou if self.ceiling else None,
            "bins": {name: tally.as_dict() for name, tally in zip(BIN_NAMES, self.bins, strict=True)},
        }


@dataclass(frozen=True)
class DrawingScore(Score):
    """Scores of one drawing."""

    name: str

    @property
    def count_error(self) -> int:
        """Number of detections minus number of labels."""
        return self.spots.predicted - self.spots.truth

    def as_dict(self) -> dict[str, object]:
        return {"name": self.name, **super().as_dict()}


def score_drawing(
    name: str,
    truth: Sequence[Spot],
    predicted: Sequence[Spot],
    radius_px: float,
    pixels: PixelScore | None = None,
    ceiling: PixelScore | None = None,
) -> DrawingScore:
    """Score the detections on the drawing with file name `name` and disk radius `radius_px`."""
    if not radius_px > 0:
        raise ValueError(f"disk radius is {radius_px} px, expected a number above 0")
    tolerance = tolerance_px(radius_px)
    pairs = match(centres(truth), centres(predicted), tolerance)
    half = match(centres(truth), centres(predicted), tolerance / 2)
    matched, used = {i for i, _ in pairs}, {j for _, j in pairs}
    tallies = [[0, 0, 0] for _ in BIN_NAMES]
    for i, spot in enumerate(truth):
        tallies[area_bin(spot, radius_px)][0 if i in matched else 1] += 1
    for j, spot in enumerate(predicted):
        if j not in used:
            tallies[area_bin(spot, radius_px)][2] += 1
    return DrawingScore(
        name=name,
        spots=Tally(len(pairs), len(truth) - len(pairs), len(predicted) - len(pairs)),
        spots_half=Tally(len(half), len(truth) - len(half), len(predicted) - len(half)),
        bins=tuple(Tally(*tally) for tally in tallies),
        fusions=_merged(predicted, truth, [(j, i) for i, j in pairs], tolerance),
        splits=_merged(truth, predicted, pairs, tolerance),
        pixels=pixels,
        ceiling=ceiling,
    )


def _merged(
    owners: Sequence[Spot], members: Sequence[Spot], pairs: list[tuple[int, int]], tolerance: float
) -> int:
    """Count owners that cover two or more members: their own match and unmatched members inside them.

    A member is inside an owner whose outline contains its centre; an owner without an outline covers everything within
    the tolerance of its centre.
    """
    held = np.zeros(len(owners), int)
    for i, _ in pairs:
        held[i] += 1
    loose = np.setdiff1d(np.arange(len(members)), [member for _, member in pairs])
    middles = centres([members[i] for i in loose])
    for i, owner in enumerate(owners):
        if len(owner.outline) >= 3:
            held[i] += int(contains(owner.outline, middles).sum())
        else:
            held[i] += int((np.hypot(*(middles - [owner.x, owner.y]).T) <= tolerance).sum())
    return int((held >= 2).sum())


def centres(spots: Sequence[Spot]) -> np.ndarray:
    """Return the centres of spots, (n, 2) float64 px."""
    return np.array([(spot.x, spot.y) for spot in spots], np.float64).reshape(-1, 2)


def area_bin(spot: Spot, radius_px: float) -> int:
    """Return the index in `BIN_NAMES` of a spot on a disk of this radius, px."""
    scale = (REFERENCE_RADIUS_PX / radius_px) ** 2
    return int(np.searchsorted(BIN_EDGES_PX, spot.area_px * scale))


def ratio(part: float, whole: float) -> float | None:
    """Return part / whole, or None if the whole is 0."""
    return part / whole if whole else None
