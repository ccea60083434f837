"""`serve`: the dashboard in the browser, with a worker beside it."""

from __future__ import annotations

import threading
from typing import Annotated

import typer

from sunspot_dash.cli.beside import WorkerBeside
from sunspot_dash.cli.ending import asked_to_end
from sunspot_dash.cli.options import WorkspaceOption
from sunspot_dash.workspace import DEFAULT_ROOT, Workspace


def serve(
    host: Annotated[
        str, typer.Option(help="address to listen at; others than this machine's need a password")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="port to listen at", min=1, max=65535)] = 8050,
    host_name: Annotated[
        list[str], typer.Option(help="a name under which browsers reach it, as often as needed")
    ] = [],  # noqa: B006
    worker: Annotated[bool, typer.Option(help="start a worker for the queue, too")] = True,
    demo: Annotated[bool, typer.Option(help="fill an empty workspace with a few synthetic drawings")] = True,
    workspace: WorkspaceOption = DEFAULT_ROOT,
) -> None:
    """Show the dashboard in the browser, until Ctrl-C.

    Jobs that run when it ends go on when it runs again.
    """
    from sunspot_dash.services.demo.sample_data import is_unused
    from sunspot_dash.settings import WebSettings
    from sunspot_dash.web.app import create_app
    from sunspot_dash.web.demo import begin_demo
    from sunspot_dash.web.server import serve_app

    space = Workspace(workspace).create()
    settings = WebSettings()
    app = create_app(space, host_name, settings=settings)
    beside: list[WorkerBeside] = []

    def ready() -> None:
        if worker:
            beside.append(WorkerBeside(space))
        if demo and is_unused(space):
            threading.Thread(target=begin_demo, args=(space,), daemon=True).start()
        typer.echo(f"the dashboard is at http://{host}:{port}  (Ctrl-C ends it)")

    asked = asked_to_end()
    try:
        serve_app(app, host, port, settings.password, ready, asked)
        typer.echo("the dashboard has ended; jobs that run or wait go on when it runs again")
    finally:
        for companion in beside:
            companion.end()
