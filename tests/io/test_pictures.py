"""Masks and overlays of a result."""

from math import pi

import numpy as np
import pytest

from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.spots.detections import DrawingResult, Spot
from sunspot_dash.io.images import read_rgb
from sunspot_dash.io.pictures import overlay, picture_stems, spot_mask, write_pictures

HEIGHT, WIDTH = 240, 200


def blob(x: float, y: float, radius: float, confidence: float = 0.9) -> Spot:
    t = np.linspace(0, 2 * pi, 40, endpoint=False)
    return Spot.from_outline(np.column_stack([x + radius * np.cos(t), y + radius * np.sin(t)]), confidence)


def result(*spots: Spot, name: str = "usd194108010900.jpg") -> DrawingResult:
    disk = Disk(100.0, 120.0, 80.0, 0.9)
    return DrawingResult(name, WIDTH, HEIGHT, disk, spots, "uset", "abc", "def", 0.5, 1.0)


def paper() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)


def test_the_mask_has_the_size_of_the_drawing_and_the_area_of_the_spots():
    drawing = result(blob(50.2, 60.7, 8), blob(120, 90, 3), blob(30, 30, 5, 0.4))
    mask = spot_mask(drawing)
    assert mask.shape == (HEIGHT, WIDTH) and mask.dtype == np.uint8 and set(np.unique(mask)) == {0, 255}
    assert (mask > 0).sum() == pytest.approx(sum(s.area_px for s in drawing.counted()), rel=0.05)
    assert mask[60, 50] == 255 and mask[30, 30] == 0
    assert spot_mask(drawing, 0.3)[30, 30] == 255
    assert not spot_mask(result()).any()


def test_the_overlay_changes_only_the_spots_and_their_outlines():
    rgb = paper()
    before = rgb.copy()
    drawing = result(
        blob(50, 60, 8), blob(120, 90, 1), blob(0, 0, 3), blob(WIDTH, HEIGHT, 3), blob(99, 99, 3, 0.1)
    )
    picture = overlay(rgb, drawing)
    assert (rgb == before).all()
    changed = (picture != rgb).any(axis=2)
    far = np.ones((HEIGHT, WIDTH), bool)
    rows, columns = np.mgrid[:HEIGHT, :WIDTH] + 0.5
    for spot in drawing.counted():
        far &= np.hypot(columns - spot.x, rows - spot.y) > np.sqrt(spot.area_px / pi) + 2.5
    assert not changed[far].any() and changed[~far].any()
    inside = spot_mask(drawing) > 0
    assert changed[inside].all()
    assert (picture[inside][:, 1] >= 0.35 * 255 - 1).all()


def test_touching_spots_have_separate_outlines():
    rgb = np.full((HEIGHT, WIDTH, 3), 100, np.uint8)
    squares = [np.array([[x, 50.0], [x + 12, 50], [x + 12, 62], [x, 62]]) for x in (40.0, 52.0)]
    picture = overlay(rgb, result(*map(Spot.from_outline, squares)))
    filled, border = picture[56, 45], picture[56, 51:53]
    assert (border != filled).any(axis=1).all()


def test_a_drawing_of_another_size_is_rejected():
    with pytest.raises(ValueError, match="expected"):
        overlay(paper()[:100], result())


def test_without_spots_the_drawing_is_unchanged():
    assert (overlay(paper(), result()) == paper()).all()


def test_stems_are_unique():
    assert picture_stems(["a.jpg", "b.jpg"]) == {"a.jpg": "a", "b.jpg": "b"}
    same = picture_stems(["a.jpg", "a.png", "b.jpg"])
    assert same == {"a.jpg": "a.jpg", "a.png": "a.png", "b.jpg": "b"}
    # A full name may equal the stem of another file, and names that differ only in case may be one file.
    third = picture_stems(["a.jpg", "a.png", "a.jpg.png"])
    assert len(set(third.values())) == 3
    assert len({stem.casefold() for stem in picture_stems(["A.jpg", "a.png"]).values()}) == 2


def test_pictures_are_written_and_read_back(tmp_path):
    drawing, rgb = result(blob(50, 60, 8)), paper()
    mask_path, overlay_path = write_pictures(tmp_path / "pictures", drawing, rgb)
    assert (mask_path.name, overlay_path.name) == ("usd194108010900_mask.png", "usd194108010900_overlay.png")
    assert (read_rgb(mask_path) == spot_mask(drawing)[:, :, None]).all()
    assert (read_rgb(overlay_path) == overlay(rgb, drawing)).all()
    other = write_pictures(tmp_path, drawing, rgb, stem="usd194108010900.jpg")
    assert other[0].name == "usd194108010900.jpg_mask.png"
    assert write_pictures(tmp_path, result(name="../x.jpg"), rgb)[0].parent == tmp_path
