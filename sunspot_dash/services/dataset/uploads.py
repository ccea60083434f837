"""Accept files uploaded from a browser: check them, name them safely, store each image once."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from filecmp import cmp
from functools import partial
from pathlib import Path
from typing import BinaryIO

from sunspot_dash.domain.drawing.names import (
    LONGEST_NAME_BYTES,
    base_name,
    folded,
    is_utf8,
    storage_problem,
    time_in_name,
)
from sunspot_dash.errors import ImageError, ParameterError, WorkspaceError
from sunspot_dash.files import cannot_write, leads_outside, locked, place_new, temporary_in
from sunspot_dash.io.folders import SUFFIXES, starts_as_image
from sunspot_dash.io.images import check_whole, content_hash, has_many_pixels, page_count
from sunspot_dash.services.dataset.dates import date_by_stored_pattern
from sunspot_dash.services.dataset.label_cache import Report
from sunspot_dash.services.dataset.labels import ACCEPTED, DUPLICATE, REJECTED, UploadResult, accept_labels
from sunspot_dash.services.dataset.zip_uploads import accept_zip
from sunspot_dash.settings import LIMITS
from sunspot_dash.text import listed
from sunspot_dash.workspace import Workspace

PIECE = 1 << 20
LARGE_LABELS = 4 * 2**20  # bytes of a COCO file, which takes a multiple of its size in memory
ROLES = ("labelled", "run")
ZIP = ".zip"
# Files that users try to upload as labels.
OTHER_FORMATS = {
    ".xml": "it is not a COCO file: in CVAT choose Export task dataset and the format 'COCO 1.0', with or without "
    "images, and upload that ZIP or its instances_default.json",
    ".csv": "it is a table: add a reference series (SILSO's or observers' totals) on the page Explore, and dates of "
    "drawings under 'Dates of many drawings' on this page; labels are COCO files (.json)",
    ".pdf": "it is a PDF: save each of its pages as an image (PNG, TIFF or JPEG) and upload those",
}
Accept = Callable[[Workspace, str, Path, str], UploadResult]


def accept_upload(
    workspace: Workspace, role: str, name: str, stream: BinaryIO, accept: Accept | None = None
) -> UploadResult:
    """Store one file: an image for the dataset ('labelled') or for inference ('run'), a COCO file, or a ZIP of both.

    A rejected file leaves nothing behind, and no existing file is overwritten: a different image of the same name, in
    either folder, gets a number. An image that is already stored, under any name, is a duplicate, unless it moves
    from the images to run into the dataset under its own name.

    Args:
        accept: `accept_file`, or a function that calls it in another process.

    Raises:
        ParameterError: the role is unknown, or the file exceeds the size limit.
        WorkspaceError: the disk is full, ...
    """
    if role not in ROLES:
        raise ParameterError(f"unknown role '{role}': use one of {', '.join(ROLES)}")
    temporary = temporary_in(_folder(workspace, role))
    try:
        _receive(stream, temporary)
        return (accept or accept_file)(workspace, role, temporary, name)
    except OSError as error:
        raise WorkspaceError(cannot_write(Path(name), error)) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def accept_file(
    workspace: Workspace, role: str, temporary: Path, name: str, report: Report | None = None
) -> UploadResult:
    """Check a received file and move it to its place; a ZIP is unpacked, and its files are treated alike.

    Args:
        report: receives {"done": ..., "of": ...} while labels are checked.

    Raises:
        WorkspaceError: the disk is full, ...
    """
    try:
        if _is_zip(name, temporary):
            return accept_zip(temporary, name, partial(_accept, workspace, role, report, name))
        return _accept(workspace, role, report, "", temporary, name)
    except ImageError as error:
        return UploadResult(REJECTED, name, error.reason)
    except OSError as error:
        raise WorkspaceError(cannot_write(Path(name), error)) from error


def is_large(received: Path, name: str) -> bool:
    """Whether checking a file takes hundreds of MB.

    Raises:
        ImageError: the file is not an image.
    """
    if _is_label_file(name, received):
        return received.stat().st_size > LARGE_LABELS
    if Path(name).suffix.lower() in OTHER_FORMATS and not starts_as_image(received):
        return False
    if _is_zip(name, received):
        return True
    return has_many_pixels(received)


def _accept(
    workspace: Workspace, role: str, report: Report | None, archive: str, temporary: Path, name: str
) -> UploadResult:
    """Store a file that is not an archive, perhaps from one, or reject it with the reason."""
    if _is_label_file(name, temporary):
        return accept_labels(workspace, temporary, name, archive, report)
    if (reason := OTHER_FORMATS.get(Path(name).suffix.lower())) and not starts_as_image(temporary):
        return UploadResult(REJECTED, name, reason)
    return _image(workspace, role, temporary, name)


def _is_zip(name: str, received: Path) -> bool:
    return name.lower().endswith(ZIP) and not starts_as_image(received)


def _is_label_file(name: str, received: Path) -> bool:
    return name.lower().endswith(".json") and not starts_as_image(received)


def _receive(stream: BinaryIO, path: Path) -> None:
    size = 0
    with path.open("wb") as file:
        while piece := stream.read(PIECE):
            size += len(piece)
            if size > LIMITS.max_upload_bytes:
                raise ParameterError(f"the file exceeds the limit of {LIMITS.max_upload_bytes >> 20} MB")
            file.write(piece)


def _image(workspace: Workspace, role: str, temporary: Path, name: str) -> UploadResult:
    check_whole(temporary)
    with locked(workspace.dataset_lock):
        taken = _store(workspace, role, temporary, name)
    if taken.state != ACCEPTED or time_in_name(taken.name):
        return taken
    when = date_by_stored_pattern(workspace, taken.name)
    note = (
        f"dated {when} UT by the pattern of names" if when else "no date in the name: set it on the drawing"
    )
    return replace(taken, reason="; ".join(filter(None, [taken.reason, note])))


def _store(workspace: Workspace, role: str, temporary: Path, name: str) -> UploadResult:
    """Move a checked image into its folder, unless the workspace already holds it."""
    existing = list(_stored_files(workspace))
    size = temporary.stat().st_size
    # Only files of equal size can be identical, and two scans differ in their first bytes: few bytes are read.
    alike = (Path(entry.path) for entry in existing if _size(entry) == size)
    same = [path for path in alike if _is_copy(temporary, path)]
    safe, problem = _safe_name(name, temporary)
    folder = _folder(workspace, role)
    # Labels refer to images by name within the dataset, so an image to run may be added to the dataset as well.
    new_in_dataset = role == "labelled" and all(path.parent != folder and path.name == safe for path in same)
    if same and not new_in_dataset:
        return _duplicate(same[0], workspace, role, safe)
    identical = {str(path) for path in same}
    taken = {entry.name for entry in existing if entry.path not in identical}
    pages = page_count(temporary)
    stored = next(free for free in _free_names(safe, taken) if place_new(temporary, folder / free))
    notes = [_renamed(name, safe, stored, taken, problem)] if stored != name else []
    if pages > 1:
        notes.append(f"{pages} pages, the first is used: upload the others as files of their own")
    if twins := _of_same_time(stored, taken):
        notes.append(f"{listed([stored, *twins])} have the same time: delete the one that should not count")
    return UploadResult(ACCEPTED, stored, "; ".join(notes))


def _folder(workspace: Workspace, role: str) -> Path:
    return workspace.images if role == "labelled" else workspace.images_to_run


def _stored_files(workspace: Workspace) -> Iterator[os.DirEntry[str]]:
    """Yield the entries of both folders, without the hidden ones; names are unique across the folders."""
    for role in ROLES:
        with os.scandir(_folder(workspace, role)) as entries:
            yield from (entry for entry in entries if not entry.name.startswith("."))


def _size(entry: os.DirEntry[str]) -> int:
    """Return the size of a file in bytes, -1 for an entry that is never listed as a drawing."""
    try:
        outside = entry.is_symlink() and leads_outside(Path(entry.path))
        if entry.is_file() and is_utf8(entry.name) and not outside:
            return entry.stat().st_size
    except OSError:  # a loop of links
        pass
    return -1


def _is_copy(temporary: Path, path: Path) -> bool:
    try:
        return cmp(temporary, path, shallow=False)
    except OSError:  # not readable
        return False


def _duplicate(existing: Path, workspace: Workspace, role: str, name: str) -> UploadResult:
    if role == "labelled" and existing.parent == workspace.images_to_run:
        advice = f"delete that one first to add it to the dataset as {name}"
        reason = f"same image as {existing.name} among the drawings to run on; skipped: {advice}"
        return UploadResult(DUPLICATE, existing.name, reason)
    where = " among the labelled drawings" if existing.parent == workspace.images else ""
    advice = "" if existing.name == name else f"; delete that one first to store it as {name}"
    return UploadResult(DUPLICATE, existing.name, f"same image as {existing.name}{where}; skipped{advice}")


def _safe_name(name: str, temporary: Path) -> tuple[str, str]:
    """Return the name to store a file under and, if it is not the file's own, why."""
    if problem := storage_problem(name):
        # A name that leaves the folder, or cannot be listed everywhere, is replaced by a generated one.
        suffix = Path(name).suffix.lower()
        kept = suffix if suffix in SUFFIXES else ""
        return f"upload-{content_hash(temporary)[:12]}{kept}", problem
    return base_name(name), ""


