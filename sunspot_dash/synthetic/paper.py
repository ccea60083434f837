"""Blank paper: grain, slow shading, folds and water stains of old paper; new paper is plain white."""

from __future__ import annotations

import cv2
import numpy as np

from sunspot_dash.synthetic.spots import blob
from sunspot_dash.synthetic.styles import Style


def make_paper(rng: np.random.Generator, style: Style, height: int, width: int) -> np.ndarray:
    """Return blank paper, (height, width) float32 grey of 0 to 255."""
    if style.grain == 0:
        return np.full((height, width), style.paper[0], np.float32)
    level = rng.uniform(*style.paper) - (18 if rng.random() < 0.07 else 0)
    grey = rng.standard_normal((height, width), np.float32)
    if style.grain_px:
        stretch = rng.uniform(0.8, 1.5)  # fibres often run along the rows
        across, down = style.grain_px * stretch, style.grain_px / stretch
        grey = np.asarray(cv2.GaussianBlur(grey, (0, 0), across, sigmaY=down), np.float32)
        grey /= float(grey[:200].std())
    grey *= style.grain * rng.uniform(0.85, 1.25)
    slow = rng.standard_normal((7, 6)).astype(np.float32)
    grey += rng.uniform(1.5, 3.5) * cv2.resize(slow, (width, height), interpolation=cv2.INTER_CUBIC)
    cloud = rng.standard_normal((height // 24, width // 24)).astype(np.float32)
    grey += 0.6 * cv2.resize(cloud, (width, height), interpolation=cv2.INTER_LINEAR)
    grey += cv2.GaussianBlur(rng.standard_normal((height, 1), np.float32), (1, 5), 1.0) * 0.4
    grey += level
    if rng.random() < 0.12:
        _stain(rng, grey)
    if rng.random() < 0.1:
        y = int(rng.uniform(0.2, 0.9) * height)
        grey[y : y + 2] -= rng.uniform(3, 10)
    return grey


def _stain(rng: np.random.Generator, grey: np.ndarray) -> None:
    """Draw a dried puddle, in place: slightly darker inside, with a brown edge."""
    height, width = grey.shape
    size = rng.uniform(0.04, 0.15) * width
    centre = rng.uniform(0.2, 0.8, 2) * [width, 0.7 * height]
    outline = np.round(centre + blob(rng, size, rng.uniform(1, 2.5), 0.3)).astype(np.int32)
    mask = np.zeros((height, width), np.uint8)
    cv2.fillPoly(mask, [outline], 255)
    cv2.polylines(mask, [outline], True, 160, int(rng.integers(1, 4)))
    grey -= cv2.GaussianBlur(mask, (0, 0), 2).astype(np.float32) * (rng.uniform(3, 14) / 255)
    rim = np.zeros_like(mask)
    cv2.polylines(rim, [outline], True, 255, int(rng.integers(2, 8)))
    grey -= cv2.GaussianBlur(rim, (0, 0), 2.5).astype(np.float32) * (rng.uniform(5, 25) / 255)
