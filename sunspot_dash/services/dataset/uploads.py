"""Files that come in from a browser: checked, named safely, kept once."""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Iterable, Iterator
from filecmp import cmp
from pathlib import Path
from typing import BinaryIO

from sunspot_dash.domain.drawing.names import base_name, time_in_name
from sunspot_dash.errors import ImageError, ParameterError, WorkspaceError
from sunspot_dash.files import locked, place_new, temporary_in
from sunspot_dash.io.images import check_whole, content_hash
from sunspot_dash.services.dataset.labels import UploadResult, take_labels
from sunspot_dash.settings import LIMITS
from sunspot_dash.workspace import Workspace

PIECE = 1 << 20
ROLES = ("labelled", "run")
_decoding = threading.Lock()  # one page at a time: a large one takes hundreds of MB


def take_upload(workspace: Workspace, role: str, name: str, stream: BinaryIO) -> UploadResult:
    """Keep one file: an image of the dataset ('labelled') or to run ('run'), or a COCO file.

    Nothing is kept of a file that is refused, and nothing that was there is lost: another image of the same name, in
    either folder, gets a number. A picture that is there, by whatever name, is not kept again, unless one that was
    there to be run comes into the dataset under its name.

    Raises:
        ParameterError: the role is unknown, or the file is larger than any may be.
        WorkspaceError: the disk is full, ...
    """
    if role not in ROLES:
        raise ParameterError(f"unknown role '{role}': use one of {', '.join(ROLES)}")
    temporary = temporary_in(_folder(workspace, role))
    try:
        _receive(stream, temporary)
        if name.lower().endswith(".json"):
            return take_labels(workspace, temporary, name)
        return _image(workspace, role, temporary, name)
    except ImageError as error:
        return UploadResult("refused", name, error.reason)
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


def _image(workspace: Workspace, role: str, temporary: Path, name: str) -> UploadResult:
    with _decoding:
        check_whole(temporary)
    with locked(workspace.dataset_lock):
        return _keep(workspace, role, temporary, name)


def _keep(workspace: Workspace, role: str, temporary: Path, name: str) -> UploadResult:
    """Put a sound image among the others, unless it is there already."""
    there = list(_held(workspace))
    size = temporary.stat().st_size
    # Only what has its size can be the same, and two scans differ in their first bytes: no drawing is read whole.
    alike = [Path(entry.path) for entry in there if entry.stat().st_size == size]
    same = [path for path in alike if cmp(temporary, path, shallow=False)]
    safe = _safe_name(name, temporary)
    folder = _folder(workspace, role)
    # Labels go by name and belong to the dataset: what was put in to be run may come there, too.
    new_there = role == "labelled" and all(path.parent != folder and path.name == safe for path in same)
    if same and not new_there:
        return _known(same[0], safe, workspace)
    themselves = {str(path) for path in same}
    taken = {entry.name for entry in there if entry.path not in themselves}
    kept = next(free for free in _free_names(safe, taken) if place_new(temporary, folder / free))
    told = []
    if kept != safe:
        told.append(f"another file of this name is there: kept as {kept}")
    elif kept != name:
        told.append(f"kept as {kept}")
    if twins := _of_same_time(kept, taken):
        told.append(f"{_listed([kept, *twins])} have the same time: delete the one that should not count")
    if time_in_name(kept) is None:
        told.append("its name gives no date: set it on the drawing")
    return UploadResult("kept", kept, "; ".join(told))


def _folder(workspace: Workspace, role: str) -> Path:
    return workspace.images if role == "labelled" else workspace.images_to_run


def _held(workspace: Workspace) -> Iterator[os.DirEntry[str]]:
    """Every file of both folders: a name stands for one drawing, wherever it lies."""
    for role in ROLES:
        with os.scandir(_folder(workspace, role)) as entries:
            yield from (entry for entry in entries if entry.is_file() and not entry.name.startswith("."))


def _known(there: Path, name: str, workspace: Workspace) -> UploadResult:
    where = " among the labelled drawings" if there.parent == workspace.images else ""
    told = f"the same picture is there as {there.name}{where}"
    return UploadResult(
        "same", there.name, told if there.name == name else f"{told}: delete that one to rename it"
    )


def _safe_name(name: str, temporary: Path) -> str:
    try:
        return base_name(name)
    except ParameterError:
        # A name that could lead elsewhere, or cannot be seen, is replaced by one of ours.
        suffix = Path(name).suffix.lower()
        return f"upload-{content_hash(temporary)[:12]}{suffix if suffix[1:].isalnum() and suffix.isascii() else ''}"


def _free_names(name: str, taken: set[str]) -> Iterator[str]:
    """The name, then the name with numbers, without those that are taken."""
    stem, suffix = Path(name).stem, Path(name).suffix
    numbered = (f"{stem}-{number}{suffix}" for number in itertools.count(2))
    return (free for free in itertools.chain([name], numbered) if free not in taken)


def _listed(names: list[str]) -> str:
    """'a and b', or 'a, b and c'."""
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _of_same_time(name: str, others: Iterable[str]) -> list[str]:
    """Those of other drawings that were made in the same minute as one of this name: scans of one sheet, perhaps."""
    when = time_in_name(name)
    if when is None:
        return []
    minute = f"{when:%Y%m%d%H%M}"
    return sorted(other for other in others if minute in other and time_in_name(other) == when)
