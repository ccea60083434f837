"""Small, full and read-only disks, which only root can mount."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def mounted(folder: Path, *options: str) -> Iterator[Path]:
    """Mount something on a folder within the context; skip the test where that is not possible."""
    done = None
    if shutil.which("mount") is not None:
        done = subprocess.run(["mount", *options, str(folder)], capture_output=True, text=True)
    if done is None or done.returncode:
        pytest.skip(f"nothing can be mounted here (root on Linux can): {done.stderr.strip() if done else ''}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """Yield a new disk of a size, such as '64k'."""
    folder.mkdir()
    with mounted(folder, "-t", "tmpfs", "-o", f"size={size}", "tmpfs") as disk:
        yield disk


@contextmanager
def full(disk: Path) -> Iterator[None]:
    """Fill a disk within the context."""
    filler = disk / "filler"
    fill(filler)
    try:
        yield
    finally:
        filler.unlink()


@contextmanager
def read_only(disk: Path) -> Iterator[None]:
    """Make a disk read-only for everything that is opened within the context."""
    with mounted(disk, "--bind", str(disk)):
        subprocess.run(["mount", "-o", "remount,bind,ro", str(disk)], check=True)
        yield


def fill(path: Path, leave: int = 0) -> None:
    """Fill the disk of a file except for some bytes."""
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 65536)
        except OSError:
            pass
        stat = os.statvfs(path)
        while stat.f_bavail * stat.f_frsize:
            try:
                file.write(b"\0" * 4096)
            except OSError:
                break
            stat = os.statvfs(path)
        file.truncate(max(0, file.tell() - leave))
