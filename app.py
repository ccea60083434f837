"""Sunspot Dashboard: `python app.py` runs the dashboard, `python app.py --help` lists the commands.

`server` is the WSGI application for a web server such as gunicorn (`gunicorn --threads 12 app:server`).
"""

import os
import signal
import sys
from typing import Any

UNTIL_STOPPED = ("serve", "worker")  # commands for which SIGTERM is the usual end


def __getattr__(name: str) -> Any:
    if name != "server":
        raise AttributeError(name)
    from sunspot_dash.web.app import create_app
    from sunspot_dash.workspace import Workspace

    return create_app(Workspace().create()).server


if __name__ == "__main__":
    if sys.argv[1:2] in ([], *([command] for command in UNTIL_STOPPED)):
        # Until the command itself catches them: its imports take a second, and nothing has been started yet.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: os._exit(0))
    from sunspot_dash.cli import main

    main()
