"""The image decoder: one reference image per mode, and files that must be rejected."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from astropy.io import fits
from PIL import Image, ImageFile, PngImagePlugin, TiffImagePlugin

from sunspot_dash.errors import ImageError, WorkspaceError
from sunspot_dash.io import images
from sunspot_dash.io import levels as levels_module
from sunspot_dash.io.images import image_size, page_count, read_rgb, to_grey, write_png

REPOSITORY = Path(__file__).resolve().parents[2]
WHITE, INK, RED = (255, 255, 255), (30, 30, 30), (200, 100, 50)


def encoded(picture: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def fits_file(*arrays: np.ndarray | None) -> bytes:
    file = io.BytesIO()
    fits.HDUList([fits.PrimaryHDU(arrays[0]), *map(fits.ImageHDU, arrays[1:])]).writeto(file)
    return file.getvalue()


def page(mode: str = "RGB") -> Image.Image:
    """Return white paper, 5 px wide and 3 px high, with one red pixel in the upper left corner."""
    picture = Image.new("RGB", (5, 3), WHITE)
    picture.putpixel((0, 0), RED)
    return picture.convert(mode)


def png_of_size(width: int, height: int) -> bytes:
    """Return a small, highly compressed PNG of black pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    row = bytes(1 + (width + 7) // 8)
    packer = zlib.compressobj(9)
    pixels = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "GIF", "WEBP", "PPM", "JPEG2000"])
def test_colour_in_every_lossless_format(kind):
    options = {"WEBP": {"lossless": True}}.get(kind, {})
    picture = page("P") if kind == "GIF" else page()
    pixels = read_rgb(encoded(picture, kind, **options))
    assert pixels.shape == (3, 5, 3) and pixels.dtype == np.uint8
    assert np.array_equal(pixels, np.asarray(picture.convert("RGB")))


def test_jpeg():
    pixels = read_rgb(encoded(Image.new("RGB", (16, 8), RED), "JPEG", quality=95))
    assert pixels.shape == (8, 16, 3)
    assert np.abs(pixels.astype(int) - RED).max() <= 2


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "PA"])
def test_modes_of_8_bits_or_fewer(mode):
    kind = "TIFF" if mode == "PA" else "PNG"
    expected = np.asarray(page(mode).convert("RGB"))
    assert np.array_equal(read_rgb(encoded(page(mode), kind)), expected)


def test_the_format_is_recognized_by_content(tmp_path):
    path = tmp_path / "usd195810201015.jpg"
    path.write_bytes(encoded(page("P"), "BMP"))
    assert read_rgb(path)[0, 1].tolist() == [*WHITE]
    assert image_size(path) == (5, 3)


def test_transparency_is_blended_with_white():
    picture = Image.new("RGBA", (3, 1))
    for x, alpha in enumerate((0, 128, 255)):
        picture.putpixel((x, 0), (0, 0, 0, alpha))
    assert read_rgb(encoded(picture))[0, :, 0].tolist() == [255, 127, 0]
    assert read_rgb(encoded(picture.convert("LA")))[0, :, 0].tolist() == [255, 127, 0]


def test_a_transparent_palette_colour_is_paper():
    picture = Image.new("P", (2, 1))
    picture.putpalette([0, 0, 0, 200, 100, 50])
    picture.putpixel((1, 0), 1)
    assert read_rgb(encoded(picture, transparency=0))[0].tolist() == [[*WHITE], [*RED]]
    grey = Image.new("L", (2, 1), 7)
    grey.putpixel((1, 0), 90)
    assert read_rgb(encoded(grey, transparency=7))[0, :, 0].tolist() == [255, 90]


def test_16_bits_are_scaled_and_white_stays_white():
    levels = np.array([[0, 257, 32896, 65535]], np.uint16)
    for kind in ("PNG", "TIFF", "PPM", "JPEG2000"):
        content = encoded(Image.fromarray(levels), kind)
        assert read_rgb(content)[0, :, 0].tolist() == [0, 1, 128, 255]
    twelve = encoded(Image.fromarray(np.array([[0, 2048, 4095]], np.uint16)))
    assert read_rgb(twelve)[0, :, 0].tolist() == [0, 128, 255]


