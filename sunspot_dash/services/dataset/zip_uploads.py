"""Store the files of an uploaded ZIP like single uploads."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from sunspot_dash.domain.drawing.names import folded, relative_name
from sunspot_dash.errors import ImageError, ParameterError
from sunspot_dash.files import temporary_in
from sunspot_dash.services.dataset.labels import ACCEPTED, DUPLICATE, REJECTED, WAITING, UploadResult
from sunspot_dash.services.dataset.zip_files import Unpacker, members_of, opened_zip

LABELS = (".json", ".xml")
SHOWN_DETAILS = 200
SAME_NAME = "another file of the ZIP has this name: rename one of them, so that labels find the right drawing"

Accept = Callable[[Path, str], UploadResult]


def accept_zip(archive: Path, name: str, accept: Accept) -> UploadResult:
    """Store the files of a ZIP and report how many were accepted, and which were not.

    Args:
        name: its name for messages.
        accept: stores one unpacked file under its name; images come first, so that the labels find their drawings.

    Raises:
        OSError, WorkspaceError: the disk is full, ...; the files stored so far are kept.
    """
    try:
        with opened_zip(archive, name) as content:
            members, refused = members_of(content)
            unpacker = Unpacker(content)
            results = []
            twins = _of_one_name(members)
            for member in members:
                if member.filename in twins:
                    results.append((member.filename, UploadResult(REJECTED, member.filename, SAME_NAME)))
                    continue
                temporary = temporary_in(archive.parent)
                try:
                    unpacker.unpack(member, temporary)
                    results.append((member.filename, accept(temporary, _name(member.filename))))
                except (ImageError, ParameterError) as error:
                    results.append((member.filename, UploadResult(REJECTED, member.filename, error.reason)))
                finally:
                    temporary.unlink(missing_ok=True)
    except ParameterError as error:
        return UploadResult(REJECTED, name, error.reason)
    results += [(file, UploadResult(REJECTED, file, reason)) for file, reason in refused]
    return _summary(name, results)


def _of_one_name(members: list[zipfile.ZipInfo]) -> set[str]:
    """Return the entries that differ, but would be stored under the same name: labels would not find the right one."""
    contents: dict[str, set[tuple[int, int]]] = {}
    for member in members:
        contents.setdefault(_key(member), set()).add((member.CRC, member.file_size))
    return {member.filename for member in members if len(contents[_key(member)]) > 1}


def _key(member: zipfile.ZipInfo) -> str:
    return folded(_parts(member.filename)[1])


def _parts(member: str) -> tuple[str, str]:
    """Return the folders and the file name of an entry; '/' or '\\' is between them."""
    folders, _, name = member.replace("\\", "/").rpartition("/")
    return folders, name


def _name(member: str) -> str:
    """Return the file name of an entry, which may have folders.

    Raises:
        ParameterError: the path leads out of the ZIP.
    """
    folders, name = _parts(member)
    if folders or member.startswith(("/", "\\")):
        relative_name(f"{folders}/x")
    return name


def _summary(name: str, results: list[tuple[str, UploadResult]]) -> UploadResult:
    if not results:
        return UploadResult(REJECTED, name, "it holds no file: add drawings and their COCO file")
    states = Counter(result.state for _, result in results)
    order = (ACCEPTED, DUPLICATE, REJECTED, WAITING)
    counts = ", ".join(f"{states[state]} {state}" for state in order if states[state])
    labels = [
        f"{file}: {result.reason}"
        for file, result in results
        if file.lower().endswith(LABELS) and result.reason
    ]
    others = [
        f"{file}: {result.state}{f', {result.reason}' if result.reason else ''}"
        for file, result in sorted(results, key=lambda pair: pair[1].state != REJECTED)
        if not file.lower().endswith(LABELS) and (result.reason or result.state != ACCEPTED)
    ]
    state = next((state for state in (WAITING, ACCEPTED, DUPLICATE) if states[state]), REJECTED)
    return UploadResult(
        state, name, "; ".join([f"files of the ZIP: {counts}", *labels]), others[:SHOWN_DETAILS]
    )
