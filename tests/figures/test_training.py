"""Training curves: steps, epochs and scores of each run, and a label at the end of each score."""

from __future__ import annotations

from itertools import pairwise

import pytest

from sunspot_dash.figures.theme import COLOURS
from sunspot_dash.figures.training import LEAST_GAP, Curves, smoothed, training_figure

SCORES = {"f1": 0.8, "precision": 0.82, "recall": 0.79}
EPOCHS = [
    {"epoch": n, "train_loss": 1 / n, "validation_loss": 2 / n, "learning_rate": 1e-3, **SCORES}
    for n in (1, 2)
]
STEPS = [(0.25, 2.0), (0.5, 1.0), (0.75, 3.0)]


def test_the_steps_are_drawn_before_the_first_epoch_is_finished():
    figure = training_figure({"a (1)": Curves([], STEPS)}, "light")
    (steps,) = (trace for trace in figure.data if "steps" in trace.name)
    assert list(steps.x) == [0.25, 0.5, 0.75] and list(steps.y) == [2.0, 1.0, 3.0]


def test_smoothing_keeps_the_single_values_behind():
    figure = training_figure({"a (1)": Curves(EPOCHS, STEPS)}, "dark", smoothing=0.5)
    raw, smooth = (trace for trace in figure.data if "steps" in trace.name)
    assert list(raw.y) == [2.0, 1.0, 3.0] and list(smooth.y) == smoothed([2.0, 1.0, 3.0], 0.5)
    assert smoothed([5.0, 5.0, 5.0], 0.9) == pytest.approx([5, 5, 5])
    assert smoothed([0.0, 1.0], 0.5) == pytest.approx([0, 2 / 3])


def test_one_run_has_labels_at_its_curves_a_few_their_names_and_many_a_legend():
    one = training_figure({"a (1)": Curves(EPOCHS)}, "light")
    assert [label.text for label in one.layout.annotations] == ["recall 0.790", "F1 0.800", "precision 0.820"]
    heights = [label.y for label in one.layout.annotations]
    assert min(b - a for a, b in pairwise(heights)) >= LEAST_GAP - 1e-9
    two = training_figure({"a (1)": Curves(EPOCHS), "b (2)": Curves(EPOCHS)}, "light")
    (names,) = two.layout.annotations
    assert not two.layout.showlegend
    for name, colour in zip(("a (1)", "b (2)"), COLOURS["light"], strict=False):
        assert f'<b style="color:{colour}">{name}, best F1 0.800</b>' in names.text
    many = training_figure({f"m ({n})": Curves(EPOCHS) for n in range(5)}, "light")
    assert not many.layout.annotations and len([1 for trace in many.data if trace.showlegend]) == 5
