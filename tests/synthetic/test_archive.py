"""Synthetic drawings: repeatable, in the sizes of the archive, with labels on the ink."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from pycocotools.coco import COCO

from sunspot_dash.domain.drawing.disk import fit_limb
from sunspot_dash.errors import ParameterError
from sunspot_dash.synthetic import STYLES, SyntheticDrawing, make_drawing, write_archive
from sunspot_dash.synthetic.clutter import Scribe
from sunspot_dash.synthetic.ink import Canvas
from sunspot_dash.synthetic.limb import limb_faculae, limb_umbrae
from sunspot_dash.synthetic.spots import Artist
from sunspot_dash.synthetic.view import View

SIZES = {
    "1940": (1269, 1669),
    "1941": (1665, 2124),
    "1954": (1665, 2124),
    "bmp": (1110, 1416),
    "modern": (3330, 4248),
}


def small(seed: int, style: str = "1941", activity: float | None = 1.0) -> SyntheticDrawing:
    return make_drawing(seed, style, activity, scale=600 / STYLES[style].width)


def inside(drawing: SyntheticDrawing, polygon: np.ndarray) -> np.ndarray:
    """Grey levels of the pixels that `polygon` covers."""
    mask = np.zeros(drawing.image.shape, np.uint8)
    cv2.fillPoly(mask, [np.round((polygon - 0.5) * 16).astype(np.int32)], 1, shift=4)
    return drawing.image[mask > 0]


@pytest.mark.parametrize("style", STYLES)
def test_the_same_seed_gives_the_same_drawing(style: str) -> None:
    one, two, other = small(4, style), small(4, style), small(5, style)
    assert one.name == two.name and one.disk == two.disk
    np.testing.assert_array_equal(one.image, two.image)
    assert len(one.polygons) == len(two.polygons)
    for a, b in zip(one.polygons, two.polygons, strict=True):
        np.testing.assert_array_equal(a, b)
    assert not np.array_equal(one.image, other.image)


@pytest.mark.parametrize("style", STYLES)
def test_full_size_is_that_of_the_archive(style: str) -> None:
    drawing = make_drawing(1, style, activity=0.2)
    assert drawing.image.dtype == np.uint8
    assert drawing.image.shape == SIZES[style][::-1]
    assert drawing.disk[2] == pytest.approx(STYLES[style].radius * SIZES[style][0], rel=0.01)


@pytest.mark.parametrize("style", STYLES)
def test_labels_are_on_ink_inside_the_disk(style: str) -> None:
    drawing = make_drawing(7, style, activity=1.0, scale=0.5 if style == "modern" else 1.0)
    x, y, radius = drawing.disk
    assert drawing.polygons
    paper = np.median(drawing.image[int(y) - 100 : int(y) + 100, int(x) - 100 : int(x) + 100])
    contrast = []
    for polygon in drawing.polygons:
        assert polygon.ndim == 2 and polygon.shape[1] == 2 and 5 <= len(polygon) <= 24
        assert cv2.contourArea(polygon.astype(np.float32)) > 2
        assert np.hypot(*(polygon.mean(0) - [x, y])) < radius
        contrast.append(paper - inside(drawing, polygon).min())
    # No label on bare paper (grain below 10), and most nuclei clearly dark.
    assert min(contrast) > 12
    assert np.median(contrast) > 60


def test_sizes_are_those_of_real_nuclei() -> None:
    """Median 13 px squared at R = 740 px, and a 90th percentile of 35, on drawings of 1941-48."""
    areas = []
    for seed in range(4):
        drawing = make_drawing(seed, "1941", activity=1.5)
        unit = drawing.disk[2] / 740
        areas += [cv2.contourArea(p.astype(np.float32)) / unit**2 for p in drawing.polygons]
    assert len(areas) > 60
    assert 10 < np.median(areas) < 20
    assert 20 < np.percentile(areas, 90) < 60


@pytest.mark.parametrize("style", STYLES)
def test_the_limb_is_at_the_labelled_position(style: str) -> None:
    drawing = small(2, style)
    disk = fit_limb(cv2.GaussianBlur(drawing.image, (3, 3), 0))
    assert np.abs(np.subtract((disk.x, disk.y, disk.radius), drawing.disk)).max() < 0.003 * drawing.disk[2]


def test_without_activity_there_are_no_spots_but_everything_else() -> None:
    drawing = small(3, activity=0)
    assert drawing.polygons == []
    assert (drawing.image < drawing.image.mean() - 30).sum() > 500


def test_random_activity_gives_blank_and_busy_drawings() -> None:
    counts = [len(small(seed, "bmp", None).polygons) for seed in range(30)]
    assert min(counts) == 0 and max(counts) > 40


def test_nuclei_do_not_cover_each_other() -> None:
    drawing = make_drawing(11, "1941", activity=2)
    centres = np.array([p.mean(0) for p in drawing.polygons])
    gaps = np.hypot(*(centres[:, None] - centres[None]).transpose(2, 0, 1)) + np.eye(len(centres)) * 99
    assert gaps.min() > 1.5


def canvas_for(style: str) -> tuple[Canvas, View]:
    view = View(300.0, 300.0, 280.0, p=0.2, b0=0.1)
    return Canvas(600, 600, np.random.default_rng(5), STYLES[style].graphite), view


@pytest.mark.parametrize("style", STYLES)
def test_umbrae_at_the_limb_are_elongated_along_it(style: str) -> None:
    canvas, view = canvas_for(style)
    artist = Artist(canvas, STYLES[style], view)
    angles = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    boxes = [limb_umbrae(artist, angle) for angle in angles]
    assert len(artist.spots.polygons) >= 6 and any(box is not None for box in boxes)
    for polygon in artist.spots.polygons:
        out = polygon.mean(0) - view.centre
        assert 0.9 < np.hypot(*out) / view.radius < 1
        assert np.hypot(*(polygon - view.centre).T).max() < view.radius
        out /= np.hypot(*out)
        across, along = np.ptp(
            (polygon - polygon.mean(0)) @ np.column_stack([out, [-out[1], out[0]]]), axis=0
        )
        assert along > 1.2 * across
        ink = canvas.ink[int(polygon[:, 1].mean()), int(polygon[:, 0].mean())]
        assert ink > 0.1


def test_outlined_faculae_are_not_labelled() -> None:
    canvas, view = canvas_for("bmp")
    scribe = Scribe(canvas, STYLES["bmp"], view, Artist(canvas, STYLES["bmp"], view).spots)
    limb_faculae(scribe, 1.0)
    rows, columns = np.nonzero(canvas.ink > 0.05)
    away = np.hypot(columns + 0.5 - view.x, rows + 0.5 - view.y) / view.radius
    assert len(rows) > 30 and away.min() > 0.75 and away.max() < 1.05
    assert scribe.spots.polygons == []


def test_the_dark_centre_of_the_axes_is_not_labelled() -> None:
    canvas, view = canvas_for("1941")
    scribe = Scribe(canvas, STYLES["1941"], view, Artist(canvas, STYLES["1941"], view).spots)
    scribe.pinned_centre(1.0, 0.3)
    assert canvas.ink[296:304, 296:304].max() > 0.15
    assert scribe.spots.polygons == []


@pytest.mark.parametrize(
    "change", [{"style": "1830"}, {"scale": 0.1}, {"scale": 2.0}, {"activity": -1.0}, {"seed": -1}]
)
def test_invalid_arguments_are_rejected(change: dict[str, object]) -> None:
    with pytest.raises(ParameterError):
        make_drawing(**({"seed": 1} | change))  # type: ignore[arg-type]


def test_archive_is_coco(tmp_path: Path) -> None:
    write_archive(tmp_path, 6, seed=1, scale=0.3)
    file = tmp_path / "annotations" / "instances_default.json"
    data = json.loads(file.read_text())
    assert list(data) == ["images", "annotations", "categories"]
    assert data["categories"] == [{"id": 1, "name": "sunspot", "supercategory": ""}]
    image_keys = ["id", "width", "height", "file_name", "license", "flickr_url", "coco_url", "date_captured"]
    assert all(list(image) == image_keys for image in data["images"])
    keys = ["id", "image_id", "category_id", "segmentation", "area", "bbox", "iscrowd", "attributes"]
    assert data["annotations"] and all(list(a) == keys for a in data["annotations"])
    names = [image["file_name"] for image in data["images"]]
    assert len(set(names)) == 6
    assert sorted(names) == sorted(path.name for path in (tmp_path / "images").iterdir())
    for image in data["images"]:
        page = cv2.imread(str(tmp_path / "images" / image["file_name"]), cv2.IMREAD_GRAYSCALE)
        assert page is not None and page.shape == (image["height"], image["width"])
    coco = COCO(file)
    assert coco.annToMask(data["annotations"][0]).sum() > 0


def test_archive_without_labels_and_with_its_own_seed(tmp_path: Path) -> None:
    for folder, seed in (("a", 1), ("b", 1), ("c", 2)):
        write_archive(tmp_path / folder, 2, seed=seed, labelled=False, scale=0.3, styles=("1941",))
    assert not (tmp_path / "a" / "annotations").exists()
    pages = {f: sorted((tmp_path / f / "images").iterdir()) for f in "abc"}
    assert [p.name for p in pages["a"]] == [p.name for p in pages["b"]]
    assert pages["a"][0].read_bytes() == pages["b"][0].read_bytes()
    assert [p.name for p in pages["a"]] != [p.name for p in pages["c"]]
    with pytest.raises(ParameterError):
        write_archive(tmp_path / "d", 0, seed=1)
