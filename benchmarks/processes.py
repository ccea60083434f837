"""Processes as the kernel reports them: command lines, open files, memory."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True)
class Use:
    """What a process and its descendants use.

    Attributes:
        own_mb, all_mb: resident memory of the process, and of it and all its descendants.
        files: open file descriptors of the process.
        processes: number of processes.
    """

    own_mb: float
    all_mb: float
    files: int
    processes: int


def use_of(pid: int) -> Use:
    """Return what a process and its descendants use now."""
    process = psutil.Process(pid)
    own = process.memory_info().rss / 1e6
    others = 0.0
    children = process.children(recursive=True)
    for child in children:
        try:
            others += child.memory_info().rss / 1e6
        except psutil.NoSuchProcess:
            continue
    return Use(own, own + others, process.num_fds(), 1 + len(children))


def runners(workspace: Path) -> dict[int, int]:
    """Return the processes of a workspace's running jobs: {process number: job number}."""
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            words = command_of(int(folder.name))
            if "jobs.runner" in words and str(workspace) in words:
                found[int(folder.name)] = int(words[words.index("jobs.runner") + 1])
    return found


def command_of(pid: int) -> list[str]:
    """Return the command line of a process; empty once it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
    except OSError:
        return []
