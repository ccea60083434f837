"""Reference series in the workspace: SILSO's sunspot numbers, and observers' own counts.

A reference is the unchanged file under a generated name, with a JSON file that describes it. Nothing is written until
the file has been read without error; files with the same content are the same reference.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from sunspot_dash.errors import ParameterError, SeriesError
from sunspot_dash.files import atomic_write_bytes, atomic_write_text
from sunspot_dash.io import silso
from sunspot_dash.io.silso import SilsoSeries, parse_silso
from sunspot_dash.io.silso_forms import FORMS, forms_with, has_header, with_points
from sunspot_dash.io.totals import Totals, parse_totals
from sunspot_dash.services.dataset.trash import REFERENCES, Deletion, to_trash
from sunspot_dash.text import counted
from sunspot_dash.workspace import Workspace

OBSERVERS = "observers"
SILSO_KINDS = tuple(FORMS)
KINDS = {**{form: f"SILSO {about.title}" for form, about in FORMS.items()}, OBSERVERS: "observers' totals"}
IDENTIFIER = re.compile(rf"({'|'.join(KINDS)})-[0-9a-f]{{16}}")
COMPRESSED = (b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\xfd7zXZ")
YEAR = re.compile(r"\d{4}\s*[;,\t]")
HEAD_BYTES = 4096
LONGEST_NAME = 120
MOST_REMARKS = 50


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


@dataclass(frozen=True)
class Recognised:
    """What a file was recognised as, before it is added.

    Attributes:
        name: of the file. kind: one of KINDS; kinds: all of KINDS whose files have the same columns.
        certain: whether the values leave no doubt about the kind.
        rows, first, last, remarks: as in Reference.
    """

    name: str
    kind: str
    kinds: list[str]
    certain: bool
    rows: int
    first: str
    last: str
    remarks: list[str]

    def __str__(self) -> str:
        """A sentence without its full stop."""
        doubt = "" if self.certain else ", though its values leave some doubt"
        undated = f"{counted(self.rows, 'value')} without a date"
        span = f"{counted(self.rows, 'value')}, {self.first} to {self.last}" if self.first else undated
        return f"{self.name} was recognised as {KINDS[self.kind]}{doubt}: {span}"


def recognise(content: bytes, name: str, kind: str = "") -> Recognised:
    """Recognise a file: one of SILSO's series, or a table of observers' counts.

    Args:
        content: the content of the file; name: its name, for display only.
        kind: one of KINDS, if it is known.

    Raises:
        SeriesError: the file is none of KINDS, is not of this kind, or has no usable row.
    """
    name = "".join(c if c.isprintable() else "?" for c in name)[:LONGEST_NAME]
    if len(content) > silso.MAX_BYTES:
        raise SeriesError(f"it is larger than {silso.MAX_BYTES >> 20} MB: no series is that large", name)
    found = recognised_as(parse_reference(content, name, kind), name)
    if not found.rows:
        raise SeriesError(f"it has no usable row ({'; '.join(found.remarks[:3]) or 'it is empty'})", name)
    return found


def recognised_as(read: SilsoSeries | Totals, name: str) -> Recognised:
    """Describe what a file was parsed as."""
    summary = _summary(read)
    if isinstance(read, Totals):
        return Recognised(name, OBSERVERS, [OBSERVERS], True, *summary)
    return Recognised(name, read.form, forms_with(FORMS[read.form].columns), read.certain, *summary)


def import_reference(
    workspace: Workspace, content: bytes, name: str, kind: str = "", address: str = ""
) -> Reference:
    """Add a reference: one of SILSO's series, or a table of observers' counts.

    Args:
        content, name, kind: as of `recognise`.
        address: where it was fetched from.

    Raises:
        SeriesError: as of `recognise`; nothing was written.
        WorkspaceError: the reference cannot be written.
    """
    found = recognise(content, name, kind)
    sha256 = hashlib.sha256(content).hexdigest()
    reference = Reference(
        identifier=f"{found.kind}-{sha256[:16]}",
        kind=found.kind,
        source="the observers' own totals" if found.kind == OBSERVERS else silso.SOURCE,
        licence="" if found.kind == OBSERVERS else silso.LICENCE,
        how="fetched" if address else "imported",
        address=address,
        when=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        name=found.name,
        rows=found.rows,
        first=found.first,
        last=found.last,
        sha256=sha256,
        remarks=found.remarks[:MOST_REMARKS],
    )
    data, about = _files(workspace, reference.identifier)
    workspace.references.mkdir(parents=True, exist_ok=True)
    # The description is written last: a reference exists only if it is there.
    atomic_write_bytes(data, content)
    atomic_write_text(about, json.dumps(asdict(reference), indent=1, ensure_ascii=False) + "\n")
    return reference


def parse_reference(content: bytes, name: str, kind: str = "") -> SilsoSeries | Totals:
    """Parse a file: the lines of SILSO's files begin with a year, observers' tables with a header of other columns.

    Args:
        kind: one of KINDS, if it is known.

    Raises:
        SeriesError: it is neither, or not of this kind.
    """
    if content.startswith(COMPRESSED):
        raise SeriesError("it is compressed: unpack it, and import the CSV file", name)
    if b"\0" in content[:HEAD_BYTES]:
        raise SeriesError("it is not text: choose a CSV file", name)
    head = content[:HEAD_BYTES].removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    first, second = [*with_points(head).lstrip().splitlines(), "", ""][:2]
    if kind != OBSERVERS and (YEAR.match(first) or has_header(first, second)):
        return parse_silso(content, name, kind)
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
    return parse_reference(content, reference.name, reference.kind)


def remove_reference(workspace: Workspace, identifier: str) -> Deletion:
    """Move a reference to the trash, from which `trash.restore` restores it.

    Raises:
        ParameterError: there is no such reference.
        WorkspaceError: it cannot be moved.
    """
    reference = _find(workspace, identifier)
    return to_trash(workspace, [reference.name], _files(workspace, identifier), REFERENCES)


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
