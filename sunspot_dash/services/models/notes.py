"""What people noted about a model, and whether it is archived: one small file for each model."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sunspot_dash.domain.drawing.names import is_utf8
from sunspot_dash.errors import ParameterError, WorkspaceError
from sunspot_dash.file_names import MODEL_NAME
from sunspot_dash.files import atomic_write_text, locked, writing
from sunspot_dash.workspace import Workspace

LONGEST = 2000  # characters


class ModelNotes(BaseModel):
    """The notes on a model."""

    model_config = ConfigDict(frozen=True)

    text: str = Field("", max_length=LONGEST)
    archived: bool = False


def read_notes(workspace: Workspace, name: str) -> ModelNotes:
    """Return the notes on a model, empty ones if there are none.

    Raises:
        WorkspaceError: their file is damaged.
    """
    if not MODEL_NAME.fullmatch(name):
        return ModelNotes()
    path = workspace.model_notes / f"{name}.json"
    try:
        return ModelNotes.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return ModelNotes()
    except (OSError, ValidationError) as error:
        raise WorkspaceError(
            f"the notes on '{name}' cannot be read: restore {path}, or delete it to start without notes"
        ) from error


def change_notes(workspace: Workspace, name: str, **changed: object) -> None:
    """Change fields of the notes on a model.

    Raises:
        ParameterError: the text is too long.
        WorkspaceError: they cannot be read or written.
    """
    text = changed.get("text", "")
    if isinstance(text, str) and (len(text) > LONGEST or not is_utf8(text)):
        raise ParameterError(f"the notes have {len(text):,} characters: shorten them to {LONGEST:,}")
    path = workspace.model(name).notes
    with locked(workspace.models_lock):
        found = read_notes(workspace, name).model_copy(update=changed)
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
        atomic_write_text(path, found.model_dump_json(indent=1) + "\n")
