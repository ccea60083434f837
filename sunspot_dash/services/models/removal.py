"""Delete a model, and undo that."""

from __future__ import annotations

from sunspot_dash.errors import ParameterError, WorkspaceError
from sunspot_dash.files import locked
from sunspot_dash.services.dataset.trash import MODELS, Deletion, deletions, restore, to_trash
from sunspot_dash.services.models.belongings import belongings, check_changeable
from sunspot_dash.services.models.default import default_model
from sunspot_dash.workspace import Workspace


def delete_model(workspace: Workspace, name: str, with_results: bool = False) -> Deletion:
    """Move a model to the trash: weights, card, log, plot, notes, and the state of its training.

    No job may use it meanwhile (see `jobs.control.without_jobs_of`).

    Args:
        with_results: also its results, pictures and scores. The tables have to be rebuilt afterwards.

    Raises:
        ModelError: the model does not exist.
        ParameterError: it is shipped, or the default.
        WorkspaceError: the disk is full, ...; the files moved so far can be restored.
    """
    default = default_model(workspace)
    check_changeable(workspace, name)
    if name == default:
        raise ParameterError(f"'{name}' is the default model: make another one the default first")
    found = belongings(workspace, name)
    paths = [*workspace.model(name).every, found.run]
    if with_results:
        paths += [*found.results, *found.evaluations]
    with locked(workspace.models_lock):
        return to_trash(workspace, [name], [path for path in paths if path.exists()], MODELS)


def deleted_models(workspace: Workspace) -> list[Deletion]:
    """Return the deletions of models that can be undone, newest first."""
    return deletions(workspace, MODELS)


def restore_model(workspace: Workspace, number: str) -> Deletion:
    """Undo the deletion of a model.

    Raises:
        ParameterError: there is a new model of its name.
        WorkspaceError: the deletion is unknown, or the files cannot be moved.
    """
    deletion = next((found for found in deleted_models(workspace) if found.number == number), None)
    if deletion is None:
        raise WorkspaceError("this deletion is no longer in the trash")
    (name,) = deletion.names
    with locked(workspace.models_lock):
        # Checked before anything moves: a card must not come back beside other weights.
        for path in deletion.paths:
            kept = (workspace.trash / number / path).exists()
            if kept and (workspace.root / path).exists():
                raise ParameterError(f"{path} is in use by a new model '{name}': rename that model first")
        restore(workspace, number)
    return deletion
