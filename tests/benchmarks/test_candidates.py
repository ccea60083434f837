"""Training samples of the candidate classifier: candidates of a drawing with all, some or none of its spots."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from benchmarks.candidate_classifier import is_spot
from benchmarks.candidates import ALL_VIEWS, LabelledDrawing, training_sample, training_samples

RADIUS = 200
SIZE = 416
SPOTS = np.array([[150.0, 160.0], [290.0, 250.0]])
LETTER = (200, 300)  # detected by the network, but not a spot


def test_each_label_goes_to_the_most_confident_candidate_at_its_position() -> None:
    xy = np.array([[10.0, 10.0], [11.0, 10.0], [50.0, 50.0]])
    found = is_spot(xy, np.array([0.5, 0.9, 0.8]), np.array([[10.5, 10.0]]), 3.0)
    assert found.tolist() == [False, True, False]


def test_without_candidates_or_labels_nothing_is_a_spot() -> None:
    assert is_spot(np.zeros((0, 2)), np.zeros(0), np.zeros((1, 2)), 3.0).shape == (0,)
    assert not is_spot(np.array([[1.0, 1.0]]), np.array([0.5]), np.zeros((0, 2)), 3.0).any()


@pytest.fixture
def seen() -> tuple[LabelledDrawing, np.ndarray, np.ndarray]:
    """A drawing with two spots and a letter, and its maps with and without spots; one penumbra is still detected."""

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
    return LabelledDrawing(image, bare, SPOTS), maps(everything), maps([tuple(SPOTS[1]), LETTER])


def test_a_whole_drawing_gives_spots_and_others(
    seen: tuple[LabelledDrawing, np.ndarray, np.ndarray],
) -> None:
    drawing, full, bare = seen
    sample = training_sample(drawing, full, bare, np.ones((SIZE, SIZE), bool), (0, 1), RADIUS)
    assert sample.spots.sum() == 2
    assert len(sample.spots) == 3 == len(sample.features)


def test_a_drawing_without_spots_gives_others_and_no_penumbrae(
    seen: tuple[LabelledDrawing, np.ndarray, np.ndarray],
) -> None:
    drawing, full, bare = seen
    sample = training_sample(drawing, full, bare, np.zeros((SIZE, SIZE), bool), (0, 1), RADIUS)
    assert sample.spots.tolist() == [False]


def test_spots_at_one_position_are_kept(seen: tuple[LabelledDrawing, np.ndarray, np.ndarray]) -> None:
    drawing, full, bare = seen
    along = np.arange(SIZE)
    left = np.hypot(along - SPOTS[0][0], along[:, None] - SPOTS[0][1]) < 20
    sample = training_sample(drawing, full, bare, left, (0, 1), RADIUS)
    assert sorted(sample.spots.tolist()) == [False, True]


def test_every_pair_of_views_has_samples_with_all_no_and_few_spots(
    seen: tuple[LabelledDrawing, np.ndarray, np.ndarray],
) -> None:
    drawing, full, bare = seen
    samples = list(training_samples(drawing, full, bare, RADIUS, "usd195001011200.jpg"))
    assert len(samples) == 18
    assert sum(sample.spots.sum() for sample in samples[:12:2]) == 12
    assert not any(sample.spots.any() for sample in samples[1:12:2])
    assert all(sample.spots.any() for sample in samples[12:])
