"""Shared fixtures: small drawings, the shipped model at a quarter of its scale, a trained model, results.

Each is created once for all test processes (`once`); tests that change anything work on a copy.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from sunspot_dash.ml.config import InferConfig, TrainConfig
from sunspot_dash.synthetic import write_archive
from sunspot_dash.workspace import Workspace, pretrained_weights
from tests.labelled import put_labelled
from tests.once import once

# Test files run in parallel, one per core; a network with a thread on every core would only wait for the others.
# Bit-equal histories need the same number of threads everywhere, too.
os.environ.setdefault("OMP_NUM_THREADS", "1")

REPOSITORY = Path(__file__).resolve().parents[1]
# Tests that take minutes start first; otherwise one core would wait for the other at the end.
LONGEST = ("jobs/test_kills_redis.py", "jobs/test_kills_sqlite.py", "web", "jobs", "ml", "services")
DRAWINGS = 5
QUICK_RADIUS = 224  # the disk fits into one of the network's tiles
TINY = {
    "epochs": 2,
    "batch_size": 4,
    "tile_size": 64,
    "radius": 128,
    "encoder_weights": "none",
    "device": "cpu",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort the longest tests first; keep the order of the others."""
    tests = REPOSITORY / "tests"

    def rank(item: pytest.Item) -> int:
        path = item.path.relative_to(tests)
        return next((n for n, name in enumerate(LONGEST) if path.is_relative_to(name)), len(LONGEST))

    items.sort(key=rank)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real drawings beside the repository; tests that need it are skipped if it is missing."""
    folder = REPOSITORY.parent / "shared" / "uset"
    if not folder.is_dir():
        pytest.skip("the real drawings (../shared/uset) are not on this machine")
    return folder


@pytest.fixture(scope="session")
def archive(tmp_path_factory) -> Path:
    """images/ and annotations/instances_default.json of five small synthetic drawings."""

    def make(folder: Path) -> None:
        write_archive(folder, DRAWINGS, seed=5, scale=0.35, styles=("1941", "1954"))

    return once(tmp_path_factory, "archive", make)


@pytest.fixture(scope="session")
def quick_weights(tmp_path_factory) -> Path:
    """The shipped network at a quarter of its scale: less accurate, and 14 times as fast.

    In a workspace's trained_models it replaces the shipped model if it has the same name.
    """
    from sunspot_dash.ml.checkpoint import read_weights, save_weights

    def make(folder: Path) -> None:
        shipped = read_weights(pretrained_weights())
        save_weights(shipped["state"], shipped["encoder"], QUICK_RADIUS, folder / "quick.pth")

    return once(tmp_path_factory, "quick", make) / "quick.pth"


@pytest.fixture(scope="session")
def results_once(tmp_path_factory, archive, quick_weights) -> Path:
    """A workspace with the archive as labelled drawings and the results of "uset" at a quarter of its scale.

    Its pictures include the square crops.
    """
    from sunspot_dash.services.models.inference import infer_folder

    def make(folder: Path) -> None:
        space = put_labelled(Workspace(folder).create(), archive)
        shutil.copyfile(quick_weights, space.model("uset").weights)
        infer_folder(space, "uset", space.images, InferConfig(save_crops=True, device="cpu"))

    return once(tmp_path_factory, "results", make)


@pytest.fixture(scope="session")
def trained_once(tmp_path_factory, archive) -> Path:
    """A workspace with the archive as labelled drawings and a model "tiny"; events.json holds its training's events."""
    from sunspot_dash.services.models.training import train_model

    def make(folder: Path) -> None:
        space = put_labelled(Workspace(folder).create(), archive)
        events: list[dict[str, object]] = []
        train_model(space, TrainConfig(model_name="tiny", **TINY), report=events.append)
        (folder / "events.json").write_text(json.dumps(events))

    return once(tmp_path_factory, "trained", make)


def copy_of(once_made: Path, root: Path) -> Workspace:
    """Return a copy of a shared workspace for a single test."""
    shutil.copytree(once_made, root)
    return Workspace(root).create()


@pytest.fixture
def config() -> TrainConfig:
    """Parameters of a training that takes seconds."""
    return TrainConfig(model_name="tiny", **TINY)
