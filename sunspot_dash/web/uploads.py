"""The routes for uploads from the Dataset page."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import BinaryIO, cast
from urllib.parse import parse_qs

from flask import Flask, Response, jsonify, request

from sunspot_dash.errors import ImageError, ParameterError, SunspotError, WorkspaceError
from sunspot_dash.services.dataset.labels import ACCEPTED, REJECTED, UploadResult
from sunspot_dash.services.dataset.uploads import ROLES, accept_file, accept_upload, is_large
from sunspot_dash.settings import LIMITS
from sunspot_dash.web.context import current_context
from sunspot_dash.web.demo import stop_demo_trainings
from sunspot_dash.web.readers.slots import Busy
from sunspot_dash.web.upload_progress import UploadProgress, read_progress
from sunspot_dash.workspace import Workspace

NAME = "upload"  # of the route
DEMO_STOPPED = "the demo's trainings were cancelled, since they would have used it"
HEADER = "X-Sunspot"  # a page of another site cannot send it without a CORS preflight request


def upload(role: str) -> tuple[Response, int]:
    """Receive one file as a stream, and return whether it was accepted, and if not, why."""
    name = _name(request.query_string)
    try:
        stream = cast(BinaryIO, request.stream)
        taken = accept_upload(current_context().workspace, role, name, stream, _accept)
    except Busy:
        raise
    except ParameterError as error:
        return _answer(UploadResult(REJECTED, name, error.reason), 413 if "limit" in error.reason else 400)
    except WorkspaceError as error:
        return _answer(UploadResult(REJECTED, name, error.reason), 507)
    except SunspotError as error:
        return _answer(UploadResult(REJECTED, name, error.reason), 422)
    if role == "labelled" and taken.state == ACCEPTED and stop_demo_trainings(current_context().ledger):
        taken = replace(taken, reason="; ".join(filter(None, [taken.reason, DEMO_STOPPED])))
    return _answer(taken, 200)


def refused() -> tuple[Response, int] | None:
    """Return the answer to an upload that its headers rule out."""
    if HEADER not in request.headers:
        return _answer(UploadResult(REJECTED, "", f"the header {HEADER} is missing"), 403)
    if (request.content_length or 0) > LIMITS.max_upload_bytes:
        return _answer(
            UploadResult(REJECTED, "", f"the limit is {LIMITS.max_upload_bytes >> 20} MB per file"), 413
        )
    if request.view_args is not None and request.view_args["role"] not in ROLES:
        return _answer(UploadResult(REJECTED, "", f"unknown role: use one of {', '.join(ROLES)}"), 400)
    return None


def _accept(workspace: Workspace, role: str, received: Path, name: str) -> UploadResult:
    """Check a received file in a reader process."""
    try:
        large = is_large(received, name)
    except ImageError as error:
        return UploadResult(REJECTED, name, error.reason)
    readers = current_context().readers
    with UploadProgress(workspace, request.args.get("token", "")) as report:
        return readers.run(accept_file, workspace, role, received, name, large=large, report=report)


def _name(query: bytes) -> str:
    """Return the name in a query, with U+FFFD for bytes that are not UTF-8, which `request.args` would keep quoted."""
    return parse_qs(query.decode(errors="replace")).get("name", [""])[0]


def _answer(taken: UploadResult, status: int) -> tuple[Response, int]:
    return jsonify(asdict(taken)), status


def progress(token: str) -> Response:
    """Return how far the check of an upload is, {} if unknown."""
    return jsonify(read_progress(current_context().workspace, token))


def register(server: Flask) -> None:
    """Register the routes."""
    server.add_url_rule("/upload-progress/<token>", "upload_progress", progress)
    server.add_url_rule("/upload/<role>", NAME, upload, methods=["PUT"])
