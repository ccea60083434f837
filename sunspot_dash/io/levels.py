"""Convert pixel levels of any bit depth to 8 bits."""

from __future__ import annotations

import numpy as np

from sunspot_dash.errors import ImageError

DEPTHS = (8, 10, 12, 14, 16)  # bit depths of cameras and scanners, whatever the file's own depth


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
    known = np.isfinite(levels)
    values = levels if known.all() else levels[known]
    if not values.size:
        raise ImageError("no pixel has a value: export the picture again")
    lowest = min(float(values.min()), 0.0)
    white = _white_level(float(values.max()) - lowest, levels.dtype.kind == "f")
    # Single precision holds 16 bits exactly, double precision the difference of two 32-bit levels.
    scaled = np.subtract(levels, lowest, dtype=np.float32 if levels.dtype.itemsize <= 2 else np.float64)
    scaled *= 255 / white
    np.rint(scaled, out=scaled)
    scaled[~known] = 255
    return scaled.astype(np.uint8)


def _white_level(top: float, fractions: bool) -> float:
    if fractions and top <= 1:
        return 1.0
    return next((float(2**depth - 1) for depth in DEPTHS if top < 2**depth), top)
