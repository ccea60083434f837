"""Rename a model with everything that carries its name. A renaming that was interrupted is completed later."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from sunspot_dash.errors import ParameterError, SunspotError
from sunspot_dash.file_names import FEATURES_SUFFIX
from sunspot_dash.files import atomic_write_bytes, atomic_write_text, locked, writing
from sunspot_dash.ml.config import read_card
from sunspot_dash.services.models.belongings import belongings, check_changeable
from sunspot_dash.services.models.lineage import children
from sunspot_dash.services.models.state import read_state, write_state
from sunspot_dash.services.models.training_run import PARAMETERS, check_name_available
from sunspot_dash.workspace import Workspace


def rename_model(workspace: Workspace, old: str, new: str) -> None:
    """Rename a model: weights, card, log, plot, notes, results, scores, and the names on the cards of its children.

    No job may use it meanwhile (see `jobs.control.without_jobs_of`). The tables have to be rebuilt afterwards.

    Raises:
        ModelError: the model does not exist.
        ParameterError: it is shipped, the new name is invalid or taken, or files of that name are left.
        WorkspaceError: a file cannot be moved; `finish_renaming` completes it.
    """
    finish_renaming(workspace)
    check_changeable(workspace, old)
    with locked(workspace.models_lock):
        _check_free(workspace, new)
        write_state(workspace, read_state(workspace).model_copy(update={"renaming": (old, new)}))
        _finish(workspace)


def finish_renaming(workspace: Workspace) -> None:
    """Complete a renaming that was interrupted, for example by a power failure.

    Raises:
        WorkspaceError: a file cannot be moved.
    """
    if read_state(workspace).renaming:
        with locked(workspace.models_lock):
            _finish(workspace)


def _check_free(workspace: Workspace, name: str) -> None:
    check_name_available(workspace, name, overwrite=False)
    left = belongings(workspace, name)
    for path in (*workspace.model(name).every, left.run, *left.results, *left.evaluations):
        if path.exists():
            raise ParameterError(
                f"'{name}' was the name of another model, of which {path} is left: choose another name"
            )


def _finish(workspace: Workspace) -> None:
    """Carry out the steps of the recorded renaming that are not yet done; the caller holds the lock."""
    state = read_state(workspace)
    if state.renaming is None:  # another process has completed it
        return
    old, new = state.renaming
    with writing(workspace.model(new).weights):
        _rewrite_parents(workspace, old, new)
        _move_model(workspace, old, new)
        _move_belongings(workspace, old, new)
    default = new if state.default == old else state.default
    write_state(workspace, state.model_copy(update={"default": default, "renaming": None}))


def _rewrite_parents(workspace: Workspace, old: str, new: str) -> None:
    cards = {}
    for name in workspace.known_models():
        with suppress(SunspotError):
            cards[name] = read_card(workspace.find_model(name))
    if old not in cards:  # the weights have moved, after their children were rewritten
        return
    for child in children(cards, old):
        card = cards[child]
        if card is not None:
            renamed = card.model_copy(update={"parent": new})
            atomic_write_text(workspace.model(child).card, renamed.model_dump_json(indent=1) + "\n")


def _move_model(workspace: Workspace, old: str, new: str) -> None:
    """Move the files of a model; its weights have a card beside them at every moment."""
    source, target = workspace.model(old), workspace.model(new)
    if source.card.exists():
        _copy_renamed(source.card, target.card, name=new)
    _move(source.weights, target.weights)
    source.card.unlink(missing_ok=True)
    for name in ("log", "plot", "history", "notes"):
        _move(getattr(source, name), getattr(target, name))


def _move_belongings(workspace: Workspace, old: str, new: str) -> None:
    source, target = belongings(workspace, old), belongings(workspace, new)
    for before, after in zip(source.results, target.results, strict=True):
        _move(before, after)
    _move(target.results[0] / f"{old}{FEATURES_SUFFIX}", target.features[0])
    _move(source.features[1], target.features[1])
    for path in source.evaluations:
        _move(path, path.with_name(new + path.name.removeprefix(old)))
    _move(source.run, target.run)
    parameters = target.run / PARAMETERS
    if parameters.exists():  # else a training could not be resumed under the new name
        _copy_renamed(parameters, parameters, model_name=new)


def _copy_renamed(source: Path, target: Path, **changed: str) -> None:
    """Copy a JSON object with a changed field; a damaged one is copied as it is."""
    content = source.read_bytes()
    with suppress(ValueError, TypeError):
        content = json.dumps({**json.loads(content), **changed}, indent=1).encode() + b"\n"
    atomic_write_bytes(target, content)


def _move(source: Path, target: Path) -> None:
    if source.exists():
        source.rename(target)
