"""Read and write FITS images (Pence et al. 2010, doi:10.1051/0004-6361/201015362) with astropy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from math import prod
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from sunspot_dash.errors import ImageError

FITS_START = b"SIMPLE  ="


@contextmanager
def fits_image(file: BinaryIO) -> Iterator[Any]:
    """Open the first image of a FITS file without reading its pixels; closes the file at the end.

    Raises:
        ImageError: the file holds no image.
    """
    from astropy.io import fits  # takes half a second to import and is rarely needed

    with fits.open(file, memmap=False) as units:
        for unit in units:
            if unit.is_image and len(unit.shape) >= 2 and prod(unit.shape):
                yield unit
                return
    raise ImageError("this FITS file holds no image: export the picture again")


def fits_size(image: Any) -> tuple[int, int]:
    """Return the (width, height) of a FITS image in px."""
    return image.shape[-1], image.shape[-2]


def fits_levels(image: Any) -> np.ndarray:
    """Return the pixel levels with BZERO, BSCALE and BLANK applied, top row first.

    The shape is (H, W), or (H, W, 3) for three planes; of any other stack of images the first is read.
    """
    colour = len(image.shape) == 3 and image.shape[0] == 3
    stacks = len(image.shape) - 2 - colour
    levels = image.section[(0,) * stacks + (slice(None),) * (2 + colour)]
    if colour:
        levels = np.moveaxis(levels, 0, 2)
    # FITS stores the bottom row first.
    return levels[::-1]


def write_drawing(
    path: Path,
    grey: np.ndarray,
    header: Mapping[str, float | str | int],
    columns: Mapping[str, np.ndarray],
    units: Mapping[str, str],
) -> None:
    """Write a drawing (H, W) uint8, top row first, with a header, and a table SPOTS of columns (n,) float64."""
    from astropy.io import fits

    image = fits.PrimaryHDU(grey[::-1])
    for name, value in header.items():
        image.header[name] = value
    table = fits.BinTableHDU.from_columns(
        [fits.Column(name, "D", units[name] or None, array=values) for name, values in columns.items()],
        name="SPOTS",
    )
    fits.HDUList([image, table]).writeto(path, overwrite=True)
