"""Decode image files of every supported format to (H, W, 3) uint8.

The format is recognized by content, not by extension. The size is checked before anything is decoded.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import cv2
import numpy as np
from PIL import ExifTags, Image, ImageOps, TiffImagePlugin, UnidentifiedImageError

from sunspot_dash.errors import ImageError
from sunspot_dash.files import atomic_write_bytes, leads_outside
from sunspot_dash.io.fits import FITS_START, fits_image, fits_levels, fits_size
from sunspot_dash.io.levels import to_uint8
from sunspot_dash.settings import LIMITS

FORMATS = ("JPEG", "PNG", "TIFF", "BMP", "GIF", "WEBP", "JPEG2000", "PPM")
DEEP_MODES = frozenset(("I", "I;16", "I;16B", "I;16L", "F"))
PHOTOMETRIC, WHITE_IS_ZERO = 262, 0  # a TIFF tag and its value
PNG_SIGNATURE_BYTES = 8
MOST_EXIF_BYTES = 2**16
MOST_PNG_CHUNKS = 100_000  # searched; the pixels of a large file are in far fewer
LARGE_PIXELS = 20_000_000
STRIP_PIXELS = 4_000_000  # converted at a time
TURNED = (5, 6, 7, 8)  # the EXIF orientations that swap width and height
SUBFILE, SMALL_OR_MASK = 254, 0b101  # a TIFF tag, and its bits for a reduced image and for a mask
PAGES_COUNTED = 100
# A scan is written in less than half of the time of Pillow's level 3, and is 14 % larger. Masks are flat.
PNG_LEVEL = (cv2.IMWRITE_PNG_COMPRESSION, 2, cv2.IMWRITE_PNG_STRATEGY, cv2.IMWRITE_PNG_STRATEGY_DEFAULT)
SCAN_PNG = (*PNG_LEVEL, cv2.IMWRITE_PNG_FILTER, cv2.IMWRITE_PNG_FILTER_UP)
MASK_PNG = (*PNG_LEVEL, cv2.IMWRITE_PNG_FILTER, cv2.IMWRITE_PNG_FILTER_NONE)
NOT_A_FILE = "it is not a regular file"
LINK_REASON = "it is a link to a file outside its folder: copy the file itself there"

Image.MAX_IMAGE_PIXELS = None  # replaced by the limit below, which has a clearer message


def read_rgb(source: Path | bytes) -> np.ndarray:
    """Decode an image to (H, W, 3) uint8 RGB with the EXIF orientation applied; the array may be read-only.

    Transparent pixels are blended with white. Levels deeper than 8 bits are scaled by their depth (`to_uint8`). Of a
    file with several images the first is read.

    Raises:
        ImageError: the file is missing, empty, truncated, not an image, above the pixel limit, or a link out of its
            folder.
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
    """Check that an image can be decoded completely.

    Raises:
        ImageError: as `read_rgb`.
    """
    with _opened(source) as file:
        if not _is_fits(file):
            with Image.open(file, formats=FORMATS) as picture:
                _check_size(*picture.size)
                if picture.format == "JPEG":
                    # Decoding at an eighth of the size reads the whole file in a fraction of the time and memory.
                    picture.draft(None, (1, 1))
                if picture.mode not in DEEP_MODES:
                    picture.load()
                    _pixels(picture.crop((0, 0, 1, 1)))  # fails if `read_rgb` does not support such pixels
                    return
    read_rgb(source)


def image_size(source: Path | bytes) -> tuple[int, int]:
    """Return the (width, height) in px of an image as `read_rgb` returns it, from the header alone.

    Raises:
        ImageError: as `read_rgb`, but damage after the header is not noticed.
    """
    with _opened(source) as file:
        if _is_fits(file):
            with fits_image(file) as image:
                width, height = fits_size(image)
        else:
            with Image.open(file, formats=FORMATS) as picture:
                width, height = picture.size
                # Pillow already applies the orientation to the size of a TIFF.
                if picture.format != "TIFF" and _exif(picture, file).get(ExifTags.Base.Orientation) in TURNED:
                    width, height = height, width
        _check_size(width, height)
        return width, height


def has_many_pixels(source: Path) -> bool:
    """Whether decoding an image takes hundreds of MB (see LARGE_PIXELS), from the header alone.

    Raises:
        ImageError: as `image_size`.
    """
    width, height = image_size(source)
    return width * height > LARGE_PIXELS


def content_hash(source: Path) -> str:
    """Return the SHA-256 of an image file, hexadecimal.

    Raises:
        ImageError: the file is missing, empty, unreadable, or a link out of its folder.
    """
    with _opened(source) as file:
        digest = hashlib.sha256()
        while part := file.read(1 << 20):
            digest.update(part)
        return digest.hexdigest()


def to_grey(rgb: np.ndarray) -> np.ndarray:
    """Convert (H, W, 3) uint8 RGB to (H, W) uint8 luma (ITU-R BT.601)."""
    return cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)


def write_png(path: Path, array: np.ndarray) -> None:
    """Write (H, W) or (H, W, 3) uint8 as PNG, atomically.

    Raises:
        WorkspaceError: the disk is full or the folder is not writable.
    """
    rgb = array.ndim == 3
    shown = cv2.cvtColor(array, cv2.COLOR_RGB2BGR) if rgb else array
    _, content = cv2.imencode(".png", shown, SCAN_PNG if rgb else MASK_PNG)
    atomic_write_bytes(path, content.tobytes())


