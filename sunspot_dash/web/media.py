"""Pictures and files by what stands for them in an address, never by a path."""

from __future__ import annotations

from datetime import date
from mimetypes import guess_type
from pathlib import Path

from flask import Flask, Response, abort, request, send_file
from markupsafe import escape
from werkzeug.exceptions import NotFound

from sunspot_dash.errors import SunspotError
from sunspot_dash.file_names import FAILED_NAME, FEATURES_SUFFIX, TABLE_NAME
from sunspot_dash.files import leads_outside
from sunspot_dash.services.drawing.details import crop
from sunspot_dash.services.drawing.images import SIZES, found_thumbnail, original, view
from sunspot_dash.services.export.formats import export, file_name
from sunspot_dash.web.context import current_context

WEEK_SECONDS = 7 * 86400
NO_PICTURE = Path(__file__).resolve().parents[2] / "assets" / "no-picture.svg"
RESULT_FILES = ("weights", "card", "log", "plot")

MISSING = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Not there · Sunspot</title>
<script src="/assets/theme.js"></script>
<link rel="stylesheet" href="/vendor/css/bootstrap.min.css"><link rel="stylesheet" href="/assets/style.css"></head>
<body><main class="container"><h1>This is not there</h1><p>{}</p>
<p><a href="/">Go to the Overview</a>, or back and choose another link.</p></main></body>
</html>"""


def drawing(key: str, size: str) -> Response:
    """A drawing: as a thumbnail, as a view, as the network sees it, or the file itself for download."""
    try:
        if size == "crop":
            return _picture(crop(current_context().catalogue, key))
        if size == "original":
            return send_file(original(current_context().catalogue, key), as_attachment=True)
        if size not in SIZES:
            abort(404)
        return _picture(view(current_context().catalogue, key, size))
    except SunspotError as error:
        if size == "thumb":
            return _no_picture()
        abort(404, str(error))


def found(model: str, key: str) -> Response:
    """A drawing's thumbnail with what a model found on it."""
    try:
        return _picture(found_thumbnail(current_context().catalogue, model, key))
    except SunspotError:
        return _no_picture()


def _no_picture() -> Response:
    """What a list shows of a drawing that cannot be shown; the drawing itself tells why."""
    return send_file(NO_PICTURE, max_age=0)


def _picture(path: Path) -> Response:
    """A picture; an address that tells its version may be kept, any other is asked for again."""
    return send_file(path, mimetype="image/jpeg", max_age=WEEK_SECONDS if "v" in request.args else 0)


def exported(model: str, form: str) -> Response:
    """A model's results of a period in one of the forms of export, streamed."""
    try:
        period = tuple(
            str(date.fromisoformat(day)) if day else "" for day in map(request.args.get, ("from", "to"))
        )
        pieces = export(current_context().catalogue, model, form, period)  # type: ignore[arg-type]
    except (SunspotError, ValueError) as error:
        abort(404, str(error))
    name = file_name(model, form, period)  # type: ignore[arg-type]
    kind = guess_type(name)[0] or "application/octet-stream"
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return Response(pieces, mimetype=kind, headers=headers)


def table(model: str, name: str) -> Response:
    """A model's table or coordinates."""
    folder = current_context().workspace.inference_results / model
    path = folder / name
    allowed = {TABLE_NAME, FAILED_NAME, f"{model}{FEATURES_SUFFIX}"}
    if (
        model not in current_context().catalogue.models()
        or name not in allowed
        or not path.is_file()
        or leads_outside(path)
    ):
        abort(404)
    return send_file(path, as_attachment=True)


def job_file(number: int, what: str) -> Response:
    """A file that a job made."""
    workspace = current_context().workspace
    try:
        job = current_context().ledger.get(number)
    except SunspotError as error:
        abort(404, str(error))
    if what not in RESULT_FILES or what not in job.result:
        abort(404, f"job {number} has no such file")
    path = (workspace.root / job.result[what]).resolve()
    if not path.is_relative_to(workspace.root.resolve()) or not path.is_file():
        abort(404, f"{path.name}, which job {number} made, was deleted since")
    return send_file(path, as_attachment=True)


def not_found(error: NotFound) -> tuple[str, int]:
    """A page for an address that leads to nothing, as an old link may."""
    return MISSING.format(escape(error.description or "")), 404


def register(server: Flask) -> None:
    """Make the routes known."""
    server.register_error_handler(404, not_found)
    server.add_url_rule("/media/<key>/<size>", "drawing", drawing)
    server.add_url_rule("/found/<model>/<key>", "found", found)
    server.add_url_rule("/exports/<model>/<form>", "exported", exported)
    server.add_url_rule("/results/<model>/<name>", "table", table)
    server.add_url_rule("/files/<int:number>/<what>", "job_file", job_file)
