"""FITS, the astronomers' picture file (Pence et al. 2010, doi:10.1051/0004-6361/201015362), by astropy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from math import prod
from typing import Any, BinaryIO

import numpy as np

from sunspot_dash.errors import ImageError

FITS_START = b"SIMPLE  ="


@contextmanager
def fits_image(file: BinaryIO) -> Iterator[Any]:
    """The first image of a FITS file, its pixels not yet read; the file is closed with it.

    Raises:
        ImageError: it holds no image.
    """
    from astropy.io import fits  # half a second to import, and rarely needed

    with fits.open(file, memmap=False) as units:
        for unit in units:
            if unit.is_image and len(unit.shape) >= 2 and prod(unit.shape):
                yield unit
                return
    raise ImageError("this FITS file holds no image: export the picture again")


def fits_size(image: Any) -> tuple[int, int]:
    """(width, height) in px."""
    return image.shape[-1], image.shape[-2]


def fits_levels(image: Any) -> np.ndarray:
    """Levels with BZERO, BSCALE and BLANK applied, top row first: (H, W), or (H, W, 3) of three planes.

    Of any other stack of pages the first is read.
    """
    colour = len(image.shape) == 3 and image.shape[0] == 3
    pages = len(image.shape) - 2 - colour
    levels = image.section[(0,) * pages + (slice(None),) * (2 + colour)]
    if colour:
        levels = np.moveaxis(levels, 0, 2)
    # The first row of a FITS image is its lowest.
    return levels[::-1]
