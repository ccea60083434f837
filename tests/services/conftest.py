"""A workspace with a few small labelled synthetic drawings."""

from __future__ import annotations

from pathlib import Path

import pytest

from sunspot_dash.ml.config import TrainConfig
from sunspot_dash.synthetic import write_archive
from sunspot_dash.workspace import Workspace
from tests.labelled import put_labelled

TINY = {
    "epochs": 2,
    "batch_size": 4,
    "tile_size": 64,
    "radius": 128,
    "encoder_weights": "none",
    "device": "cpu",
}


@pytest.fixture(scope="session")
def archive(tmp_path_factory) -> Path:
    """images/ and annotations/instances_default.json of four small drawings."""
    folder = tmp_path_factory.mktemp("archive")
    write_archive(folder, 4, seed=5, scale=0.35, styles=("1941", "1954"))
    return folder


@pytest.fixture
def workspace(tmp_path, archive) -> Workspace:
    """A workspace whose dataset is the archive."""
    return put_labelled(Workspace(tmp_path / "data").create(), archive)


@pytest.fixture
def config() -> TrainConfig:
    return TrainConfig(model_name="tiny", **TINY)
