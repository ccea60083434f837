"""Refuse a request by its headers, before its body is received.

The checks are the app's own (`Flask.before_request`), in whichever server and behind whichever middleware it runs: the
server calls the app with the headers only, and the app stops after its checks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from flask import Flask, Response, abort, request

# Of a request that is not an upload; the largest carries a file of sunspot numbers.
MAX_BODY_BYTES = 64 * 2**20
HEADERS_ONLY = "sunspot.headers_only"  # in the environment of a request whose body has not been received

Check = Callable[[], Response | tuple[Response, int] | None]


@dataclass(frozen=True)
class Refusal:
    """The answer to a request that is refused."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes


def register(server: Flask, limits: Mapping[str, int], checks: Mapping[str, Check]) -> None:
    """Register the last checks, after those of access.

    Args:
        limits: the largest body in bytes by endpoint, where it is not MAX_BODY_BYTES.
        checks: further checks by endpoint.
    """

    @server.before_request
    def acceptable() -> Response | tuple[Response, int] | None:
        if request.routing_exception is not None:
            raise request.routing_exception
        endpoint = request.endpoint or ""
        if endpoint in checks and (refused := checks[endpoint]()) is not None:
            return refused
        request.max_content_length = limit = limits.get(endpoint, MAX_BODY_BYTES)
        if (request.content_length or 0) > limit:
            abort(413, f"the limit is {limit >> 20} MB")
        headers_only = request.environ.get(HEADERS_ONLY)
        if headers_only is None:
            return None
        headers_only["limit"] = limit
        return Response(status=204)


def check_headers(application: Callable[..., Any], environ: dict[str, Any]) -> Refusal | int:
    """Return why a request is refused, or the largest body it may have, in bytes.

    Args:
        application: the WSGI application, with its middleware.
        environ: the request's environment; it is changed.
    """
    passed: dict[str, int] = {}
    answer: list[Any] = []
    environ |= {HEADERS_ONLY: passed, "wsgi.input": BytesIO()}
    pieces = application(environ, lambda status, headers, error=None: answer.extend((status, headers)))
    try:
        body = b"".join(pieces)
    finally:
        if hasattr(pieces, "close"):
            pieces.close()
    return passed["limit"] if passed else Refusal(answer[0], answer[1], body)
