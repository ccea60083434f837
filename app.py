"""Sunspot Dashboard: `python app.py` runs the dashboard, `python app.py --help` lists the commands.

`server` is the WSGI application for a web server such as gunicorn, which finds it through `gunicorn.conf.py`.
"""

from functools import cache
from typing import Any

from sunspot_dash.cli import main


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
    main()
