"""Tilt of drawings rotated by known angles, and of real ones."""

import cv2
import numpy as np
import pytest

from sunspot_dash.domain.drawing.disk import Disk, fit_limb
from sunspot_dash.domain.drawing.names import time_in_name
from sunspot_dash.domain.drawing.orientation import PRESETS, Orientation
from sunspot_dash.domain.orientation.tilt_marks import tilt_from_marks
from sunspot_dash.domain.sun.ephemeris import sun
from sunspot_dash.io.images import read_rgb, to_grey
from sunspot_dash.synthetic import STYLES, form, make_drawing
from sunspot_dash.synthetic.clutter import Scribe
from sunspot_dash.synthetic.ink import Canvas
from sunspot_dash.synthetic.spots import Spots
from sunspot_dash.synthetic.view import View


def rotated(page: np.ndarray, clockwise_deg: float) -> np.ndarray:
    height, width = page.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -clockwise_deg, 1)
    return cv2.warpAffine(page, matrix, (width, height), flags=cv2.INTER_LINEAR, borderValue=(245,))


def by_hand(p_deg: float, seed: int = 1, words: int = 2) -> np.ndarray:
    """A drawing of 1941: a limb, the solar axis and equator and some handwriting."""
    look = STYLES["1941"]
    random = np.random.default_rng(seed)
    view = View(0.48 * 830, 0.38 * 1060, look.radius * 830, np.radians(p_deg), 0.0)
    sheet = Canvas(1060, 830, random, look.graphite)
    form.draw_limb(sheet, look, view)
    scribe = Scribe(sheet, look, view, Spots())
    scribe.axes()
    scribe.faculae(2)
    for _ in range(words):
        scribe.paragraph()
    form.draw_header(sheet, look, view, "17.9.41")
    return np.round(240 * (1 - cv2.GaussianBlur(sheet.ink, (0, 0), 0.7))).clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize("turn", [-14.0, -3.3, 0.0, 0.7, 6.0])
@pytest.mark.parametrize(("style", "seed"), [("1954", 1), ("bmp", 2), ("modern", 3)])
def test_the_tilt_from_a_printed_scale(style, seed, turn):
    page = rotated(make_drawing(seed, style, scale=0.5).image, turn)
    tilt = tilt_from_marks(page, fit_limb(page))
    assert tilt is not None and "scale" in tilt.marks
    # After a clockwise rotation, the position angles of a mirrored drawing are too large.
    assert tilt.tilt_deg == pytest.approx(-turn, abs=0.1)
    assert 0.05 <= tilt.uncertainty_deg < 0.2


@pytest.mark.parametrize("turn", [-6.0, -2.0, 1.5, 4.0])
@pytest.mark.parametrize(("p", "seed"), [(24.0, 1), (-15.0, 3), (12.0, 5)])
def test_the_tilt_from_lines_drawn_by_hand(p, seed, turn):
    page = rotated(by_hand(p, seed), turn)
    tilt = tilt_from_marks(page, fit_limb(page), p_deg=p)
    assert tilt is not None and tilt.marks[0].endswith("lines")
    assert tilt.tilt_deg == pytest.approx(-turn, abs=0.4)
    assert 1 <= tilt.uncertainty_deg < 1.5


def test_the_tilt_of_direct_drawings_has_the_opposite_sign():
    page = rotated(make_drawing(1, "1954", scale=0.5).image, 4.0)
    tilt = tilt_from_marks(page, fit_limb(page), PRESETS["direct"])
    assert tilt is not None and tilt.tilt_deg == pytest.approx(4.0, abs=0.1)
    hand = rotated(by_hand(-20.0), 3.0)  # unmirrored, an axis at +20 leans to the left
    tilt = tilt_from_marks(hand, fit_limb(hand), PRESETS["direct"], p_deg=20.0)
    assert tilt is not None and tilt.tilt_deg == pytest.approx(3.0, abs=0.4)


