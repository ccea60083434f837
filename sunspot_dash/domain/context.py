"""What an observer sees around a candidate: its neighbours, its sheet, its place.

A pore and a speck of old paper may be the same few grey pixels. Spots come in groups; specks lie anywhere,
and a sheet that has many of them has them all alike.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from scipy.spatial.distance import cdist

from sunspot_dash.domain.crop import SHOWN
from sunspot_dash.domain.instances import Candidate
from sunspot_dash.domain.polygons import area_and_centroid

# Windows (px at the model's scale) of mean ink, and reaches (disk radii) within which neighbours count.
WINDOWS = (5, 15, 41, 101)
REACHES = (0.012, 0.03, 0.06, 0.12, 0.25)
# What the network is sure enough of to say how spots look on this sheet.
FIRM = 0.5
FEATURES = (
    "confidence",
    "rank",  # share of the sheet's candidates that are surer
    "area",  # log px^2
    "area_on_sheet",  # over the median of the sheet's firm candidates
    "elongation",
    "distance",  # from the disk's centre, radii
    *(f"ink_{window}" for window in WINDOWS),
    "contrast",  # ink within 5 px over that within 15 px
    "darkest",
    "darkest_on_sheet",  # over the median of the sheet's firm candidates
    "darkest_over_specks",
    *(f"neighbours_{reach}" for reach in REACHES),  # sum of their squared confidences
    "nearest",  # radii
    "specks",
    "sheet_ink",
    "sheet_sum",  # of squared confidences
    "sheet_5th",  # confidence of the 5th and 20th surest candidate
    "sheet_20th",
    "sheet_darkest",  # median of the firm candidates
    "sheet_faint",  # candidates that are not firm for one that is
)


def candidate_features(
    candidates: Sequence[Candidate], image: np.ndarray, radius: int, specks: float
) -> np.ndarray:
    """Describe all candidates of one drawing.

    Args:
        candidates: as found, in coordinates of `image`.
        image: (S, S) uint8 from `model_image`; radius: the disk's radius in it, px.
        specks: the sheet's speck level.

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
    means = [cv2.blur(ink, (window, window))[rows, columns] for window in WINDOWS]
    darkest = cv2.dilate(ink, np.ones((5, 5), np.uint8))[rows, columns]
    apart = cdist(xy, xy) / radius
    np.fill_diagonal(apart, np.inf)
    surest = np.sort(confidence)[::-1]
    sheet = (
        specks,
        (ink > 25).mean(),
        (confidence**2).sum(),
        surest[min(4, len(surest) - 1)],
        surest[min(19, len(surest) - 1)],
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
            np.hypot(*(xy - image.shape[0] / 2).T) / radius,
            *means,
            means[0] - means[1],
            darkest,
            darkest / max(1.0, np.median(darkest[firm])),
            darkest / max(0.02, specks),
            *((apart < reach) @ confidence**2 for reach in REACHES),
            np.minimum(apart.min(axis=1), 9.0),
            *(np.full(len(candidates), value) for value in sheet),
        ]
    ).astype(np.float32)


def _ink(image: np.ndarray, radius: int) -> np.ndarray:
    """(S, S) float32: paper 0, ink up to 255, and nothing outside the disk."""
    from_centre = np.arange(image.shape[0]) + 0.5 - image.shape[0] / 2
    inside = np.hypot(from_centre, from_centre[:, None]) <= SHOWN * radius
    return np.where(inside, 255 - image, 0).astype(np.float32)


def _elongation(outline: np.ndarray) -> float:
    """The long side over the short one of the tightest box around an outline (n, 2)."""
    sides = cv2.minAreaRect(outline.astype(np.float32))[1] if len(outline) > 2 else (1.0, 1.0)
    return max(sides) / max(min(sides), 0.5)
