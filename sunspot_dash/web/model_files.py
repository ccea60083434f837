"""The routes for files that another process writes: the exports of a model, drawings as FITS; and learning curves."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from flask import Flask, Response, abort, request, send_file

from sunspot_dash.errors import SunspotError
from sunspot_dash.services.drawing.images import row_of
from sunspot_dash.services.export.fits_drawing import fits_drawing
from sunspot_dash.services.models.exports import check_format, export_model
from sunspot_dash.web.context import current_context
from sunspot_dash.web.readers.slots import Busy


def plot(name: str) -> Response:
    """Serve the learning curve of a model."""
    try:
        path = current_context().workspace.model(name).plot
    except SunspotError as error:
        abort(404, str(error))
    if not path.is_file():
        abort(404, f"'{name}' has no learning curve")
    return send_file(path)


def exported(name: str, form: str) -> Response:
    """Serve a model in a form of export."""
    try:
        suffix = check_format(form).suffix
        content = _written(f"model{suffix}", export_model, current_context().workspace, name, form)
    except Busy:
        raise
    except SunspotError as error:
        abort(404, str(error))
    return send_file(content, "application/octet-stream", as_attachment=True, download_name=f"{name}{suffix}")


def fits(key: str) -> Response:
    """Serve a drawing as FITS, with the limb and the spots of the model in `?model=`."""
    catalogue = current_context().catalogue
    try:
        name = row_of(catalogue, key)["name"]
        content = _written("drawing.fits", fits_drawing, catalogue, request.args.get("model", ""), key)
    except Busy:
        raise
    except SunspotError as error:
        abort(404, str(error))
    return send_file(content, "application/fits", as_attachment=True, download_name=f"{Path(name).stem}.fits")


def _written(name: str, function: Callable[..., object], *arguments: Any) -> BinaryIO:
    """Return the file that a function writes in another process; its last argument is the path, ending in `name`."""
    context = current_context()
    with tempfile.TemporaryDirectory(dir=context.workspace.queue, prefix="export-") as folder:
        path = Path(folder) / name
        context.readers.run(function, *arguments, path, large=True)
        return path.open("rb")  # readable until it is closed, also without its name


def register(server: Flask) -> None:
    """Register the routes."""
    server.add_url_rule("/drawings/<key>/fits", "drawing_fits", fits)
    server.add_url_rule("/model-files/<name>/plot", "model_plot", plot)
    server.add_url_rule("/model-files/<name>/<form>", "model_export", exported)
