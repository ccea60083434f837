"""A worker that prints its id and dies at once: `python -m tests.jobs.present WORKSPACE`."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from jobs.engine import Queue
from jobs.liveness import Presence
from sunspot_dash.settings import QueueSettings
from sunspot_dash.workspace import Workspace

if __name__ == "__main__":
    space = Workspace(Path(sys.argv[1]))
    print(Presence(space, Queue(space, QueueSettings()).space("signs"), ["cpu"]).id, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
