"""What a click on a reviewed drawing adds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import cv2
import numpy as np
import pytest

from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.labels.polygons import area_and_centroid
from sunspot_dash.domain.review.gestures import Act, Gesture, Reference
from sunspot_dash.domain.review.replay import ReviewedDrawing, replay
from sunspot_dash.domain.spots.detections import DrawingResult, Spot
from sunspot_dash.errors import ParameterError
from sunspot_dash.services.review.click import spot_at

SIDE = 400
RADIUS = 180.0
SQUARE = np.array([[-4.0, -4], [4, -4], [4, 4], [-4, 4]])
COUNTED, CANDIDATE, REJECTED, FAINT = (150, 150), (200, 150), (250, 150), (150, 250)
UNKNOWN, ON_LIMB, OUTSIDE = (200, 250), (380.5, 200), (390, 200)


@pytest.fixture
def page() -> np.ndarray:
    """A scan with an umbra at every place but that of the faint candidate, (400, 400) uint8."""
    made = np.full((SIDE, SIDE), 240, np.uint8)
    for x, y in (COUNTED, CANDIDATE, REJECTED, UNKNOWN, (380, 200), OUTSIDE):
        cv2.circle(made, (x, y), 4, 100, -1)
    return cv2.GaussianBlur(made, (0, 0), 0.7)


@pytest.fixture
def reviewed() -> ReviewedDrawing:
    places = ((COUNTED, 0.9), (CANDIDATE, 0.2), (REJECTED, 0.8), (FAINT, 0.1))
    spots = tuple(Spot.from_outline(SQUARE + place, confidence) for place, confidence in places)
    disk = Disk(200, 200, RADIUS, 0.9)
    result = DrawingResult("usd195604170830.png", SIDE, SIDE, disk, spots, "m", "h", "i", 0.4, 1.0)
    rejection = Gesture(
        "g1", "Ada", datetime(2024, 1, 1, tzinfo=UTC), Act.REJECT, "h", "i", (Reference("3", *REJECTED),)
    )
    return replay(result, [rejection])


@pytest.mark.parametrize(("place", "key"), [(CANDIDATE, "2"), (REJECTED, "3"), (FAINT, "4")])
def test_a_candidate_under_the_click_comes_first_and_the_scan_is_not_read(reviewed, place, key):
    found = spot_at(reviewed, lambda: pytest.fail("read"), place[0] + 2, place[1] - 2)
    assert found.key == key and found.outline is None


def test_a_candidate_beside_the_click_is_found_through_its_umbra(reviewed, page):
    assert spot_at(reviewed, lambda: page, CANDIDATE[0] + 5.5, CANDIDATE[1]).key == "2"


def test_a_faint_candidate_beside_the_click_is_found_where_the_scan_shows_nothing(reviewed, page):
    (*others, faint) = reviewed.spots
    small = replace(faint, spot=Spot.from_outline(SQUARE / 20 + FAINT, 0.1))
    drawing = replace(reviewed, spots=(*others, small))
    assert spot_at(drawing, lambda: page, FAINT[0] + 0.8, FAINT[1]).key == "4"


@pytest.mark.parametrize("offset", [0, 4])
def test_an_umbra_that_the_model_missed_is_segmented(reviewed, page, offset):
    found = spot_at(reviewed, lambda: page, UNKNOWN[0] + 0.5 + offset, UNKNOWN[1] + 0.5)
    area, centre = area_and_centroid(found.outline)
    assert found.key is None and np.allclose(centre, np.add(UNKNOWN, 0.5), atol=0.3)
    dark = page[UNKNOWN[1] - 10 : UNKNOWN[1] + 11, UNKNOWN[0] - 10 : UNKNOWN[0] + 11] < 170
    assert 0.75 < area / dark.sum() < 1.3


def test_a_spot_on_the_limb_is_allowed(reviewed, page):
    assert spot_at(reviewed, lambda: page, *ON_LIMB).outline is not None


@pytest.mark.parametrize(
    ("place", "fault"),
    [
        (OUTSIDE, "outside the solar disk"),
        ((384.5, 200), "outside the solar disk"),
        ((float("nan"), 200), "outside the solar disk"),
        ((-5, 5000), "outside the solar disk"),
        ((200, 200), "nothing dark enough is here: draw the outline instead"),
        (COUNTED, "spot 1 is already counted here"),
        ((COUNTED[0] + 5.5, COUNTED[1]), "spot 1 is already counted here"),
    ],
)
def test_a_click_that_adds_nothing_says_why(reviewed, page, place, fault):
    with pytest.raises(ParameterError, match=fault):
        spot_at(reviewed, lambda: page, *place)


def test_another_image_than_that_of_the_result_is_refused(reviewed, page):
    with pytest.raises(
        ParameterError, match="the image has 400 x 200 px, but the model ran on one with 400 x 400"
    ):
        spot_at(reviewed, lambda: page[:200], *UNKNOWN)
