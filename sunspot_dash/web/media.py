"""The routes for images and files, addressed by key, model or job number and never by a path."""

from __future__ import annotations

from datetime import date
from mimetypes import guess_type
from pathlib import Path

from flask import Flask, Response, abort, jsonify, request, send_file

from sunspot_dash.errors import QueueUnavailableError, SunspotError
from sunspot_dash.file_names import FAILED_NAME, FEATURES_SUFFIX, TABLE_NAME
from sunspot_dash.files import leads_outside
from sunspot_dash.services.catalogue.drawings import DONE, page_of_drawings, place_of, rows_of
from sunspot_dash.services.catalogue.sources import MODEL, source_of
from sunspot_dash.services.drawing.content import content_of
from sunspot_dash.services.drawing.grey import window_jpeg
from sunspot_dash.services.drawing.images import SIZES, original, picture_address
from sunspot_dash.services.export.formats import export, file_name
from sunspot_dash.web import pictures
from sunspot_dash.web.context import current_context
from sunspot_dash.web.readers.answers import StillReading
from sunspot_dash.web.readers.slots import RETRY_SECONDS, Busy
from sunspot_dash.web.refusals import not_found

WEEK_SECONDS = 7 * 86400
NO_PICTURE = Path(__file__).resolve().parents[2] / "assets" / "no-picture.svg"
WITH_RESULT = {"state": {"type": "equals", "filter": DONE}}
BY_F1 = "f1"  # labelled drawings only
ORDERS = {"spots": [("spots", "desc")], "limb": [("limb", "asc")]}  # by date otherwise
MOST_ROWS = 200
RESULT_FILES = ("weights", "card", "log", "plot")


def drawing(key: str, size: str) -> Response:
    """Serve a drawing as thumbnail, view, input of the network, or original file."""
    try:
        if size == "crop":
            return _picture(pictures.crop(key))
        if size == "original":
            return send_file(original(current_context().catalogue, key), as_attachment=True)
        if size not in SIZES:
            abort(404)
        return _picture(pictures.view(key, size))
    except Busy:
        raise
    except SunspotError as error:
        if size == "thumb":
            return _no_picture()
        abort(404, str(error))


def window(key: str) -> Response:
    """Serve a part of a drawing at the scale of the scan: `?left=`, `?top=`, `?right=`, `?bottom=`, px."""
    try:
        sides = [int(request.args[name]) for name in ("left", "top", "right", "bottom")]
        content = window_jpeg(pictures.grey_of(key), *sides)
    except Busy:
        raise
    except (SunspotError, ValueError, LookupError) as error:
        abort(404, str(error))
    response = Response(content, mimetype="image/jpeg")
    response.cache_control.max_age = WEEK_SECONDS if "v" in request.args else 0
    return response


def found(model: str, key: str) -> Response:
    """Serve the thumbnail of a drawing with its detections ringed."""
    try:
        return _picture(pictures.found_thumbnail(model, key))
    except Busy:
        raise
    except SunspotError:
        return _no_picture()


def _no_picture() -> Response:
    """Serve a placeholder for an image that cannot be read; the page of the drawing explains why."""
    return send_file(NO_PICTURE, max_age=0)


def _picture(path: Path) -> Response:
    """Serve an image; the browser may cache it if its URL contains a version."""
    return send_file(path, mimetype="image/jpeg", max_age=WEEK_SECONDS if "v" in request.args else 0)


def exported(model: str, form: str) -> Response:
    """Stream the counts of a period in an export format."""
    try:
        period = tuple(
            str(date.fromisoformat(day)) if day else "" for day in map(request.args.get, ("from", "to"))
        )
        source = source_of(model, request.args.get("counts", MODEL))
        pieces = export(current_context().catalogue, source, form, period)  # type: ignore[arg-type]
    except (SunspotError, ValueError) as error:
        abort(404, str(error))
    name = file_name(source, form, period)  # type: ignore[arg-type]
    kind = guess_type(name)[0] or "application/octet-stream"
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return Response(pieces, mimetype=kind, headers=headers)


def table(model: str, name: str) -> Response:
    """Serve a table or the coordinates of a model."""
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
    """Serve an output file of a job."""
    workspace = current_context().workspace
    try:
        job = current_context().ledger.get(number)
    except QueueUnavailableError:
        raise
    except SunspotError as error:
        abort(404, str(error))
    if what not in RESULT_FILES or what not in job.result:
        abort(404, f"job {number} has no such file")
    path = (workspace.root / job.result[what]).resolve()
    if not path.is_relative_to(workspace.root.resolve()) or not path.is_file():
        abort(404, f"{path.name}, made by job {number}, has been deleted")
    return send_file(path, as_attachment=True)


def content(key: str) -> Response:
    """Serve what the viewer shows of a drawing, with the result of the model in `?model=`."""
    model = request.args.get("model", "")
    try:
        pictures.view(key, "view")  # the viewer shows nothing without it
        return jsonify(content_of(current_context().catalogue, model, key))
    except Busy:
        raise
    except SunspotError as error:
        abort(404, str(error))


def truth(key: str) -> Response:
    """Serve the labels of a drawing, and the hits of the model in `?model=`."""
    try:
        return jsonify(pictures.truth(request.args.get("model", ""), key))
    except Busy:
        raise
    except StillReading as error:
        return busy(error)
    except SunspotError as error:
        abort(404, str(error))


def strip(model: str) -> Response:
    """Serve rows of the filmstrip of a model: `?from=`, `?to=`, `?order=`, and the place of the drawing `?key=`."""
    begin, end = (request.args.get(name, 0, int) for name in ("from", "to"))
    catalogue, key = current_context().catalogue, request.args.get("key", "")
    span = (max(0, begin), min(max(0, end), begin + MOST_ROWS))
    scores: dict[str, float] = {}
    if request.args.get("order") == BY_F1:
        scores = dict(pictures.labelled_scores(model))
        keys = list(scores)
        rows, total = rows_of(catalogue, model, keys[slice(*span)]), len(keys)
        place = keys.index(key) if key in scores else None
    else:
        order = ORDERS.get(request.args.get("order", ""), [])
        rows, total = page_of_drawings(catalogue, span, order, WITH_RESULT, model)
        place = place_of(catalogue, model, key, order) if key else None
    fields = ("key", "name", "date", "time", "spots")
    shown = [
        {name: row[name] for name in fields}
        | {
            "stamp": f"{row['stamp']:x}",
            "picture": picture_address(row, "view"),
            "f1": scores.get(row["key"]),
        }
        for row in rows
    ]
    return jsonify(total=total, place=place, rows=shown)


def busy(error: Busy | StillReading) -> Response:
    """Ask the client to send its request again; assets/retry.js and assets/upload.js do."""
    return Response(str(error), 503, {"Retry-After": str(RETRY_SECONDS)}, mimetype="text/plain")


def register(server: Flask) -> None:
    """Register the routes."""
    server.register_error_handler(Busy, busy)
    server.register_error_handler(404, not_found)
    server.add_url_rule("/media/<key>/window", "window", window)
    server.add_url_rule("/media/<key>/<size>", "drawing", drawing)
    server.add_url_rule("/drawings/<key>/content", "content", content)
    server.add_url_rule("/drawings/<key>/truth", "truth", truth)
    server.add_url_rule("/strip/<model>", "strip", strip)
    server.add_url_rule("/found/<model>/<key>", "found", found)
    server.add_url_rule("/exports/<model>/<form>", "exported", exported)
    server.add_url_rule("/results/<model>/<name>", "table", table)
    server.add_url_rule("/files/<int:number>/<what>", "job_file", job_file)
