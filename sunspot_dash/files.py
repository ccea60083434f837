"""Atomic writes, links that leave their folder, file hashes, and locks."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from sunspot_dash.errors import WorkspaceError

NO_SPACE = (errno.ENOSPC, errno.EDQUOT)
DISK_ERRORS = (*NO_SPACE, errno.EROFS, errno.EIO, errno.EACCES, errno.EPERM)
TEMPORARY = f".{'?' * 16}.tmp"  # glob pattern of the names from `temporary_in`


def temporary_in(folder: Path) -> Path:
    """Return a unique path (see TEMPORARY) for a file that is soon renamed or deleted."""
    return folder / f".{secrets.token_hex(8)}.tmp"


def atomic_write(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` fill a temporary file next to `path`, then rename it to `path`.

    A reader sees either the old or the complete new file, even after a crash.

    Raises:
        WorkspaceError: the disk is full, or the folder is not writable; the old file is unchanged.
    """
    # Not mkstemp: only the owner can read its files, and a workspace may be shared.
    temporary = temporary_in(path.parent)
    try:
        with writing(path):
            temporary.touch()  # torch reports a read-only disk as a full one
            write(temporary)
            with temporary.open("rb+") as file:
                os.fsync(file.fileno())
            temporary.replace(path)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn the errors of a write into one sentence.

    Args:
        path: the file or folder to write, for the sentence.

    Raises:
        WorkspaceError: the disk is full, or the folder is not writable.
    """
    try:
        yield
    except OSError as error:
        raise WorkspaceError(cannot_write(path, error)) from error
    except RuntimeError as error:
        # torch raises a RuntimeError for a file that could not be written.
        if "PytorchStreamWriter" in str(error) or "inline_container" in str(error):
            raise WorkspaceError(_disk_full(path)) from error
        raise


def disk_fault(error: BaseException) -> str:
    """Describe an error of the disk in one sentence that says what to do; return "" for any other error."""
    if isinstance(error, sqlite3.Error):
        if "full" in str(error):
            return "the disk is full: free some space and try again"
        return f"a database of the workspace cannot be used ({error}): check the disk, its free space and permissions"
    if not isinstance(error, OSError) or (error.errno not in DISK_ERRORS and not _no_space(error)):
        return ""
    return cannot_write(Path(error.filename or "a file of the workspace"), error)


def cannot_write(path: Path, error: OSError) -> str:
    """Say that a file cannot be written, why, and what to do."""
    if _no_space(error):
        return _disk_full(path)
    if error.errno == errno.EROFS:
        return f"{path} cannot be written: its disk is read-only; make it writable and try again"
    return f"{path} cannot be written ({error.strerror or error}): check the folder and its permissions"


def place_new(temporary: Path, target: Path) -> bool:
    """Rename a finished file unless the new name is taken; return whether it was renamed.

    Checking and renaming are one step, so only one of two concurrent writers gets the name.
    """
    try:
        os.link(temporary, target, follow_symlinks=False)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.ENOSYS):
            raise
        # Without hard links, rely on the caller's lock.
        if os.path.lexists(target):
            return False
        temporary.rename(target)
        return True
    temporary.unlink()
    return True


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock file exclusively among threads and processes; the lock of a process that dies is released.

    Raises:
        WorkspaceError: the lock file cannot be opened.
    """
    while True:
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            file = path.open("a")
        with file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if _is_file(path, file):  # otherwise it was deleted while this process waited
                yield
                return


def _is_file(path: Path, file: IO[str]) -> bool:
    """Whether an open file is the one at a path."""
    with suppress(FileNotFoundError):
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    return False


def _no_space(error: OSError) -> bool:
    """Whether the disk is full; pyarrow's errors have no number."""
    return error.errno in NO_SPACE or "No space left" in str(error)


def _disk_full(path: Path) -> str:
    return f"the disk is full: {path.name} was not written, an existing file is kept; free some space and try again"


def atomic_write_bytes(path: Path, content: bytes) -> None:
    """Write bytes atomically."""
    atomic_write(path, lambda temporary: temporary.write_bytes(content))


def atomic_write_text(path: Path, content: str) -> None:
    """Write UTF-8 text atomically."""
    atomic_write_bytes(path, content.encode("utf-8"))


def identity(path: Path) -> tuple[int, int] | None:
    """Return the device and the inode of a file, None if there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def state_of(path: Path) -> tuple[int, int, int]:
    """Return a value that changes with the content of a file or folder: mtime in ns, size, inode; zeros without one."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0, 0
    return found.st_mtime_ns, found.st_size, found.st_ino


def is_there(path: Path, folder: bool = False) -> bool:
    """Return whether there is such a file or folder; nothing has a name that the system does not allow."""
    try:
        return path.is_dir() if folder else path.is_file()
    except OSError:  # too long, or below a folder that may not be searched
        return False


def leads_outside(path: Path) -> bool:
    """Whether a path is a symbolic link to a target outside its own folder, or to itself."""
    try:
        return path.is_symlink() and not path.resolve().is_relative_to(path.parent.resolve())
    except (OSError, RuntimeError):  # a loop of links
        return True


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