@pytest.mark.parametrize("usual", [180.0, 90.0])
def test_the_search_starts_at_the_tilt_of_the_archive(usual):
    upright = make_drawing(1, "1954", scale=0.5).image
    page = rotated(np.rot90(upright, 2 if usual == 180 else 1), 2.0)  # 90 counter-clockwise is tilt +90
    tilt = tilt_from_marks(page, fit_limb(page), Orientation(tilt_deg=usual))
    assert tilt is not None
    assert (tilt.tilt_deg - usual + 2 + 180) % 360 - 180 == pytest.approx(0, abs=0.15)
    if usual == 90:  # at 180 the lower scale replaces the upper one
        assert tilt_from_marks(page, fit_limb(page)) is None


def test_an_ambiguous_cross_is_uncertain():
    """P is 12 and the cross is at 3: solar axes and a tilt of -9, or celestial axes and a tilt of 3."""
    page = by_hand(3.0)
    disk = fit_limb(page)
    doubtful, clear = tilt_from_marks(page, disk, p_deg=12.0), tilt_from_marks(page, disk, p_deg=3.0)
    assert clear is not None and doubtful is not None
    assert clear.tilt_deg == pytest.approx(0, abs=0.4) and clear.uncertainty_deg < 1.5
    assert doubtful.uncertainty_deg > 4


def test_solar_north_up_needs_no_p():
    page = rotated(by_hand(0.0), 2.5)
    tilt = tilt_from_marks(page, fit_limb(page), Orientation(up="solar"))
    assert tilt is not None and tilt.tilt_deg == pytest.approx(-2.5, abs=0.4)
    assert tilt_from_marks(page, fit_limb(page)) is None


@pytest.mark.parametrize("kind", ["blank", "noise", "strokes", "words"])
def test_a_drawing_without_marks_has_no_tilt(kind):
    random = np.random.default_rng(0)
    page = np.full((1060, 830), 240, np.uint8)
    disk = Disk(400.0, 410.0, 365.0, 0.9)
    if kind == "noise":
        page = random.integers(120, 255, page.shape).astype(np.uint8)
    elif kind == "strokes":
        for _ in range(300):
            start = random.uniform(0, 830, 2)
            ends = np.array([start, start + random.normal(0, 70, 2)]).astype(int).tolist()
            cv2.line(page, *ends, int(random.integers(60, 200)), 2, cv2.LINE_AA)
    elif kind == "words":
        for y in range(40, 1000, 24):
            cv2.putText(page, "Soleil 24 taches, ciel 3" * 3, (10, y), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 60, 1)
    cv2.circle(page, (400, 410), 365, 40, 2, cv2.LINE_AA)
    for p in (None, 21.0):
        assert tilt_from_marks(page, disk, p_deg=p) is None


@pytest.mark.parametrize(
    ("name", "tilt", "within", "marks"),
    [
        # Measured on the drawings: in 1940 the north line is at 13 degrees and the solar axis 9.3 left of it.
        ("usd194006160900.jpg", -13.3, 0.7, "4 lines"),
        ("usd194109170736.jpg", 0.8, 0.7, "5 lines"),
        ("usd194808060905.jpg", -3.8, 0.7, "3 lines"),
        ("usd195403141440.jpg", 0.2, 0.2, "scale"),
        ("usd195604170830.bmp", -0.6, 0.2, "scale"),
        ("usd198202101052.jpg", 0.0, 0.2, "scale"),
        ("usd202409181115.jpg", 0.0, 0.1, "scale"),
    ],
)
def test_real_drawings(shared, name, tilt, within, marks):
    path = next(shared.rglob(name))
    when = time_in_name(name)
    assert when is not None
    page = to_grey(read_rgb(path))
    p_deg = float(sun(np.datetime64(when.replace(tzinfo=None))).p_deg)
    measured = tilt_from_marks(page, fit_limb(page), p_deg=p_deg)
    assert measured is not None and measured.marks[0] == marks
    assert measured.tilt_deg == pytest.approx(tilt, abs=within)
