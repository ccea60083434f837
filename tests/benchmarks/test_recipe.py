"""The drawings that each network of the recipe is trained and tested on."""

from __future__ import annotations

import pytest

from benchmarks import recipe
from benchmarks.recipe import ANNOTATIONS, COARSE_FORM, CURVE, FOLDS, form_of, splits
from sunspot_dash.domain.labels.coco import load_coco
from sunspot_dash.domain.labels.split import too_close


@pytest.fixture(scope="module")
def found(shared):
    return splits(load_coco(ANNOTATIONS))


def test_no_network_is_trained_near_a_drawing_that_it_is_tested_on(found):
    for split in found.values():
        assert split.training and split.test
        assert not any(name in split.test or too_close(name, split.test) for name in split.training), (
            split.name
        )


def test_the_folds_test_every_drawing_once(found):
    tested = [name for k in range(len(FOLDS)) for name in found[f"fold{k}"].test]
    assert len(tested) == len(set(tested)) == 41


def test_a_form_is_left_out_as_a_whole(found):
    without = found["without-1110-px"]
    assert len(without.test) == 4 and all(form_of(name) == COARSE_FORM for name in without.test)
    assert not any(form_of(name) == COARSE_FORM for name in without.training)
    forms = {form_of(name) for name in found["fold0"].training + found["fold0"].test}
    assert len([name for name in found if name.startswith("without-")]) == len(forms) == 5


def test_the_learning_curve_adds_drawings_to_those_before(found):
    parts = [set(found[f"curve-{count}"].training) for count in CURVE]
    assert [len(part) for part in parts] == list(CURVE)
    assert parts[0] < parts[1] < parts[2] < set(found["fold4"].training)


def test_an_interrupted_training_repeats_no_cycle_and_is_not_taken_for_a_whole_one(
    tmp_path, monkeypatch, shared
):
    made: list[tuple[str, str]] = []

    def learn(config, drawings, start, weights):
        made.append((start.name, weights.name))
        if len(made) == 2:
            raise KeyboardInterrupt
        weights.touch()

    monkeypatch.setattr(recipe, "learn", learn)
    monkeypatch.setattr(recipe, "synthetic", lambda count, seed: [])
    monkeypatch.setattr(recipe, "pretrain", lambda device: tmp_path / "synthetic.pth")
    weights = tmp_path / "a.pth"
    with pytest.raises(KeyboardInterrupt):
        recipe.fine_tune([], weights, "cpu")
    assert not weights.exists()
    recipe.fine_tune([], weights, "cpu")
    assert made[1:] == [("a.0.pth", "a.1.pth"), ("a.0.pth", "a.1.pth"), ("a.1.pth", "a.2.pth"), *made[4:]]
    assert made[-1] == (f"a.{len(recipe.CYCLES) - 2}.pth", "a.pth") and weights.exists()
    recipe.fine_tune([], weights, "cpu")
    assert len(made) == len(recipe.CYCLES) + 1
