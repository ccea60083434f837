"""Reference series in the workspace: SILSO's sunspot numbers, and observers' own counts.

A reference is the unchanged file under a generated name, with a JSON file that describes it. Nothing is written until
the file has been read without error; files with the same content are the same reference.
"""

from __future__ import annotations

import hashlib
import json
import re
import urllib.error
import urllib.request
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from http.client import HTTPException, HTTPMessage
from pathlib import Path
from typing import IO

from sunspot_dash.errors import ParameterError, SeriesError
from sunspot_dash.files import atomic_write_bytes, atomic_write_text
from sunspot_dash.io import silso
from sunspot_dash.io.silso import SilsoSeries, parse_silso
from sunspot_dash.io.totals import Totals, parse_totals
from sunspot_dash.services.dataset.trash import Deletion, to_trash
from sunspot_dash.workspace import Workspace

OBSERVERS = "observers"
FETCHED = {
    "daily": "daily total",
    "monthly": "monthly mean",
    "hemispheric": "daily, with hemispheres",
    "estimated": "estimated (EISN), this month",
}
KINDS = (*silso.FORMS, OBSERVERS)
IDENTIFIER = re.compile(rf"({'|'.join(KINDS)})-[0-9a-f]{{16}}")
LONGEST_NAME = 120
MOST_REMARKS = 50
TIMEOUT_SECONDS = 30


@dataclass(frozen=True)
class Reference:
    """The description of a reference series.

    Attributes:
        identifier: generated name. kind: one of KINDS.
        source, licence: shown wherever its numbers are shown; how: "imported" or "fetched".
        address: where it was fetched from, "" if it was imported; when: UTC, ISO text.
        name: original file name. rows: number of usable rows; first, last: their dates, "" without any.
        sha256: of the file. remarks: the first MOST_REMARKS rows that were left out or look wrong.
    """

    identifier: str
    kind: str
    source: str
    licence: str
    how: str
    address: str
    when: str
    name: str
    rows: int
    first: str
    last: str
    sha256: str
    remarks: list[str]


def import_reference(workspace: Workspace, content: bytes, name: str, address: str = "") -> Reference:
    """Add a reference: one of SILSO's four file formats, or a table of observers' counts.

    Args:
        content: the content of the file; name: its name, for display only.
        address: where it was fetched from.

    Raises:
        SeriesError: the file has none of these formats; nothing was written.
        WorkspaceError: the reference cannot be written.
    """
    name = "".join(c if c.isprintable() else "?" for c in name)[:LONGEST_NAME]
    if len(content) > silso.MAX_BYTES:
        raise SeriesError(f"it is larger than {silso.MAX_BYTES >> 20} MB: no series is that large", name)
    read = parse_reference(content, name)
    kind, (rows, first, last, remarks) = kind_of(read), _summary(read)
    if not rows:
        raise SeriesError(f"it has no usable row ({'; '.join(remarks[:3]) or 'it is empty'})", name)
    sha256 = hashlib.sha256(content).hexdigest()
    reference = Reference(
        identifier=f"{kind}-{sha256[:16]}",
        kind=kind,
        source="the observers' own totals" if kind == OBSERVERS else silso.SOURCE,
        licence="" if kind == OBSERVERS else silso.LICENCE,
        how="fetched" if address else "imported",
        address=address,
        when=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        name=name,
        rows=rows,
        first=first,
        last=last,
        sha256=sha256,
        remarks=remarks[:MOST_REMARKS],
    )
    data, about = _files(workspace, reference.identifier)
    workspace.references.mkdir(parents=True, exist_ok=True)
    # The description is written last: a reference exists only if it is there.
    atomic_write_bytes(data, content)
    atomic_write_text(about, json.dumps(asdict(reference), indent=1, ensure_ascii=False) + "\n")
    return reference


def parse_reference(content: bytes, name: str) -> SilsoSeries | Totals:
    """Parse a file: SILSO's files have no header and begin with a year, observers' tables begin with a header.

    Raises:
        SeriesError: it is neither.
    """
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:40]
    if re.match(rb"\d{4}\s*[;,]", start):
        return parse_silso(content, name)
    try:
        return parse_totals(content, name)
    except SeriesError as error:
        raise SeriesError(
            f"it is neither one of SILSO's CSV files nor a table of totals: {error.reason}", name
        ) from error


def kind_of(read: SilsoSeries | Totals) -> str:
    """Return the kind of a series, one of KINDS."""
    return read.form if isinstance(read, SilsoSeries) else OBSERVERS


def references(workspace: Workspace) -> list[Reference]:
    """Return all references, newest first."""
    found = []
    for path in workspace.references.glob("*.json"):
        try:
            reference = Reference(**json.loads(path.read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            continue  # damaged, or just removed: the file can be imported again
        if reference.identifier == path.stem and _files(workspace, path.stem)[0].is_file():
            found.append(reference)
    return sorted(found, key=lambda reference: (reference.when, reference.identifier), reverse=True)


def newest(workspace: Workspace, *kinds: str) -> Reference | None:
    """Return the newest reference of the first of these kinds that exists, or None."""
    existing = references(workspace)
    return next((found for kind in kinds for found in existing if found.kind == kind), None)


def read_reference(workspace: Workspace, identifier: str) -> SilsoSeries | Totals:
    """Read the series of a reference.

    Raises:
        ParameterError: there is no such reference.
        SeriesError: its file is damaged.
    """
    reference = _find(workspace, identifier)
    try:
        content = _files(workspace, identifier)[0].read_bytes()
    except OSError as error:
        raise SeriesError(f"it cannot be read ({error.strerror})", reference.name) from error
    return parse_reference(content, reference.name)


def remove_reference(workspace: Workspace, identifier: str) -> Deletion:
    """Move a reference to the trash, from which `trash.restore` restores it.

    Raises:
        ParameterError: there is no such reference.
        WorkspaceError: it cannot be moved.
    """
    reference = _find(workspace, identifier)
    return to_trash(workspace, [reference.name], _files(workspace, identifier))


def fetch(workspace: Workspace, kind: str) -> Reference:
    """Download one of SILSO's series and add it as a reference.

    Args:
        kind: one of `io.silso.FORMS`.

    Raises:
        ParameterError: there is no such series.
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
    return import_reference(workspace, content, name, address)


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


def _summary(read: SilsoSeries | Totals) -> tuple[int, str, str, list[str]]:
    """Return (number of usable rows, first date, last date, remarks)."""
    if isinstance(read, SilsoSeries):
        dates = read.means.dates
        return len(dates), str(dates[0]) if len(dates) else "", str(dates[-1]) if len(dates) else "", []
    days = sorted(f"{row.when:%Y-%m-%d}" for row in read.rows if row.when)
    remarks = [*read.left_out, *read.remarks]
    return len(read.rows), days[0] if days else "", days[-1] if days else "", remarks


def _find(workspace: Workspace, identifier: str) -> Reference:
    if IDENTIFIER.fullmatch(identifier):
        for reference in references(workspace):
            if reference.identifier == identifier:
                return reference
    raise ParameterError(f"there is no reference '{identifier[:40]}': it was removed, or never imported")


def _files(workspace: Workspace, identifier: str) -> tuple[Path, Path]:
    return workspace.references / f"{identifier}.csv", workspace.references / f"{identifier}.json"
