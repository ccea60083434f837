"""Journals: the gestures of a person on a drawing, one JSON line each, appended and never changed."""

from __future__ import annotations

import errno
import fcntl
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np

from sunspot_dash.domain.review.gestures import Act, Gesture, Reference, finish_of
from sunspot_dash.files import state_of, writing
from sunspot_dash.io.results import safe_name

SUFFIX = ".jsonl"
MOST_BYTES = 64 * 2**20  # of a journal: a drawing with 300 spots, finished 300 times


def journal_path(folder: Path, drawing: str, person: str) -> Path:
    """Return the path of a person's journal on a drawing, given by its full file name."""
    return folder / safe_name(drawing) / f"{safe_name(person)}{SUFFIX}"


def append_gesture(folder: Path, drawing: str, gesture: Gesture) -> None:
    """Append a gesture to its person's journal; it is on the disk when this returns.

    Raises:
        WorkspaceError: it cannot be written; the journal is unchanged.
    """
    path = journal_path(folder, drawing, gesture.by)
    append_lines(path, [json.dumps(_record(gesture), allow_nan=False, separators=(",", ":"))])
    for touched in (path.parent, folder):  # the indexer looks at these only
        with suppress(OSError):  # they belong to another user: it finds the gesture later
            os.utime(touched)


def append_lines(path: Path, lines: Sequence[str]) -> None:
    """Append lines to a file; they are on the disk when this returns.

    Raises:
        WorkspaceError: they cannot be written; the file is unchanged.
    """
    content = "".join(f"{line}\n" for line in lines).encode()
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab+", buffering=0) as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # the person may have two pages open
            before = file.seek(0, os.SEEK_END)
            try:
                _write(file.fileno(), (b"\n" if _is_torn(file.fileno(), before) else b"") + content)
                os.fsync(file.fileno())
            except OSError:
                file.truncate(before)
                raise


def read_journals(folder: Path, drawing: str) -> tuple[list[Gesture], list[str]]:
    """Return the gestures of all people on a drawing, and a sentence for each line that cannot be used.

    The last line may be half written, by a process that was killed. A gesture that was sent twice is returned once.
    """
    gestures: dict[str, Gesture] = {}
    problems = []
    for path in journals_of(folder, drawing):
        try:
            lines = lines_of(path)
        except OSError as error:
            problems.append(f"{path.parent.name}/{path.name} cannot be read ({error.strerror})")
            continue
        for number, line in enumerate(lines, start=1):
            try:
                gesture = _gesture(json.loads(line, parse_constant=_refuse))
            except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
                problems.append(f"{path.parent.name}/{path.name}, line {number}: {error}")
            else:
                gestures.setdefault(gesture.id, gesture)
    return list(gestures.values()), problems


def journals_of(folder: Path, drawing: str) -> list[Path]:
    """Return the journals on a drawing."""
    return sorted((folder / safe_name(drawing)).glob(f"*{SUFFIX}"))


def journals_state(folder: Path, drawing: str) -> tuple[tuple[int, int, int], ...]:
    """Return a value that changes with every gesture on a drawing."""
    return tuple(state_of(path) for path in journals_of(folder, drawing))


def journal_folders(folder: Path) -> dict[str, int]:
    """Return the modification time, ns, of each drawing's folder of journals, by the folder's name.

    Raises:
        OSError: the folders cannot be listed.
    """
    found = {}
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                with suppress(OSError):
                    if entry.is_dir():
                        found[entry.name] = entry.stat().st_mtime_ns
    except FileNotFoundError:  # nothing is reviewed yet
        pass
    return found


def drawing_of(folder: str) -> str:
    """Return the drawing whose journals are in a folder of this name; "" if the name was too long to be kept whole."""
    name = unquote(folder)
    return name if safe_name(name) == folder else ""


def finished_drawings(folder: Path, known: Iterable[str]) -> Iterator[tuple[str, list[Gesture]]]:
    """Yield each drawing that is marked as reviewed, by name, with the gestures of all people on it.

    These drawings train, are compared on, and are exported as labels, if their image is still the one that was reviewed
    (`ReviewedDrawing.is_reviewed`).

    Args:
        folder: of all journals.
        known: names of drawings, among which those are looked for whose name is too long for a folder.
    """
    try:
        folders = set(journal_folders(folder))
    except OSError:
        return
    names = {drawing_of(one) for one in folders}
    if "" in names:
        names |= {name for name in known if safe_name(name) in folders}
    for name in sorted(names - {""}):
        gestures, _ = read_journals(folder, name)
        if finish_of(gestures):
            yield name, gestures


def lines_of(path: Path) -> list[bytes]:
    """Return the lines of a file that `append_lines` has written.

    Raises:
        OSError: it cannot be read, or is too large.
    """
    if path.stat().st_size > MOST_BYTES:
        raise OSError(errno.EFBIG, f"it has more than {MOST_BYTES >> 20} MB")
    return [line for line in path.read_bytes().split(b"\n") if line]


def _is_torn(descriptor: int, size: int) -> bool:
    """Whether a file ends within a line."""
    return size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"


def _write(descriptor: int, content: bytes) -> None:
    while content:
        content = content[os.write(descriptor, content) :]


def _record(gesture: Gesture) -> dict[str, Any]:
    record = {
        "id": gesture.id,
        "by": gesture.by,
        "at": gesture.at.isoformat(timespec="milliseconds"),
        "do": gesture.act.value,
        "model": gesture.model_hash,
        "image": gesture.image_hash,
        "spots": [[spot.key, round(spot.x, 2), round(spot.y, 2)] for spot in gesture.spots],
        "outlines": [outline.tolist() for outline in gesture.outlines],
        "text": gesture.text,
        "blind": gesture.blind,
    }
    optional = ("spots", "outlines", "text", "blind")
    return {key: value for key, value in record.items() if value or key not in optional}


def _gesture(record: dict[str, Any]) -> Gesture:
    """Return what `_record` has recorded.

    Raises:
        ValueError, LookupError, TypeError, AttributeError: the record is damaged.
    """
    texts = ("id", "by", "model", "image")
    if not all(isinstance(record[key], str) for key in texts) or not isinstance(record.get("text", ""), str):
        raise ValueError("a name is not a text")
    return Gesture(
        record["id"],
        record["by"],
        datetime.fromisoformat(record["at"]),
        Act(record["do"]),
        record["model"],
        record["image"],
        tuple(Reference(str(key), float(x), float(y)) for key, x, y in record.get("spots", [])),
        tuple(np.array(outline, np.float64) for outline in record.get("outlines", [])),
        record.get("text", ""),
        record.get("blind", False) is True,
    )


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not a number")
