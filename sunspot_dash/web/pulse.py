"""The pulse of a workspace: a text that stays the same while nothing changes that a page shows.

Each page asks for it all the time (assets/pulse.js), and calls its callbacks only when it is another one.
"""

from __future__ import annotations

import time
from pathlib import Path

from flask import Flask, Response

from sunspot_dash.errors import QueueUnavailableError
from sunspot_dash.services.catalogue.stamps import stamp_of
from sunspot_dash.web.context import Context, current_context
from sunspot_dash.workspace import Workspace

PATH = "/pulse"
# What the text does not cover, such as a file that is changed in place, is shown after this time.
AT_LEAST_SECONDS = 15


def pulse(context: Context, now: float) -> str:
    """Return the pulse at a time (s since 1970); while a job waits or runs, each time has another one."""
    try:
        waits_or_runs = bool(context.ledger.live())
        jobs = f"{context.ledger.last()}{f' {now}' if waits_or_runs else ''}"
    except QueueUnavailableError:
        jobs = "unavailable"
    stamps = " ".join(str(stamp_of(path)) for path in _shown(context.workspace))
    return f"{context.catalogue.revision()} {jobs} {stamps} {now // AT_LEAST_SECONDS:.0f}"


def now() -> str:
    """Return the pulse of the workspace of this request."""
    return pulse(current_context(), time.time())


def _shown(space: Workspace) -> tuple[Path, ...]:
    """Return files and folders of what the index leaves out; a file that is replaced or new changes its folder."""
    labels = space.annotations_file.parent
    return (
        space.dataset, labels, space.label_versions, space.waiting_labels, space.references, space.trash,
        space.models_file, space.watch_file, space.trained_models, space.model_notes, space.evaluations,
        space.comparisons,
    )  # fmt: skip


def register(server: Flask) -> None:
    """Register the route."""
    server.add_url_rule(PATH, "pulse", lambda: Response(now(), mimetype="text/plain"))
