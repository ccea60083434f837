"""Files that come in from a browser: checked, named safely, kept once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from sunspot_dash.domain.coco import check_coco, read_coco
from sunspot_dash.domain.names import base_name, observation_time
from sunspot_dash.errors import ImageError, ParameterError, SunspotError, WorkspaceError
from sunspot_dash.io.images import content_hash, image_size
from sunspot_dash.settings import LIMITS
from sunspot_dash.words import counted
from sunspot_dash.workspace import Workspace, file_sha256, temporary_in

PIECE = 1 << 20
ROLES = ("labelled", "run")


@dataclass(frozen=True)
class Taken:
    """What became of a file.

    Attributes:
        state: kept, same or refused.
        name: as it is kept now.
        reason: why it was refused, or what there is to know.
    """

    state: str
    name: str
    reason: str = ""


def take_upload(workspace: Workspace, role: str, name: str, stream: BinaryIO) -> Taken:
    """Keep one file: an image of the dataset ('labelled') or to run ('run'), or a COCO file.

    Nothing is kept of a file that is refused, and nothing that was there is lost: another image of the same name gets
    a number, the labels that a new COCO file replaces are kept beside it.

    Raises:
        ParameterError: the role is unknown, or the file is larger than any may be.
        WorkspaceError: the disk is full, ...
    """
    if role not in ROLES:
        raise ParameterError(f"unknown role '{role}': use one of {', '.join(ROLES)}")
    folder = workspace.images if role == "labelled" else workspace.images_to_run
    temporary = temporary_in(folder)
    try:
        _receive(stream, temporary)
        if name.lower().endswith(".json"):
            return _labels(workspace, temporary, name)
        return _image(folder, temporary, name)
    except ImageError as error:
        return Taken("refused", name, error.reason)
    except OSError as error:
        raise WorkspaceError(
            f"{name} was not kept ({error.strerror or error}): free some space and repeat"
        ) from error
    finally:
        temporary.unlink(missing_ok=True)


def _receive(stream: BinaryIO, path: Path) -> None:
    size = 0
    with path.open("wb") as file:
        while piece := stream.read(PIECE):
            size += len(piece)
            if size > LIMITS.max_upload_bytes:
                raise ParameterError(f"the file is larger than {LIMITS.max_upload_bytes >> 20} MB, the limit")
            file.write(piece)


def _image(folder: Path, temporary: Path, name: str) -> Taken:
    image_size(temporary)
    digest = content_hash(temporary)
    try:
        safe = base_name(name)
    except ParameterError:
        # A name that could lead elsewhere, or cannot be seen, is replaced by one of ours.
        suffix = Path(name).suffix.lower()
        safe = f"upload-{digest[:12]}{suffix if suffix[1:].isalnum() and suffix.isascii() else ''}"
    target = folder / safe
    number = 1
    while target.exists():
        if content_hash(target) == digest:
            return Taken("same", target.name, f"the same file is there as {target.name}")
        number += 1
        target = folder / f"{Path(safe).stem}-{number}{Path(safe).suffix}"
    twins = _of_same_time(folder, target.name)
    temporary.replace(target)
    told = [] if target.name == name else [f"kept as {target.name}"]
    if number > 1:
        told = [f"another file of this name is there: kept as {target.name}"]
    if twins:
        told.append(f"{' and '.join(twins)} is of the same time: delete the one that should not count")
    return Taken("kept", target.name, "; ".join(told))


def _of_same_time(folder: Path, name: str) -> list[str]:
    """Drawings of a folder that were made in the same minute as one of this name: scans of one sheet, perhaps."""
    when = observation_time(name)
    if when is None:
        return []
    found = (path.name for path in folder.glob(f"*{when:%Y%m%d%H%M}*"))
    return sorted(other for other in found if observation_time(other) == when)


def _labels(workspace: Workspace, temporary: Path, name: str) -> Taken:
    target = workspace.annotations_file
    try:
        coco = check_coco(read_coco(temporary), name)
    except SunspotError as error:
        return Taken("refused", name, error.reason)
    if target.exists():
        if file_sha256(target) == file_sha256(temporary):
            return Taken("same", target.name, "the same labels are there")
        target.replace(target.with_name("instances_default.previous.json"))
    temporary.replace(target)
    labels = sum(len(found) for found in coco.annotations.values())
    problems = f", {counted(len(coco.problems), 'problem')}" if coco.problems else ""
    return Taken(
        "kept", target.name, f"{counted(len(coco.images), 'image')} with {counted(labels, 'label')}{problems}"
    )


def restore_labels(workspace: Workspace) -> bool:
    """Put the labels back that the last COCO file replaced, and keep that one in turn; False where there are none."""
    target = workspace.annotations_file
    before = target.with_name("instances_default.previous.json")
    if not before.exists():
        return False
    aside = temporary_in(target.parent)
    if target.exists():
        target.replace(aside)
    before.replace(target)
    if aside.exists():
        aside.replace(before)
    return True


def label_problems(workspace: Workspace) -> list[str]:
    """What is wrong with labels of the COCO file, one line each, with its id."""
    try:
        content = read_coco(workspace.annotations_file)
        return [str(problem) for problem in check_coco(content, workspace.annotations_file.name).problems]
    except SunspotError as error:
        return [str(error)]
