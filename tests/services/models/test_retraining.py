"""Retrain a model with corrections: what it learns from, what is kept apart, and the lineage on its card."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import cv2
import numpy as np
import pytest

from jobs import tasks
from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.labels.coco import Coco, CocoImage
from sunspot_dash.domain.labels.usable import UsableLabels
from sunspot_dash.domain.review.gestures import Act
from sunspot_dash.domain.spots.detections import DrawingResult, Spot
from sunspot_dash.errors import ModelError, ParameterError
from sunspot_dash.files import file_sha256
from sunspot_dash.io.images import content_hash
from sunspot_dash.io.results import write_result
from sunspot_dash.ml.config import ModelCard, TrainConfig, read_card
from sunspot_dash.services.models import retraining
from sunspot_dash.services.models.lineage import lineage_of
from sunspot_dash.services.models.retraining import lessons_of, next_name, retrain_config
from sunspot_dash.services.models.reviewed import corrections_hash, reviewed_truths
from sunspot_dash.services.models.training import train_model
from sunspot_dash.services.review.record import Intent, record
from sunspot_dash.synthetic import make_drawing
from sunspot_dash.workspace import Workspace, pretrained_weights
from tests.conftest import TINY

SQUARE = np.array([[100.0, 100], [110, 100], [110, 110], [100, 110]])
FIRST = datetime(1970, 1, 1, 9, tzinfo=UTC)


def day(number: int) -> str:
    return f"usd{FIRST + timedelta(days=10 * number):%Y%m%d%H%M}.png"


def put(space: Workspace, name: str, outlines, model: str = "tiny", model_hash: str = "h", blind=False):
    """A drawing in images_to_run with a result whose spots are outlines, marked as reviewed."""
    path = space.images_to_run / name
    if not path.exists():
        cv2.imwrite(str(path), make_drawing(1, "bmp", 1.0, 0.35).image)
    height, width = cv2.imread(str(path), 0).shape
    spots = tuple(Spot.from_outline(outline, 0.9) for outline in outlines)
    disk = Disk(width / 2, height / 2, 0.4 * width, 0.9)
    result = DrawingResult(name, width, height, disk, spots, model, model_hash, content_hash(path), 0.4, 1.0)
    write_result(space.results_of(model), result)
    record(space, model, name, Intent("Ada", Act.FINISH, blind=blind))


@pytest.fixture
def space(tmp_path) -> Workspace:
    """Six reviewed drawings and a copy of the shipped model, without labels."""
    made = Workspace(tmp_path / "data").create()
    weights = made.model("tiny").weights
    shutil.copyfile(pretrained_weights(), weights)
    card = ModelCard(name="tiny", encoder="resnet18", radius=896, weights_sha256=file_sha256(weights))
    made.model("tiny").card.write_text(card.model_dump_json())
    for number in range(6):
        put(made, day(number), [SQUARE, SQUARE + 50 + number])
    return made


def corrections(space: Workspace) -> str:
    return lessons_of(space, TrainConfig(model_name="new", parent="tiny", reviewed=True)).corrections_hash()


def test_the_preview_counts_the_drawings_and_the_parameters_are_those_of_the_parent(space):
    plan = retrain_config(space, "tiny")
    assert plan.text.startswith(
        "6 reviewed drawings: 5 to train on, 1 kept apart; 0 labelled drawings replayed. Duration: "
    )
    assert plan.text.endswith("on slow ones; the first training here measures it")
    config = plan.config
    assert (config.model_name, config.parent, config.reviewed) == ("tiny-2", "tiny", True)
    assert (config.encoder, config.radius, config.validation_share) == ("resnet18", 896, 0)
    (warning,) = plan.warnings
    assert "may forget" in warning and config.learning_rate < 3e-4
    assert retrain_config(space, "tiny", "mine").config.model_name == "mine"
    assert tasks.check("train", config.model_dump(), space)[0] == "training"


def test_the_duration_is_that_of_earlier_trainings_of_this_machine(space):
    config = retrain_config(space, "tiny").config
    card = ModelCard(name="tiny", encoder="resnet18", radius=896, parameters=config.model_dump())
    space.model("tiny").card.write_text(card.model_dump_json())
    # Its drawings need not be those of this training: 5 drawings with 2 spots have 45 tiles.
    rows = [{"epoch": 1, "tiles": 9000, "tiles_seconds": 9000 * 600 / 45}]
    space.model("tiny").history.write_text(json.dumps(rows))
    text = retrain_config(space, "tiny").text
    assert text.endswith("Duration: about 40 min, as fast as 1 earlier training here")


def test_only_finished_drawings_count_and_blind_gestures_never(space):
    record(space, "tiny", day(0), Intent("Ada", Act.REOPEN))
    put(space, day(7), [SQUARE], blind=True)
    assert sorted(reviewed_truths(space, [])) == [day(number) for number in range(1, 6)]
    for number in range(1, 6):
        record(space, "tiny", day(number), Intent("Ada", Act.REOPEN))
    with pytest.raises(ParameterError, match="no drawing is marked as reviewed"):
        retrain_config(space, "tiny")
    with pytest.raises(ParameterError, match="no drawing is marked as reviewed"):
        tasks.check("train", {"model_name": "x", "parent": "tiny", "reviewed": "true"}, space)


def test_the_hash_changes_if_and_only_if_the_corrections_do(space):
    before = corrections(space)
    put(space, day(2), [SQUARE, SQUARE + 52], "other", "another hash")  # another model finds the same
    lessons = lessons_of(space, TrainConfig(model_name="new", parent="tiny", reviewed=True))
    kept = lessons.drawings.kept_apart[0]
    name = next(name for name in lessons.drawings.corrected if name != day(2))
    record(space, "tiny", name, Intent("Bea", Act.GROUP, ["1"], text="A"))
    record(space, "tiny", kept, Intent("Bea", Act.REJECT, ["1"]))  # not trained on
    record(space, "tiny", kept, Intent("Bea", Act.FINISH))
    assert corrections(space) == before
    record(space, "tiny", name, Intent("Bea", Act.REJECT, ["1"]))
    record(space, "tiny", name, Intent("Bea", Act.FINISH))
    assert corrections(space) != before
    truths = list(lessons.truths.values())
    turned = [replace(truth, outlines=truth.outlines[::-1]) for truth in truths[::-1]]
    assert corrections_hash(turned) == corrections_hash(truths) != corrections_hash(truths[1:])
    assert corrections_hash([]) == ""


def test_absent_or_changed_images_are_left_out_and_named(space):
    (space.images_to_run / day(0)).unlink()
    plan = retrain_config(space, "tiny")
    assert plan.text.startswith("5 reviewed drawings") and day(0) in plan.warnings[-1]
    for number in range(1, 3):
        (space.images_to_run / day(number)).unlink()
    plan = retrain_config(space, "tiny")
    assert plan.text.startswith("3 reviewed drawings: 3 to train on, 0 kept apart")
    assert any("fewer than 5 are reviewed" in warning for warning in plan.warnings)
    for number in range(3, 6):
        (space.images_to_run / day(number)).unlink()
    with pytest.raises(ParameterError, match="no image of a reviewed drawing is in the workspace"):
        retrain_config(space, "tiny")


def test_old_labels_are_replayed_evenly_over_time_and_new_ones_all(space, monkeypatch):
    old, validated, new = ([day(k) for k in span] for span in (range(100, 140), (150, 151), (160, 161, 162)))
    coco = Coco(images={name: CocoImage(1, name, 9, 9) for name in (*old, *validated, *new)})
    monkeypatch.setattr(retraining, "training_labels", lambda *_: UsableLabels(coco))
    split = {"training": old, "validation": validated}
    card = ModelCard(name="tiny", encoder="resnet18", radius=896, split=split)
    space.model("tiny").card.write_text(card.model_dump_json())
    config = TrainConfig(model_name="new", parent="tiny", reviewed=True)
    lessons = lessons_of(space, config)
    replayed = lessons.drawings.replayed
    assert set(new) < set(replayed) and len(replayed) == 12 + 3 == lessons.known + 3
    assert set(np.diff([old.index(name) for name in replayed if name in old])) == {3, 4}
    assert lessons.validated == validated
    assert lessons_of(space, config.model_copy(update={"validation_share": 0})).validated == []
    labels_only = lessons_of(space, config.model_copy(update={"reviewed": False}))
    assert labels_only.drawings.replayed == [*old, *new] and not labels_only.truths
    assert "may forget" not in str(retrain_config(space, "tiny").warnings)


def test_names_are_numbered_on(space):
    assert next_name(space, "uset") == "uset-2" and next_name(space, "a-9") == "a-10"
    space.model("tiny-2").weights.touch()
    assert next_name(space, "tiny") == "tiny-3" and len(next_name(space, "n" * 64)) == 64


def test_a_parent_that_does_not_fit_is_one_sentence(space):
    with pytest.raises(ParameterError, match="radius was 128, but the parent 'tiny' has 896"):
        tasks.check("train", {"model_name": "x", "parent": "tiny", "radius": "128"}, space)
    with pytest.raises(ModelError, match="there is no model 'gone'"):
        tasks.check("train", {"model_name": "x", "parent": "gone", "reviewed": "true"}, space)
    space.model("tiny").card.unlink()
    with pytest.raises(ModelError, match="has no card"):
        retrain_config(space, "tiny")


def test_a_lineage_is_walked_by_hash_and_ends_where_a_model_is_missing(space):
    def card(name: str, sha: str, **fields) -> None:
        space.model(name).weights.touch()
        content = ModelCard(name=name, encoder="resnet18", radius=896, weights_sha256=sha, **fields)
        space.model(name).card.write_text(content.model_dump_json())

    card("renamed", "b", parent="tiny", parent_sha256="gone", corrected=["b"], kept_apart=["kept"])
    card("c", "c", parent="old-name", parent_sha256="b", split={"training": ["c"], "validation": ["v", "b"]})
    card("circle", "d", parent="circle", parent_sha256="d")
    lineage = lineage_of(space, "c")
    assert [one.name for one in lineage.cards] == ["c", "renamed", "tiny"]
    assert lineage.trained == {"b", "c"} and lineage.kept_apart == {"kept"} and lineage.validated == {"v"}
    assert len(lineage_of(space, "circle").cards) == 1


def test_a_retrained_model_has_its_lineage_on_the_card(trained):
    """Two generations from a model that was trained on labels; one labelled drawing is also reviewed."""
    parent = read_card(trained.model("tiny").weights)
    both = parent.split["training"][0]
    for number in range(6):
        put(trained, day(number), [SQUARE])
    shutil.copyfile(trained.images / both, trained.images_to_run / both)
    put(trained, both, [SQUARE])
    config = TrainConfig(model_name="tiny-2", parent="tiny", reviewed=True, **TINY).model_copy(
        update={"epochs": 1, "validation_share": 0.0}
    )
    plan: dict = {}
    outcome = train_model(trained, config, report=lambda event: plan.update(event))
    card = read_card(outcome.weights)
    assert (card.parent, card.parent_sha256) == ("tiny", file_sha256(trained.model("tiny").weights))
    assert len(card.corrected) == 6 and len(card.kept_apart) == 1 and both in card.corrected
    assert not set(card.kept_apart) & set(card.split["training"])
    assert set(card.split["training"]) - set(card.corrected) == set(parent.split["training"]) - {both}
    assert card.threshold == parent.threshold and "6 reviewed drawings and" in card.trained_on
    lessons = lessons_of(trained, config)
    assert card.corrections_hash == lessons.corrections_hash() and len(lessons.truths[both].outlines) == 1
    assert "starting weights: tiny.pth" in outcome.log.read_text()

    for number in range(6, 12):
        put(trained, day(number), [SQUARE])
    second = lessons_of(trained, config.model_copy(update={"model_name": "tiny-3", "parent": "tiny-2"}))
    assert set(card.kept_apart) < set(second.drawings.kept_apart)
    assert not set(second.drawings.kept_apart) & set(card.split["training"])
    assert set(card.corrected) < set(second.drawings.corrected) and second.known >= 6


def test_a_resumed_training_keeps_its_drawings(space, tmp_path):
    config = TrainConfig(model_name="new", parent="tiny", reviewed=True)
    began = lessons_of(space, config, tmp_path).drawings
    put(space, day(8), [SQUARE])
    (space.images_to_run / began.corrected[0]).unlink()
    now = lessons_of(space, config, tmp_path).drawings
    assert now.kept_apart == began.kept_apart and now.corrected == began.corrected[1:]
    assert (
        day(8) in lessons_of(space, config).drawings.corrected + lessons_of(space, config).drawings.kept_apart
    )


def test_cards_and_parameters_from_before_are_still_read():
    old = TrainConfig(model_name="a").model_dump()
    for key in ("parent", "reviewed"):
        del old[key]
    assert TrainConfig.model_validate_json(json.dumps(old)) == TrainConfig(model_name="a")
