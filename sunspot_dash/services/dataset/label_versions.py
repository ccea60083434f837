"""The versions of a workspace's labels: every change is kept, and any version can be restored.

Each version is a copy of the label file in dataset/annotations/versions/ with a record beside it; one without a copy
records that the labels were removed. The newest version is the current state.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sunspot_dash.domain.labels.coco import load_coco
from sunspot_dash.domain.labels.merge import numbers_of
from sunspot_dash.errors import CocoError, ParameterError, WorkspaceError
from sunspot_dash.files import atomic_write, atomic_write_text, file_sha256, locked
from sunspot_dash.text import counted
from sunspot_dash.workspace import Workspace

KEPT = 20
PREVIOUS = "instances_default.previous.json"  # what earlier versions of the program kept
OUTSIDE = "changed outside the dashboard"


@dataclass(frozen=True)
class Version:
    """One version of the labels.

    Attributes:
        number: 1 for the first one; date: when it became current, ISO in UT; cause: why.
        drawings, labels: listed drawings and usable labels; -1 if the file cannot be used.
        sha256: hash of the file, "" if the labels were removed.
        stamp: modification time (ns) and size of the label file when it was written.
    """

    number: int
    date: str
    cause: str
    drawings: int
    labels: int
    sha256: str
    stamp: tuple[int, int] = (0, 0)

    @property
    def numbers(self) -> str:
        """Describe the contents: '41 drawings, 1,677 labels'."""
        if not self.sha256:
            return "no labels"
        return described(self.drawings, self.labels)


def described(drawings: int, labels: int) -> str:
    """Format the contents of a label file; -1 drawings mean that it cannot be used."""
    if drawings < 0:
        return "a file that cannot be used"
    return f"{counted(drawings, 'drawing')}, {counted(labels, 'label')}"


def versions(workspace: Workspace) -> list[Version]:
    """Return the versions, newest first; the first is the current one.

    Raises:
        WorkspaceError: a version cannot be written.
    """
    with locked(workspace.dataset_lock):
        return _up_to_date(workspace)


def write_labels(
    workspace: Workspace, write: Callable[[Path], object], cause: str, numbers: tuple[int, int] | None = None
) -> Version:
    """Replace the labels as a new version. The caller holds `workspace.dataset_lock`.

    Args:
        write: fills the new file at a path.
        cause: what the list of versions shows.
        numbers: of drawings and labels, counted if None.

    Raises:
        WorkspaceError: the disk is full, ...; the current labels are unchanged.
    """
    before = _up_to_date(workspace)
    number = before[0].number + 1 if before else 1
    file = _file(workspace, number)
    _create(workspace)
    atomic_write(file, write)
    version = _record(workspace, file, number, cause, datetime.now(UTC), numbers)
    atomic_write(workspace.annotations_file, partial(shutil.copyfile, file))
    _stamped(workspace, version)
    _prune(workspace)
    return version


def remove_labels(workspace: Workspace, cause: str) -> None:
    """Remove the label file as a new version. The caller holds `workspace.dataset_lock`.

    Raises:
        WorkspaceError: the version cannot be written; the current labels are unchanged.
    """
    before = _up_to_date(workspace)
    _create(workspace)
    _record(workspace, None, before[0].number + 1 if before else 1, cause, datetime.now(UTC), (0, 0))
    workspace.annotations_file.unlink(missing_ok=True)
    _prune(workspace)


def restore_version(workspace: Workspace, number: int, current: int | None = None) -> Version:
    """Make a version current again, as a new version.

    Args:
        current: number of the current version when the user decided; nothing is done if there is a newer one.

    Raises:
        ParameterError: the version no longer exists, equals the current one, or the labels have since changed.
        WorkspaceError: the disk is full, ...; the current labels are unchanged.
    """
    with locked(workspace.dataset_lock):
        before = _up_to_date(workspace)
        version = next((found for found in before if found.number == number), None)
        if version is None:
            raise ParameterError(f"version {number} of the labels is no longer kept: choose another")
        if current is not None and before[0].number != current:
            raise ParameterError("the labels have changed in the meantime: check the new numbers")
        if version.sha256 == before[0].sha256:
            raise ParameterError(f"version {number} equals the current labels: nothing to restore")
        cause = f"version {number} restored"
        if not version.sha256:
            remove_labels(workspace, cause)
            return versions_on_disk(workspace)[0]
        write = partial(shutil.copyfile, _file(workspace, number))
        return write_labels(workspace, write, cause, (version.drawings, version.labels))


def versions_on_disk(workspace: Workspace) -> list[Version]:
    """Return the recorded versions, newest first, without recording changes made outside the program."""
    found = []
    for path in workspace.label_versions.glob("*.record"):
        with suppress(OSError, ValueError, TypeError):
            record = json.loads(path.read_text("utf-8"))
            found.append(Version(**{**record, "stamp": tuple(record["stamp"])}))
    return sorted(found, key=lambda version: -version.number)


def _up_to_date(workspace: Workspace) -> list[Version]:
    """Return the versions after recording files that were not written by this module."""
    current, previous = workspace.annotations_file, workspace.annotations_file.with_name(PREVIOUS)
    found = versions_on_disk(workspace)
    if previous.exists():
        _create(workspace)
        _adopt(workspace, previous, found, "kept by an earlier version of the program")
        previous.unlink()
        found = versions_on_disk(workspace)
    if not current.exists():
        if found and found[0].sha256:
            _record(workspace, None, found[0].number + 1, OUTSIDE, datetime.now(UTC), (0, 0))
            found = versions_on_disk(workspace)
        return found
    if not found or found[0].stamp != _stamp(current):
        if found and found[0].sha256 == file_sha256(current):
            _stamped(workspace, found[0])
        else:
            _create(workspace)
            _stamped(workspace, _adopt(workspace, current, found, OUTSIDE if found else "first labels"))
        found = versions_on_disk(workspace)
    return found


def _adopt(workspace: Workspace, path: Path, found: list[Version], cause: str) -> Version:
    number = found[0].number + 1 if found else 1
    file = _file(workspace, number)
    atomic_write(file, partial(shutil.copyfile, path))
    changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return _record(workspace, file, number, cause, changed, None)


def _record(
    workspace: Workspace,
    file: Path | None,
    number: int,
    cause: str,
    when: datetime,
    numbers: tuple[int, int] | None,
) -> Version:
    if numbers is None:
        assert file is not None
        try:
            numbers = numbers_of(load_coco(file))
        except CocoError:
            numbers = (-1, -1)
    digest = file_sha256(file) if file else ""
    version = Version(number, f"{when:%Y-%m-%d %H:%M:%S}", cause, *numbers, digest)
    _write_record(workspace, version)
    return version


def _stamped(workspace: Workspace, version: Version) -> None:
    _write_record(workspace, Version(**{**asdict(version), "stamp": _stamp(workspace.annotations_file)}))


def _write_record(workspace: Workspace, version: Version) -> None:
    path = _file(workspace, version.number).with_suffix(".record")
    atomic_write_text(path, json.dumps(asdict(version), indent=1) + "\n")


def _prune(workspace: Workspace) -> None:
    for version in versions_on_disk(workspace)[KEPT:]:
        file = _file(workspace, version.number)
        file.unlink(missing_ok=True)
        file.with_suffix(".record").unlink(missing_ok=True)


def _file(workspace: Workspace, number: int) -> Path:
    return workspace.label_versions / f"{number:06d}.json"


def _stamp(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_mtime_ns, found.st_size


def _create(workspace: Workspace) -> None:
    try:
        workspace.label_versions.mkdir(exist_ok=True)
    except OSError as error:
        raise WorkspaceError(
            f"{workspace.label_versions} cannot be created ({error.strerror}): check the folder"
        ) from error
