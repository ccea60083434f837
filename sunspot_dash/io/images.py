"""The one decoder: every picture comes in through `read_rgb`, whatever its name says it is."""

from __future__ import annotations

import io
import os
import warnings
from pathlib import Path

import cv2
import numpy as np
from astropy.io import fits
from PIL import Image, ImageOps, UnidentifiedImageError

from sunspot_dash.errors import ImageError
from sunspot_dash.workspace import atomic_write_bytes

# The largest scans known are 14 MP; four times the linear size would still be pointless detail.
MAX_PIXELS = 120_000_000
FORMATS = ("JPEG", "PNG", "BMP", "TIFF", "GIF", "WEBP", "PPM")
SUFFIXES = {".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".gif", ".webp", ".pgm", ".ppm", ".fits", ".fit"}
FITS_MAGIC = b"SIMPLE  ="
Image.MAX_IMAGE_PIXELS = None  # refused below, with a sentence, before any pixel is decoded


def read_rgb(source: Path | bytes) -> np.ndarray:
    """Decode a picture by its content.

    Multi-page files give their first page; EXIF rotation is applied; transparency is laid over white; 16-bit
    samples are scaled (65535 to 255), never clipped.

    Returns:
        (H, W, 3) uint8.

    Raises:
        ImageError: no image, damaged, or larger than MAX_PIXELS.
    """
    what = "the picture" if isinstance(source, bytes) else source.name
    data = source if isinstance(source, bytes) else _bytes(source)
    if not data:
        raise ImageError(f"{what} is empty (0 bytes): copy it again from its source")
    if data.startswith(FITS_MAGIC):
        return _read_fits(data, what)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                _check_size(image.size, what)
                image.load()
                return _to_rgb(ImageOps.exif_transpose(image))
    except UnidentifiedImageError as error:
        raise ImageError(f"{what} is no image that can be read: use JPEG, PNG, BMP, TIFF or FITS") from error
    except ImageError:
        raise
    except Exception as error:  # decoders raise nearly anything on damaged data
        raise ImageError(f"{what} is damaged or cut short ({error}): copy it again from its source") from error


def image_size(path: Path) -> tuple[int, int]:
    """(width, height) as `read_rgb` would give them, without decoding the pixels.

    Raises:
        ImageError: as `read_rgb`.
    """
    try:
        with Image.open(path, formats=FORMATS) as image:
            turned = image.getexif().get(0x0112, 1) in (5, 6, 7, 8)
            return (image.height, image.width) if turned else image.size
    except (OSError, ValueError, SyntaxError):
        height, width = read_rgb(path).shape[:2]
        return width, height


def to_grey(rgb: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8 to (H, W) uint8 luma (ITU-R BT.601)."""
    return cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)


def write_png(path: Path, image: np.ndarray) -> None:
    """Write (H, W) or (H, W, 3) RGB uint8 as a PNG, atomically; quick rather than small."""
    if image.ndim == 3:
        image = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    done, content = cv2.imencode(".png", image, [cv2.IMWRITE_PNG_COMPRESSION, 1])
    if not done:
        raise ImageError(f"{path.name} could not be encoded as a PNG")
    path.parent.mkdir(parents=True, exist_ok=True)
    atomic_write_bytes(path, content.tobytes())


def list_images(folder: Path) -> list[Path]:
    """The picture files of a folder by name, without going into folders below.

    Links that lead out of the folder are left out.

    Raises:
        ImageError: there is no such folder.
    """
    if not folder.is_dir():
        raise ImageError(f"there is no folder {folder}")
    home = folder.resolve()
    with os.scandir(folder) as entries:
        names = [e.name for e in entries if Path(e.name).suffix.lower() in SUFFIXES and not e.name.startswith(".")]
    paths = [folder / name for name in sorted(names)]
    return [path for path in paths if path.is_file() and path.resolve().parent == home]


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ImageError(f"there is no file {path}") from error
    except OSError as error:
        raise ImageError(f"{path.name} cannot be read: {error.strerror}") from error


def _check_size(size: tuple[int, int], what: str) -> None:
    if size[0] * size[1] > MAX_PIXELS:
        raise ImageError(
            f"{what} has {size[0]}x{size[1]} = {size[0] * size[1] / 1e6:.0f} megapixels, more than the limit of "
            f"{MAX_PIXELS / 1e6:.0f}: scan or export it smaller"
        )


def _to_rgb(image: Image.Image) -> np.ndarray:
    """A decoded picture of any mode as (H, W, 3) uint8."""
    if image.mode.startswith("I") or image.mode == "F":
        return _grey_to_rgb(_scale(np.asarray(image)))
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        image = image.convert("RGBA")
        paper = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(paper, image)
    return np.array(image.convert("RGB"))


def _scale(samples: np.ndarray) -> np.ndarray:
    """Grey samples of more than 8 bits to uint8: integers by their bit depth (12 or 16), floats by their range."""
    values = np.nan_to_num(samples.astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    if samples.dtype.kind in "iu":
        low, top = min(0.0, values.min()), values.max()
        high = next((limit for limit in (255.0, 4095.0, 65535.0) if top <= limit), top)
    else:
        low, high = values.min(), values.max()
    return np.round((values - low) / max(high - low, 1e-12) * 255).astype(np.uint8)


def _grey_to_rgb(grey: np.ndarray) -> np.ndarray:
    return np.repeat(grey[..., None], 3, axis=2)


def _read_fits(data: bytes, what: str) -> np.ndarray:
    """The first image of a FITS file; its first row is the bottom one, by the standard."""
    try:
        with fits.open(io.BytesIO(data), memmap=False) as units:
            for unit in units:
                if unit.is_image and len(unit.shape) == 2:
                    _check_size((unit.shape[1], unit.shape[0]), what)
                    return np.ascontiguousarray(_grey_to_rgb(_scale(np.asarray(unit.data)[::-1])))
    except ImageError:
        raise
    except Exception as error:
        raise ImageError(f"{what} is a damaged FITS file ({error})") from error
    raise ImageError(f"{what} is a FITS file without a two-dimensional image")
