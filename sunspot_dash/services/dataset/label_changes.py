"""Changes of a workspace's labels by drawing: merge a file into them, or remove drawings from them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sunspot_dash.domain.labels.coco import Coco, check_coco, read_coco
from sunspot_dash.domain.labels.listed_names import match_names
from sunspot_dash.domain.labels.merge import MergePlan, merged, plan_merge, without
from sunspot_dash.domain.labels.usable import size_problem
from sunspot_dash.errors import CocoError
from sunspot_dash.files import locked
from sunspot_dash.services.dataset.label_choice import drawings_in, sizes_of, workspace_labels
from sunspot_dash.services.dataset.label_files import write_coco
from sunspot_dash.services.dataset.label_versions import Version, remove_labels, write_labels
from sunspot_dash.workspace import Workspace


def change_of(workspace: Workspace, new: Coco) -> MergePlan | None:
    """Return what merging checked labels into the current ones changes; None if the current ones cannot be used."""
    try:
        current = workspace_labels(workspace)
    except CocoError:
        return None
    return plan_merge(current, new, drawings_in(workspace.images, [*current.images, *new.images]))


def misfits(workspace: Workspace, new: Coco) -> list[tuple[str, str]]:
    """Return (name, reason) of the drawings of which these labels were made for another size."""
    files = match_names(new.images, drawings_in(workspace.images, new.images)).files
    sizes = sizes_of(workspace.images, files.values())
    found = ((name, size_problem(new.images[listed], sizes.get(name))) for listed, name in files.items())
    return [(name, reason) for name, reason in found if reason]


def merge_into(workspace: Workspace, file: Path, new: Coco, plan: MergePlan, name: str) -> Version:
    """Merge a file into the current labels. The caller holds `workspace.dataset_lock`.

    Args:
        new: its checked labels; plan: from `change_of`; name: for the list of versions.

    Raises:
        CocoError: a file cannot be used.
        WorkspaceError: the disk is full, ...; the current labels are unchanged.
    """

    def write(path: Path) -> None:
        contents = read_coco(workspace.annotations_file), read_coco(file)
        write_coco(path, merged(*contents, (workspace_labels(workspace), new), plan.taken))

    return write_labels(workspace, write, f"{name} merged", plan.after)


def drop_drawings(workspace: Workspace, names: Iterable[str], cause: str) -> None:
    """Remove drawings from the label file as a new version; the file is removed if none is left.

    Raises:
        WorkspaceError: the version cannot be written; the labels are unchanged.
    """
    with locked(workspace.dataset_lock):
        try:
            content = read_coco(workspace.annotations_file)
            coco = check_coco(content)
        except CocoError:
            return
        gone = set(names) & set(coco.images)
        if gone == set(coco.images):
            remove_labels(workspace, cause)
        elif gone:
            kept = without(content, coco, gone)
            write_labels(workspace, lambda path: write_coco(path, kept), cause)
