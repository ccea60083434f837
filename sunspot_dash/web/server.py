"""The web server of a dashboard."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from dash import Dash

from sunspot_dash.errors import ParameterError, SunspotError
from sunspot_dash.web.connections import listening
from sunspot_dash.web.security import is_loopback

RETRY_SECONDS = 3.0
CHECK_SECONDS = 1.0  # between two checks that the server is still running


def serve_app(
    app: Dash,
    host: str,
    port: int,
    password: str,
    ready: Callable[[], object],
    should_stop: Callable[[float], bool],
) -> None:
    """Serve requests until asked to stop, then finish the open ones.

    Args:
        password: password of the app, required if other machines can reach the address.
        ready: called once the server accepts requests.
        should_stop: waits up to the given seconds; returns whether to stop.

    Raises:
        ParameterError: other machines can reach the address and no password is set, or the port cannot be used.
        SunspotError: the server stopped by itself.
    """
    if not is_loopback(host) and not password:
        raise ParameterError(
            f"--host {host} can be reached from other machines: set a password in SUNSPOT_PASSWORD, or use a proxy "
            "with a password that forwards requests to 127.0.0.1"
        )
    server = _listening(app, host, port)
    if should_stop(0):
        return
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    ready()
    while not should_stop(CHECK_SECONDS):
        if not thread.is_alive():
            raise SunspotError(
                "the web server stopped by itself: see the output above for the reason, then start it again"
            )
    server.task_dispatcher.shutdown()


def _listening(app: Dash, host: str, port: int) -> Any:
    """Return a server that listens at an address; retry for a moment if a killed server still holds the port."""
    until = time.monotonic() + RETRY_SECONDS
    while True:
        try:
            return listening(app.server, host=host, port=port)
        except OSError as error:
            if time.monotonic() > until:
                raise ParameterError(
                    f"port {port} cannot be used ({error.strerror}): choose another with --port, or stop the program "
                    "that uses it"
                ) from error
            time.sleep(0.2)
