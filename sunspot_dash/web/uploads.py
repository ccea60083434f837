"""The route for uploads from the Dataset page."""

from __future__ import annotations

from dataclasses import asdict
from typing import BinaryIO, cast
from urllib.parse import parse_qs

from flask import Flask, Response, jsonify, request

from sunspot_dash.errors import ParameterError, SunspotError
from sunspot_dash.services.dataset.labels import REJECTED, UploadResult
from sunspot_dash.services.dataset.uploads import accept_upload
from sunspot_dash.settings import LIMITS
from sunspot_dash.web.context import current_context

HEADER = "X-Sunspot"  # a page of another site cannot send it without a CORS preflight request


def upload(role: str) -> tuple[Response, int]:
    """Receive one file as a stream, and return whether it was accepted, and if not, why."""
    if HEADER not in request.headers:
        return _answer(UploadResult(REJECTED, "", f"the header {HEADER} is missing"), 403)
    if (request.content_length or 0) > LIMITS.max_upload_bytes:
        return _answer(
            UploadResult(REJECTED, "", f"the limit is {LIMITS.max_upload_bytes >> 20} MB per file"), 413
        )
    name = _name(request.query_string)
    try:
        taken = accept_upload(current_context().workspace, role, name, cast(BinaryIO, request.stream))
    except ParameterError as error:
        return _answer(UploadResult(REJECTED, name, error.reason), 413 if "limit" in error.reason else 400)
    except SunspotError as error:
        return _answer(UploadResult(REJECTED, name, error.reason), 507)
    return _answer(taken, 200)


def _name(query: bytes) -> str:
    """Return the name in a query, with U+FFFD for bytes that are not UTF-8, which `request.args` would keep quoted."""
    return parse_qs(query.decode(errors="replace")).get("name", [""])[0]


def _answer(taken: UploadResult, status: int) -> tuple[Response, int]:
    return jsonify(asdict(taken)), status


def register(server: Flask) -> None:
    """Register the route."""
    server.add_url_rule("/upload/<role>", "upload", upload, methods=["PUT"])
