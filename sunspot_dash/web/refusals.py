"""Answers to requests that are refused: a page for a person, and the same sentence as JSON for a script."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NoReturn

from flask import Response, abort, jsonify, make_response, request
from werkzeug.exceptions import NotFound

from sunspot_dash.templates import template
from sunspot_dash.web.context import url

TEMPLATE = template(Path(__file__).with_name("refusals.html"))
TITLES = {
    400: "The dashboard did not understand this request",
    401: "A password is required",
    403: "The dashboard refused this request",
    404: "Not found",
    429: "Too many wrong passwords",
}
HOST_LINE = "proxy_set_header Host $http_host;"


def refuse(status: int, reason: str, received: dict[str, str] | None = None, line: str = "") -> NoReturn:
    """End the request with an answer that says why.

    Args:
        received: what was received and what was expected, by name.
        line: the line that nginx needs.

    Raises:
        HTTPException: always.
    """
    abort(refusal(status, reason, received, line))


def refusal(status: int, reason: str, received: dict[str, str] | None = None, line: str = "") -> Response:
    """Return the answer that `refuse` sends; assets/upload.js and loading.js show the reason to the user."""
    if wants_page():
        return page(status, reason, received=received or {}, line=line)
    told = f"{reason} nginx: {line}" if line else reason
    answer = jsonify(reason=told)
    answer.status_code = status
    return answer


def page(status: int, reason: str, **more: Any) -> Response:
    """Return a page for a person."""
    content = {"title": TITLES[status], "reason": reason, "received": {}, "line": "", "home": ""} | more
    answer = make_response(TEMPLATE.render(content))
    answer.status_code = status
    return answer


def wants_page() -> bool:
    """Whether a person reads the answer: a browser navigates, and a script does not."""
    return request.method in ("GET", "HEAD") and "text/html" in request.headers.get("Accept", "")


def not_found(error: NotFound) -> Response:
    """Return the page for an address that does not exist, for example an old link."""
    return page(404, error.description or "", home=url("/"))
