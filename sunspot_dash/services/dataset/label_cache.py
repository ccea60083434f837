"""The checked labels of a workspace, cached on disk: checking a large COCO file takes minutes.

`python -m sunspot_dash.services.dataset.label_cache WORKSPACE` brings the cache up to date.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np

from sunspot_dash.domain.labels.coco import (
    Annotation,
    Coco,
    CocoImage,
    Problem,
    check_coco,
    read_coco,
)
from sunspot_dash.domain.labels.segmentation import Rle
from sunspot_dash.errors import CocoError
from sunspot_dash.files import locked, state_of, temporary_in
from sunspot_dash.workspace import Workspace

FORMAT = 2  # of the cache; a change of `check_coco` needs a new one
SMALL_BYTES = 2**16  # of a file that is checked at once
SCHEMA = """
create table rest (state text not null, error text not null, content text not null);
create table drawing (name text primary key, image text not null, labels text not null, points blob not null);
"""
Report = Callable[[dict[str, int]], object]


def load_labels(workspace: Workspace, report: Report | None = None) -> Coco:
    """Return the checked labels of a workspace as `load_coco` does, from the cache unless the file has changed.

    Args:
        report: receives {"done": ..., "of": ...} while a file is checked.

    Raises:
        CocoError: the file as a whole cannot be used.
    """
    path = workspace.annotations_file
    state = labels_state(workspace)
    if state is None or are_labels_small(workspace):
        return check_coco(read_coco(path), path.name)
    # One process checks, the others wait for its result.
    with locked(workspace.labels_lock):
        if (cached := _read(workspace, state)) is not None:
            return cached
        try:
            coco = check_coco(read_coco(path), path.name, report)
        except CocoError as error:
            _write(workspace, state, Coco(), str(error))
            raise
        _write(workspace, state, coco)
        return coco


def store_labels(workspace: Workspace, coco: Coco) -> None:
    """Cache the labels of a file that was just checked and put in place; hold the lock `labels_lock` around both."""
    state = labels_state(workspace)
    if state is not None and not are_labels_small(workspace):
        _write(workspace, state, coco)


def cache_labels(workspace: Workspace, report: Report | None = None) -> None:
    """Bring the cache up to date; of a file that cannot be used, it keeps the reason."""
    with suppress(CocoError):
        load_labels(workspace, report)


def cache_labels_apart(workspace: Workspace) -> None:
    """Bring the cache up to date, but check a large file in a process that ends, and its memory with it."""
    if not are_labels_cached(workspace):
        command = [sys.executable, "-m", __name__, str(workspace.root.resolve())]
        subprocess.run(command, cwd=Path(__file__).resolve().parents[3], stdin=subprocess.DEVNULL)


def labels_state(workspace: Workspace) -> str | None:
    """Return a text that changes with the label file, None if there is none."""
    state = state_of(workspace.annotations_file)
    return " ".join(map(str, (FORMAT, *state))) if any(state) else None


def are_labels_small(workspace: Workspace) -> bool:
    """Whether the label file is missing, or checked at once."""
    try:
        return workspace.annotations_file.stat().st_size <= SMALL_BYTES
    except OSError:
        return True


def are_label_files_small(workspace: Workspace) -> bool:
    """Whether the label file, its versions and the uploads that wait for a decision are each checked at once."""
    kept = (*workspace.label_versions.glob("*.json"), *workspace.waiting_labels.glob("*.json"))
    with suppress(OSError):
        return are_labels_small(workspace) and all(path.stat().st_size <= SMALL_BYTES for path in kept)
    return False


def are_labels_cached(workspace: Workspace) -> bool:
    """Whether `load_labels` answers without checking a large file."""
    if are_labels_small(workspace):
        return True
    with suppress(sqlite3.Error), closing(_open(workspace)) as database:
        return bool(database.execute("select state from rest").fetchone()[0] == labels_state(workspace))
    return False


def _file(workspace: Workspace) -> Path:
    return workspace.queue / "labels.sqlite"


def _open(workspace: Workspace) -> sqlite3.Connection:
    return sqlite3.connect(f"{_file(workspace).resolve().as_uri()}?mode=ro", uri=True)


def _read(workspace: Workspace, state: str) -> Coco | None:
    """Return the labels of a state of the file, None if the cache is of another one, or damaged."""
    with suppress(sqlite3.Error), closing(_open(workspace)) as database:
        found, error, content = database.execute("select * from rest").fetchone()
        if found != state:
            return None
        if error:
            raise CocoError(error)
        rest = json.loads(content)
        coco = Coco(**{**rest, "problems": [Problem(**problem) for problem in rest["problems"]]})
        for name, image, labels, points in database.execute("select * from drawing order by rowid"):
            if image != "null":
                coco.images[name] = CocoImage(**json.loads(image))
            if labels != "[]":
                coco.annotations[name] = _labels(labels, points)
        return coco
    return None


def _write(workspace: Workspace, state: str, coco: Coco, error: str = "") -> None:
    """Replace the cache; without space for it, every process checks the file itself."""
    temporary = temporary_in(workspace.queue)
    rest = {field.name: getattr(coco, field.name) for field in fields(Coco)} | {
        "images": {},
        "annotations": {},
    }
    rest["problems"] = [asdict(problem) for problem in coco.problems]
    names = dict.fromkeys([*coco.images, *coco.annotations])
    try:
        with closing(sqlite3.connect(temporary)) as database, database:
            database.executescript(SCHEMA)
            database.execute("insert into rest values (?, ?, ?)", [state, error, json.dumps(rest)])
            database.executemany(
                "insert into drawing values (?, ?, ?, ?)",
                (
                    (name, _image(coco.images.get(name)), *_packed(coco.annotations.get(name, [])))
                    for name in names
                ),
            )
        temporary.replace(_file(workspace))
    except (OSError, sqlite3.Error):
        temporary.unlink(missing_ok=True)


def _image(image: CocoImage | None) -> str:
    return json.dumps(None if image is None else asdict(image))


def _packed(labels: Iterable[Annotation]) -> tuple[str, bytes]:
    """Return the labels of a drawing as JSON, with numbers of vertices in place of polygons, and all vertices."""
    records: list[dict[str, Any]] = []
    points = [np.empty((0, 2))]
    for label in labels:
        record = {field.name: getattr(label, field.name) for field in fields(Annotation)}
        points += label.polygons
        record["polygons"] = [len(polygon) for polygon in label.polygons]
        if label.rle is not None:
            record["rle"] = {**vars(label.rle), "runs": label.rle.runs.tolist()}
        records.append(record)
    return json.dumps(records), np.concatenate(points).tobytes()


def _labels(text: str, points: bytes) -> list[Annotation]:
    """Return what `_packed` has packed."""
    vertices, start = np.frombuffer(points).reshape(-1, 2).copy(), 0
    labels = []
    for record in json.loads(text):
        polygons = []
        for number in record["polygons"]:
            polygons.append(vertices[start : start + number])
            start += number
        if (rle := record["rle"]) is not None:
            record["rle"] = Rle(**{**rle, "runs": np.array(rle["runs"], np.int64)})
        labels.append(Annotation(**{**record, "polygons": tuple(polygons)}))
    return labels


if __name__ == "__main__":
    os.nice(5)
    cache_labels(Workspace(Path(sys.argv[1])))
