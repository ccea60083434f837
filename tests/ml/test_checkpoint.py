"""Weights on disk: saved and loaded, or rejected if damaged or unsafe."""

from __future__ import annotations

import json
import pickle
import shutil
import zipfile

import numpy as np
import pytest
import torch

from sunspot_dash.domain.spots.features import FEATURES
from sunspot_dash.domain.spots.tree_ensemble import TreeEnsemble
from sunspot_dash.errors import ModelError
from sunspot_dash.ml.checkpoint import load_model, read_weights, save_weights
from sunspot_dash.ml.config import read_card
from sunspot_dash.ml.inputs import CHANNELS
from sunspot_dash.ml.model import build_model


class Evil:
    def __reduce__(self):
        return (print, ("code in a model file ran",))


def test_weights_are_read_back_and_take_half_the_space(tmp_path):
    model = build_model("resnet18", seed=3).eval()
    path = tmp_path / "a.pth"
    save_weights(model.state_dict(), "resnet18", 128, path)
    assert path.stat().st_size < 15e6
    loaded = load_model(path)
    card, again = loaded.card, loaded.network
    assert loaded.candidate_classifier is None
    assert (card.encoder, card.radius, card.name) == ("resnet18", 128, "a")
    picture = torch.rand(1, CHANNELS, 64, 64)
    with torch.inference_mode():
        assert torch.allclose(model(picture), again(picture), atol=0.05)


def test_code_in_a_model_file_is_rejected_and_never_runs(tmp_path, capsys):
    path = tmp_path / "evil.pth"
    torch.save({"format": 1, "encoder": "resnet18", "radius": 9, "state": Evil()}, path)
    with pytest.raises(ModelError, match="more than weights"):
        read_weights(path)
    path.write_bytes(pickle.dumps(Evil()))
    with pytest.raises(ModelError, match="not a model file"):
        read_weights(path)
    assert "ran" not in capsys.readouterr().out


def test_a_damaged_file_is_reported(tmp_path):
    path = tmp_path / "a.pth"
    with pytest.raises(ModelError, match=r"model file .* not found"):
        read_weights(path)
    save_weights(build_model("resnet18").state_dict(), "resnet18", 128, path)
    path.write_bytes(path.read_bytes()[:100_000])
    with pytest.raises(ModelError):
        read_weights(path)
    torch.save({"other": 1}, path)
    with pytest.raises(ModelError, match="not a model of format"):
        read_weights(path)


def test_weights_of_another_network_are_rejected(tmp_path):
    path = tmp_path / "a.pth"
    save_weights(build_model("mobilenet_v2").state_dict(), "resnet18", 128, path)
    with pytest.raises(ModelError, match="do not fit"):
        load_model(path)


