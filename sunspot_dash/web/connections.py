"""Connections of the web server: bodies refused by their headers, slow and idle clients, unread answers.

waitress receives and sends in one thread, without waiting for any client, and calls the app in another once a body is
complete. Here it also asks the app about the headers before it receives the body (`early`).
"""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from io import BytesIO
from typing import Any

from waitress import create_server
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import BaseWSGIServer
from waitress.task import WSGITask
from waitress.utilities import Error, RequestEntityTooLarge

from sunspot_dash.settings import LIMITS
from sunspot_dash.web.early import Refusal, check_headers

THREADS = 32  # half of them may wait for readers of pictures and labels
CONNECTIONS = 1000  # a browser opens six
IDLE_SECONDS = 120  # without a byte in either direction
HEADER_SECONDS = 60.0  # for the headers, and for any body
LEAST_BYTES_PER_SECOND = 1000  # of a body
CHECK_SECONDS = 5  # between two looks at idle and slow connections
# A client that is still sending would not see an answer on a connection that is closed at once.
LINGER_SECONDS = 10.0
LINGER_BYTES = 16 * 2**20
SETTINGS = {
    "threads": THREADS,
    "connection_limit": CONNECTIONS,
    "channel_timeout": IDLE_SECONDS,
    "cleanup_interval": CHECK_SECONDS,
    "max_request_body_size": 2**62,  # the app has a limit for each route
    "inbuf_overflow": 2**16,  # of a body in memory; more is in a temporary file
    # No thread waits for a client to read its answer, which goes to a temporary file.
    "outbuf_high_watermark": 2**40,
    "asyncore_use_poll": True,  # select() supports at most 1024 files
    "clear_untrusted_proxy_headers": False,  # the app decides whom to trust
    "ident": None,
}


class _Refused(Error):
    """The app's answer to the headers of a request."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__("")
        self.refusal = refusal

    def to_response(self, ident: str | None = None) -> tuple[str, list[tuple[str, str]], bytes]:
        own = ("content-length", "connection")
        headers = [(name, value) for name, value in self.refusal.headers if name.lower() not in own]
        return self.refusal.status, headers, self.refusal.body


class Request(HTTPRequestParser):
    """A request that ends with its headers if the app refuses it by them."""

    error: Error | None

    def __init__(self, adjustments: Any, channel: Connection) -> None:
        super().__init__(adjustments)
        self._channel = channel
        self._checking = False
        self._limit = LIMITS.max_upload_bytes
        self.began = time.monotonic()

    def received(self, data: bytes) -> int:
        """Receive a part of the request; return how many bytes belong to it."""
        checked = self.headers_finished
        consumed: int = super().received(data)
        if self.headers_finished and not checked and self.body_rcv is not None and self.error is None:
            self._check()
        if max(self.content_length, self.body_bytes_received) > self._limit and self.error is None:
            self.error = RequestEntityTooLarge(f"the limit is {self._limit >> 20} MB")
        if self.error is None:
            return consumed
        self.completed, self.expect_continue, self._channel.refused = True, False, True
        return len(data)

    def _check(self) -> None:
        self._checking = True
        try:
            answer = check_headers(
                self._channel.server.application, WSGITask(self._channel, self).get_environment()
            )
        except Exception:
            logging.getLogger("waitress").exception("the headers of %s were not checked", self.path)
            return  # the app checks them again
        finally:
            self._checking = False
        if isinstance(answer, Refusal):
            self.error = _Refused(answer)
        else:
            self._limit = answer

    def get_body_stream(self) -> Any:
        return BytesIO() if self._checking else super().get_body_stream()

    def is_slow(self, now: float) -> bool:
        """Whether the client has taken too long to send this much."""
        return now - self.began > HEADER_SECONDS + self.body_bytes_received / LEAST_BYTES_PER_SECOND


class Connection(HTTPChannel):
    """A connection with one client."""

    refused = False  # whether the client may still be sending a body that nobody wants
    _lingers_until = 0.0
    _discarded = 0

    @property
    def parser_class(self) -> Callable[[Any], Request]:
        return partial(Request, channel=self)

    def readable(self) -> bool:
        return bool(self._lingers_until or super().readable())

    def writable(self) -> bool:
        return not self._lingers_until and bool(super().writable())

    def handle_read(self) -> None:
        if not self._lingers_until:
            super().handle_read()
            return
        try:
            received = len(self.recv(self.adj.recv_bytes))
        except OSError:
            received = 0
        self._discarded += received
        if not received or self._discarded > LINGER_BYTES:
            self.end()

    def handle_close(self) -> None:
        if self.refused and self.connected and not self._lingers_until and not self.total_outbufs_len:
            self._lingers_until = time.monotonic() + LINGER_SECONDS
            with suppress(OSError):
                self.socket.shutdown(socket.SHUT_WR)
            return
        self.end()

    def end(self) -> None:
        """Close the connection at once."""
        super().handle_close()

    def is_over(self, now: float) -> bool:
        """Whether to close the connection: it is idle, its client is too slow, or was refused a while ago."""
        if self._lingers_until:
            return now > self._lingers_until
        if self.requests:
            return False  # the app is answering
        silent = time.time() - self.last_activity > IDLE_SECONDS
        return silent or (self.request is not None and self.request.is_slow(now))


def listening(application: Any, threads: int = THREADS, **address: Any) -> Any:
    """Return a server that listens; call its `run`.

    Args:
        address: host and port, or sockets, as in `waitress.create_server`.

    Raises:
        OSError: the address cannot be used.
    """
    parts: dict[int, Any] = {}
    server = create_server(application, map=parts, **(SETTINGS | {"threads": threads}), **address)
    for part in parts.values():
        if isinstance(part, BaseWSGIServer):
            part.channel_class = Connection
            if part.family == socket.AF_UNIX:
                part.fix_addr = _no_address
            part.maintenance = partial(_close_those_over, part)
    return server


def _no_address(_: Any) -> tuple[str, None]:
    """Return the address of a client on a Unix socket, as other servers do."""
    return "", None


def _close_those_over(server: BaseWSGIServer, _: float) -> None:
    now = time.monotonic()
    for connection in list(server.active_channels.values()):
        if connection.is_over(now):
            connection.end()
