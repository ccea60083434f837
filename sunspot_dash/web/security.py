"""Access control and security headers of every response."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Callable, Sequence

from flask import Flask, Response, abort, request

POLICY = (
    "default-src 'self'; script-src 'self' {scripts}; "
    "style-src 'self' 'unsafe-inline'; "  # Plotly and AG Grid set inline styles
    "img-src 'self' data: blob:; connect-src 'self'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'"
)


def guard(
    server: Flask, password: str, trusted_hosts: list[str], script_hashes: Callable[[], Sequence[str]]
) -> None:
    """Reject clients without the password, unknown host names and cross-site writes; set the security headers.

    The checks are part of the app, so that they apply whichever server runs it.

    Args:
        password: required from every browser (HTTP Basic, any user name); if empty, only localhost is served.
        script_hashes: returns the hashes of the inline scripts of a page.
    """

    @server.before_request
    def known_browser() -> Response | None:
        if password:
            return None if _has(password) else _password_needed()
        # A Unix socket has no remote address; it and a proxy on this machine are allowed.
        if request.remote_addr and not is_loopback(request.remote_addr):
            abort(403, "without a password only localhost is served: set SUNSPOT_PASSWORD")
        return None

    @server.before_request
    def known_host() -> None:
        host = request.host.rsplit(":", 1)[0].strip("[]").lower()
        if host not in trusted_hosts:
            abort(
                400,
                f"this server does not answer to the host name '{host}': start it with --host-name {host}",
            )

    @server.before_request
    def same_site() -> None:
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            origin = request.headers.get("Origin")
            if origin is not None and origin.split("://")[-1] != request.host:
                abort(403, "requests from other sites must not change anything here")

    @server.after_request
    def headers(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY.format(scripts=" ".join(script_hashes()))
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["X-Frame-Options"] = "DENY"
        response.headers["Referrer-Policy"] = "same-origin"
        return response


def _has(password: str) -> bool:
    """Whether this request has the right password."""
    given = request.authorization
    if given is None or given.type != "basic":
        return False
    return hmac.compare_digest((given.password or "").encode(), password.encode())


def _password_needed() -> Response:
    return Response("a password is required", 401, {"WWW-Authenticate": 'Basic realm="Sunspot Dashboard"'})


def is_loopback(address: str) -> bool:
    """Whether an address to bind to can be reached from this machine only."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"
