"""Models for tests of the registry: copies of small weights under other names, with cards."""

from __future__ import annotations

import shutil
from pathlib import Path

from sunspot_dash.files import file_sha256
from sunspot_dash.ml.config import ModelCard
from sunspot_dash.workspace import Workspace

CARD = ModelCard(name="model", encoder="resnet18", radius=224)


def add_model(space: Workspace, weights: Path, name: str, **card: object) -> ModelCard:
    """Add a model with a card."""
    files = space.model(name)
    shutil.copyfile(weights, files.weights)
    made = CARD.model_copy(update={"name": name, "weights_sha256": file_sha256(weights), **card})
    files.card.write_text(made.model_dump_json())
    return made
