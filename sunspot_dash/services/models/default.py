"""The default model of a workspace: the one that runs if no other is chosen."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, ValidationError

from sunspot_dash.errors import ParameterError, SunspotError, WorkspaceError
from sunspot_dash.file_names import PRETRAINED
from sunspot_dash.files import atomic_write_text, locked
from sunspot_dash.services.models.known import check_model
from sunspot_dash.services.models.notes import read_notes
from sunspot_dash.workspace import Workspace


class ModelsState(BaseModel):
    """What a workspace stores about all models together.

    Attributes:
        default: the chosen model; "" stands for the shipped one.
        renaming: the old and the new name of a model while it is renamed.
    """

    model_config = ConfigDict(frozen=True)

    default: str = ""
    renaming: tuple[str, str] | None = None


def read_state(workspace: Workspace) -> ModelsState:
    """Read the state; without a file the shipped model is the default.

    Raises:
        WorkspaceError: its file is damaged.
    """
    try:
        return ModelsState.model_validate_json(workspace.models_file.read_bytes())
    except FileNotFoundError:
        return ModelsState()
    except (OSError, ValidationError) as error:
        raise WorkspaceError(
            f"{workspace.models_file} cannot be read: restore it, or delete it to use the shipped model by default"
        ) from error


def write_state(workspace: Workspace, state: ModelsState) -> None:
    """Replace the state; the caller holds the lock of the models."""
    atomic_write_text(workspace.models_file, state.model_dump_json(indent=1) + "\n")


def default_model(workspace: Workspace) -> str:
    """Return the name of the model that runs if no other is chosen: the shipped one if the chosen one cannot be used.

    Raises:
        WorkspaceError: the choice cannot be read.
    """
    chosen = read_state(workspace).default
    return chosen if chosen and not _fault(workspace, chosen) else PRETRAINED


def may_become_default(workspace: Workspace, name: str) -> str:
    """Return why a model may not become the default, "" if it may."""
    if fault := _fault(workspace, name):
        return fault
    if read_notes(workspace, name).archived:
        return f"'{name}' is archived: take it out of the archive first"
    return ""


def make_default(workspace: Workspace, name: str) -> None:
    """Choose the default model.

    Raises:
        ParameterError: it may not become the default.
        WorkspaceError: the choice cannot be stored.
    """
    if reason := may_become_default(workspace, name):
        raise ParameterError(reason)
    with locked(workspace.models_lock):
        write_state(workspace, read_state(workspace).model_copy(update={"default": name}))


def _fault(workspace: Workspace, name: str) -> str:
    try:
        check_model(workspace.find_model(name))
    except SunspotError as error:
        return str(error)
    return ""
