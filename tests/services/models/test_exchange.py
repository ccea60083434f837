"""Export and import: the round trip changes no prediction, and nothing is accepted unchecked or overwritten."""

from __future__ import annotations

import json
import shutil
import zipfile

import pytest
import torch

from sunspot_dash.errors import ModelError, ParameterError
from sunspot_dash.ml.checkpoint import load_model
from sunspot_dash.ml.inputs import CHANNELS
from sunspot_dash.services.models.exports import FORMATS, export_model
from sunspot_dash.services.models.imports import import_model
from sunspot_dash.services.models.registry import registered_model
from sunspot_dash.workspace import Workspace
from tests.services.models.registered import add_model


@pytest.fixture
def space(tmp_path, trained_once) -> Workspace:
    """A workspace with the model "mine"."""
    space = Workspace(tmp_path / "data").create()
    weights = Workspace(trained_once).model("tiny").weights
    add_model(space, weights, "mine", radius=128, threshold=0.33, parent="uset", corrected=["a.png"])
    return space


def tile() -> torch.Tensor:
    return torch.rand(1, CHANNELS, 64, 80, generator=torch.Generator().manual_seed(1))


def logits(network: torch.nn.Module) -> torch.Tensor:
    with torch.no_grad():
        return network(tile())


@pytest.mark.parametrize("form", ["zip", "safetensors"])
@pytest.mark.parametrize("name", ["mine", "uset"])
def test_a_round_trip_gives_the_same_predictions_under_another_name(space, tmp_path, form, name):
    file = tmp_path / f"file{FORMATS[form].suffix}"
    assert export_model(space, name, form, file) == file.stat().st_size
    assert import_model(space, [file], "again") == "again"
    before, after = (load_model(space.find_model(one)) for one in (name, "again"))
    assert torch.equal(logits(before.network), logits(after.network))
    assert (after.candidate_classifier is None) == (name == "mine")
    if trees := after.candidate_classifier:
        assert all(
            (vars(trees)[key] == value).all() for key, value in vars(before.candidate_classifier).items()
        )
    changed = {"name": "again", "weights_sha256": after.card.weights_sha256}
    assert after.card == before.card.model_copy(update=changed)
    assert not registered_model(space, "again").fault


def test_the_onnx_file_gives_the_logits_of_the_network_and_says_what_it_lacks(space, tmp_path):
    onnx = pytest.importorskip("onnx", reason="onnx is in requirements.txt, but not installed here")
    from onnx.reference import ReferenceEvaluator

    file = tmp_path / "mine.onnx"
    export_model(space, "mine", "onnx", file)
    found = onnx.load(file)
    onnx.checker.check_model(found)
    facts = {one.key: one.value for one in found.metadata_props}
    assert "lacks the candidate classifier" in facts["incomplete"] and facts["incomplete"] == found.doc_string
    assert json.loads(facts["card"])["threshold"] == 0.33
    (calculated,) = ReferenceEvaluator(found).run(None, {"tile": tile().numpy()})
    expected = logits(load_model(space.find_model("mine")).network)
    assert torch.allclose(torch.from_numpy(calculated), expected, atol=1e-3)


def test_a_plain_weights_file_is_imported_with_its_card_or_without(space, tmp_path):
    for path in (space.model("mine").weights, space.model("mine").card):
        shutil.copy(path, tmp_path)
    assert import_model(space, [tmp_path / "mine.pth", tmp_path / "mine.json"], "with") == "with"
    assert import_model(space, [tmp_path / "mine.pth"], "without") == "without"
    assert load_model(space.find_model("with")).card.threshold == 0.33
    assert registered_model(space, "without").card is None


def test_a_taken_name_asks_for_another_and_nothing_is_overwritten(space, tmp_path):
    export_model(space, "mine", "zip", tmp_path / "mine.zip")
    before = space.model("mine").card.read_bytes()
    for name in ("", "mine", "uset"):
        with pytest.raises(ParameterError, match=r"another (model )?name"):
            import_model(space, [tmp_path / "mine.zip"], name)
    with pytest.raises(ParameterError, match="cannot name a model"):
        import_model(space, [tmp_path / "mine.zip"], "../mine")
    assert space.model("mine").card.read_bytes() == before and set(space.known_models()) == {"mine", "uset"}


def make_wrong_files(space: Workspace, folder) -> dict[str, tuple[list, str]]:
    """Files that this program cannot use as a model, each with the expected reason."""
    weights, card = space.model("mine").weights, space.model("mine").card
    shutil.copy(weights, folder / "cut.pth")
    (folder / "cut.pth").write_bytes(weights.read_bytes()[:-2000])
    torch.save({"weights": torch.zeros(2)}, folder / "other.pth")
    content = torch.load(weights, weights_only=True)
    content["state"].pop(next(iter(content["state"])))
    torch.save(content, folder / "part.pth")
    (folder / "text.safetensors").write_bytes(b"\x08\0\0\0\0\0\0\0{}      ")
    (folder / "huge.safetensors").write_bytes(b"\xff" * 64)
    (folder / "swapped.json").write_text(
        json.dumps({**json.loads(card.read_text()), "weights_sha256": "0" * 64})
    )
    (folder / "scale.json").write_text(json.dumps({**json.loads(card.read_text()), "radius": 896}))
    with zipfile.ZipFile(folder / "two.zip", "w") as archive:
        archive.write(weights, "a.pth")
        archive.write(weights, "../../b.pth")
    (folder / "note.txt").write_text("x")
    return {
        "cut": ([folder / "cut.pth"], "not a model file"),
        "other": ([folder / "other.pth"], "not a model of format"),
        "part": ([folder / "part.pth"], "do not fit this network"),
        "text": ([folder / "text.safetensors"], "not exported by this program"),
        "huge": ([folder / "huge.safetensors"], "not a complete safetensors file"),
        "swapped": ([weights, folder / "swapped.json"], "belongs to other weights"),
        "scale": ([weights, folder / "scale.json"], "says radius 896"),
        "two": ([folder / "two.zip"], "choose a ZIP"),
        "text file": ([folder / "note.txt"], "note.txt was given: choose"),
        "nothing": ([], "nothing was given"),
    }


def test_what_is_not_a_model_is_refused_with_the_reason_and_leaves_nothing(space, tmp_path):
    wrong = make_wrong_files(space, tmp_path)
    before = sorted(space.root.rglob("*"))
    for files, reason in wrong.values():
        with pytest.raises((ModelError, ParameterError), match=reason):
            import_model(space, files, "new")
    left = [path for path in sorted(space.root.rglob("*")) if path not in before]
    assert left in ([], [space.models_lock])


def test_a_model_that_cannot_be_used_is_not_exported(space, tmp_path):
    space.model("mine").card.write_text("{")
    with pytest.raises(ModelError, match="damaged"):
        export_model(space, "mine", "zip", tmp_path / "mine.zip")
    with pytest.raises(ParameterError, match="unknown format"):
        export_model(space, "uset", "h5", tmp_path / "mine.h5")
