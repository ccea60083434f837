"""The calibration of a model: probabilities between its knots, and the forms that it knows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sunspot_dash.domain.spots.calibration import Calibration, Form

CALIBRATION = Calibration(
    threshold=0.4,
    level=0.9,
    confidences=(0.0, 0.5, 1.0),
    probabilities=(0.0, 0.25, 1.0),
    spots=2.0,
    groups=1.5,
    number=1.8,
    drawings=50,
    forms=(Form(739, 1941, 1957), Form(493, 1954, 2005)),
)


def test_probabilities_are_interpolated_between_the_knots():
    probability = CALIBRATION.probability(np.array([0.0, 0.25, 0.5, 0.75, 1.0]))
    assert probability == pytest.approx([0, 0.125, 0.25, 0.625, 1])


@pytest.mark.parametrize(
    ("radius", "year", "known"),
    [(739, 1948, True), (760, 1941, True), (739, 1958, False), (493, 1958, True), (600, 1956, False)],
)
def test_a_form_is_known_by_its_size_and_years(radius, year, known):
    assert CALIBRATION.knows(radius, year) is known


@pytest.mark.parametrize(
    "change",
    [
        {"confidences": (0.0, 1.0)},
        {"confidences": (0.5,), "probabilities": (0.5,)},
        {"probabilities": (0.5, 0.25, 1.0)},
        {"probabilities": (0.0, 0.25, 1.5)},
        {"threshold": 0.0},
        {"level": 1.0},
        {"spots": float("nan")},
        {"number": -1.0},
    ],
)
def test_an_impossible_calibration_is_rejected(change):
    with pytest.raises(ValueError, match="calibration"):
        replace(CALIBRATION, **change)
