"""Which models of a workspace can be used, without loading torch."""

from __future__ import annotations

import zipfile
from pathlib import Path

from sunspot_dash.errors import ModelError, SunspotError
from sunspot_dash.ml.config import ModelCard, read_card
from sunspot_dash.workspace import Workspace


def check_model(weights: Path) -> ModelCard | None:
    """Check the card and the header of a weights file, and return the card; the job checks the weights themselves.

    Raises:
        ModelError: the card is damaged, or the file is not a weights file or is still being copied.
    """
    card = read_card(weights)
    if not zipfile.is_zipfile(weights):
        raise ModelError(
            f"'{weights.name}' is not a complete model file of this program: wait until it is copied, or restore it"
        )
    return card


def faults(workspace: Workspace) -> dict[str, str]:
    """Return the reason why a model cannot be used, "" if none is known, for every model by name."""
    found = {}
    for name in workspace.known_models():
        try:
            check_model(workspace.find_model(name))
            found[name] = ""
        except SunspotError as error:
            found[name] = str(error)
    return found
