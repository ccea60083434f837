"""The one decoder: every picture that comes in, of whatever kind, becomes (H, W, 3) uint8 here.

The content says what a file is, never its extension. Nothing is decoded before its size is known.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import cv2
import numpy as np
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from sunspot_dash.errors import ImageError
from sunspot_dash.files import atomic_write, leads_outside
from sunspot_dash.io.fits import FITS_START, fits_image, fits_levels, fits_size
from sunspot_dash.io.levels import to_uint8
from sunspot_dash.settings import LIMITS

FORMATS = ("JPEG", "PNG", "TIFF", "BMP", "GIF", "WEBP", "JPEG2000", "PPM")
SUFFIXES = (
    ".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".gif", ".webp", ".jp2", ".j2k", ".ppm", ".pgm", ".pbm",
    ".fits", ".fit", ".fts",
)  # fmt: skip
# How pictures begin, for those whose extension says nothing.
START = re.compile(
    rb"\xff\xd8\xff|\x89PNG|II\*\0|MM\0\*|BM.{4}\0{4}|GIF8|RIFF.{4}WEBP|\0\0\0\x0cjP|" + FITS_START, re.DOTALL
)
DEEP_MODES = frozenset(("I", "I;16", "I;16B", "I;16L", "F"))
PHOTOMETRIC, WHITE_IS_ZERO = 262, 0  # a TIFF tag and its value
TURNED = (5, 6, 7, 8)  # the EXIF orientations that swap width and height
LINK_REASON = "it is a link to a file outside its folder: copy the file itself there"

Image.MAX_IMAGE_PIXELS = None  # pages above our own limit are refused below, with a sentence


def read_rgb(source: Path | bytes) -> np.ndarray:
    """Decode a page: (H, W, 3) uint8, RGB, upright as EXIF says; it may be read-only.

    Alpha lies over white. Levels deeper than 8 bits are scaled by their depth (`to_uint8`). Of several pages
    the first is read. The first row of a FITS image is its lowest, as that format has it.

    Raises:
        ImageError: missing, empty, cut short, no picture, above the limit of pixels, or a link that leads
            out of its folder.
    """
    with _opened(source) as file:
        if _is_fits(file):
            with fits_image(file) as image:
                _check_size(*fits_size(image))
                levels = to_uint8(fits_levels(image))
            return np.ascontiguousarray(levels) if levels.ndim == 3 else _three(levels)
        with Image.open(file, formats=FORMATS) as picture:
            _check_size(*picture.size)
            return _pixels(picture)


def check_whole(source: Path) -> None:
    """Decode a page to see that it can be, and throw its pixels away.

    Raises:
        ImageError: as `read_rgb`.
    """
    with _opened(source) as file:
        if not _is_fits(file):
            with Image.open(file, formats=FORMATS) as picture:
                _check_size(*picture.size)
                if picture.format == "JPEG":
                    # An eighth of its size needs all of the file, too, but a fraction of the time and memory.
                    picture.draft(None, (1, 1))
                    picture.load()
                    return
    read_rgb(source)


def image_size(source: Path | bytes) -> tuple[int, int]:
    """(width, height) in px of what `read_rgb` gives, from the header alone.

    Raises:
        ImageError: as `read_rgb`, but damage behind the header goes unseen.
    """
    with _opened(source) as file:
        if _is_fits(file):
            with fits_image(file) as image:
                width, height = fits_size(image)
        else:
            with Image.open(file, formats=FORMATS) as picture:
                width, height = picture.size
                # Pillow gives a TIFF's size upright already.
                if picture.format != "TIFF" and picture.getexif().get(ExifTags.Base.Orientation) in TURNED:
                    width, height = height, width
        _check_size(width, height)
        return width, height


def content_hash(source: Path) -> str:
    """SHA-256 of a file's bytes, hexadecimal: with its time, a drawing's identity.

    Raises:
        ImageError: missing, empty, unreadable, or a link that leads out of its folder.
    """
    with _opened(source) as file:
        digest = hashlib.sha256()
        while part := file.read(1 << 20):
            digest.update(part)
        return digest.hexdigest()


def to_grey(rgb: np.ndarray) -> np.ndarray:
    """Luma (H, W) uint8 of (H, W, 3) uint8 by ITU-R BT.601; where the channels are equal, their level."""
    return cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)


def write_png(path: Path, array: np.ndarray) -> None:
    """Write (H, W) or (H, W, 3) uint8 as PNG, atomically.

    Raises:
        WorkspaceError: the disk is full or may not be written.
    """
    # Level 3 is the quickest on drawings and nearly the smallest.
    atomic_write(path, lambda temporary: Image.fromarray(array).save(temporary, "PNG", compress_level=3))


def list_images(folder: Path, refused: list[tuple[str, str]] | None = None) -> list[Path]:
    """The pictures that lie directly in a folder, ordered by name; hidden files are left out.

    A file counts by its extension or, where that says nothing, by its first bytes; whether it is sound is
    for `read_rgb` to say. A link that leads out of the folder is left out, and told in `refused` as
    (name, reason).

    Raises:
        ImageError: the folder is missing or may not be read.
    """
    try:
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries)
    except OSError as error:
        raise ImageError(
            f"the folder {folder} cannot be read ({error.strerror}): name a folder of drawings"
        ) from error
    images = []
    for path in (folder / name for name in names if not name.startswith(".")):
        if not looks_like_image(path):
            continue
        if not leads_outside(path):
            images.append(path)
        elif refused is not None:
            refused.append((path.name, LINK_REASON))
    return images


def looks_like_image(path: Path) -> bool:
    """Whether a file is an image by its extension or, where that says nothing, by its first bytes."""
    try:
        # A pipe or a device would hang whoever opens it.
        if not path.is_file():
            return False
        if path.suffix.lower() in SUFFIXES:
            return True
        with path.open("rb") as file:
            return bool(START.match(file.read(16)))
    except OSError:
        return False


@contextmanager
def _opened(source: Path | bytes) -> Iterator[BinaryIO]:
    """A source as a file; whatever fails while it is used becomes an ImageError that names it."""
    name = source.name if isinstance(source, Path) else "the image"
    try:
        if isinstance(source, Path):
            if leads_outside(source):
                raise ImageError(LINK_REASON)
            if source.exists() and not source.is_file():
                raise ImageError("it is not a file")
            if source.stat().st_size == 0:
                raise ImageError("it is empty: copy it again")
        elif not source:
            raise ImageError("it is empty: send it again")
        with source.open("rb") if isinstance(source, Path) else BytesIO(source) as file:
            yield file
    except Exception as error:  # decoders raise errors of every kind over a damaged file
        raise ImageError(_reason(error), name) from error


def _reason(error: Exception) -> str:
    if isinstance(error, ImageError):
        return error.reason
    if isinstance(error, UnidentifiedImageError):
        return f"it is no image in a known format ({', '.join(FORMATS)}, FITS)"
    if isinstance(error, OSError) and error.errno:
        return f"it cannot be read ({error.strerror})"
    return f"it is damaged or cut short ({error or type(error).__name__}): copy or scan it again"


def _check_size(width: int, height: int) -> None:
    if width * height > LIMITS.max_pixels:
        raise ImageError(
            f"it has {width} x {height} px, above the limit of {LIMITS.max_pixels / 1e6:g} megapixels: "
            "scan it at a lower resolution"
        )


def _is_fits(file: BinaryIO) -> bool:
    start = file.read(len(FITS_START))
    file.seek(0)
    return start == FITS_START


def _pixels(picture: Image.Image) -> np.ndarray:
    """A picture's pixels as read_rgb gives them."""
    deep = picture.mode in DEEP_MODES
    # Pillow turns such a TIFF round only up to 8 bits.
    white_is_zero = deep and getattr(picture, "tag_v2", {}).get(PHOTOMETRIC) == WHITE_IS_ZERO
    ImageOps.exif_transpose(picture, in_place=True)
    if deep:
        levels = to_uint8(np.asarray(picture))
        return _three(255 - levels if white_is_zero else levels)
    if picture.has_transparency_data:
        layers = picture.convert("RGBA")
        page = Image.new("RGB", layers.size, "white")
        page.paste(layers, mask=layers.getchannel("A"))
        return np.asarray(page)
    # Even a conversion to its own mode would copy the page.
    return np.asarray(picture if picture.mode == "RGB" else picture.convert("RGB"))


def _three(grey: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(np.ascontiguousarray(grey), cv2.COLOR_GRAY2RGB)
