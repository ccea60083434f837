"""What every answer carries, and which requests are not answered at all."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Callable, Sequence

from flask import Flask, Response, abort, request

POLICY = (
    "default-src 'self'; script-src 'self' {scripts}; "
    "style-src 'self' 'unsafe-inline'; "  # Plotly and the tables style their elements
    "img-src 'self' data: blob:; connect-src 'self'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'"
)


def guard(server: Flask, trusted_hosts: list[str], script_hashes: Callable[[], Sequence[str]]) -> None:
    """Refuse foreign hosts and cross-site writes; keep every answer from being framed, sniffed or scripted.

    Args:
        script_hashes: those of the scripts that a page holds itself, as far as they are known when it is sent.
    """

    @server.before_request
    def known_host() -> None:
        host = request.host.rsplit(":", 1)[0].strip("[]").lower()
        if host not in trusted_hosts:
            abort(400, f"this server does not answer to the name '{host}': start it with --host-name {host}")

    @server.before_request
    def same_site() -> None:
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            origin = request.headers.get("Origin")
            if origin is not None and origin.split("://")[-1] != request.host:
                abort(403, "a page of another site may not change anything here")

    @server.after_request
    def headers(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY.format(scripts=" ".join(script_hashes()))
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["X-Frame-Options"] = "DENY"
        response.headers["Referrer-Policy"] = "same-origin"
        return response


def require_password(server: Flask, password: str) -> None:
    """Ask every browser for the password (HTTP Basic; any user name)."""

    @server.before_request
    def known() -> Response | None:
        given = request.authorization
        right = given is not None and given.type == "basic"
        if right and hmac.compare_digest((given.password or "").encode(), password.encode()):  # type: ignore[union-attr]
            return None
        return Response(
            "the password is needed", 401, {"WWW-Authenticate": 'Basic realm="Sunspot Dashboard"'}
        )


def is_loopback(address: str) -> bool:
    """Whether an address to bind to can be reached from this machine alone."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"
