"""The read-only API, version 1: drawings, groups, spots and numbers as JSON, its description, and a page to try it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, jsonify, make_response, request

from sunspot_dash.errors import SunspotError
from sunspot_dash.services.catalogue.sources import COUNTS, MODEL
from sunspot_dash.services.export.api_rows import ABOUT, FIELDS, MOST_ROWS, USUAL_ROWS, Request, api_rows
from sunspot_dash.templates import template
from sunspot_dash.web.context import current_context, url

ROOT = "/api/v1"
PARAMETERS: dict[str, tuple[dict[str, Any], str]] = {
    "model": ({"type": "string"}, "name of a model; by default the one with the newest results"),
    "counts": (
        {"type": "string", "enum": list(COUNTS), "default": MODEL},
        "counts of the model or of reviewed drawings",
    ),
    "from": ({"type": "string", "format": "date"}, "first date, YYYY-MM-DD"),
    "to": ({"type": "string", "format": "date"}, "last date, YYYY-MM-DD"),
    "limit": (
        {"type": "integer", "minimum": 1, "maximum": MOST_ROWS, "default": USUAL_ROWS},
        "rows in an answer",
    ),
    "offset": ({"type": "integer", "minimum": 0, "default": 0}, "rows to leave out"),
}


def rows(what: str) -> Response:
    """Serve a page of rows; a client that has it already gets 304."""
    catalogue = current_context().catalogue
    try:
        asked = _asked()
        found = api_rows(catalogue, what, asked)
    except (SunspotError, ValueError) as error:
        return make_response(jsonify(error=str(error)), 400)
    following = asked.offset + len(found["rows"])
    query = dict(request.args.items()) | {"offset": str(following)}
    found["next"] = url(f"{ROOT}/{what}?{urlencode(query)}") if following < found["total"] else None
    response = jsonify(found)
    response.set_etag(f"{catalogue.revision()}", weak=True)
    response.make_conditional(request)
    return response


def _asked() -> Request:
    if unknown := set(request.args) - set(PARAMETERS):
        raise ValueError(f"unknown parameter '{sorted(unknown)[0]}': use one of {', '.join(PARAMETERS)}")
    given = request.args
    first, last = (str(date.fromisoformat(given[name])) if given.get(name) else "" for name in ("from", "to"))
    return Request(
        given.get("model", ""),
        given.get("counts") or MODEL,
        (first, last),
        int(given.get("limit") or USUAL_ROWS),
        int(given.get("offset") or 0),
    )


def description() -> Response:
    """Serve the description of the API as OpenAPI 3.1."""
    return jsonify(openapi())


def openapi() -> dict[str, Any]:
    """Return the description of the API."""
    parameters = [
        {"name": name, "in": "query", "description": text, "schema": schema}
        for name, (schema, text) in PARAMETERS.items()
    ]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Sunspot Dashboard",
            "version": "1",
            "description": "Read-only. Times are UT, angles in degrees.",
        },
        "servers": [{"url": url(ROOT)}],
        "paths": {
            f"/{what}": {
                "get": {
                    "summary": text,
                    "operationId": what,
                    "parameters": parameters,
                    "responses": {
                        "200": {
                            "description": "a page of rows",
                            "headers": {"ETag": {"schema": {"type": "string"}}},
                            "content": {"application/json": {"schema": _schema(what)}},
                        },
                        "304": {"description": "nothing has changed"},
                        "400": {"description": "a parameter is not valid; the answer has the reason"},
                    },
                }
            }
            for what, text in ABOUT.items()
        },
    }


def _schema(what: str) -> dict[str, Any]:
    fields = {
        name: {"type": [field.type, "null"], "description": field.description}
        for name, field in FIELDS[what].items()
    }
    return {
        "type": "object",
        "properties": {
            "model": {"type": "string"},
            "counts": {"type": "string"},
            "total": {"type": "integer", "description": "rows of all pages"},
            "offset": {"type": "integer"},
            "next": {"type": ["string", "null"], "description": "address of the next page"},
            "rows": {"type": "array", "items": {"type": "object", "properties": fields}},
        },
        "required": ["model", "counts", "total", "offset", "next", "rows"],
    }


def page() -> Response:
    """Serve the page to try the API: a form for each kind of rows, which opens the answer."""
    content = template(Path(__file__).with_suffix(".html")).render(
        title="API of the Sunspot Dashboard",
        sheets=[url("/vendor/css/bootstrap.min.css"), url("/assets/tokens.css")],
        description=url(f"{ROOT}/openapi.json"),
        documentation=url("/docs?page=reference/api"),
        about=ABOUT,
        parameters=PARAMETERS,
        root=url(ROOT),
    )
    return Response(content, mimetype="text/html")


def register(server: Flask) -> None:
    """Register the routes."""
    for what in FIELDS:
        server.add_url_rule(f"{ROOT}/{what}", f"api_{what}", rows, defaults={"what": what})
    server.add_url_rule(f"{ROOT}/openapi.json", "api_description", description)
    server.add_url_rule(f"{ROOT}/", "api_page", page)