def page_count(source: Path) -> int:
    """Return the number of images in a file, of which `read_rgb` reads the first; pages of a TIFF up to PAGES_COUNTED.

    Thumbnails and masks, which some scanners add to a TIFF, do not count, nor do the parts of a FITS file.

    Raises:
        ImageError: as `image_size`.
    """
    with _opened(source) as file:
        if _is_fits(file):
            return 1
        with Image.open(file, formats=FORMATS) as picture:
            _check_size(*picture.size)
            if not isinstance(picture, TiffImagePlugin.TiffImageFile):
                return int(getattr(picture, "n_frames", 1))
            found = 1
            for page in range(1, PAGES_COUNTED):
                try:
                    picture.seek(page)
                except Exception:  # the end, or a damaged page; the first one can be used all the same
                    break
                found += not picture.tag_v2.get(SUBFILE, 0) & SMALL_OR_MASK
            return found


@contextmanager
def _opened(source: Path | bytes) -> Iterator[BinaryIO]:
    """Open a source; convert any error while it is in use to an ImageError with its name."""
    name = source.name if isinstance(source, Path) else "the image"
    try:
        if isinstance(source, Path):
            if leads_outside(source):
                raise ImageError(LINK_REASON)
            if source.exists() and not source.is_file():
                raise ImageError(NOT_A_FILE)
            if source.stat().st_size == 0:
                raise ImageError("it is empty: copy it again")
        elif not source:
            raise ImageError("it is empty: upload it again")
        with source.open("rb") if isinstance(source, Path) else BytesIO(source) as file:
            yield file
    except Exception as error:  # decoders raise errors of every kind on a damaged file
        raise ImageError(_reason(error), name) from error


def _reason(error: Exception) -> str:
    if isinstance(error, ImageError):
        return error.reason
    if isinstance(error, MemoryError):
        return "it needs more memory than there is: scan it at a lower resolution"
    if isinstance(error, UnidentifiedImageError):
        return f"it is not an image in a supported format ({', '.join(FORMATS)}, FITS)"
    if isinstance(error, OSError) and error.errno:
        return f"it cannot be read ({error.strerror})"
    return f"it is damaged or truncated ({error or type(error).__name__}): copy or scan it again"


def _exif(picture: Image.Image, file: BinaryIO) -> Image.Exif:
    """Return the EXIF data of an image without decoding it."""
    if picture.format != "PNG":
        return picture.getexif()
    # Pillow decodes a PNG to find the data that may come after the pixels.
    found = Image.Image.getexif(picture)
    if "exif" not in picture.info and (late := _png_chunk(file, b"eXIf")):
        found.load(late)
    return found


def _png_chunk(file: BinaryIO, wanted: bytes) -> bytes:
    """Return the first chunk of a kind in a PNG file, or nothing."""
    file.seek(PNG_SIGNATURE_BYTES)
    for _ in range(MOST_PNG_CHUNKS):
        head = file.read(8)
        length, kind = int.from_bytes(head[:4]), head[4:]
        if kind == wanted:
            return file.read(min(length, MOST_EXIF_BYTES))
        if len(head) < 8:
            break
        file.seek(length + 4, os.SEEK_CUR)  # and the checksum
    return b""


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
    """Return the pixels of an image as described in read_rgb."""
    deep = picture.mode in DEEP_MODES
    # Pillow inverts such a TIFF only up to 8 bits.
    white_is_zero = deep and getattr(picture, "tag_v2", {}).get(PHOTOMETRIC) == WHITE_IS_ZERO
    ImageOps.exif_transpose(picture, in_place=True)
    if deep:
        levels = to_uint8(_by_strips(picture, np.asarray))
        return _three(255 - levels if white_is_zero else levels)
    return _by_strips(picture, _blended if picture.has_transparency_data else _rgb)


def _by_strips(picture: Image.Image, convert: Callable[[Image.Image], np.ndarray]) -> np.ndarray:
    """Convert an image to an array strip by strip: at once, the copies would take several times its memory."""
    width, height = picture.size
    rows = max(1, STRIP_PIXELS // width)
    if rows >= height:
        return convert(picture)
    first = convert(picture.crop((0, 0, width, rows)))
    whole = np.empty((height, *first.shape[1:]), first.dtype)
    whole[:rows] = first
    for top in range(rows, height, rows):
        bottom = min(top + rows, height)
        whole[top:bottom] = convert(picture.crop((0, top, width, bottom)))
    return whole


def _blended(picture: Image.Image) -> np.ndarray:
    """Return the pixels blended with white."""
    layers = picture.convert("RGBA")
    blended = Image.new("RGB", layers.size, "white")
    blended.paste(layers, mask=layers.getchannel("A"))
    return np.asarray(blended)


def _rgb(picture: Image.Image) -> np.ndarray:
    # Even a conversion to the same mode would copy the image.
    return np.asarray(picture if picture.mode == "RGB" else picture.convert("RGB"))


def _three(grey: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(np.ascontiguousarray(grey), cv2.COLOR_GRAY2RGB)