def test_a_candidate_classifier_is_read_back_and_a_damaged_one_is_rejected(tmp_path):
    path = tmp_path / "a.pth"
    leaf = TreeEnsemble(
        roots=np.zeros(1, np.int32),
        feature=np.full(1, -1, np.int16),
        threshold=np.zeros(1, np.float32),
        right=np.zeros(1, np.int32),
        share=np.full(1, 0.25, np.float32),
    )
    save_weights(build_model("resnet18").state_dict(), "resnet18", 128, path, leaf)
    again = load_model(path).candidate_classifier
    assert again and again.confidence(np.zeros((2, len(FEATURES)), np.float32)).tolist() == [0.25, 0.25]
    content = torch.load(path, weights_only=True)
    for damage in (
        {"share": torch.tensor([9.0])},
        {"share": 3},
        {"other": torch.zeros(1)},
        {"roots": torch.zeros(())},
    ):
        torch.save(content | {"second_look": content["second_look"] | damage}, path)
        with pytest.raises(ModelError, match="candidate classifier in 'a\\.pth' is damaged"):
            load_model(path)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A valid weights file of the smallest network, and its content."""
    path = tmp_path_factory.mktemp("whole") / "a.pth"
    save_weights(build_model("resnet18").state_dict(), "resnet18", 128, path)
    return path, torch.load(path, weights_only=True)


def first_of(content, value):
    """The content with its first weights replaced."""
    name = next(iter(content["state"]))
    return content | {"state": content["state"] | {name: value}}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (
            lambda all: first_of(all, next(iter(all["state"].values())) * torch.nan),
            "weights that are not finite",
        ),
        (lambda all: first_of(all, torch.full((64, 4, 7, 7), torch.inf)), "weights that are not finite"),
        (
            lambda all: first_of(all, torch.zeros(1).expand(2**40)),
            "is not a tensor that the file contains in full",
        ),
        (lambda all: first_of(all, torch.zeros(3, 3)), "do not fit this network"),
        (lambda all: first_of(all, "a text"), "is not a tensor that the file contains in full"),
        (
            lambda all: first_of(all, torch.eye(3).to_sparse()),
            "is not a tensor that the file contains in full",
        ),
        (lambda all: all | {"state": [1]}, "not a table of tensors"),
        (lambda all: all | {"state": {}}, "do not fit this network"),
        (lambda all: all | {"encoder": "resnet99"}, "encoder was 'resnet99': unknown encoder"),
        (lambda all: all | {"encoder": None}, "encoder was None"),
        (lambda all: all | {"radius": 10**9}, "radius was 1000000000: use a whole number from 128 to 2048"),
        (lambda all: all | {"radius": float("nan")}, "radius was nan"),
        (lambda all: all | {"second_look": torch.zeros(3)}, "candidate classifier in 'b.pth' is damaged"),
        (
            lambda all: all | {"second_look": {"roots": torch.zeros(1).expand(2**40)}},
            "array .* is incomplete",
        ),
    ],
)
def test_impossible_weights_are_rejected_with_the_name_of_the_file(tmp_path, whole, change, fault):
    path = tmp_path / "b.pth"
    torch.save(change(dict(whole[1])), path)
    with pytest.raises(ModelError, match=fault) as refused:
        load_model(path)
    assert "b.pth" in str(refused.value) and "\n" not in str(refused.value)[:60]


def test_a_compressed_archive_is_rejected_before_it_is_unpacked(tmp_path, whole):
    path = tmp_path / "b.pth"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed, zipfile.ZipFile(whole[0]) as archive:
        for entry in archive.infolist():
            packed.writestr(entry.filename, b"\0" * 10**4)
    with pytest.raises(ModelError, match=r"'b\.pth' was rejected"):
        read_weights(path)


CARD = {"name": "a", "encoder": "resnet18", "radius": 128, "threshold": 0.4, "floor": 0.1}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"threshold": float("nan")}, "threshold was nan: expected a finite number"),
        ({"threshold": float("inf")}, "threshold"),
        ({"threshold": -1}, "threshold was -1"),
        ({"threshold": "high"}, "threshold was 'high': expected a number"),
        ({"threshold": 0.05}, "below the floor"),
        ({"floor": 0}, "floor was 0: use a number from 0.01 to 1"),
        ({"radius": 10**12}, "radius was 1000000000000: use a whole number from 128 to 2048"),
        ({"radius": 224}, "says radius 224, but the weights in 'a.pth' have radius 128"),
        ({"encoder": "resnet34"}, "says encoder resnet34"),
        ({"encoder": "x"}, "unknown encoder 'x'"),
        ({"name": "../../outside"}, "cannot name a model"),
        ({"metrics": {"f1": [1, float("nan")]}}, "expected finite numbers only"),
        ({"more": {"deep": float("-inf")}}, "expected finite numbers only"),
        ({"split": [1]}, "split was"),
        ({"calibration": {"level": 0.9}}, "calibration"),
    ],
)
def test_an_impossible_card_is_rejected_with_the_name_of_the_file(tmp_path, whole, change, fault):
    path = tmp_path / "a.pth"
    shutil.copyfile(whole[0], path)
    path.with_suffix(".json").write_text(json.dumps(CARD | change))
    with pytest.raises(ModelError, match=fault) as refused:
        load_model(path)
    assert "a.json" in str(refused.value) and "Traceback" not in str(refused.value)


@pytest.mark.parametrize("text", ["", "[]", "null", "{", "[" * 10**5, "\0", '{"name": "a"}'])
def test_a_card_that_is_not_a_card_is_rejected_with_the_name_of_the_file(tmp_path, text):
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(ModelError, match=r"the card 'a\.json' is damaged"):
        read_card(tmp_path / "a.pth")


def test_an_unreadable_card_is_named_and_a_missing_one_is_none(tmp_path):
    assert read_card(tmp_path / "a.pth") is None
    (tmp_path / "a.json").mkdir()
    with pytest.raises(ModelError, match=r"the card 'a\.json' cannot be read"):
        read_card(tmp_path / "a.pth")
