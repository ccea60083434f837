"""Changes of a workspace's labels by drawing: merge a file into them, or remove drawings from them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sunspot_dash.domain.labels.coco import check_coco, read_coco
from sunspot_dash.domain.labels.merge import MergePlan, plan_merge, without
from sunspot_dash.errors import CocoError
from sunspot_dash.files import locked
from sunspot_dash.services.dataset.label_choice import cached_coco, drawings_in, workspace_labels
from sunspot_dash.services.dataset.label_files import merge_files, write_coco
from sunspot_dash.services.dataset.label_versions import Version, remove_labels, write_labels
from sunspot_dash.workspace import Workspace


def change_of(workspace: Workspace, new: Path) -> MergePlan | None:
    """Return what merging a file into the current labels changes; None if the current ones cannot be used.

    Raises:
        CocoError: the new file cannot be used.
    """
    coco = cached_coco(new)
    try:
        current = workspace_labels(workspace)
    except CocoError:
        return None
    files = drawings_in(workspace.images, [*current.images, *coco.images])
    return plan_merge(current, coco, files)[0]


def merge_into(workspace: Workspace, new: Path, name: str) -> Version:
    """Merge a file into the current labels. The caller holds `workspace.dataset_lock`.

    Raises:
        CocoError: a file cannot be used.
        WorkspaceError: the disk is full, ...; the current labels are unchanged.
    """
    current = workspace.annotations_file
    files = drawings_in(workspace.images, [*workspace_labels(workspace).images, *cached_coco(new).images])
    plan = change_of(workspace, new)
    numbers = plan.after if plan else None
    return write_labels(
        workspace, lambda path: merge_files(current, new, files, path), f"{name} merged", numbers
    )


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
