"""`worker`: run the jobs of the queue."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from functools import partial
from typing import Annotated

import typer

from sunspot_dash.cli.options import WorkspaceOption
from sunspot_dash.cli.output import say
from sunspot_dash.cli.signals import catch_stop_signals, end_without_finalizing
from sunspot_dash.errors import ParameterError
from sunspot_dash.workspace import DEFAULT_ROOT, Workspace


def worker(
    devices: Annotated[
        str, typer.Option(help="auto (every GPU, or else the CPU), cpu, or GPUs such as cuda:0,cuda:1")
    ] = "auto",
    with_parent: Annotated[
        bool, typer.Option("--with-parent", help="stop when standard input ends (used by `serve`)")
    ] = False,
    workspace: WorkspaceOption = DEFAULT_ROOT,
) -> None:
    """Run the jobs of the queue, one at a time on each device, until Ctrl-C.

    Jobs that are interrupted because the worker stops or dies resume when a worker runs again.
    """
    stopped = end_without_finalizing()
    from jobs.child import devices as found
    from jobs.worker import Worker

    slots = found() if devices == "auto" else devices.split(",")
    if wrong := [slot for slot in slots if slot != "cpu" and not slot.removeprefix("cuda:").isdigit()]:
        raise ParameterError(f"--devices was '{wrong[0]}': use auto, cpu, or GPUs such as cuda:0,cuda:1")
    running = Worker(Workspace(workspace).existing(), slots, log=say)

    def stop_after(wait: Callable[[], object]) -> None:
        wait()
        running.stop()

    threading.Thread(target=stop_after, args=(partial(catch_stop_signals(), None),), daemon=True).start()
    if with_parent:
        threading.Thread(target=stop_after, args=(_read_to_end,), daemon=True).start()
    running.run()
    stopped()


def _read_to_end() -> None:
    """Wait until standard input ends. Not sys.stdin.read: Python could not exit while that holds its lock."""
    while os.read(0, 64):
        pass
