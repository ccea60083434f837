"""Features of marks with known shapes: a dab, a letter's stroke, a ring, a dot on a line."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from sunspot_dash.domain.spots.ink_features import FEATURES, ink_mark_features


def features(ink: np.ndarray, *points: tuple[int, int]) -> dict[str, np.ndarray]:
    columns, rows = np.array(points, int).reshape(-1, 2).T
    return dict(zip(FEATURES, ink_mark_features(ink.astype(np.uint8), columns, rows).T, strict=True))


def drawing() -> np.ndarray:
    return np.zeros((200, 200), np.uint8)


def test_an_isolated_dab():
    ink = drawing()
    ink[98:103, 96:105] = 150  # 9 x 5 px
    found = features(ink, (100, 100))
    assert found["mark_area"] == pytest.approx([np.log1p(45)])
    assert found["mark_long"] == pytest.approx([np.log1p(9)])
    assert found["mark_fill"] == pytest.approx([1])
    assert found["core_area"] == pytest.approx([np.log1p(45)])
    assert found["core_slim"] == pytest.approx([5 / 9])
    assert found["core_share"] == pytest.approx([1])
    assert found["strokes_31"] == pytest.approx([0])
    assert found["hole_25"] == pytest.approx([0])
    assert found["dots"] == pytest.approx([1])


def test_a_stroke_is_long_and_thin():
    ink = drawing()
    cv2.line(ink, (60, 60), (140, 140), 120, 2)
    found = features(ink, (100, 100))
    assert np.expm1(found["mark_long"][0]) > 80
    assert found["mark_fill"] < 0.1
    assert found["strokes_31"] > 0.03
    assert found["dots"] == 0


def test_a_dark_dot_on_a_pale_line_is_a_separate_core():
    ink = drawing()
    cv2.line(ink, (20, 100), (180, 100), 40, 2)
    ink[98:103, 98:103] = 200
    found = features(ink, (100, 100))
    assert found["core_area"] == pytest.approx([np.log1p(25)])
    assert found["core_share"] < 0.1


def test_a_ring_has_a_hole():
    ink = drawing()
    cv2.circle(ink, (100, 100), 4, 120, 1)
    on_it, beside = (104, 100), (150, 150)
    found = features(ink, on_it, beside)
    assert 20 < np.expm1(found["hole_9"][0]) < 60
    assert found["hole_25"][1] == 0


def test_thickness_is_that_of_the_ink():
    ink = drawing()
    ink[95:106, 50:150] = 100
    assert features(ink, (100, 100))["thickness"] == pytest.approx([12], abs=1)


@pytest.mark.parametrize("points", [(), ((0, 0), (199, 199))])
def test_bare_paper_and_corners(points):
    found = ink_mark_features(np.zeros((200, 200), np.uint8), *np.array(points, int).reshape(-1, 2).T)
    assert found.shape == (len(points), len(FEATURES)) and np.isfinite(found).all()
