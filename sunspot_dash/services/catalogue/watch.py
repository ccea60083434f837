"""Keep the catalogue up to date in a process of its own: `python -m sunspot_dash.services.catalogue.watch WORKSPACE`.

Reading the results of a large archive for the first time takes minutes, which would block the web server.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

from sunspot_dash.errors import SunspotError
from sunspot_dash.files import disk_fault
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.catalogue.indexer import Indexer
from sunspot_dash.workspace import Workspace

REST_SECONDS = 1.0
DUTY = 0.2  # maximum share of a core
READY = b"ready\n"


def keep_fresh(workspace: Workspace) -> None:
    """Refresh the catalogue again and again; write READY to standard output after the first time."""
    indexer = Indexer(Catalogue(workspace))
    announced, reported = False, ""
    while True:
        began = time.monotonic()
        try:
            indexer.refresh()
            reported = ""
        except (OSError, sqlite3.Error, SunspotError) as error:
            if (text := disk_fault(error) or str(error)) != reported:
                reported = text
                with suppress(OSError):
                    print(f"the index was not refreshed: {text}", file=sys.stderr, flush=True)
        if not announced:
            announced = os.write(sys.stdout.fileno(), READY) > 0
        time.sleep(max(REST_SECONDS, (time.monotonic() - began) * (1 / DUTY - 1)))


def _end_with_parent() -> None:
    """End this process when the parent closes its end of standard input."""
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.nice(5)
    keep_fresh(Workspace(Path(sys.argv[1])))
