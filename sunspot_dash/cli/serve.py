"""`serve`: run the dashboard and a worker."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from sunspot_dash.cli.background_worker import BackgroundWorker
from sunspot_dash.cli.options import WorkspaceOption
from sunspot_dash.cli.output import say
from sunspot_dash.cli.signals import catch_stop_signals, end_without_finalizing
from sunspot_dash.workspace import DEFAULT_ROOT, Workspace


def serve(
    host: Annotated[
        str, typer.Option(help="address to listen on; any address but localhost needs a password")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="port to listen on", min=1, max=65535)] = 8050,
    host_name: Annotated[
        list[str], typer.Option(help="host name under which browsers reach the dashboard; may be repeated")
    ] = [],  # noqa: B006
    url_prefix: Annotated[
        str,
        typer.Option(
            help="path under which browsers reach the dashboard behind a proxy; default: SUNSPOT_URL_PREFIX"
        ),
    ] = "",
    trusted_proxy: Annotated[
        list[str],
        typer.Option(
            help="address or network of a proxy whose forwarding headers count; may be repeated; default: "
            "SUNSPOT_TRUSTED_PROXIES"
        ),
    ] = [],  # noqa: B006
    worker: Annotated[bool, typer.Option(help="also start a worker for the queue")] = True,
    demo: Annotated[bool, typer.Option(help="add synthetic drawings to an empty workspace")] = True,
    workspace: WorkspaceOption = DEFAULT_ROOT,
) -> None:
    """Run the dashboard until Ctrl-C.

    Running jobs are interrupted when it stops and resume when it runs again.
    """
    stop_requested = catch_stop_signals()  # first: SIGTERM may come at any time
    stopped = end_without_finalizing()
    from jobs.link import Patience
    from jobs.recovery import open_ledger
    from sunspot_dash.errors import QueueUnavailableError
    from sunspot_dash.services.demo.sample_data import demo_due
    from sunspot_dash.settings import QueueSettings, WebSettings
    from sunspot_dash.web.app import create_app
    from sunspot_dash.web.demo import BackgroundDemo
    from sunspot_dash.web.server import serve_app

    space = Workspace(workspace).create()
    settings = WebSettings.read(url_prefix=url_prefix, trusted_proxies=",".join(trusted_proxy))
    names = ",".join([settings.host_names, *host_name])
    patience = Patience(QueueSettings().queue_patience, partial(say, err=True), lambda: stop_requested(0))
    try:
        open_ledger(space, patience=patience)
    except QueueUnavailableError:
        if not stop_requested(0):
            raise
        stopped()
        return
    app = create_app(space, settings=settings.model_copy(update={"host_names": names}))
    running: list[BackgroundWorker | BackgroundDemo] = []

    def ready() -> None:
        if worker:
            running.append(BackgroundWorker(space))
        if demo and demo_due(space):
            running.append(BackgroundDemo(space, partial(say, err=True), settings.demo_days))
        say(f"the dashboard is at http://{host}:{port}{settings.url_prefix}  (Ctrl-C stops it)")

    try:
        serve_app(app, host, port, settings.password, ready, stop_requested)
        say("the dashboard has stopped; unfinished jobs resume when it runs again")
    finally:
        for one in running:
            one.end()
    stopped()
