"""The limb fit: within 0.1 px of an exactly known limb, and within 0.15 % of R of one picked by eye."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from sunspot_dash.domain.drawing.disk import MAX_STRETCH, MIN_CONFIDENCE, Disk, fit_limb
from sunspot_dash.errors import NoDiskError
from sunspot_dash.files import file_sha256
from sunspot_dash.io.images import read_rgb, to_grey

POINTS: list[dict[str, Any]] = json.loads(Path(__file__).with_name("limb_points.json").read_text())
PAPER, INK = 240, 120
SIZES = [(300, 380), (635, 800), (1110, 1416), (1665, 2124)]  # width, height


def disk_on(width: int, height: int, stretch: float = 0.0, towards: float = 0.0) -> Disk:
    """A limb of about the usual position and size, whose centre is not at the centre of a pixel."""
    cos2, sin2 = stretch * np.cos(towards), stretch * np.sin(towards)
    return Disk(0.497 * width + 0.37, 0.463 * height + 0.81, 0.44 * width + 0.3, 1, cos2, sin2)


def draw(disk: Disk, width: int, height: int, gap: float = 0.0) -> np.ndarray:
    """Paper with a known limb line; `gap` is the missing angle (rad), at the upper left."""
    y = np.arange(height, dtype=np.float32)[:, None] + np.float32(0.5 - disk.y)
    x = np.arange(width, dtype=np.float32) + np.float32(0.5 - disk.x)
    angle, distance = np.arctan2(y, x), np.hypot(x, y)
    wave = float(disk.stretch_cos) * np.cos(2 * angle) + float(disk.stretch_sin) * np.sin(2 * angle)
    across = distance - disk.radius * (1 + wave)
    line = INK * np.exp(-((across / max(0.7, 0.0011 * disk.radius)) ** 2) / 2)
    line[(angle > -2.5) & (angle < gap - 2.5)] = 0
    return np.round(PAPER - line).astype(np.uint8)


def scribble(page: np.ndarray, seed: int, strokes: int = 300) -> np.ndarray:
    random = np.random.default_rng(seed)
    height, width = page.shape
    for _ in range(strokes):
        start = random.uniform([0, 0], [width, height])
        end = start + random.normal(0, width / 12, 2)
        shade, thickness = int(random.integers(60, 200)), int(random.integers(1, 3))
        cv2.line(page, start.astype(int).tolist(), end.astype(int).tolist(), shade, thickness, cv2.LINE_AA)
    return page


def text(width: int, height: int, table: bool = False) -> np.ndarray:
    page, random = np.full((height, width), 245, np.uint8), np.random.default_rng(width)
    step = max(8, height // 45)
    for y in range(2 * step, height - step, step):
        words = "".join(map(chr, random.integers(32, 123, 120)))
        at = (width // 20, y)
        cv2.putText(page, words, at, cv2.FONT_HERSHEY_SIMPLEX, step / 40, 40, max(1, step // 20), cv2.LINE_AA)
    if table:
        page[:: 2 * step] = page[:, :: width // 9] = 30
    return page


def noise(width: int, height: int) -> np.ndarray:
    return np.random.default_rng(width).integers(0, 256, (height, width), np.uint8)


def assert_near(found: Disk, true: Disk) -> None:
    limit = max(0.15, 0.0002 * true.radius)
    assert np.hypot(found.x - true.x, found.y - true.y) < limit
    assert abs(found.radius - true.radius) < limit
    stretch = np.hypot(found.stretch_cos - true.stretch_cos, found.stretch_sin - true.stretch_sin)
    assert stretch * true.radius < limit


@pytest.mark.parametrize(("width", "height"), [(200, 260), *SIZES, (800, 635), (3330, 4248)])
def test_a_clean_limb_is_fitted_at_sub_pixel_accuracy(width, height):
    true = disk_on(width, height)
    if width > height:
        true = Disk(0.52 * width + 0.1, 0.49 * height + 0.7, 0.43 * height, 1)
    found = fit_limb(draw(true, width, height))
    assert_near(found, true)
    assert 0.98 < found.confidence <= 1


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_quarter_of_the_limb_may_be_missing(width, height):
    true = disk_on(width, height)
    found = fit_limb(draw(true, width, height, gap=np.pi / 2))
    assert_near(found, true)
    assert found.confidence == pytest.approx(0.75, abs=0.03)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(("width", "height"), SIZES[1:])
def test_strokes_across_the_limb_are_ignored(width, height, seed):
    true = disk_on(width, height)
    assert_near(fit_limb(scribble(draw(true, width, height), seed)), true)


@pytest.mark.parametrize("towards", [0.0, 1.4, 2.6, 4.4])
@pytest.mark.parametrize(("width", "height"), SIZES[1:3])
def test_stretch_is_fitted(width, height, towards):
    true = disk_on(width, height, 0.0075, towards)
    assert_near(fit_limb(draw(true, width, height)), true)


def test_the_fit_is_reproducible():
    page = scribble(draw(disk_on(635, 800), 635, 800), seed=5)
    assert fit_limb(page) == fit_limb(page.copy())


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize(
    "page",
    [
        lambda width, height: np.full((height, width), 240, np.uint8),
        lambda width, height: np.zeros((height, width), np.uint8),
        noise,
        lambda width, height: 230 + noise(width, height) // 12,
        text,
        lambda width, height: text(width, height, table=True),
        lambda width, height: scribble(np.full((height, width), 240, np.uint8), seed=0),
    ],
    ids=["blank", "black", "noise", "grain", "text", "table", "strokes"],
)
def test_a_drawing_without_a_disk_is_rejected(page, width, height):
    with pytest.raises(NoDiskError, match=r"no solar limb found .*set the limb manually"):
        fit_limb(page(width, height))


@pytest.mark.parametrize("seed", range(12))
def test_a_fit_on_a_scribbled_thumbnail_stays_inside_it(seed):
    page = scribble(np.full((120, 90), 240, np.uint8), seed)
    try:
        found = fit_limb(page)
    except NoDiskError:
        return
    assert 0 <= found.x <= 90 and 0 <= found.y <= 120 and found.confidence >= MIN_CONFIDENCE
    assert np.hypot(found.stretch_cos, found.stretch_sin) <= MAX_STRETCH


def test_a_tiny_drawing_and_a_wrong_array_are_rejected():
    with pytest.raises(NoDiskError, match="63x300 px, too small"):
        fit_limb(np.zeros((300, 63), np.uint8))
    for page in (np.zeros((300, 300, 3), np.uint8), np.zeros((300, 300), np.float32)):
        with pytest.raises(ValueError, match="expected a grey drawing"):
            fit_limb(page)


def test_offsets_remove_the_stretch():
    disk = Disk(50, 40, 20, 1, 0.006, -0.004)
    angle = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    round_xy = 20 * np.column_stack([np.cos(angle), np.sin(angle)])
    page_xy = round_xy @ disk.strain.T + [50, 40]
    assert np.allclose(disk.offsets(page_xy), round_xy)
    # The limb is at rho(t) = R (1 + c cos 2t + s sin 2t), to second order.
    dx, dy = (page_xy - [50, 40]).T
    t = np.arctan2(dy, dx)
    assert np.allclose(np.hypot(dx, dy), 20 * (1 + 0.006 * np.cos(2 * t) - 0.004 * np.sin(2 * t)), atol=3e-3)


def test_offsets_of_a_round_disk_are_differences():
    disk = Disk(50, 40, 20, 1)
    assert disk.offsets(np.array([[50, 40], [53, 36]])).tolist() == [[0, 0], [3, -4]]
    assert disk.offsets(np.array([53, 36])).shape == (1, 2)
    assert disk.offsets(np.empty((0, 2))).shape == (0, 2)


@pytest.fixture(scope="module")
def drawings(shared: Path) -> dict[str, Path]:
    """The real drawings by the hash of their content, since names may change."""
    names = {entry["name"] for entry in POINTS}
    paths = [path for path in shared.rglob("usd*") if path.name in names]
    return {file_sha256(path): path for path in paths}


@pytest.mark.parametrize("entry", POINTS, ids=lambda entry: entry["name"])
def test_limbs_picked_by_eye(drawings, entry):
    path = drawings.get(entry["sha256"])
    if path is None:
        pytest.skip(f"{entry['name']} is not among the real drawings")
    disk = fit_limb(to_grey(read_rgb(path)))
    residual = np.linalg.norm(disk.offsets(entry["points"]), axis=1) - disk.radius
    assert np.median(np.abs(residual)) <= 0.0015 * disk.radius
    assert abs(np.median(residual)) <= 0.001 * disk.radius
    assert disk.confidence > 2 * MIN_CONFIDENCE
