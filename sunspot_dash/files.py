"""Files that are written whole or not at all, names that stay in their folder, hashes, and locks."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sunspot_dash.errors import WorkspaceError

TEMPORARY = f".{'?' * 16}.tmp"  # pattern of the names that `temporary_in` gives


def temporary_in(folder: Path) -> Path:
    """A name that no other file has, of a file that is to be renamed or deleted soon (see TEMPORARY)."""
    return folder / f".{secrets.token_hex(8)}.tmp"


def atomic_write(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` fill a temporary file beside `path`, then rename it into place.

    A reader sees the old file or the new one, also after a crash at any moment.

    Raises:
        WorkspaceError: the disk is full, or the place cannot be written; the old file is untouched.
    """
    # Not mkstemp: its files are for their owner alone, and a workspace may be shared.
    temporary = temporary_in(path.parent)
    try:
        write(temporary)
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise WorkspaceError(_disk_full(path)) from error
        raise WorkspaceError(
            f"{path} cannot be written ({error.strerror or error}): check the folder"
        ) from error
    except RuntimeError as error:
        # torch has RuntimeErrors of its own for a file that could not be written.
        if "PytorchStreamWriter" in str(error) or "inline_container" in str(error):
            raise WorkspaceError(_disk_full(path)) from error
        raise
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def place_new(temporary: Path, target: Path) -> bool:
    """Rename a finished file, unless something already has the new name; return whether it was renamed.

    Choosing the name and putting the file there are one step, so that of two writers only one gets the name.
    """
    try:
        os.link(temporary, target, follow_symlinks=False)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.ENOSYS):
            raise
        # This file system has no hard links: the caller's lock has to do.
        if target.exists():
            return False
        temporary.rename(target)
        return True
    temporary.unlink()
    return True


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock file exclusively, against other threads and other processes; a dead holder releases it.

    Raises:
        WorkspaceError: the lock file cannot be opened.
    """
    try:
        file = path.open("a")
    except OSError as error:
        raise WorkspaceError(f"{path} cannot be written ({error.strerror}): check the folder") from error
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _disk_full(path: Path) -> str:
    return f"the disk is full: {path.name} was not written, an old one is kept; free some space and repeat"


def atomic_write_bytes(path: Path, content: bytes) -> None:
    """Write bytes, whole or not at all."""
    atomic_write(path, lambda temporary: temporary.write_bytes(content))


def atomic_write_text(path: Path, content: str) -> None:
    """Write UTF-8 text, whole or not at all."""
    atomic_write_bytes(path, content.encode("utf-8"))


def leads_outside(path: Path) -> bool:
    """Whether a path is a link to something outside the folder it lies in, or to nothing."""
    return path.is_symlink() and not path.resolve().is_relative_to(path.parent.resolve())


def file_sha256(path: Path) -> str:
    """Hash of a file's bytes, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
