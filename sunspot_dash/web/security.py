"""Access control and security headers of every response."""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from flask import Flask, Response, request

from sunspot_dash.settings import WebSettings
from sunspot_dash.web.front import PEER, PREFIX, UNTRUSTED, is_loopback
from sunspot_dash.web.guesses import Guesses
from sunspot_dash.web.refusals import HOST_LINE, refusal, refuse, wants_page

POLICY = (
    "default-src 'self'; script-src 'self' {scripts}; "
    "style-src 'self' 'unsafe-inline'; "  # Plotly and AG Grid set inline styles
    "img-src 'self' data: blob:; connect-src 'self'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'"
)
LOCAL_NAMES = ("127.0.0.1", "localhost", "::1")
HOST = re.compile(r"(?P<name>\[[0-9A-Fa-f:.]+\]|[^\s\[\]:/@?#,]+)(?::(?P<port>\d{1,5}))?")
ORIGIN = re.compile(r"(?P<scheme>https?)://(?P<host>[^/]+)/?.*")
PORTS = {"http": "80", "https": "443"}
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
# The same for everybody; without them the page could not show the reason.
STATIC_FILES = ("/assets/", "/vendor/", "/_dash-component-suites/", "/_favicon.ico", "/favicon.ico")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Site(NamedTuple):
    """Host name in lower case without brackets, and port, "" if none is given."""

    name: str
    port: str


def guard(
    server: Flask,
    settings: WebSettings,
    guesses: Guesses,
    script_hashes: Callable[[], Sequence[str]],
) -> None:
    """Reject clients without the password, unknown host names and cross-site writes; set the security headers.

    The checks are part of the app, so that they apply whichever server runs it.

    Args:
        settings: if the password is empty, only this machine is served.
        guesses: slows down wrong passwords.
        script_hashes: returns the hashes of the inline scripts of a page.
    """
    names = {*LOCAL_NAMES, *settings.names}
    digest = _digest(settings.password)

    @server.before_request
    def readable() -> None:
        if CONTROL.search(request.path):
            refuse(404, "The address contains a control character.")

    @server.before_request
    def known_browser() -> Response | None:
        if settings.password:
            return _check_password(digest, guesses)
        _check_local()
        return None

    @server.before_request
    def known_host() -> None:
        _check_host(names)

    @server.before_request
    def known_prefix() -> None:
        given = request.environ.get(PREFIX, "")
        if given and given.strip("/") != settings.url_prefix.strip("/") and wants_page():
            refuse(
                400,
                f"The proxy serves the dashboard under {given}: start the dashboard with "
                f"SUNSPOT_URL_PREFIX={given} in its environment.",
                {"X-Forwarded-Prefix": given, "SUNSPOT_URL_PREFIX": settings.url_prefix or "not set"},
            )

    @server.before_request
    def same_site() -> None:
        _check_origin(names)

    @server.after_request
    def headers(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY.format(scripts=" ".join(script_hashes()))
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["X-Frame-Options"] = "DENY"
        response.headers["Referrer-Policy"] = "same-origin"
        # The browser of one user may keep an answer; a proxy, which serves others too, must not.
        response.cache_control.public = False
        response.cache_control.private = True
        return response


def _check_password(digest: bytes, guesses: Guesses) -> Response | None:
    """Return an answer if the request does not have the right password, or if its address must wait."""
    try:
        given = request.authorization
    except ValueError:  # werkzeug does not expect letters beyond ASCII
        given = None
    if given is None or given.type != "basic":
        return _password_needed()
    client, now = request.remote_addr or "", time.time()
    if seconds := guesses.seconds_to_wait(client, now):
        reason = f"Too many wrong passwords were given: try again in {seconds} seconds."
        answer = refusal(429, reason)
        answer.headers["Retry-After"] = str(seconds)
        return answer
    if not hmac.compare_digest(_digest(given.password or ""), digest):
        guesses.wrong(client, now)
        return _password_needed()
    guesses.right(client, now)
    return None


def _digest(password: str) -> bytes:
    """Return a hash of a password: comparing hashes takes the same time whatever their length."""
    return hashlib.sha256(password.encode("utf-8", "surrogatepass")).digest()


def _password_needed() -> Response:
    answer = refusal(401, "Reload the page and enter the password of the dashboard; any user name will do.")
    answer.headers["WWW-Authenticate"] = 'Basic realm="Sunspot Dashboard", charset="UTF-8"'
    return answer


def _check_local() -> None:
    """Refuse clients that are not on this machine; one that a proxy brings counts as such only if it is trusted."""
    peer = request.environ.get(PEER, "")
    if peer and not is_loopback(peer):
        refuse(
            403,
            "Without a password only clients on the same machine are served: set SUNSPOT_PASSWORD.",
            {"Address of the client": peer},
        )
    if header := request.environ.get(UNTRUSTED):
        refuse(
            403,
            "This request came through a proxy and no password is set, so everybody whom the proxy lets in would be "
            "served. Set SUNSPOT_PASSWORD; or, if the proxy asks for a password itself, name it: "
            f"SUNSPOT_TRUSTED_PROXIES={peer or 'unix'}.",
            {"Header of the proxy": header, "Address of the proxy": peer or "a Unix socket"},
        )


def _check_host(names: set[str]) -> None:
    text = request.environ.get("HTTP_HOST", "")
    site = parse_host(text)
    if site is None:
        refuse(
            400,
            "The header Host is missing or malformed: a proxy in between must pass it on unchanged.",
            {"Host received": text or "none"},
            HOST_LINE,
        )
    if site.name not in names:
        refuse(
            400,
            f"The dashboard does not answer to the host name '{site.name}'. If this is the name in the address bar of "
            f"the browser, start it with --host-name {site.name} or SUNSPOT_HOST_NAMES={site.name}; otherwise a proxy "
            "replaces Host and must pass it on unchanged.",
            {"Host received": text, "Host expected": "localhost, or a name in SUNSPOT_HOST_NAMES"},
            HOST_LINE,
        )


def _check_origin(names: set[str]) -> None:
    """Refuse writes from other sites, and pages whose Host a proxy has replaced by a name of this machine.

    A browser names the site of the page that sends a request: in Origin for writes, in Referer otherwise. Where both
    sites are ours and the browser calls them one (Sec-Fetch-Site), a proxy has only changed the port or the name.
    """
    written = request.method not in SAFE_METHODS
    fetched = request.headers.get("Sec-Fetch-Site")
    checked = written or fetched == "same-origin" or request.path.startswith("/_dash-")
    checked = checked and not request.path.startswith(STATIC_FILES)
    origin = request.headers.get("Origin") or (None if written else request.headers.get("Referer"))
    host = parse_host(request.environ.get("HTTP_HOST", ""))
    if origin is None or host is None or not checked:
        return
    found = ORIGIN.fullmatch(origin)
    site = parse_host(found["host"]) if found else None
    if site and found:
        port = PORTS[found["scheme"]]
        if (site.name, site.port or port) == (host.name, host.port or port):
            return
        if fetched == "same-origin" and site.name in names:
            return
    refuse(
        403,
        "The page comes from another address than the one that this request reached, so it is either another site, "
        "which must not change anything here, or a proxy changes Host or Origin and must pass both on unchanged.",
        {"Origin of the page": origin, "Host received": request.environ["HTTP_HOST"]},
        HOST_LINE,
    )


def parse_host(text: str) -> Site | None:
    """Return the parts of a Host header, None if it is malformed."""
    found = HOST.fullmatch(text)
    return Site(found["name"].strip("[]").lower(), found["port"] or "") if found else None
