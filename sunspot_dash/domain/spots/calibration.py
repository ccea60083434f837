"""Calibration of a model: what its confidences mean, and how far its counts are from those of observers.

It is measured on drawings that the model never saw, and stored in the model's card and in every result.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np  # the command line reads a model's card without it

# A drawing belongs to a form if its disk has the same size within this share.
SAME_SIZE = 0.05


@dataclass(frozen=True)
class Form:
    """A form of drawings with known counts: the radius of its disk (px of the scan), and its first and last year."""

    radius_px: float
    first_year: int
    last_year: int

    def covers(self, radius_px: float, year: int) -> bool:
        """Return whether a drawing of that year with a disk of that radius is on this form."""
        return (
            abs(radius_px - self.radius_px) <= SAME_SIZE * self.radius_px
            and self.first_year <= year <= self.last_year
        )


@dataclass(frozen=True)
class Calibration:
    """The calibration of a model at one threshold.

    Attributes:
        threshold: lowest confidence of a counted spot, for which the factors hold.
        level: share of the drawings whose count by an observer is to lie in the interval, 0 to 1.
        confidences, probabilities: ascending knots of the probability that a candidate of that confidence is a spot.
        spots, groups, number: half the width of the interval of each count, in units of its expected spread.
        drawings: number of drawings that the factors come from; forms: their forms.

    Raises:
        ValueError: a value is out of range.
    """

    threshold: float
    level: float
    confidences: tuple[float, ...]
    probabilities: tuple[float, ...]
    spots: float
    groups: float
    number: float
    drawings: int
    forms: tuple[Form, ...]

    def __post_init__(self) -> None:
        knots = (self.confidences, self.probabilities)
        if len(knots[0]) != len(knots[1]) or len(knots[0]) < 2:
            raise ValueError("calibration: expected as many probabilities as confidences, at least two")
        if any(list(values) != sorted(values) or not 0 <= values[0] <= values[-1] <= 1 for values in knots):
            raise ValueError("calibration: expected ascending confidences and probabilities from 0 to 1")
        if not (0 < self.threshold <= 1 and 0 < self.level < 1):
            raise ValueError(f"calibration: threshold {self.threshold} or level {self.level} is out of range")
        if not all(isfinite(factor) and factor >= 0 for factor in (self.spots, self.groups, self.number)):
            raise ValueError("calibration: expected factors of at least 0")

    def probability(self, confidence: np.ndarray) -> np.ndarray:
        """Return the probability that candidates of these confidences are spots, (n,) float64."""
        import numpy as np

        return np.interp(confidence, self.confidences, self.probabilities)

    def knows(self, radius_px: float, year: int) -> bool:
        """Return whether drawings of this form were among those that the factors come from."""
        return any(form.covers(radius_px, year) for form in self.forms)
