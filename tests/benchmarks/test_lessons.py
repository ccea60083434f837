"""What a second look is grown from: candidates of a sheet with all, some or none of its spots, and their truth."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from benchmarks.candidate_classifier import is_spot
from benchmarks.candidates import ALL_VIEWS, Sheet, lesson_of, lessons_of

RADIUS = 200
SIZE = 416
SPOTS = np.array([[150.0, 160.0], [290.0, 250.0]])
LETTER = (200, 300)  # found by the network, and no spot


def test_each_label_goes_to_the_surest_candidate_at_its_place() -> None:
    xy = np.array([[10.0, 10.0], [11.0, 10.0], [50.0, 50.0]])
    found = is_spot(xy, np.array([0.5, 0.9, 0.8]), np.array([[10.5, 10.0]]), 3.0)
    assert found.tolist() == [False, True, False]


def test_without_candidates_or_labels_nothing_is_a_spot() -> None:
    assert is_spot(np.zeros((0, 2)), np.zeros(0), np.zeros((1, 2)), 3.0).shape == (0,)
    assert not is_spot(np.array([[1.0, 1.0]]), np.array([0.5]), np.zeros((0, 2)), 3.0).any()


@pytest.fixture
def seen() -> tuple[Sheet, np.ndarray, np.ndarray]:
    """A sheet of two spots and a letter; the maps of it, and of it emptied, in which one penumbra is still found."""

    def maps(places: list[tuple[float, float]]) -> np.ndarray:
        one = np.zeros((SIZE, SIZE), np.float32)
        for x, y in places:
            cv2.circle(one, (int(x), int(y)), 4, 0.9, -1)
        soft = cv2.GaussianBlur(one, (0, 0), 1.5)
        return np.stack([np.stack([one, soft])] * len(ALL_VIEWS))

    bare = np.full((SIZE, SIZE), 240, np.uint8)
    cv2.circle(bare, LETTER, 4, 120, -1)
    image = bare.copy()
    for x, y in SPOTS:
        cv2.circle(image, (int(x), int(y)), 4, 90, -1)
    everything = [*map(tuple, SPOTS), LETTER]
    return Sheet(image, bare, SPOTS), maps(everything), maps([tuple(SPOTS[1]), LETTER])


def test_a_whole_sheet_teaches_spots_and_what_is_none(seen: tuple[Sheet, np.ndarray, np.ndarray]) -> None:
    sheet, full, bare = seen
    lesson = lesson_of(sheet, full, bare, np.ones((SIZE, SIZE), bool), (0, 1), RADIUS)
    assert lesson.spots.sum() == 2
    assert len(lesson.spots) == 3 == len(lesson.features)


def test_an_emptied_sheet_teaches_what_is_none_and_nothing_of_penumbrae(
    seen: tuple[Sheet, np.ndarray, np.ndarray],
) -> None:
    sheet, full, bare = seen
    lesson = lesson_of(sheet, full, bare, np.zeros((SIZE, SIZE), bool), (0, 1), RADIUS)
    assert lesson.spots.tolist() == [False]


def test_the_spots_of_one_place_stay(seen: tuple[Sheet, np.ndarray, np.ndarray]) -> None:
    sheet, full, bare = seen
    along = np.arange(SIZE)
    left = np.hypot(along - SPOTS[0][0], along[:, None] - SPOTS[0][1]) < 20
    lesson = lesson_of(sheet, full, bare, left, (0, 1), RADIUS)
    assert sorted(lesson.spots.tolist()) == [False, True]


def test_every_pair_of_views_is_seen_whole_emptied_and_with_a_few(
    seen: tuple[Sheet, np.ndarray, np.ndarray],
) -> None:
    sheet, full, bare = seen
    lessons = list(lessons_of(sheet, full, bare, RADIUS, "usd195001011200.jpg"))
    assert len(lessons) == 18
    assert sum(lesson.spots.sum() for lesson in lessons[:12:2]) == 12
    assert not any(lesson.spots.any() for lesson in lessons[1:12:2])
    assert all(lesson.spots.any() for lesson in lessons[12:])
