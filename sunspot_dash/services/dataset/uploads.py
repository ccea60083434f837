"""Accept files uploaded from a browser: check them, name them safely, store each image once."""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Iterable, Iterator
from filecmp import cmp
from functools import partial
from pathlib import Path
from typing import BinaryIO

from sunspot_dash.domain.drawing.names import base_name, time_in_name
from sunspot_dash.errors import ImageError, ParameterError, WorkspaceError
from sunspot_dash.files import locked, place_new, temporary_in
from sunspot_dash.io.images import check_whole, content_hash
from sunspot_dash.services.dataset.labels import (
    ACCEPTED,
    DUPLICATE,
    REJECTED,
    UploadResult,
    accept_labels,
)
from sunspot_dash.services.dataset.zip_uploads import accept_zip
from sunspot_dash.settings import LIMITS
from sunspot_dash.workspace import Workspace

PIECE = 1 << 20
ROLES = ("labelled", "run")
# Files that users try to upload as labels.
OTHER_FORMATS = {
    ".xml": "it is not a COCO file: in CVAT choose Export task dataset and the format 'COCO 1.0', with or without "
    "images, and upload that ZIP or its instances_default.json",
    ".csv": "it is a table: add a reference series (SILSO's or observers' totals) on the page Explore; labels are COCO "
    "files (.json)",
}
_decoding = threading.Lock()  # one image at a time: a large one takes hundreds of MB


def accept_upload(workspace: Workspace, role: str, name: str, stream: BinaryIO) -> UploadResult:
    """Store one file: an image for the dataset ('labelled') or for inference ('run'), a COCO file, or a ZIP of both.

    A rejected file leaves nothing behind, and no existing file is overwritten: a different image of the same name, in
    either folder, gets a number. An image that is already stored, under any name, is a duplicate, unless it moves
    from the images to run into the dataset under its own name.

    Raises:
        ParameterError: the role is unknown, or the file exceeds the size limit.
        WorkspaceError: the disk is full, ...
    """
    if role not in ROLES:
        raise ParameterError(f"unknown role '{role}': use one of {', '.join(ROLES)}")
    temporary = temporary_in(_folder(workspace, role))
    try:
        _receive(stream, temporary)
        if name.lower().endswith(".zip"):
            return accept_zip(temporary, name, partial(_accept, workspace, role))
        return _accept(workspace, role, temporary, name)
    except ImageError as error:
        return UploadResult(REJECTED, name, error.reason)
    except OSError as error:
        raise WorkspaceError(
            f"{name} was not stored ({error.strerror or error}): free some disk space and upload it again"
        ) from error
    finally:
        temporary.unlink(missing_ok=True)


def _accept(workspace: Workspace, role: str, temporary: Path, name: str) -> UploadResult:
    """Store a received file, or reject it with the reason."""
    suffix = Path(name).suffix.lower()
    if suffix == ".json":
        return accept_labels(workspace, temporary, name)
    if suffix in OTHER_FORMATS:
        return UploadResult(REJECTED, name, OTHER_FORMATS[suffix])
    return _image(workspace, role, temporary, name)


def _receive(stream: BinaryIO, path: Path) -> None:
    size = 0
    with path.open("wb") as file:
        while piece := stream.read(PIECE):
            size += len(piece)
            if size > LIMITS.max_upload_bytes:
                raise ParameterError(f"the file exceeds the limit of {LIMITS.max_upload_bytes >> 20} MB")
            file.write(piece)


def _image(workspace: Workspace, role: str, temporary: Path, name: str) -> UploadResult:
    with _decoding:
        check_whole(temporary)
    with locked(workspace.dataset_lock):
        return _store(workspace, role, temporary, name)


def _store(workspace: Workspace, role: str, temporary: Path, name: str) -> UploadResult:
    """Move a checked image into its folder, unless the workspace already holds it."""
    existing = list(_stored_files(workspace))
    size = temporary.stat().st_size
    # Only files of equal size can be identical, and two scans differ in their first bytes: few bytes are read.
    alike = [Path(entry.path) for entry in existing if entry.stat().st_size == size]
    same = [path for path in alike if cmp(temporary, path, shallow=False)]
    safe = _safe_name(name, temporary)
    folder = _folder(workspace, role)
    # Labels refer to images by name within the dataset, so an image to run may be added to the dataset as well.
    new_in_dataset = role == "labelled" and all(path.parent != folder and path.name == safe for path in same)
    if same and not new_in_dataset:
        return _duplicate(same[0], workspace)
    identical = {str(path) for path in same}
    taken = {entry.name for entry in existing if entry.path not in identical}
    stored = next(free for free in _free_names(safe, taken) if place_new(temporary, folder / free))
    notes = []
    if stored != safe:
        notes.append(f"another file has this name: stored as {stored}")
    elif stored != name:
        notes.append(f"stored as {stored}")
    if twins := _of_same_time(stored, taken):
        notes.append(f"{_listed([stored, *twins])} have the same time: delete the one that should not count")
    if time_in_name(stored) is None:
        notes.append("no date in the name: set it on the drawing")
    return UploadResult(ACCEPTED, stored, "; ".join(notes))


def _folder(workspace: Workspace, role: str) -> Path:
    return workspace.images if role == "labelled" else workspace.images_to_run


def _stored_files(workspace: Workspace) -> Iterator[os.DirEntry[str]]:
    """Yield the files of both folders; names are unique across them."""
    for role in ROLES:
        with os.scandir(_folder(workspace, role)) as entries:
            yield from (entry for entry in entries if entry.is_file() and not entry.name.startswith("."))


def _duplicate(existing: Path, workspace: Workspace) -> UploadResult:
    where = " among the labelled drawings" if existing.parent == workspace.images else ""
    return UploadResult(DUPLICATE, existing.name, f"same image as {existing.name}{where}; skipped")


def _safe_name(name: str, temporary: Path) -> str:
    try:
        return base_name(name)
    except ParameterError:
        # A name that leaves the folder or is invisible is replaced by a generated one.
        suffix = Path(name).suffix.lower()
        return f"upload-{content_hash(temporary)[:12]}{suffix if suffix[1:].isalnum() and suffix.isascii() else ''}"


def _free_names(name: str, taken: set[str]) -> Iterator[str]:
    """Yield the name, then the name with a number, skipping those that are taken."""
    stem, suffix = Path(name).stem, Path(name).suffix
    numbered = (f"{stem}-{number}{suffix}" for number in itertools.count(2))
    return (free for free in itertools.chain([name], numbered) if free not in taken)


def _listed(names: list[str]) -> str:
    """Join names as 'a and b' or 'a, b and c'."""
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _of_same_time(name: str, others: Iterable[str]) -> list[str]:
    """Return the other names with the same date and time, perhaps scans of the same drawing."""
    when = time_in_name(name)
    if when is None:
        return []
    minute = f"{when:%Y%m%d%H%M}"
    return sorted(other for other in others if minute in _digits(other) and time_in_name(other) == when)


def _digits(name: str) -> str:
    return "".join(filter(str.isdigit, name))
