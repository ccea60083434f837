"""Sunspot Dashboard: `python app.py` runs the dashboard, `python app.py --help` lists the commands.

`server` is the WSGI application for a web server such as gunicorn, which finds it through `gunicorn.conf.py`.
"""

import os
import signal
import sys
from functools import cache
from typing import Any

UNTIL_STOPPED = ("serve", "worker")  # commands for which SIGTERM is the usual end


def __getattr__(name: str) -> Any:
    if name != "server":
        raise AttributeError(name)
    return _server()


@cache
def _server() -> Any:
    from pathlib import Path

    from sunspot_dash.settings import WebSettings
    from sunspot_dash.web.app import create_app
    from sunspot_dash.workspace import DEFAULT_ROOT, Workspace

    settings = WebSettings.read()
    space = Workspace(Path(settings.workspace) if settings.workspace else DEFAULT_ROOT)
    return create_app(space.create(), settings=settings).server


if __name__ == "__main__":
    if sys.argv[1:2] in ([], *([command] for command in UNTIL_STOPPED)):
        # Until the command itself catches them: its imports take a second, and nothing has been started yet.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: os._exit(0))
    try:
        from sunspot_dash.cli import main
    except ModuleNotFoundError as error:
        sys.exit(
            f"app.py: the package {error.name} is missing here: run 'python3 install.py', then .venv/bin/python app.py"
        )
    main()
