"""What reaches the app through a proxy: the path prefix, and the forwarding headers of trusted proxies.

A WSGI middleware, so that the same holds under `serve`, gunicorn and any other server. Compare ProxyFix of werkzeug,
which believes every client.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any
from urllib.parse import unquote

from werkzeug.http import parse_list_header, parse_options_header

from sunspot_dash.settings import UNIX, WebSettings, separated

Address = IPv4Address | IPv6Address
Environ = dict[str, Any]
# Keys of the WSGI environment that the middleware adds.
PEER = "sunspot.peer"  # address of the program that connected, "" for a Unix socket
UNTRUSTED = "sunspot.untrusted"  # name of a forwarding header of a proxy that is not trusted, "" without one
PREFIX = "sunspot.prefix"  # the prefix that a trusted proxy names, "" without one
# Headers of proxies; a browser sends none of them.
FORWARDING = (
    *("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix", "X-Forwarded-Port"),
    *("X-Forwarded-Server", "X-Forwarded-Context", "X-ProxyContextPath", "X-Real-IP", "Forwarded", "Via"),
)


class Front:
    """Middleware that sets the client's address, host, scheme and path as the browser sees them."""

    def __init__(self, app: Callable[..., Iterable[bytes]], settings: WebSettings) -> None:
        self._app = app
        self._networks = settings.networks
        self._trusts_socket = UNIX in separated(settings.trusted_proxies)
        # WSGI servers decode the percent signs of a path and pass its bytes on as Latin-1.
        self._prefix = unquote(settings.url_prefix).rstrip("/").encode().decode("latin-1")

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        peer = environ[PEER] = environ.get("REMOTE_ADDR") or ""
        present = [name for name in FORWARDING if _key(name) in environ]
        environ[UNTRUSTED] = environ[PREFIX] = ""
        if self._trusts(peer):
            self._apply(environ)
        elif present:
            environ[UNTRUSTED] = present[0]
            for name in present:
                del environ[_key(name)]
        self._cut_prefix(environ)
        return self._app(environ, start_response)

    def _trusts(self, address: str) -> bool:
        if not address:
            return self._trusts_socket
        found = parse_address(address)
        return found is not None and any(found in network for network in self._networks)

    def _apply(self, environ: Environ) -> None:
        """Replace address, host and scheme by those that a trusted proxy names."""
        chain, host, scheme = _forwarded(environ)
        for client in reversed(chain):  # each proxy appends the client that it saw
            if (found := parse_address(client)) is None:
                break
            environ["REMOTE_ADDR"] = str(found)
            if not self._trusts(client):
                break
        if host:
            environ["HTTP_HOST"] = host
        if scheme in ("http", "https"):
            environ["wsgi.url_scheme"] = scheme
        environ[PREFIX] = _last(environ, "X-Forwarded-Prefix")

    def _cut_prefix(self, environ: Environ) -> None:
        """Move the prefix from the path to SCRIPT_NAME; a proxy may already have removed it."""
        if not self._prefix:
            return
        path = environ.get("PATH_INFO", "")
        if path == self._prefix or path.startswith(f"{self._prefix}/"):
            environ["PATH_INFO"] = path[len(self._prefix) :] or "/"
        environ["SCRIPT_NAME"] = self._prefix


def _forwarded(environ: Environ) -> tuple[list[str], str, str]:
    """Return the clients from the farthest to the nearest, the host and the scheme that the proxies name."""
    if _key("X-Forwarded-For") in environ or _key("Forwarded") not in environ:
        chain = separated(environ.get(_key("X-Forwarded-For"), ""))
        return chain, _last(environ, "X-Forwarded-Host"), _last(environ, "X-Forwarded-Proto")
    parts = [parse_options_header(f"x;{part}")[1] for part in parse_list_header(environ[_key("Forwarded")])]
    nearest = parts[-1] if parts else {}
    return [part["for"] for part in parts if "for" in part], nearest.get("host", ""), nearest.get("proto", "")


def _last(environ: Environ, header: str) -> str:
    return next(reversed(separated(environ.get(_key(header), ""))), "")


def _key(header: str) -> str:
    return f"HTTP_{header.upper().replace('-', '_')}"


def parse_address(text: str) -> Address | None:
    """Return an IP address, with or without brackets and port; None if it is none."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def is_loopback(address: str) -> bool:
    """Whether an address can be reached from this machine only."""
    found = parse_address(address)
    return found.is_loopback if found else address == "localhost"