def test_16_bit_colour():
    levels = np.repeat(np.array([[0, 32768, 65535]], np.uint16)[..., None], 3, axis=2)
    for suffix in (".png", ".tiff"):
        content = cv2.imencode(suffix, levels)[1].tobytes()
        assert read_rgb(content)[0].tolist() == [[0] * 3, [128] * 3, [255] * 3]


@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
def test_a_white_is_zero_tiff(depth):
    white = np.iinfo(depth).max
    content = encoded(Image.fromarray(np.array([[0, white]], depth)), "TIFF", tiffinfo={262: 0})
    # Pillow inverts 8-bit levels when writing and reading, but never 16-bit levels.
    assert read_rgb(content)[0, :, 0].tolist() == ([0, 255] if depth == np.uint8 else [255, 0])


def test_float_tiff():
    assert read_rgb(encoded(Image.fromarray(np.array([[0, 0.5, 1]], np.float32)), "TIFF"))[
        0, :, 0
    ].tolist() == [0, 128, 255]


def test_cmyk():
    for kind in ("TIFF", "JPEG"):
        picture = Image.new("CMYK", (16, 16), (0, 0, 0, 225))
        assert np.abs(read_rgb(encoded(picture, kind)).astype(int) - INK).max() <= 3
        blank = Image.new("CMYK", (16, 16), (0, 0, 0, 0))
        assert read_rgb(encoded(blank, kind)).min() >= 253


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize(
    ("orientation", "corner"),
    [
        (1, (0, 0)),
        (2, (0, -1)),
        (3, (-1, -1)),
        (4, (-1, 0)),
        (5, (0, 0)),
        (6, (0, -1)),
        (7, (-1, -1)),
        (8, (-1, 0)),
    ],
)
def test_exif_rotation(kind, orientation, corner):
    picture = Image.new("L", (48, 32), 255)
    picture.paste(0, (0, 0, 16, 16))
    exif = Image.Exif()
    exif[0x0112] = orientation
    content = encoded(picture, kind, exif=exif)
    pixels = read_rgb(content)
    assert pixels.shape == ((48, 32, 3) if orientation > 4 else (32, 48, 3))
    assert image_size(content) == pixels.shape[1::-1]
    dark = [place for place in ((0, 0), (0, -1), (-1, 0), (-1, -1)) if pixels[*place, 0] < 128]
    assert dark == [corner]


def test_the_size_of_a_png_with_exif_data_after_its_pixels():
    exif = Image.Exif()
    exif[0x0112] = 6
    content = encoded(Image.new("L", (48, 32), 255))
    late, end = io.BytesIO(), content.rindex(b"IEND") - 4
    PngImagePlugin.putchunk(late, b"eXIf", exif.tobytes()[6:])
    content = content[:end] + late.getvalue() + content[end:]
    assert image_size(content) == read_rgb(content).shape[1::-1] == (32, 48)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "BMP", "GIF", "WEBP", "JPEG2000", "PPM"])
def test_the_size_is_read_without_decoding(monkeypatch, kind):
    content = encoded(page(), kind)
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda _: pytest.fail("it was decoded"))
    assert image_size(content) == page().size


@pytest.mark.parametrize("kind", ["TIFF", "GIF", "WEBP", "PNG"])
def test_the_first_of_several_images_is_read(kind):
    second = Image.new("RGB", (5, 3), "black")
    options = {"lossless": True} if kind == "WEBP" else {}
    content = encoded(page(), kind, save_all=True, append_images=[second], **options)
    assert read_rgb(content)[1, 1].tolist() == [*WHITE]


def test_the_first_fits_row_is_at_the_bottom():
    content = fits_file(np.array([[0, 1, 2], [253, 254, 255]], np.uint8))
    assert read_rgb(content)[..., 0].tolist() == [[253, 254, 255], [0, 1, 2]]
    assert image_size(content) == (3, 2)


