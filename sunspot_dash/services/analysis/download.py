"""Download the reference series that SILSO publishes."""

from __future__ import annotations

import urllib.error
import urllib.request
from http.client import HTTPException, HTTPMessage
from typing import IO

from sunspot_dash.errors import ParameterError, SeriesError
from sunspot_dash.io import silso
from sunspot_dash.services.analysis.references import Reference, import_reference, kind_of, parse_reference
from sunspot_dash.workspace import Workspace

TIMEOUT_SECONDS = 30


def fetch(workspace: Workspace, kind: str) -> Reference:
    """Download one of SILSO's series and add it as a reference.

    Args:
        kind: one of `io.silso.FORMS`.

    Raises:
        ParameterError: the kind is not one of these.
        SeriesError: the download failed, or is not the expected series.
    """
    if kind not in silso.URLS:
        raise ParameterError(f"SILSO has no series '{kind}': use one of {', '.join(silso.URLS)}")
    address = silso.URLS[kind]
    name = address.rsplit("/", 1)[-1]
    try:
        with _opener().open(_request(address), timeout=TIMEOUT_SECONDS) as answer:
            content = answer.read(silso.MAX_BYTES + 1)
    except (OSError, HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise SeriesError(
            f"{address} cannot be reached ({reason}): download the file with a browser and import it", name
        ) from error
    # A file that is too large is not parsed here: import_reference rejects it.
    read = parse_reference(content, name) if len(content) <= silso.MAX_BYTES else None
    if read is not None and kind_of(read) != kind:
        raise SeriesError(f"SILSO sent its {kind_of(read)} series where the {kind} one was expected", name)
    return import_reference(workspace, content, name, address=address)


class _HttpsOnly(urllib.request.HTTPRedirectHandler):
    """Refuses redirects to unencrypted addresses."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        _request(newurl)  # raises URLError unless the address is https
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _request(address: str) -> urllib.request.Request:
    if not address.startswith("https://"):
        raise urllib.error.URLError(f"it redirects to {address[:80]}, which is not https")
    return urllib.request.Request(address, headers={"User-Agent": "sunspot-dashboard"})


def _opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(_HttpsOnly())
