"""Save or undo the manual corrections of a drawing, and queue the jobs that update its results.

The pages Dataset and Review both call these functions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jobs import control
from sunspot_dash.domain.drawing.corrections import Correction
from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.errors import SunspotError
from sunspot_dash.services.dataset.corrections import correct, parse_correction, undo_correction
from sunspot_dash.services.drawing.images import original, page_size, row_of
from sunspot_dash.web.context import current_context


def entered(key: str, values: tuple[Any, ...], fitted: Callable[[], Disk | None]) -> Correction:
    """Return the correction in a form (see `parse_correction`).

    Raises:
        ParameterError: a value is invalid.
        ImageError: the drawing does not exist or cannot be read.
    """
    catalogue = current_context().catalogue
    return parse_correction(values, row_of(catalogue, key)["name"], page_size(catalogue, key), fitted)


def save_correction(key: str, found: Correction, by: str = "", opened: str = "") -> str:
    """Set the correction of a drawing, queue the jobs that update its results, and return a sentence about them.

    Args:
        by, opened: as in `correct`.

    Raises:
        ConflictError, WorkspaceError: as `correct`; nothing has changed.
        ImageError: the drawing does not exist.
    """
    context = current_context()
    name = row_of(context.catalogue, key)["name"]
    return _renew(key, correct(context.workspace, name, found, by, opened), found)


def undo_saved(key: str, by: str, opened: str) -> str:
    """Undo the last change to the correction of a drawing; the rest is as in `save_correction`.

    Raises:
        ParameterError: there is nothing to undo.
        ConflictError, WorkspaceError, ImageError: as `save_correction`.
    """
    context = current_context()
    name = row_of(context.catalogue, key)["name"]
    return _renew(key, *undo_correction(context.workspace, name, by, opened))


def _renew(key: str, before: Correction, after: Correction) -> str:
    """Queue the jobs that update the results, and return a sentence about them, "" without any."""
    catalogue, workspace = current_context().catalogue, current_context().workspace
    with_result = catalogue.models_with_result(key)
    if before == after or not with_result:
        return ""
    known = set(workspace.known_models())
    models = [model for model in with_result if model in known]
    try:
        if before.disk == after.disk or not models:
            return f"Job {_submit('tables')} rebuilds the tables."
        path = str(original(catalogue, key).resolve())
        numbers = [_submit("infer", model=model, drawings=[path]) for model in models]
    except SunspotError as error:  # the correction is saved
        return f"The results are not updated: {error.reason}"
    verb = "Job {} processes" if len(numbers) == 1 else "Jobs {} process"
    return f"{verb.format(', '.join(map(str, numbers)))} the drawing again."


def _submit(kind: str, **params: Any) -> int:
    return control.submit(current_context().ledger, kind, params).number
