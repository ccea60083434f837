"""Check the requests of callbacks before Dash handles them: a malformed one is refused with a line in the log."""

from __future__ import annotations

import json
import sqlite3
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from dash import Dash
from dash._utils import stringify_id
from dash.exceptions import DependencyException, PreventUpdate, UnsupportedRelativePath
from flask import Response, request
from pydantic import ConfigDict, TypeAdapter, ValidationError

from sunspot_dash.web.refusals import refuse

ROUTE = "/_dash-update-component"
SUITES = "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>"
PACKAGE = str(Path(__file__).resolve().parents[1])
# A callback raises one of these when a value is not of the kind that the page sends.
WRONG_VALUE = (
    TypeError, ValueError, LookupError, AttributeError, ArithmeticError, RecursionError,
    sqlite3.ProgrammingError, sqlite3.InterfaceError, sqlite3.DataError,  # SQLite has no such value
)  # fmt: skip

Json = Any
Scalar = str | bool | int | float | None
# The values that a browser can give to a property; one that is not listed may have any.
PROPERTIES: Sequence[tuple[Sequence[str], Any]] = (
    (("n_clicks", "n_intervals", "submit_n_clicks", "active_page"), int | None),
    (("value",), Scalar | list[str | int | float]),
    (("selectedRows", "rowData"), list[dict[str, Json]] | dict[str, Json] | None),
    (("getRowsRequest", "cellClicked", "clickData", "selectedData", "relayoutData"), dict[str, Json] | None),
    (("pathname", "search"), str | None),
    (("contents", "filename"), str | list[str] | None),
)
KINDS: dict[str, TypeAdapter[Any]] = {
    name: TypeAdapter(kind, config=ConfigDict(strict=True, allow_inf_nan=False))
    for names, kind in PROPERTIES
    for name in names
}


def guard_callbacks(app: Dash) -> None:
    """Check the requests for callbacks and for the scripts of component libraries."""
    views = app.server.view_functions
    views[ROUTE] = _checked(app, views[ROUTE])
    views[SUITES] = _found(views[SUITES])


def _checked(app: Dash, dispatch: Callable[[], Response]) -> Callable[[], Response]:
    def dispatch_checked() -> Response:
        name = "unknown"
        try:
            body = _body()
            name = str(body["output"])[:100]
            _check(app, body)
        except WRONG_VALUE as error:
            _refuse(app, name, str(error))
        try:
            return dispatch()
        except PreventUpdate:
            raise
        except (*WRONG_VALUE, UnsupportedRelativePath) as error:
            _refuse(app, name, f"{type(error).__name__} {_place(error)}: {error}")

    return dispatch_checked


def _refuse(app: Dash, name: str, reason: str) -> NoReturn:
    """Refuse a request; the log gets one line, whatever the client sent."""
    app.server.logger.warning(
        "callback %s of %s refused: %s", ascii(name), request.remote_addr, ascii(reason)[:300]
    )
    refuse(
        400,
        "The server could not use a value that the page sent. Reload the page; if this stays, see its log.",
    )


def _place(error: BaseException) -> str:
    """Return the innermost line of this program that an error passed."""
    frames = [
        frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(PACKAGE)
    ]
    return f"at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "in Dash"


def _body() -> dict[str, Any]:
    """Return the content of the request.

    Raises:
        ValueError, RecursionError: it is not JSON, or contains a number that is not finite.
        TypeError: it is not an object.
        LookupError: it names no callback.
    """
    if not request.is_json:
        raise ValueError("the content type is not JSON")
    body = json.loads(request.get_data(), parse_constant=_no_constant)
    if not isinstance(body, dict):
        raise TypeError("the content is not an object")
    return body


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _check(app: Dash, body: dict[str, Any]) -> None:
    """Compare a request with the callback that it names.

    Raises:
        LookupError, ValueError: there is no such callback, or its inputs, states or outputs differ.
        ValidationError: a value is not of the kind of its property.
    """
    output = body["output"]
    if not isinstance(output, str) or output not in app.callback_map:
        raise LookupError("there is no such callback")
    callback = app.callback_map[output]
    for key, declared in (("inputs", callback["inputs"]), ("state", callback["state"])):
        given = body.get(key, [])
        if not isinstance(given, list) or len(given) != len(declared):
            raise ValueError(f"'{key}' does not fit the callback")
        for one, wanted in zip(given, declared, strict=True):
            _check_dependency(one, wanted)
    _check_outputs(body.get("outputs"), callback["output"])
    changed = body.get("changedPropIds", [])
    if not isinstance(changed, list) or not all(isinstance(name, str) for name in changed):
        raise ValueError("'changedPropIds' is not a list of names")


def _check_dependency(given: Any, wanted: dict[str, Any]) -> None:
    """Compare an input or a state, or those that match a pattern, with its declaration."""
    if _is_pattern(wanted["id"]) and isinstance(given, list):
        for one in given:
            _check_dependency(one, wanted)
        return
    if not isinstance(given, dict) or given.get("property") != wanted["property"]:
        raise ValueError(f"'{wanted['property']}' of '{wanted['id']}' is missing")
    if not _is_pattern(wanted["id"]) and stringify_id(given.get("id")) != wanted["id"]:
        raise ValueError(f"'{wanted['id']}' is missing")
    if _is_pattern(wanted["id"]) and not isinstance(given.get("id"), dict):
        raise ValueError(f"the id for '{wanted['id']}' is not an object")
    if kind := KINDS.get(wanted["property"]):
        try:
            kind.validate_python(given.get("value"))
        except ValidationError as error:
            raise ValueError(f"'{wanted['property']}' of '{wanted['id']}' has the wrong type") from error


def _check_outputs(given: Any, wanted: Any) -> None:
    """Compare the outputs with their declaration; a pattern has a list of them."""
    if isinstance(wanted, list | tuple):
        if not isinstance(given, list) or len(given) != len(wanted):
            raise ValueError("'outputs' does not fit the callback")
        for one, each in zip(given, wanted, strict=True):
            _check_outputs(one, each)
        return
    for one in given if isinstance(given, list) and wanted.has_wildcard() else [given]:
        if not isinstance(one, dict) or not isinstance(one.get("id"), str | dict):
            raise ValueError("'outputs' has no ids")
        if str(one.get("property")).partition("@")[0] != wanted.component_property.partition("@")[0]:
            raise ValueError("'outputs' has another property")


def _is_pattern(identity: str) -> bool:
    return identity.startswith("{") and '["ALL"]' in identity


def _found(serve: Callable[..., Response]) -> Callable[..., Response]:
    """Answer 404 for a script that no component library has."""

    def serve_found(package_name: str, fingerprinted_path: str) -> Response:
        try:
            return serve(package_name, fingerprinted_path)
        except (DependencyException, OSError, LookupError):
            refuse(404, "There is no such script.")

    return serve_found
