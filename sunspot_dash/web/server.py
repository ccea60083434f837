"""The web server of a dashboard: who may reach it, and until when it runs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from dash import Dash
from waitress import create_server

from sunspot_dash.errors import ParameterError, SunspotError
from sunspot_dash.web.security import is_loopback

THREADS = 12
CONNECTIONS = 1000  # a browser holds six
PATIENCE_SECONDS = 3.0
LOOK_SECONDS = 1.0  # between two looks whether requests are still answered


def serve_app(
    app: Dash,
    host: str,
    port: int,
    password: str,
    ready: Callable[[], object],
    asked: Callable[[float], bool],
) -> None:
    """Answer requests until asked to end, and those that came before to their end.

    Args:
        password: that of the app; needed where others than this machine can reach it.
        ready: called once requests are answered.
        asked: waits some seconds to be asked to end; returns whether it was.

    Raises:
        ParameterError: the address is open to others without a password, or the port cannot be used.
        SunspotError: the server ended by itself.
    """
    if not is_loopback(host) and not password:
        raise ParameterError(
            f"--host {host} can be reached by others: set a password in SUNSPOT_PASSWORD, or let a proxy with a "
            "password pass requests to 127.0.0.1"
        )
    server = _listening(app, host, port)
    answering = threading.Thread(target=server.run, daemon=True)
    answering.start()
    ready()
    while not asked(LOOK_SECONDS):
        if not answering.is_alive():
            raise SunspotError("the web server ended by itself: what is above says why; start it again")
    server.task_dispatcher.shutdown()


def _listening(app: Dash, host: str, port: int) -> Any:
    """A server at an address; what is left of one that was killed there has a moment to go away."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return create_server(
                app.server,
                host=host,
                port=port,
                threads=THREADS,
                connection_limit=CONNECTIONS,
                asyncore_use_poll=True,  # select() ends at 1024 files
                ident=None,
            )
        except OSError as error:
            if time.monotonic() > until:
                raise ParameterError(
                    f"port {port} cannot be used ({error.strerror}): choose another with --port, or stop what listens "
                    "there"
                ) from error
            time.sleep(0.2)
