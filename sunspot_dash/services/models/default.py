"""The default model of a workspace: the one that runs if no other is chosen."""

from __future__ import annotations

from sunspot_dash.errors import ParameterError, SunspotError
from sunspot_dash.file_names import PRETRAINED
from sunspot_dash.files import locked
from sunspot_dash.services.models.known import check_model
from sunspot_dash.services.models.notes import read_notes
from sunspot_dash.services.models.rename import finish_renaming
from sunspot_dash.services.models.state import read_state, write_state
from sunspot_dash.workspace import Workspace


def default_model(workspace: Workspace) -> str:
    """Return the name of the model that runs if no other is chosen: the shipped one if the chosen one cannot be used.

    Raises:
        WorkspaceError: the choice cannot be read.
    """
    finish_renaming(workspace)
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
