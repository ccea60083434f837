"""What a workspace stores about all its models together: the default, and a renaming that is not yet complete."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, ValidationError

from sunspot_dash.errors import WorkspaceError
from sunspot_dash.files import atomic_write_text
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
