"""Weights on disk: saved and loaded, or rejected if damaged or unsafe."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
import torch

from sunspot_dash.domain.spots.features import FEATURES
from sunspot_dash.domain.spots.tree_ensemble import TreeEnsemble
from sunspot_dash.errors import ModelError
from sunspot_dash.ml.checkpoint import load_model, read_weights, save_weights
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
