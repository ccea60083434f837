"""Read the labels that a command, a job or a page may use: matched with drawings, of the chosen categories."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from sunspot_dash.domain.drawing.names import is_utf8
from sunspot_dash.domain.labels.categories import spot_categories, undecided
from sunspot_dash.domain.labels.coco import Annotation, Coco, load_coco
from sunspot_dash.domain.labels.listed_names import match_names
from sunspot_dash.domain.labels.usable import UsableLabels, select_usable
from sunspot_dash.errors import ImageError, ParameterError, WorkspaceError
from sunspot_dash.files import atomic_write_text, state_of
from sunspot_dash.io.images import image_size
from sunspot_dash.services.dataset.label_cache import labels_state, load_labels
from sunspot_dash.workspace import Workspace

RECENT_SECONDS = 2.0


@dataclass(frozen=True)
class LabelChoice:
    """Which labels count.

    Attributes:
        category: categories that are spots, as asked for; stored: as chosen for the workspace, the default.
        keep_partly_labelled: also use drawings that have some unusable labels.
    """

    category: tuple[str, ...] = ()
    stored: tuple[str, ...] = ()
    keep_partly_labelled: bool = False


DEFAULT_CHOICE = LabelChoice()


def label_choice(
    workspace: Workspace, category: Iterable[str] = (), keep_partly_labelled: bool = False
) -> LabelChoice:
    """Return a choice of labels, with that of the workspace as the default.

    Raises:
        WorkspaceError: the choice of the workspace cannot be read.
    """
    return LabelChoice(tuple(category), stored_categories(workspace), keep_partly_labelled)


def stored_categories(workspace: Workspace) -> tuple[str, ...]:
    """Return the categories that were chosen as spots on the Dataset page; () if none were.

    Raises:
        WorkspaceError: the file cannot be read.
    """
    path = workspace.categories_file
    try:
        return tuple(str(name) for name in json.loads(path.read_text("utf-8"))["spots"])
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise WorkspaceError(
            f"{path} cannot be read: choose the categories on the Dataset page again"
        ) from error


def dataset_categories(workspace: Workspace) -> tuple[dict[str, int], list[str]]:
    """Return the number of labels by category, and the categories that are spots, [] while none is chosen.

    Raises:
        CocoError: the label file cannot be used.
        WorkspaceError: the choice of the workspace cannot be read.
    """
    counts = cached_coco(workspace.annotations_file).categories
    return counts, spot_categories(counts, stored=stored_categories(workspace)) or []


def store_categories(workspace: Workspace, names: Iterable[str]) -> None:
    """Store the categories that are spots, the default of every page, command and job.

    Raises:
        ParameterError: none is chosen, or the label file has no category of this name.
        CocoError: the label file cannot be used.
        WorkspaceError: the choice cannot be written.
    """
    chosen = list(names)
    if not chosen:
        raise ParameterError("no category is chosen: choose at least one that is a spot")
    spot_categories(workspace_labels(workspace).categories, chosen)
    atomic_write_text(workspace.categories_file, json.dumps({"spots": chosen}, indent=1) + "\n")


def usable_labels(
    annotations_path: Path, images_dir: Path, choice: LabelChoice = DEFAULT_CHOICE
) -> UsableLabels:
    """Return the labels of a folder's drawings that can be used. Do not change the result, which is cached.

    Raises:
        CocoError: the file as a whole cannot be used.
        ParameterError: it has no category of this name, or its categories do not show which of them are spots.
    """
    return _select(cached_coco(annotations_path), images_dir, choice)


def dataset_labels(workspace: Workspace, choice: LabelChoice) -> UsableLabels:
    """Return the usable labels of a workspace's dataset (see `usable_labels`)."""
    folders = _folder_states(workspace_labels(workspace), workspace.images)
    if _is_recent(folders):
        _usable.cache_clear()
    return _usable(workspace, choice, (labels_state(workspace), folders))


@lru_cache(maxsize=4)
def _usable(workspace: Workspace, choice: LabelChoice, _states: object) -> UsableLabels:
    return _select(workspace_labels(workspace), workspace.images, choice)


def _select(coco: Coco, images_dir: Path, choice: LabelChoice) -> UsableLabels:
    spots = spot_categories(coco.categories, choice.category, choice.stored)
    if spots is None:
        raise undecided(coco.categories)
    matches = match_names(coco.images, drawings_in(images_dir, coco.images))
    return select_usable(
        coco, matches, spots, choice.keep_partly_labelled, sizes_of(images_dir, matches.files.values())
    )


