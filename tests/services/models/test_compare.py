"""Two models compared on labelled and on reviewed drawings, from their stored results."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import pytest

from sunspot_dash.domain.review.gestures import Act
from sunspot_dash.domain.scoring.comparison import Difference
from sunspot_dash.domain.scoring.matching import Tally
from sunspot_dash.errors import ParameterError, Stopped, WorkspaceError
from sunspot_dash.io.results import read_result, result_path
from sunspot_dash.ml.config import CompareConfig, TruthKind
from sunspot_dash.services.models import compare
from sunspot_dash.services.models.compare import compare_models
from sunspot_dash.services.models.comparison import (
    changed_since,
    compared_with_parent,
    same_weights,
    stored_comparison,
)
from sunspot_dash.services.models.comparison_text import differs, remarks, table, verdict
from sunspot_dash.services.models.rename import rename_model
from sunspot_dash.services.models.side_by_side import side_by_side
from sunspot_dash.services.review.record import Intent, record
from sunspot_dash.workspace import Workspace
from tests.compared import CHILD, FALSE_ALARM, NAMES, PARENT, PLACES, put_drawings, put_models

KEPT = CompareConfig(truth="kept-apart")
REVIEWED = CompareConfig(truth="reviewed")


@pytest.fixture
def space(tmp_path) -> Workspace:
    made = Workspace(tmp_path / "data").create()
    put_models(made, kept_apart=NAMES[:2], corrected=NAMES[2:3], split={"training": NAMES[3:4]})
    put_drawings(made)
    return made


def review(space: Workspace, name: str, *rejected: str, model: str = PARENT) -> None:
    if rejected:
        record(space, model, name, Intent("Ada", Act.REJECT, rejected))
    record(space, model, name, Intent("Ada", Act.FINISH))


def test_both_models_are_scored_on_the_labels_at_their_own_threshold(space):
    found = compare_models(space, PARENT, CHILD)
    assert found.first.spots == Tally(18, 6, 6) and found.second.spots == Tally(20, 4, 0)
    assert found.differences["f1"].value == pytest.approx(40 / 44 - 36 / 48)
    assert (found.first.count_bias, found.first.count_mae) == (0, 0)
    assert found.second.count_bias == pytest.approx(-4 / 24) and found.blocks == 6
    assert [(row.name, row.second.truth) for row in found.eras] == [
        ("1941-48", 8),
        ("1954-56", 8),
        ("2017+", 8),
    ]
    assert {row.name: row.first for row in found.sizes}[">50"] == found.first.spots
    points = {point.threshold: point.spots for point in found.first.curve}
    assert (
        points[0.4] == found.first.spots
        and points[0.3] == Tally(24, 0, 6)
        and points[0.52] == Tally(18, 6, 0)
    )
    worst, *others = found.drawings
    assert (worst.name, worst.only_first, worst.only_second) == (NAMES[-1], 4, 0)
    assert [(one.name, one.only_first, one.only_second) for one in others] == [
        (name, 1, 1) for name in NAMES[:-1]
    ]


def test_a_model_compared_with_itself_does_not_differ(space):
    found = compare_models(space, PARENT, PARENT)
    assert all(one.value == 0 and not one.beyond_chance for one in found.differences.values())
    assert not any(pair.disagreement for pair in found.drawings)
    assert verdict(found) == "parent scores the same as parent: F1 0.750 on 6 labelled drawings."


def test_drawings_of_the_training_are_named_or_left_out(space):
    found = compare_models(space, PARENT, CHILD)
    assert found.second.trained_on == sorted(NAMES[2:4]) and not found.first.trained_on
    assert remarks(found) == ["child was trained on 2 of these 6 drawings: its scores are too high."]
    found = compare_models(space, PARENT, CHILD, CompareConfig(leave_out_trained=True))
    assert found.left_out == NAMES[2:4] and len(found.drawings) == 4 and not found.second.trained_on
    with pytest.raises(ParameterError, match="trained on each of the 1 drawings"):
        compare_models(space, PARENT, CHILD, CompareConfig(leave_out_trained=True, only=NAMES[2:3]))


def test_the_truth_of_a_reviewed_drawing_is_what_counted_when_it_was_finished(space):
    record(space, PARENT, NAMES[0], Intent("Ada", Act.ACCEPT, ["4"]))
    review(space, NAMES[0], "5")
    review(space, NAMES[1], "1", "5")
    record(space, PARENT, NAMES[2], Intent("Ada", Act.REJECT, ["1"]))  # not finished
    found = compare_models(space, PARENT, CHILD, REVIEWED)
    tallies = {pair.name: (pair.first, pair.second) for pair in found.drawings}
    assert tallies == {
        NAMES[0]: (Tally(3, 1, 1), Tally(4, 0, 0)),
        NAMES[1]: (Tally(2, 0, 2), Tally(2, 0, 2)),
    }
    assert (found.first.corrected, found.second.corrected) == (2, 0)
    assert "The truth of 2 of these 2 drawings is a corrected result of parent" in table(found)
    swapped = compare_models(space, CHILD, PARENT, REVIEWED)
    assert {pair.name: (pair.second, pair.first) for pair in swapped.drawings} == tallies


def test_an_image_that_changed_since_its_review_is_not_truth(space):
    for name in NAMES[:2]:
        review(space, name)
    for model in (PARENT, CHILD):
        changed = result_path(space.results_of(model), NAMES[0])
        content = json.loads(changed.read_text())
        (space.images / NAMES[0]).write_bytes((space.images / NAMES[3]).read_bytes())
        content["image_hash"] = read_result(result_path(space.results_of(model), NAMES[3])).image_hash
        changed.write_text(json.dumps(content))
    (space.images / NAMES[1]).unlink()
    with pytest.raises(
        ParameterError, match=r"its file is missing.*its image has changed since it was reviewed"
    ):
        compare_models(space, PARENT, CHILD, REVIEWED)


def test_a_retrained_model_is_compared_with_its_parent_before_it_is_the_default(space):
    assert compared_with_parent(space, PARENT) == ""
    assert compared_with_parent(space, CHILD).startswith("compare child with its parent parent")
    with pytest.raises(
        ParameterError, match="none of the 2 drawings could be compared: it is not marked as reviewed"
    ):
        compare_models(space, PARENT, CHILD, KEPT)
    for name in NAMES:
        review(space, name, "5")
    compare_models(space, PARENT, CHILD, KEPT.model_copy(update={"only": NAMES[:1]}))
    assert compared_with_parent(space, CHILD).startswith("1 of the drawings that were kept apart were not")
    found = compare_models(space, PARENT, CHILD, KEPT)
    assert sorted(pair.name for pair in found.drawings) == NAMES[:2]
    assert compared_with_parent(space, CHILD) == ""
    assert verdict(found) == "child scores the same as parent: F1 0.857 on 2 reviewed drawings kept apart."
    compare_models(space, PARENT, CHILD)
    assert compared_with_parent(space, CHILD) == "", "a comparison on labels took its place"
    space.model(CHILD).weights.write_bytes(b"PK changed")
    assert compared_with_parent(space, CHILD).startswith("child has changed since")
    put_models(space, parent_sha256="other", kept_apart=NAMES[:2])
    assert compared_with_parent(space, CHILD).startswith("parent has changed since child was retrained")
    put_models(space)
    assert "has no reviewed drawings that were kept apart" in compared_with_parent(space, CHILD)
    with pytest.raises(ParameterError, match="no reviewed drawing was kept apart for child"):
        compare_models(space, PARENT, CHILD, KEPT)


def test_a_stored_comparison_is_read_as_it_was_made(space):
    made = compare_models(space, PARENT, CHILD)
    assert stored_comparison(space, PARENT, CHILD, TruthKind.LABELS) == made
    assert stored_comparison(space, CHILD, PARENT, TruthKind.LABELS) is None
    assert changed_since(space, made) == []
    card = json.loads(space.model(PARENT).card.read_text())
    space.model(PARENT).card.write_text(json.dumps(card | {"threshold": 0.5}))
    assert changed_since(space, made) == [PARENT]
    assert changed_since(space, replace(made, second=replace(made.second, model="gone"))) == [PARENT, "gone"]
    with pytest.raises(ParameterError, match="cannot name a model"):
        stored_comparison(space, "..", CHILD, TruthKind.LABELS)
    (space.comparisons / PARENT / f"{CHILD}.labels.json").write_text("{")
    with pytest.raises(WorkspaceError, match="compare the models again"):
        stored_comparison(space, PARENT, CHILD, TruthKind.LABELS)


def test_a_comparison_follows_a_model_that_is_renamed(space):
    for name in NAMES:
        review(space, name, "5")
    compare_models(space, PARENT, CHILD, KEPT)
    compare_models(space, PARENT, PARENT)
    rename_model(space, PARENT, "elder")
    rename_model(space, CHILD, "younger")
    assert compared_with_parent(space, "younger") == ""
    found = stored_comparison(space, "elder", "younger", TruthKind.KEPT_APART)
    assert [side.model for side in found.sides] == ["elder", "younger"] and not changed_since(space, found)


def test_the_network_runs_only_where_no_result_is_stored_and_not_twice(space, monkeypatch):
    """An interrupted comparison continues; the results of inference stay as they are."""
    path = result_path(space.results_of(CHILD), NAMES[1])
    missing = read_result(path)
    path.unlink()
    analysed = []

    def analyse(model, name, *more):
        analysed.append(name)
        return missing

    monkeypatch.setattr(compare, "analyse", analyse)
    monkeypatch.setattr(compare.LoadedModel, "load", lambda weights, device: None)
    events = []
    with pytest.raises(Stopped, match="stopped after 2 of 6 drawings"):
        compare_models(space, PARENT, CHILD, report=events.append, should_stop=lambda: len(events) == 3)
    assert analysed == [NAMES[1]] and not path.exists()
    assert events[0]["seconds_left"] is None and events[1]["seconds_left"] >= 0
    assert [(event["done"], event["of"]) for event in events] == [(0, 6), (1, 6), (2, 6)]
    assert compare_models(space, PARENT, CHILD).second.spots == Tally(20, 4, 0)
    assert analysed == [NAMES[1]], "a drawing was analysed again"


def test_both_results_on_a_drawing_are_judged_by_the_truth_of_the_comparison(space):
    found = compare_models(space, PARENT, CHILD)
    shown = side_by_side(space, found, NAMES[0], space.images / NAMES[0])
    numbers = [(len(one.hits), len(one.misses), len(one.false_alarms)) for one in shown.judged]
    assert numbers == [(3, 1, 1), (4, 0, 0)]
    assert shown.judged[0].misses[0].x == PLACES[-1] and shown.judged[0].false_alarms[0].x == FALSE_ALARM
    review(space, NAMES[0], "5")
    found = compare_models(space, PARENT, CHILD, REVIEWED)
    shown = side_by_side(space, found, NAMES[0], space.images / NAMES[0])
    assert len(shown.judged[1].false_alarms) == 1, "the child's last spot does not count in the review"
    result_path(space.results_of(CHILD), NAMES[0]).unlink()
    with pytest.raises(ParameterError, match="the result of child is gone"):
        side_by_side(space, found, NAMES[0], space.images / NAMES[0])


def test_the_verdict_says_which_model_is_better_and_whether_by_chance(space):
    text = verdict(compare_models(space, PARENT, CHILD))
    assert text.startswith(
        "child scores higher than parent: F1 0.909 instead of 0.750 on 6 labelled drawings; the "
    )
    assert "difference is within chance (95 % interval -" in text
    one = verdict(compare_models(space, PARENT, CHILD, CompareConfig(only=NAMES[-1:])))
    assert one.endswith("with fewer than 5 separate periods of drawings, this may be chance.")
    assert "child scores lower than parent: F1 0.000 instead of 0.750 on 1 labelled drawing;" in one


@pytest.mark.parametrize(
    ("difference", "text"),
    [
        (Difference(None), "-"),
        (Difference(-0.0004), "the same"),
        (Difference(0.0, 0.0, 0.0), "the same"),
        (Difference(0.0, -0.02, 0.02), "the same (-0.020 to +0.020)"),
        (Difference(0.02, -0.01, 0.05), "+0.020 (-0.010 to +0.050)"),
        (Difference(0.02), "+0.020"),
    ],
)
def test_a_difference_is_in_words_where_it_is_none(difference, text):
    assert differs(difference) == text


def test_identical_weights_are_named_before_a_comparison(space):
    assert same_weights(space, PARENT, CHILD) == ""
    assert "a model with itself" in same_weights(space, PARENT, PARENT)
    shutil.copyfile(space.model(PARENT).weights, space.model(CHILD).weights)
    assert same_weights(space, PARENT, CHILD).endswith("both find the same spots")
    card = json.loads(space.model(CHILD).card.read_text())
    space.model(CHILD).card.write_text(json.dumps(card | {"threshold": 0.6}))
    assert same_weights(space, PARENT, CHILD).endswith(
        "only their thresholds (0.4 and 0.6) can make a difference"
    )
    space.model(CHILD).weights.unlink()
    assert same_weights(space, PARENT, CHILD) == ""


def test_nothing_to_compare_on_is_one_sentence(space):
    with pytest.raises(ParameterError, match="no drawing is reviewed yet"):
        compare_models(space, PARENT, CHILD, REVIEWED)
    with pytest.raises(ParameterError, match="it is not labelled"):
        compare_models(space, PARENT, CHILD, CompareConfig(only=["nowhere.png"]))
