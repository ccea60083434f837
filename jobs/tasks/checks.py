"""Check the names, models and folders that a job needs before it is accepted."""

from __future__ import annotations

import os
from pathlib import Path

from jobs.tasks.context import Params
from jobs.tasks.parameters import Train
from sunspot_dash.errors import CocoError, ParameterError
from sunspot_dash.file_names import check_model_name
from sunspot_dash.files import is_there
from sunspot_dash.ml.config import STARTING_WEIGHTS, TruthKind
from sunspot_dash.workspace import EVERYTHING, Workspace


def check_train(values: Params, workspace: Workspace) -> Params:
    from sunspot_dash.services.models.retraining import check_corrections, lessons_of
    from sunspot_dash.services.models.training_run import check_name_available

    check_name_available(workspace, values["model_name"], values["overwrite"])
    if values["parent"]:
        _check_parent(values, workspace)
    if values["reviewed"]:
        check_corrections(lessons_of(workspace, Train(**values)))
    elif not workspace.annotations_file.is_file():
        raise ParameterError(
            f"there are no labels to train on: add drawings to {workspace.images} and save their COCO file as "
            f"{workspace.annotations_file}"
        )
    found = {"category": _categories(values, workspace)}
    if values["encoder_weights"] in STARTING_WEIGHTS:
        return found
    return {**found, "encoder_weights": _existing(workspace, values["encoder_weights"], "encoder_weights")}


def _check_parent(values: Params, workspace: Workspace) -> None:
    """Check that the parent exists, and that the new model has its encoder and radius.

    Raises:
        ModelError, ParameterError: not so.
    """
    from sunspot_dash.services.models.known import check_model

    name = values["parent"]
    card = check_model(workspace.find_model(name))
    for key in ("encoder", "radius"):
        if card and getattr(card, key) != values[key]:
            wanted = getattr(card, key)
            raise ParameterError(
                f"{key} was {values[key]}, but the parent '{name}' has {wanted}: use {key}={wanted}"
            )


def _categories(values: Params, workspace: Workspace) -> list[str]:
    """Return the categories to train on, so that a later choice in the workspace does not change a queued job.

    Raises:
        ParameterError: it is not clear which labels are spots.
    """
    from sunspot_dash.services.dataset.label_choice import dataset_labels, label_choice

    choice = label_choice(workspace, values["category"], values["keep_partly_labelled"])
    try:
        return list(dataset_labels(workspace, choice).spots)
    except CocoError:  # the job ends with this error, which may be repaired until then
        return values["category"]


def check_infer(values: Params, workspace: Workspace) -> Params:
    from sunspot_dash.services.dataset.archive_records import archive_drawings
    from sunspot_dash.services.dataset.inventory import check_names, holdings
    from sunspot_dash.services.dataset.orientation import check_preset

    model = _model(values, workspace)
    check_preset(values["orientation"])
    if values["drawings"]:
        files = [_existing(workspace, path, "drawings") for path in values["drawings"]]
        check_names(files)
        return {**model, "drawings": files, "images": ""}
    if values["images"] == EVERYTHING:
        if next(holdings(workspace), None) is None:
            raise ParameterError("images: the workspace has no drawings yet: add some first")
        return model
    kept = archive_drawings(workspace, values["images"])
    if kept is not None:
        if not kept:
            table = workspace.archives / f"{values['images']}.csv"
            raise ParameterError(
                f"images: the archive '{values['images']}' has no usable drawing: see {table}"
            )
        return model
    found = _existing(workspace, values["images"], "images", folder=True)
    if not any((workspace.root / found).iterdir()):
        raise ParameterError(
            f"images: the folder {workspace.root / found} is empty: add drawings to it first"
        )
    return {**model, "images": found}


def check_evaluate(values: Params, workspace: Workspace) -> Params:
    return {**_model(values, workspace), **_labelled(values, workspace)}


def _model(values: Params, workspace: Workspace) -> Params:
    """Return the name of the model, that of the default model if none is given."""
    from sunspot_dash.services.models.default import default_model
    from sunspot_dash.services.models.known import check_model

    name = values["model"] or default_model(workspace)
    check_model(workspace.find_model(name))
    return {"model": name}


def check_compare(values: Params, workspace: Workspace) -> Params:
    from sunspot_dash.services.models.comparison import kept_apart_of
    from sunspot_dash.services.models.known import check_model

    for name in (values["first"], values["second"]):
        card = check_model(workspace.find_model(check_model_name(name)))
    if values["truth"] == TruthKind.KEPT_APART:
        kept_apart_of(card, values["second"])
    return {}


def check_convert(values: Params, workspace: Workspace) -> Params:
    masks = Path(values["masks_dir"])
    return {**_labelled(values, workspace), "masks_dir": portable(workspace, workspace.root / masks)}


def check_import(values: Params, workspace: Workspace) -> Params:
    from sunspot_dash.services.dataset.archive_records import check_archive_name

    check_archive_name(values["name"])
    return {"images": _existing(workspace, values["images"], "images", folder=True)}


def check_tables(values: Params, workspace: Workspace) -> Params:
    model = values["model"]
    if model and not workspace.results_of(check_model_name(model)).is_dir():
        raise ParameterError(f"model: '{model}' has no results: run it on drawings first")
    return {}


def check_filter(values: Params, workspace: Workspace) -> Params:
    return _labelled(values, workspace)


def _labelled(values: Params, workspace: Workspace) -> Params:
    return {
        "images_dir": _existing(workspace, values["images_dir"], "images_dir", folder=True),
        "annotations_path": _existing(workspace, values["annotations_path"], "annotations_path"),
    }


def _existing(workspace: Workspace, value: str, name: str, folder: bool = False) -> str:
    """Return a path found in the workspace or, failing that, in the current folder."""
    for path in (workspace.root / value, Path(value).absolute()):
        if is_there(path, folder):
            if not os.access(path, os.R_OK):
                raise ParameterError(f"{name}: {path} cannot be read: change its permissions")
            return portable(workspace, path)
    what = "folder" if folder else "file"
    more = " and no imported archive of that name" if name == "images" else ""
    raise ParameterError(f"{name}: there is no {what} '{workspace.root / value}'{more}")


def portable(workspace: Workspace, path: Path) -> str:
    """Make a path inside the workspace relative to it: other machines may mount the workspace elsewhere."""
    root, path = workspace.root.resolve(), path.resolve()
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)