def test_fits_levels_colours_and_stacks():
    assert read_rgb(fits_file(np.array([[0, 32896, 65535]], np.uint16)))[0, :, 0].tolist() == [0, 128, 255]
    assert read_rgb(fits_file(np.array([[0, 0.5, np.nan, 1]], np.float32)))[0, :, 0].tolist() == [
        0,
        128,
        255,
        255,
    ]
    planes = np.array([RED], np.uint8).T.reshape(3, 1, 1)
    assert read_rgb(fits_file(planes)).tolist() == [[[*RED]]]
    stack = np.array([[[9, 255]], [[1, 1]]], np.uint8)
    assert read_rgb(fits_file(None, stack))[0, :, 0].tolist() == [9, 255]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\0", "not an image in a supported format"),
        (b"These are not pixels.", "not an image in a supported format .*JPEG.*FITS"),
        (b"%PDF-1.7 %%EOF", "not an image"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not an image"),
        (b"\x89PNG\r\n\x1a\n", "not an image"),
        (encoded(page())[:60], "damaged|no image"),
        (b"SIMPLE  =                    T", "damaged"),
        (fits_file(np.zeros((300, 300), np.int16))[:9000], "damaged or truncated"),
        (fits_file(None), "holds no image"),
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_other_files_are_rejected_with_the_reason(tmp_path, content, reason):
    path = tmp_path / "usd202409181115.jpg"
    path.write_bytes(content)
    for source in (path, content):
        with pytest.raises(ImageError, match=reason):
            read_rgb(source)
    with pytest.raises(ImageError, match=r"^usd202409181115\.jpg: "):
        read_rgb(path)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "BMP", "TIFF", "GIF", "WEBP", "PPM", "JPEG2000"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
@pytest.mark.filterwarnings("ignore")
def test_a_truncated_file_is_rejected(kind, share):
    noise = np.random.default_rng(1).integers(0, 256, (90, 120, 3), np.uint8)
    content = encoded(Image.fromarray(noise), kind)
    with pytest.raises(ImageError):
        read_rgb(content[: int(len(content) * share)])


@pytest.mark.filterwarnings("ignore")
def test_damaged_bytes_give_an_image_or_an_image_error():
    random = np.random.default_rng(2)
    noise = Image.fromarray(random.integers(0, 256, (20, 30, 3), np.uint8))
    for kind in ("JPEG", "PNG", "BMP", "TIFF", "GIF", "WEBP"):
        content = np.frombuffer(encoded(noise, kind), np.uint8)
        for _ in range(60):
            damaged = content.copy()
            damaged[random.integers(0, len(damaged), 4)] = random.integers(0, 256, 4)
            with suppress(ImageError):
                assert read_rgb(damaged.tobytes()).ndim == 3


@pytest.mark.parametrize(("width", "height"), [(20_000, 20_000), (12_000, 12_000), (120_001, 1000)])
def test_an_image_above_the_limit_is_rejected_before_decoding(tmp_path, width, height):
    content = png_of_size(width, height)
    assert len(content) < 70_000
    for read in (read_rgb, image_size):
        with pytest.raises(ImageError, match=rf"{width} x {height} px, above the limit of 120 megapixels"):
            read(content)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux reports peak memory")
def test_a_decompression_bomb_needs_neither_memory_nor_time(tmp_path):
    (tmp_path / "bomb.png").write_bytes(png_of_size(20_000, 20_000))
    script = """
import re, sys, time
from pathlib import Path
from sunspot_dash.errors import ImageError
from sunspot_dash.io.images import read_rgb
peak = lambda: int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024
before, start = peak(), time.process_time()
try:
    read_rgb(Path(sys.argv[1]))
except ImageError:
    print(peak() - before, time.process_time() - start)
"""
    command = [sys.executable, "-c", script, str(tmp_path / "bomb.png")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=REPOSITORY)
    memory_mib, seconds = map(float, done.stdout.split())
    assert memory_mib < 30 and seconds < 2, "400 megapixels would be 400 MiB or more"


def test_an_image_at_the_limit_is_read():
    assert image_size(png_of_size(12_000, 10_000)) == (12_000, 10_000)


@pytest.mark.filterwarnings("ignore")
def test_a_fits_image_above_the_limit_is_rejected_before_reading():
    header = fits.PrimaryHDU(np.zeros((3, 4), np.uint8)).header
    header["NAXIS1"] = header["NAXIS2"] = 12_000
    content = header.tostring().encode()
    with pytest.raises(ImageError, match="12000 x 12000 px, above the limit"):
        read_rgb(content)


def test_folders_and_devices_are_rejected(tmp_path):
    with pytest.raises(ImageError, match=r"none\.jpg: it cannot be read \(No such file"):
        read_rgb(tmp_path / "none.jpg")
    (tmp_path / "folder.jpg").mkdir()
    with pytest.raises(ImageError, match="not a regular file"):
        read_rgb(tmp_path / "folder.jpg")
    os.mkfifo(tmp_path / "pipe.jpg")
    with pytest.raises(ImageError, match="not a regular file"):
        read_rgb(tmp_path / "pipe.jpg")


def test_a_link_out_of_its_folder_is_rejected(tmp_path):
    folder, outside = tmp_path / "images", tmp_path / "outside.png"
    folder.mkdir()
    outside.write_bytes(encoded(page()))
    (folder / "a.png").write_bytes(encoded(page()))
    (folder / "out.png").symlink_to(outside)
    (folder / "up.png").symlink_to("../outside.png")
    (folder / "same.png").symlink_to("a.png")
    for read in (read_rgb, image_size):
        with pytest.raises(ImageError, match=r"out\.png: it is a link to a file outside its folder"):
            read(folder / "out.png")
    assert read_rgb(folder / "same.png").shape == (3, 5, 3)


def test_only_whole_pages_are_counted(tmp_path):
    pages = [Image.new("L", (9, 9), shade) for shade in range(3)]
    for form in ("tif", "gif"):
        pages[0].save(tmp_path / f"a.{form}", save_all=True, append_images=pages[1:])
        assert page_count(tmp_path / f"a.{form}") == 3
        assert read_rgb(tmp_path / f"a.{form}").max() == 0
    pages[0].save(tmp_path / "one.png")
    assert page_count(tmp_path / "one.png") == 1
    reduced = TiffImagePlugin.ImageFileDirectory_v2()
    reduced[254] = 1
    pages[1].encoderinfo = {"tiffinfo": reduced}
    pages[0].save(tmp_path / "thumbnail.tif", save_all=True, append_images=pages[1:2])
    assert page_count(tmp_path / "thumbnail.tif") == 1
    whole = (tmp_path / "a.tif").read_bytes()
    (tmp_path / "cut.tif").write_bytes(whole[: len(whole) // 2])
    assert page_count(tmp_path / "cut.tif") >= 1


def test_conversion_to_grey():
    levels = np.arange(256, dtype=np.uint8).reshape(16, 16)
    assert np.array_equal(to_grey(np.stack([levels] * 3, axis=2)), levels)
    assert to_grey(np.array([[(255, 0, 0), (0, 255, 0), (0, 0, 255)]], np.uint8)).tolist() == [[76, 150, 29]]


@pytest.mark.parametrize("shape", [(7, 5), (7, 5, 3)])
def test_png_is_lossless(tmp_path, shape):
    array = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    write_png(tmp_path / "x.png", array)
    assert np.array_equal(np.asarray(Image.open(tmp_path / "x.png")), array)
    assert [path.name for path in tmp_path.iterdir()] == ["x.png"]
    with pytest.raises(WorkspaceError):
        write_png(tmp_path / "none" / "x.png", array)


def test_every_real_drawing_is_read(shared):
    sizes = set()
    for path in sorted((*shared.glob("labelled/images/*"), *shared.glob("unlabelled/*"))):
        pixels = read_rgb(path)
        assert image_size(path) == pixels.shape[1::-1]
        assert np.median(pixels) > 200, "paper is light"
        sizes.add(pixels.shape[:2])
    assert sizes == {(1669, 1269), (2124, 1665), (1416, 1110), (4248, 3330)}


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "LA", "P", "CMYK", "I", "F"])
def test_a_large_image_is_converted_strip_by_strip(monkeypatch, mode):
    levels = np.random.default_rng(3).integers(0, 255, (23, 7, 4), np.uint8)
    picture = Image.fromarray(levels, "RGBA")
    picture = (picture if mode in ("RGBA", "LA") else picture.convert("RGB")).convert(
        "L" if mode in "IF" else mode
    )
    content = encoded(picture.convert(mode), "TIFF")
    at_once = read_rgb(content)
    monkeypatch.setattr(images, "STRIP_PIXELS", 7 * 5)
    monkeypatch.setattr(levels_module, "STRIP_ROWS", 5)
    assert np.array_equal(read_rgb(content), at_once) and len(np.unique(at_once)) > 5
