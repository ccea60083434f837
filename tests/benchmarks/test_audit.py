"""The audit: places on a drawing, and agreement with a known answer."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from benchmarks.audit import DRAWINGS, LOOKED_AT, PLACES, SIDE, chosen, f1, kappa, picture, places_of, read
from benchmarks.recipe import FOLDS
from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.spots.detections import DrawingResult, Spot

DISK = Disk(500.0, 500.0, 400.0, 0.9)
SQUARE = np.array([[-2.0, -2], [2, -2], [2, 2], [-2, 2]])


def test_ten_drawings_are_chosen_apart_from_those_that_were_looked_at():
    names = chosen()
    assert len(set(names)) == DRAWINGS and names == chosen()
    assert not {name for k in LOOKED_AT for name in FOLDS[k]} & set(names)


def test_places_are_labels_other_candidates_and_other_ink():
    grey = np.full((1000, 1000), 240, np.uint8)
    grey[300:304, 700:704] = 60
    grey[100:900:10, 200:203] = 90  # other ink
    at = [(400, 400, 0.9), (600, 600, 0.9), (700, 500, 0.2), (401, 401, 0.3)]
    spots = tuple(Spot(x, y, 16.0, c, SQUARE + [x, y]) for x, y, c in at)
    result = DrawingResult("a.jpg", 1000, 1000, DISK, spots, "m", "h", "i", 0.5, 1.0)
    labels = np.array([[400.5, 400.0], [300.0, 600.0]])
    places = places_of(result, labels, grey, np.random.default_rng(0))
    kinds = [(place.x, place.labelled, place.counted) for place in places]
    assert kinds[:4] == [
        (400.5, True, True),
        (300.0, True, False),
        (600.0, False, True),
        (700.0, False, False),
    ]
    decoys = places[4:]
    assert decoys and all(grey[int(one.y), int(one.x)] < 100 and not one.counted for one in decoys)


def test_a_picture_shows_the_place_in_its_middle():
    grey = np.full((1000, 1000), 240, np.uint8)
    grey[596:604, 696:704] = 30
    place = places_of(
        DrawingResult("a.jpg", 1000, 1000, DISK, (), "m", "h", "i", 0.5, 1.0),
        np.array([[700.0, 600.0]]),
        grey,
        np.random.default_rng(0),
    )[0]
    shown = picture(grey, DISK, place, 7)
    assert shown.shape == (SIDE, SIDE, 3) and shown[SIDE // 2, SIDE // 2].max() < 60


def test_agreement():
    assert f1([(True, True), (True, False), (False, True), (False, False)]) == 0.5
    assert f1([(False, False)]) is None
    assert kappa([True, True, False, False], [True, False, False, False]) == pytest.approx(0.5)


def test_answers_are_joined_with_their_places(tmp_path):
    with (tmp_path / PLACES).open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("place", "file", "x", "y", "labelled", "counted"))
        writer.writerows([(1, "a.jpg", 1, 1, 1, 0), (2, "a.jpg", 2, 2, 0, 1)])
    for reader, answers in (("1", "yn"), ("2", "y?")):
        text = "place,answer\n" + "".join(f"{i},{answer}\n" for i, answer in enumerate(answers, 1))
        (tmp_path / f"reader{reader}.csv").write_text(text)
    first, second = read(tmp_path)
    assert first.labelled and not first.counted and first.answers == ("y", "y")
    assert second.counted and second.answers == ("n", "?")
