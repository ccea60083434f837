"""Weights on disk: what is refused, and that what is written comes back."""

from __future__ import annotations

import pickle

import pytest
import torch

from sunspot_dash.errors import ModelError
from sunspot_dash.ml.checkpoint import load_model, read_weights, save_weights
from sunspot_dash.ml.model import build_model


class Evil:
    def __reduce__(self):
        return (print, ("code in a model file ran",))


def test_weights_come_back_and_take_half_the_space(tmp_path):
    model = build_model("resnet18", seed=3).eval()
    path = tmp_path / "a.pth"
    save_weights(model.state_dict(), "resnet18", 128, path)
    assert path.stat().st_size < 15e6
    again, card = load_model(path)
    assert (card.encoder, card.radius, card.name) == ("resnet18", 128, "a")
    picture = torch.rand(1, 1, 64, 64)
    with torch.inference_mode():
        assert torch.allclose(model(picture), again(picture), atol=0.05)


def test_code_in_a_model_file_is_refused_and_never_runs(tmp_path, capsys):
    path = tmp_path / "evil.pth"
    torch.save({"format": 1, "encoder": "resnet18", "radius": 9, "state": Evil()}, path)
    with pytest.raises(ModelError, match="more than weights"):
        read_weights(path)
    path.write_bytes(pickle.dumps(Evil()))
    with pytest.raises(ModelError, match="not a model file"):
        read_weights(path)
    assert "ran" not in capsys.readouterr().out


def test_damage_is_told(tmp_path):
    path = tmp_path / "a.pth"
    with pytest.raises(ModelError, match="no model at"):
        read_weights(path)
    save_weights(build_model("resnet18").state_dict(), "resnet18", 128, path)
    path.write_bytes(path.read_bytes()[:100_000])
    with pytest.raises(ModelError):
        read_weights(path)
    torch.save({"other": 1}, path)
    with pytest.raises(ModelError, match="no model of format"):
        read_weights(path)


def test_weights_of_another_network_are_refused(tmp_path):
    path = tmp_path / "a.pth"
    save_weights(build_model("mobilenet_v2").state_dict(), "resnet18", 128, path)
    with pytest.raises(ModelError, match="do not fit"):
        load_model(path)
