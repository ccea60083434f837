"""What an observer sees around a candidate: its neighbours, its sheet, its place.

A pore and a speck of old paper may be the same few grey pixels. Spots come in groups; specks lie anywhere,
and a sheet that has many of them has them all alike.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from scipy.spatial.distance import cdist

from sunspot_dash.domain.drawing.crop import VISIBLE_RADIUS
from sunspot_dash.domain.labels.polygons import area_and_centroid
from sunspot_dash.domain.spots import ink_features
from sunspot_dash.domain.spots.instances import Candidate

# Windows (px at the model's scale) of mean ink, and reaches (disk radii) within which neighbours count.
WINDOWS = (5, 15, 41, 101)
REACHES = (0.012, 0.03, 0.06, 0.12, 0.25)
ALIKE_REACH = 0.12
# What the network is sure enough of to say how spots look on this sheet.
FIRM = 0.5
# A forest knows a feature by its place: new ones go to the end, so that models trained before still judge alike.
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
    *ink_features.FEATURES,
    "map_mask",  # the network's two maps there, apart: peaks and means around
    "map_centre",
    "map_mask_around",
    "map_centre_around",
    "along_limb",  # 1 - slimness, signed: + lies along the limb, - across it
    "area_on_sun",  # log px^2, foreshortening undone
    "nearest_firm",  # radii to the nearest other firm candidate
    "alike",  # darkest over that of its neighbours within 0.12 radii, as sure as they are
    "area_alike",
    "confidence_on_sheet",  # over the 5th surest
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
    middle = image.shape[0] / 2
    away = np.hypot(*(xy - middle).T) / radius
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
            away,
            *means,
            means[0] - means[1],
            darkest,
            darkest / max(1.0, np.median(darkest[firm])),
            darkest / max(0.02, specks),
            *((apart < reach) @ confidence**2 for reach in REACHES),
            np.minimum(apart.min(axis=1), 9.0),
            *(np.full(len(candidates), value) for value in sheet),
            ink_features.ink_mark_features(ink, columns, rows),
            [c.maps for c in candidates],
            [_along_limb(c.outline, (c.x - middle, c.y - middle)) for c in candidates],
            area - np.log(np.sqrt(np.maximum(1 - away**2, 0.0025))),
            np.minimum(apart[:, confidence >= FIRM].min(axis=1, initial=9.0), 9.0),
            darkest / np.maximum(_near(apart, confidence, darkest), 1),
            area - _near(apart, confidence, area),
            confidence / max(surest[min(4, len(surest) - 1)], 0.02),
        ]
    ).astype(np.float32)


def _ink(image: np.ndarray, radius: int) -> np.ndarray:
    """(S, S) float32: paper 0, ink up to 255, and nothing outside the disk."""
    from_centre = np.arange(image.shape[0]) + 0.5 - image.shape[0] / 2
    inside = np.hypot(from_centre, from_centre[:, None]) <= VISIBLE_RADIUS * radius
    return np.where(inside, 255 - image, 0).astype(np.float32)


def _elongation(outline: np.ndarray) -> float:
    """The long side over the short one of the tightest box around an outline (n, 2)."""
    sides = cv2.minAreaRect(outline.astype(np.float32))[1] if len(outline) > 2 else (1.0, 1.0)
    return max(sides) / max(min(sides), 0.5)


def _near(apart: np.ndarray, confidence: np.ndarray, values: np.ndarray) -> np.ndarray:
    """(n,) mean of the neighbours' values, weighed by confidence squared; a loner's is its own."""
    weight = (apart < ALIKE_REACH) * confidence**2
    return (weight @ values + 1e-3 * values) / (weight.sum(axis=1) + 1e-3)


def _along_limb(outline: np.ndarray, from_centre: tuple[float, float]) -> float:
    """How much an outline (n, 2) is drawn out along the limb (to 1) or across it (to -1)."""
    if len(outline) < 3:
        return 0.0
    spread = np.cov((outline - outline.mean(axis=0)).T)
    values, vectors = np.linalg.eigh(spread)
    slim = 1 - np.sqrt(max(values[0], 0) / max(values[1], 1e-6))
    away = np.array(from_centre) / max(np.hypot(*from_centre), 1e-6)
    across = float(vectors[:, 1] @ away) ** 2
    return float(slim * (1 - 2 * across))
