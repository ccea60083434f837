"""Convert pixel levels of any bit depth to 8 bits."""

from __future__ import annotations

import numpy as np

from sunspot_dash.errors import ImageError

DEPTHS = (8, 10, 12, 14, 16)  # bit depths of cameras and scanners, whatever the file's own depth
STRIP_ROWS = 256  # scaled at a time, since the intermediate values take eight times the memory of the result


def to_uint8(levels: np.ndarray) -> np.ndarray:
    """Scale levels of any shape and type to uint8 without clipping, so that white stays white.

    The white level is that of the smallest usual bit depth that holds the brightest pixel: 4095 for a 12-bit scan
    stored in 16 bits, 65535 for a true 16-bit one. It is 1 for floats up to 1, and the brightest pixel above 16 bits.
    Negative levels are shifted so that the lowest becomes 0. Pixels without a value (NaN, infinity) become white, like
    blank paper.

    Raises:
        ImageError: no pixel has a value.
    """
    if levels.dtype == np.uint8:
        return levels
    strips = [levels[top : top + STRIP_ROWS] for top in range(0, len(levels), STRIP_ROWS)]
    ranges = [_range(strip) for strip in strips]
    lowest = min((low for low, _ in ranges), default=np.inf)
    highest = max((high for _, high in ranges), default=-np.inf)
    if lowest > highest:
        raise ImageError("no pixel has a value: export the picture again")
    lowest = min(lowest, 0.0)
    white = _white_level(highest - lowest, levels.dtype.kind == "f")
    return np.concatenate([_scaled(strip, lowest, white) for strip in strips])


def _range(levels: np.ndarray) -> tuple[float, float]:
    """Return the lowest and highest level, (inf, -inf) if no pixel has a value."""
    known = np.isfinite(levels)
    values = levels if known.all() else levels[known]
    return (float(values.min()), float(values.max())) if values.size else (np.inf, -np.inf)


def _scaled(levels: np.ndarray, lowest: float, white: float) -> np.ndarray:
    # Single precision holds 16 bits exactly, double precision the difference of two 32-bit levels.
    scaled = np.subtract(levels, lowest, dtype=np.float32 if levels.dtype.itemsize <= 2 else np.float64)
    scaled *= 255 / white
    np.rint(scaled, out=scaled)
    scaled[~np.isfinite(levels)] = 255
    return scaled.astype(np.uint8)


def _white_level(top: float, fractions: bool) -> float:
    if fractions and top <= 1:
        return 1.0
    return next((float(2**depth - 1) for depth in DEPTHS if top < 2**depth), top)
