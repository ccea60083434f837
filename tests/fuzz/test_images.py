"""Damaged image files: an image of the announced size, or an error with a reason."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import numpy as np
import pytest
from astropy.io import fits
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from sunspot_dash.errors import ImageError
from sunspot_dash.io import images
from sunspot_dash.io.images import FORMATS, image_size, read_rgb
from sunspot_dash.settings import Limits
from tests.fuzz.hostile import damaged_bytes

SIZE = (37, 23)
MODES = ("RGB", "L", "1", "P", "RGBA", "CMYK", "I;16")
MOST_PIXELS = 250_000  # of a damaged header; more would only take memory


def encoded(form: str, mode: str) -> bytes | None:
    """Return a small picture, or None if the format does not have this mode."""
    levels = np.random.default_rng(0).integers(0, 255, (SIZE[1], SIZE[0], 3), np.uint8)
    picture = Image.fromarray(levels)
    picture = (
        Image.fromarray(levels[..., 0].astype(np.uint16) * 200) if mode == "I;16" else picture.convert(mode)
    )
    file = BytesIO()
    try:
        picture.save(file, form)
    except (OSError, ValueError):
        return None
    return file.getvalue()


def samples() -> list[bytes]:
    every = [encoded(form, mode) for form in FORMATS for mode in MODES]
    header = BytesIO()
    fits.PrimaryHDU(np.arange(23 * 37, dtype=np.int16).reshape(23, 37)).writeto(header)
    pages = BytesIO()
    frames = [Image.new("L", SIZE, level) for level in (0, 255)]
    frames[0].save(pages, "TIFF", save_all=True, append_images=frames[1:])
    return [content for content in [*every, header.getvalue(), pages.getvalue()] if content]


SAMPLES = samples()


@pytest.fixture(scope="module", autouse=True)
def small_limit():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(images, "LIMITS", Limits(max_pixels=MOST_PIXELS))
        yield


def read(content: bytes) -> Any:
    try:
        return read_rgb(content)
    except ImageError as error:
        assert error.reason
        return None


def test_every_sample_is_read():
    assert len(SAMPLES) > 25 and all(read(content).shape == (23, 37, 3) for content in SAMPLES)


@given(st.sampled_from(SAMPLES).flatmap(damaged_bytes) | st.binary(max_size=300))
def test_a_damaged_image_is_read_or_refused(content):
    array = read(content)
    try:
        width, height = image_size(content)
    except ImageError as error:
        assert error.reason and array is None, "the size of an image that can be read is known"
        return
    assert width * height <= MOST_PIXELS
    if array is not None:
        assert array.dtype == np.uint8 and array.shape == (height, width, 3)