def labels_by_name(workspace: Workspace) -> dict[str, list[Annotation]]:
    """Return the labels to show on each drawing: also on partly labelled ones, and all while no category is chosen.

    A drawing that is not in the dataset, for example of an imported archive, has those that are listed under its name.

    Raises:
        CocoError: the file as a whole cannot be used.
        WorkspaceError: the choice of the workspace cannot be read.
    """
    folders = _folder_states(workspace_labels(workspace), workspace.images)
    if _is_recent(folders):
        _by_name.cache_clear()
    return _by_name(workspace, stored_categories(workspace), (labels_stamp(workspace), folders))


def labels_stamp(workspace: Workspace) -> tuple[tuple[int, int, int], ...]:
    """Return a value that changes with the labels or with the choice of categories."""
    return tuple(state_of(path) for path in (workspace.annotations_file, workspace.categories_file))


@lru_cache(maxsize=2)
def _by_name(workspace: Workspace, stored: tuple[str, ...], _states: object) -> dict[str, list[Annotation]]:
    coco, images = workspace_labels(workspace), workspace.images
    spots = spot_categories(coco.categories, stored=stored) or list(coco.categories)
    matches = match_names(coco.images, drawings_in(images, coco.images))
    # Those without a file in the dataset keep their name.
    matches.files.update((name, name) for name in matches.missing)
    coco = select_usable(coco, matches, spots, True, sizes_of(images, matches.files.values())).coco
    return {name: coco.annotations.get(name, []) for name in coco.images}


def workspace_labels(workspace: Workspace) -> Coco:
    """Return the checked labels of a workspace, kept in memory until they change. Do not change the result.

    Raises:
        CocoError: the file as a whole cannot be used.
    """
    return _read_workspace(workspace, labels_state(workspace))


@lru_cache(maxsize=2)
def _read_workspace(workspace: Workspace, _state: str | None) -> Coco:
    return load_labels(workspace)


def cached_coco(path: Path) -> Coco:
    """Read and check a label file; cached until it changes, since that takes seconds. Do not change the result.

    Raises:
        CocoError: the file as a whole cannot be used.
    """
    state = state_of(path)
    return _read(path, state) if any(state) else load_coco(path)  # raises the error


@lru_cache(maxsize=4)
def _read(path: Path, _state: tuple[int, int, int]) -> Coco:
    return load_coco(path)


def sizes_of(folder: Path, names: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Return the (width, height) in px of the images of a folder by name; other files are left out."""
    found = {name: _size(folder / name, state_of(folder / name)) for name in names}
    return {name: size for name, size in found.items() if size is not None}


@lru_cache(maxsize=100_000)
def _size(path: Path, _state: tuple[int, int, int]) -> tuple[int, int] | None:
    try:
        return image_size(path)
    except ImageError:
        return None


def _folder_states(coco: Coco, images_dir: Path) -> tuple[tuple[int, int, int], ...]:
    """Return the states of a folder of images and of its subfolders that the labels refer to."""
    nested = {name.rpartition("/")[0] for name in coco.images if "/" in name}
    return tuple(state_of(images_dir / folder) for folder in ("", *sorted(nested)))


def _is_recent(states: tuple[tuple[int, int, int], ...]) -> bool:
    """Whether a folder has just changed: it may change again with the same modification time."""
    return time.time() - max(state[0] for state in states) / 1e9 < RECENT_SECONDS


def drawings_in(folder: Path, listed: Iterable[str]) -> set[str]:
    """Return the files of a folder, and those of its subfolders that are listed, with '/' between folders."""
    try:
        with os.scandir(folder) as entries:
            files = {entry.name for entry in entries if _is_drawing(entry)}
    except OSError:
        return set()
    nested = (name for name in listed if "/" in name)
    root = folder.resolve()
    return files | {name for name in nested if _is_inside(folder / name, root)}


def _is_drawing(entry: os.DirEntry[str]) -> bool:
    """Whether an entry is a file that can be listed; a looping link, for example, is not."""
    try:
        return entry.is_file() and not entry.name.startswith(".") and is_utf8(entry.name)
    except OSError:
        return False


def _is_inside(path: Path, root: Path) -> bool:
    """Whether a path is a file inside a folder, also after following links."""
    try:
        return path.is_file() and path.resolve().is_relative_to(root)
    except OSError:
        return False
