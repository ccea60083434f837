"""The registry: what is listed, the default, notes, the archive, and the lineage."""

from __future__ import annotations

import pytest

from jobs.tasks import check
from sunspot_dash.domain.spots.calibration import Calibration, Form
from sunspot_dash.errors import ModelError, ParameterError, WorkspaceError
from sunspot_dash.ml.config import ModelCard
from sunspot_dash.services.models.default import default_model, make_default, may_become_default
from sunspot_dash.services.models.facts import facts_of, lineage_text
from sunspot_dash.services.models.lineage import MISSING, PRESENT, REPLACED, ancestors, children
from sunspot_dash.services.models.notes import LONGEST
from sunspot_dash.services.models.registry import (
    archive,
    registered,
    registered_model,
    score_of,
    set_notes,
    to_choose,
)
from sunspot_dash.workspace import Workspace
from tests.services.models.registered import CARD, add_model


@pytest.fixture
def space(tmp_path, quick_weights) -> Workspace:
    """A workspace with the models "mine" and its child "better"."""
    space = Workspace(tmp_path / "data").create()
    mine = add_model(
        space, quick_weights, "mine", metrics={"f1": 0.81, "epoch": 2}, trained_at="2026-01-02T03:04:05"
    )
    add_model(space, quick_weights, "better", parent="mine", parent_sha256=mine.weights_sha256)
    return space


def test_the_facts_say_where_the_intervals_of_counts_come_from(space, quick_weights):
    calibration = Calibration(0.4, 0.9, (0.0, 1.0), (0.0, 1.0), 2.0, 1.0, 1.5, 50, (Form(739, 1941, 1957),))
    add_model(space, quick_weights, "sure", calibration=calibration)
    known, unknown = (dict(facts_of(registered_model(space, name))) for name in ("sure", "mine"))
    assert known["Intervals of counts"] == "90 %, from 50 drawings with the observer's counts"
    assert unknown["Intervals of counts"].startswith("none")


def test_all_models_are_listed_with_the_facts_of_their_cards(space):
    found = {model.name: model for model in registered(space)}
    assert list(found) == ["uset", "better", "mine"]
    assert found["uset"].default and found["uset"].shipped and found["uset"].date == ""
    assert found["mine"].score[0] == 0.81 and found["mine"].date == "2026-01-02"
    assert found["better"].parent == "mine" and found["better"].score == (None, "")
    assert found["better"].size_bytes == space.model("better").weights.stat().st_size


def test_the_score_of_the_shipped_model_is_the_one_on_drawings_that_it_never_saw(space):
    f1, measured_on = registered_model(space, "uset").score
    assert f1 == pytest.approx(0.88, abs=0.01) and measured_on.startswith("41 labelled drawings")
    odd = CARD.model_copy(update={"metrics": {"out_of_fold": [], "f1": "high"}})
    assert score_of(odd) == (None, "")


def test_a_model_that_cannot_be_used_is_listed_with_the_reason_and_never_the_default(space):
    make_default(space, "mine")
    assert default_model(space) == "mine"
    space.model("mine").card.write_text("{")
    assert "'mine.json' is damaged" in registered_model(space, "mine").fault
    assert default_model(space) == "uset"
    with pytest.raises(ParameterError, match="damaged"):
        make_default(space, "mine")
    assert "no model 'gone'" in may_become_default(space, "gone")


def test_the_default_is_remembered_and_an_archived_model_cannot_become_it(space):
    archive(space, "better")
    with pytest.raises(ParameterError, match="archived"):
        make_default(space, "better")
    make_default(space, "mine")
    with pytest.raises(ParameterError, match="default"):
        archive(space, "mine")
    assert [model.name for model in registered(space)] == ["mine", "uset", "better"]
    assert list(to_choose(space)) == ["mine", "uset"]
    archive(space, "better", archived=False)
    assert set(to_choose(space)) == {"mine", "uset", "better"}


def test_a_job_without_a_model_runs_the_default(space):
    (space.images / "a.png").write_bytes(b"x")
    make_default(space, "mine")
    _, values = check("infer", {"images": "everything"}, space)
    assert values["model"] == "mine"
    assert check("infer", {"images": "everything", "model": "uset"}, space)[1]["model"] == "uset"


def test_notes_are_kept_beside_the_archive_and_bounded(space):
    set_notes(space, "mine", "  good on 1950s paper\nα ")
    archive(space, "mine")
    model = registered_model(space, "mine")
    assert model.notes == "good on 1950s paper\nα" and model.archived
    with pytest.raises(ParameterError, match="2,001 characters"):
        set_notes(space, "mine", "x" * (LONGEST + 1))
    with pytest.raises(ModelError, match="no model 'gone'"):
        set_notes(space, "gone", "x")
    space.model("mine").notes.write_text("[")
    assert "notes on 'mine' cannot be read" in registered_model(space, "mine").fault
    with pytest.raises(WorkspaceError):
        set_notes(space, "mine", "new")


def test_a_damaged_choice_of_the_default_is_named(space):
    space.models_file.write_text("{")
    with pytest.raises(WorkspaceError, match=r"models\.json"):
        default_model(space)


def cards(**parents: tuple[str, str]) -> dict[str, ModelCard | None]:
    """Cards by name, given the name and the hash of each parent; a model's own hash is its name."""
    return {
        name: CARD.model_copy(
            update={"name": name, "weights_sha256": name, "parent": parent, "parent_sha256": digest}
        )
        for name, (parent, digest) in parents.items()
    }


def test_the_chain_of_parents_ends_at_one_that_is_missing_or_has_other_weights():
    known = cards(c=("b", "b"), b=("a", "a"), a=("", ""), orphan=("gone", ""), later=("a", "other"))
    chain = [(found.name, found.state) for found in ancestors(known, "c")]
    assert chain == [("b", PRESENT), ("a", PRESENT)]
    assert [found.state for found in ancestors(known, "orphan")] == [MISSING]
    assert [found.state for found in ancestors(known, "later")] == [REPLACED]
    assert children(known, "a") == ["b"] and children(known, "gone") == ["orphan"]
    assert lineage_text("b", ancestors(known, "b"), children(known, "b")) == "a → b → c"
    assert lineage_text("orphan", ancestors(known, "orphan"), []) == "gone (no longer here) → orphan"
    assert ancestors({**known, "b": None}, "c")[-1].name == "b"  # its card cannot be read


def test_cards_that_name_each_other_as_parents_end_the_chain():
    known = cards(a=("b", ""), b=("a", ""))
    assert [found.name for found in ancestors(known, "a")] == ["b"]
