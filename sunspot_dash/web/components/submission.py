"""A button that starts a job: submits it, follows it and reports how it ended."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import multiprocess
from dash import ClientsideFunction, Dash, Input, Output, State, no_update

from jobs import control
from jobs.follow import follow, notes_of, outcome
from jobs.job import FAILED
from jobs.link import Patience
from jobs.recovery import open_ledger
from sunspot_dash.errors import SunspotError
from sunspot_dash.settings import QueueSettings
from sunspot_dash.web.callbacks import WRONG_VALUE
from sunspot_dash.web.components.feedback import attention, note, problem, waiting
from sunspot_dash.workspace import Workspace


def register_submission(
    app: Dash,
    root: Path,
    kind: str,
    ids: tuple[str, str, str, str],
    states: list[State],
    params_of: Callable[..., dict[str, Any]],
) -> None:
    """Register the callbacks of a start button.

    Args:
        root: folder of the workspace.
        ids: of the button, of the store for the value that makes each click unique, of the place for messages, and of
            the button that cancels the job, which also ends following it; "" if the page has none.
        states: arguments of `params_of`, which returns the parameters of the job.
    """
    button, nonce, message, cancel = ids

    def start(set_progress: Callable[[Any], None], clicked: str | None, *values: Any) -> Any:
        if not clicked:
            return no_update
        try:
            params = params_of(*values)
        except SunspotError as error:
            return problem(str(error))
        except WRONG_VALUE:
            return problem("The form contains a value that the page does not send: reload the page.")
        return submit_and_follow(root, kind, params, set_progress)

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
        cancel=[Input(cancel, "n_clicks")] if cancel else None,
        prevent_initial_call=True,
    )(start)


def end_followers() -> None:
    """Kill the processes that follow jobs for pages; otherwise an exiting server and they would wait for each other."""
    for follower in multiprocess.active_children():
        follower.kill()  # safe, since it owns nothing; a process just forked still has the server's SIGTERM handler


def submit_and_follow(
    root: Path, kind: str, params: dict[str, Any], set_progress: Callable[[Any], None]
) -> Any:
    """Submit a job to the workspace at `root`, follow it, and return the message on how it ended.

    Runs in a process forked by the server. It ends with the server (`end_followers`), whose port it would otherwise
    keep open; the job continues.
    """
    server = os.getppid()
    # Replaces the handlers inherited from the server; the server alone reacts to Ctrl-C.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    settings = QueueSettings()

    def orphaned() -> bool:
        return os.getppid() != server

    def show(line: str) -> None:
        set_progress((waiting(line),))

    try:
        ledger = open_ledger(
            Workspace(root), settings, patience=Patience(settings.queue_patience, show, orphaned)
        )
        job = control.submit(ledger, kind, params)
        set_progress((note(f"Job {job.number} was accepted."),))
        for event in follow(ledger, job.number, should_stop=orphaned):
            if event["kind"] == "unavailable":
                show(event["text"])
        last = ledger.get(job.number)
    except SunspotError as error:
        return problem(str(error))
    notes = [last.error] if last.error else notes_of(last.result) if outcome(last) != last.state else []
    text = f"Job {job.number} is {outcome(last)}" + (f": {'; '.join(notes)}" if notes else ".")
    if last.state == FAILED:
        return problem(text)
    return note(text) if outcome(last) == last.state else attention(text)
