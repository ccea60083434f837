"""Processes as the kernel reports them: the jobs they run, open files, memory."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import psutil

from jobs.job import LOG


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
    """Return the processes of a workspace's running jobs: {process number: job number}.

    Each leads a session, and its standard output is the log of its job.
    """
    found = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            log = (folder / "fd" / "1").readlink()
            leads = os.getsid(int(folder.name)) == int(folder.name)
        except OSError:  # it is gone
            continue
        if leads and log.name == LOG and log.is_relative_to(workspace):
            found[int(folder.name)] = int(log.parent.name)
    return found
