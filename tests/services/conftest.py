"""Workspaces with a few small labelled synthetic drawings."""

from __future__ import annotations

from pathlib import Path

import pytest

from sunspot_dash.workspace import Workspace
from tests.conftest import copy_of
from tests.labelled import put_labelled


@pytest.fixture
def workspace(tmp_path, archive) -> Workspace:
    """A workspace whose dataset is the archive."""
    return put_labelled(Workspace(tmp_path / "data").create(), archive)


@pytest.fixture
def trained(tmp_path, trained_once: Path) -> Workspace:
    """A workspace with the archive as its dataset and a model "tiny" that was trained on it."""
    return copy_of(trained_once, tmp_path / "data")
