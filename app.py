"""Sunspot Dashboard: `python app.py` runs the dashboard, `python app.py --help` lists the commands.

`server` is the WSGI application for a web server such as gunicorn (`gunicorn --threads 12 app:server`).
"""

from typing import Any

from sunspot_dash.cli import main


def __getattr__(name: str) -> Any:
    if name != "server":
        raise AttributeError(name)
    from sunspot_dash.web.app import create_app
    from sunspot_dash.workspace import Workspace

    return create_app(Workspace().create()).server


if __name__ == "__main__":
    main()
