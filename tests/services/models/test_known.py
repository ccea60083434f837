"""Models whose files cannot be used: named on the page, by the commands, in a job and by `doctor`, with the reason."""

from __future__ import annotations

import json
import shutil

import pytest
from dash import html

from jobs.control import submit
from jobs.recovery import open_ledger
from sunspot_dash.errors import ModelError
from sunspot_dash.services.doctor import examine
from sunspot_dash.services.models.known import faults
from sunspot_dash.web.app import create_app
from sunspot_dash.web.pages.inference import run as form
from sunspot_dash.workspace import Workspace, pretrained_weights
from tests.command_line import run

CARD = {"name": "mine", "encoder": "resnet18", "radius": 896}
BROKEN = {
    "nan": CARD | {"threshold": float("nan")},
    "scale": CARD | {"radius": 10**9},
    "other": CARD | {"radius": 128},  # of other weights
}
WITHOUT_WEIGHTS = ("nan", "scale")  # found without reading the weights


@pytest.fixture
def space(tmp_path) -> Workspace:
    """A workspace with models that cannot be used, copied into its folder, and one that is still being copied."""
    space = Workspace(tmp_path / "data").create()
    for name, card in BROKEN.items():
        shutil.copyfile(pretrained_weights(), space.model(name).weights)
        space.model(name).card.write_text(json.dumps(card))
    space.model("copied").weights.write_bytes(pretrained_weights().read_bytes()[:10_000])
    (space.images / "a.png").write_bytes(b"x")
    return space


def test_a_model_that_cannot_be_used_is_listed_with_the_reason(space):
    found = faults(space)
    assert found["uset"] == found["other"] == ""
    assert "'nan.json' is damaged: threshold was nan" in found["nan"]
    assert "'scale.json' is damaged: radius was 1000000000" in found["scale"]
    assert "'copied.pth' is not a complete model file" in found["copied"]


def test_the_page_shows_a_model_copied_while_the_server_runs_and_its_fault(tmp_path, space):
    app = create_app(Workspace(tmp_path / "served").create(), refresh=False)
    served = Workspace(tmp_path / "served")
    with app.server.app_context():
        assert options(html.Div(form.form("uset", ""))) == {"uset": False}
        shutil.copyfile(space.model("nan").weights, served.model("nan").weights)
        shutil.copyfile(space.model("nan").card, served.model("nan").card)
        card = html.Div(form.form("nan", ""))
    assert options(card) == {"nan": True, "uset": False} and "uset" in str(card)
    shown = [part.children for part in card._traverse() if isinstance(part, html.Div)]
    assert any("'nan.json' is damaged" in str(text) for text in shown)


def options(card) -> dict[str, bool]:
    """The models of the list, and whether each is disabled."""
    (chosen,) = [part for part in card._traverse() if getattr(part, "id", "") == form.Inference.MODEL]
    assert chosen.value == "uset"
    return {one["value"]: one["disabled"] for one in chosen.options}


@pytest.mark.parametrize("kind", ["infer", "evaluate"])
@pytest.mark.parametrize("model", [*WITHOUT_WEIGHTS, "copied"])
def test_a_job_with_such_a_model_is_refused_before_it_is_queued(space, kind, model):
    ledger = open_ledger(space)
    params = {"infer": {"images": "everything"}, "evaluate": {"images_dir": "x", "annotations_path": "y"}}[
        kind
    ]
    with pytest.raises(ModelError, match=rf"'{model}\.(json|pth)'"):
        submit(ledger, kind, {"model": model, **params})
    assert not ledger.all()


@pytest.mark.parametrize("model", BROKEN)
def test_infer_and_evaluate_name_the_file(space, archive, model):
    labels = archive / "annotations" / "instances_default.json"
    images = ("--images-dir", archive / "images", "--annotations-path", labels)
    for command in (("infer", "--images", archive / "images"), ("evaluate", *images)):
        done = run(*command, "--model", model, "--workspace", space.root)
        assert done.code == 1 and done.stderr.count("\n") == 1 and f"'{model}.json'" in done.stderr


def test_doctor_names_each_of_them(space):
    found = {finding.subject: finding for finding in examine(space)}
    assert found["model uset"].ok
    assert "'nan.json' is damaged" in found["model nan"].detail
    assert "'scale.json' is damaged" in found["model scale"].detail
    assert "does NOT match its card" in found["model other"].detail
    assert "is not a model file" in found["model copied"].detail
    assert not any(found[f"model {name}"].ok for name in (*BROKEN, "copied"))
