"""Features of a candidate in the context of its drawing: neighbours, paper and position.

A pore and a speck of old paper can be the same few grey pixels. But spots occur in groups, while specks are scattered,
and a drawing with many specks has many similar ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import cv2
import numpy as np
from scipy.spatial.distance import cdist

from sunspot_dash.domain.drawing.crop import VISIBLE_RADIUS
from sunspot_dash.domain.labels.polygons import area_and_centroid
from sunspot_dash.domain.spots import ink_features
from sunspot_dash.domain.spots.instances import Candidate
from sunspot_dash.domain.spots.windows import Sums, around

# Windows (px at the model's scale) of mean ink, and radii (in R) within which neighbours count.
WINDOWS = (5, 15, 41, 101)
REACHES = (0.012, 0.03, 0.06, 0.12, 0.25)
ALIKE_REACH = 0.12
# Confidence above which a candidate is taken as typical of the spots on its drawing.
FIRM = 0.5
# Tree ensembles refer to features by index: append new ones, so that existing models keep working.
FEATURES = (
    "confidence",
    "rank",  # share of the drawing's candidates with higher confidence
    "area",  # log px^2
    "area_on_drawing",  # relative to the median of the drawing's firm candidates
    "elongation",
    "distance",  # from the disk's centre, radii
    *(f"ink_{window}" for window in WINDOWS),
    "contrast",  # ink within 5 px over that within 15 px
    "darkest",
    "darkest_on_drawing",  # relative to the median of the drawing's firm candidates
    "darkest_over_specks",
    *(f"neighbours_{reach}" for reach in REACHES),  # sum of their squared confidences
    "nearest",  # radii
    "specks",
    "drawing_ink",
    "drawing_sum",  # of squared confidences
    "drawing_5th",  # confidence of the 5th and 20th most confident candidates
    "drawing_20th",
    "drawing_darkest",  # median of the firm candidates
    "drawing_faint",  # candidates that are not firm per firm one
    *ink_features.FEATURES,
    "map_mask",  # the two maps of the network separately: peaks and local means
    "map_centre",
    "map_mask_around",
    "map_centre_around",
    "along_limb",  # 1 - slimness, signed: + along the limb, - across it
    "area_on_sun",  # log px^2, corrected for foreshortening
    "nearest_firm",  # radii to the nearest other firm candidate
    "alike",  # darkest relative to that of neighbours within 0.12 radii, weighted by confidence
    "area_alike",
    "confidence_on_drawing",  # relative to the 5th most confident
)


def candidate_features(
    candidates: Sequence[Candidate], image: np.ndarray, radius: int, specks: float
) -> np.ndarray:
    """Compute the features of all candidates of one drawing.

    Args:
        candidates: from the network, in coordinates of `image`.
        image: (S, S) uint8 from `model_image`; radius: radius of the disk in it, px.
        specks: speck level of the drawing.

    Returns:
        (n, len(FEATURES)) float32.
    """
    if not candidates:
        return np.zeros((0, len(FEATURES)), np.float32)
    xy = np.array([(c.x, c.y) for c in candidates])
    confidence = np.array([c.confidence for c in candidates])
    area = np.log1p([area_and_centroid(c.outline)[0] for c in candidates])
    firm = confidence >= min(FIRM, confidence.max())
    ink = _ink(image, radius)
    columns, rows = np.clip(xy.astype(int), 0, image.shape[0] - 1).T
    sums = Sums(ink, max(WINDOWS))
    means = [sums.around(columns, rows, window) / window**2 for window in WINDOWS]
    darkest = around(ink, columns, rows, 5).max(axis=(1, 2)).astype(np.float32)
    apart = cdist(xy, xy) / radius
    np.fill_diagonal(apart, np.inf)
    sorted_confidence = np.sort(confidence)[::-1]
    middle = image.shape[0] / 2
    distance = np.hypot(*(xy - middle).T) / radius
    drawing_values = (
        specks,
        (ink > 25).mean(),
        (confidence**2).sum(),
        sorted_confidence[min(4, len(sorted_confidence) - 1)],
        sorted_confidence[min(19, len(sorted_confidence) - 1)],
        np.median(darkest[firm]),
        (confidence < FIRM).sum() / max(1, (confidence >= FIRM).sum()),
    )
    return np.column_stack(
        [
            confidence,
            (confidence[:, None] < confidence).mean(axis=1),
            area,
            area - np.median(area[firm]),
            [_elongation(c.outline) for c in candidates],
            distance,
            *means,
            means[0] - means[1],
            darkest,
            darkest / max(1.0, np.median(darkest[firm])),
            darkest / max(0.02, specks),
            *((apart < reach) @ confidence**2 for reach in REACHES),
            np.minimum(apart.min(axis=1), 9.0),
            *(np.full(len(candidates), value) for value in drawing_values),
            ink_features.ink_mark_features(ink, columns, rows),
            [c.maps for c in candidates],
            [_along_limb(c.outline, (c.x - middle, c.y - middle)) for c in candidates],
            area - np.log(np.sqrt(np.maximum(1 - distance**2, 0.0025))),
            np.minimum(apart[:, confidence >= FIRM].min(axis=1, initial=9.0), 9.0),
            darkest / np.maximum(_near(apart, confidence, darkest), 1),
            area - _near(apart, confidence, area),
            confidence / max(sorted_confidence[min(4, len(sorted_confidence) - 1)], 0.02),
        ]
    ).astype(np.float32)


def _ink(image: np.ndarray, radius: int) -> np.ndarray:
    """Return the ink, (S, S) uint8: paper 0, ink up to 255, and 0 outside the disk."""
    return cv2.bitwise_and(cv2.bitwise_not(image), _inside(image.shape[0], radius))


@lru_cache(maxsize=2)
def _inside(size: int, radius: int) -> np.ndarray:
    """Return 255 on the disk and 0 outside, (S, S) uint8."""
    from_centre = np.arange(size) + 0.5 - size / 2
    inside = np.hypot(from_centre, from_centre[:, None]) <= VISIBLE_RADIUS * radius
    return np.where(inside, np.uint8(255), np.uint8(0))


def _elongation(outline: np.ndarray) -> float:
    """Return the ratio of long to short side of the smallest box around an outline (n, 2)."""
    sides = cv2.minAreaRect(outline.astype(np.float32))[1] if len(outline) > 2 else (1.0, 1.0)
    return max(sides) / max(min(sides), 0.5)


def _near(apart: np.ndarray, confidence: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the mean over neighbours weighted by confidence squared, (n,); its own value if it has no neighbours."""
    weight = (apart < ALIKE_REACH) * confidence**2
    return (weight @ values + 1e-3 * values) / (weight.sum(axis=1) + 1e-3)


def _along_limb(outline: np.ndarray, from_centre: tuple[float, float]) -> float:
    """Return how elongated an outline (n, 2) is along the limb (up to 1) or across it (down to -1)."""
    if len(outline) < 3:
        return 0.0
    spread = np.cov((outline - outline.mean(axis=0)).T)
    values, vectors = np.linalg.eigh(spread)
    slim = 1 - np.sqrt(max(values[0], 0) / max(values[1], 1e-6))
    distance = np.array(from_centre) / max(np.hypot(*from_centre), 1e-6)
    across = float(vectors[:, 1] @ distance) ** 2
    return float(slim * (1 - 2 * across))
