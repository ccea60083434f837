"""A page's button that starts a job: submit it, follow it, tell how it ended."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import multiprocess
from dash import ClientsideFunction, Dash, Input, Output, State, no_update

from jobs import control
from jobs.follow import follow
from jobs.job import FAILED
from jobs.recovery import open_ledger
from sunspot_dash.errors import SunspotError
from sunspot_dash.web.components.feedback import note, problem
from sunspot_dash.workspace import Workspace


def register_submission(
    app: Dash,
    root: Path,
    kind: str,
    ids: tuple[str, str, str, str],
    states: list[State],
    params_of: Callable[..., dict[str, Any]],
) -> None:
    """Make the callbacks of a start button known.

    Args:
        root: the workspace's.
        ids: of the button, of the store for what makes each click another, of the place for messages, and of the
            button that cancels the job: following it ends with that, what the page then tells is the ledger's.
        states: what `params_of` makes the job's parameters from.
    """
    button, nonce, message, cancel = ids

    def start(set_progress: Callable[[Any], None], clicked: str | None, *values: Any) -> Any:
        return submit_and_follow(root, kind, params_of(*values), set_progress) if clicked else no_update

    app.clientside_callback(
        ClientsideFunction("sunspot", "nonce"),
        Output(nonce, "data"),
        Input(button, "n_clicks"),
        prevent_initial_call=True,
    )
    app.callback(
        Output(message, "children"),
        Input(nonce, "data"),
        *states,
        background=True,
        progress=[Output(message, "children", allow_duplicate=True)],
        cancel=[Input(cancel, "n_clicks")],
        prevent_initial_call=True,
    )(start)


def end_followers() -> None:
    """End the processes that follow jobs for pages: a server that exits would wait for them, and they for it."""
    for follower in multiprocess.active_children():
        follower.kill()  # it owns nothing, and one that was just forked still has the server's handler of SIGTERM


def submit_and_follow(
    root: Path, kind: str, params: dict[str, Any], set_progress: Callable[[Any], None]
) -> Any:
    """Submit a job to the workspace at `root`; returns what to tell the user when it has ended.

    This runs in a process that the server forked, and that would keep the server's port were it to outlive it: it
    ends when the server does (`end_followers`). The job does not.
    """
    server = os.getppid()
    # Forked, it has the server's handlers; Ctrl-C reaches both, and is the server's to answer.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    ledger = open_ledger(Workspace(root))
    try:
        job = control.submit(ledger, kind, params)
    except SunspotError as error:
        return problem(str(error))
    set_progress((note(f"Job {job.number} was accepted."),))
    for _ in follow(ledger, job.number, should_stop=lambda: os.getppid() != server):
        pass
    last = ledger.get(job.number)
    text = f"Job {job.number} is {last.state}" + (f": {last.error}" if last.error else ".")
    return problem(text) if last.state == FAILED else note(text)