def _free_names(name: str, taken: set[str]) -> Iterator[str]:
    """Yield the name, then the name with a number, skipping those that are taken or easily confused with them."""
    stem, suffix = Path(name).stem, Path(name).suffix
    endings = (f"-{number}{suffix}" for number in itertools.count(2))
    numbered = (_cut(stem, LONGEST_NAME_BYTES - len(ending.encode())) + ending for ending in endings)
    confused = set(map(folded, taken))
    return (free for free in itertools.chain([name], numbered) if folded(free) not in confused)


def _cut(stem: str, size_bytes: int) -> str:
    return stem.encode()[:size_bytes].decode("utf-8", "ignore")


def _renamed(name: str, safe: str, stored: str, taken: set[str], problem: str) -> str:
    """Say why and as what a file was stored under another name."""
    if problem:
        return f"its name cannot be used ({problem}): stored as {stored}"
    if stored == safe:
        return f"stored as {stored}"
    if safe in taken:
        return f"another file has this name: stored as {stored}"
    twin = next((other for other in sorted(taken) if folded(other) == folded(safe)), "another file")
    return f"its name is easily confused with {twin}: stored as {stored}"


def _of_same_time(name: str, others: Iterable[str]) -> list[str]:
    """Return the other names with the same date and time, perhaps scans of the same drawing."""
    when = time_in_name(name)
    if when is None:
        return []
    minute = f"{when:%Y%m%d%H%M}"
    return sorted(other for other in others if minute in _digits(other) and time_in_name(other) == when)


def _digits(name: str) -> str:
    return "".join(filter(str.isdigit, name))
