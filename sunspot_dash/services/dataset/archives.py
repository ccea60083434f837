"""Archives: folders of drawings that are imported by reference under a name."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass, field, fields
from pathlib import Path
from typing import Any

from sunspot_dash.domain.drawing.corrections import NONE
from sunspot_dash.domain.drawing.names import UNDATED, date_and_time
from sunspot_dash.errors import ParameterError, Stopped, SunspotError
from sunspot_dash.eta import RemainingTime
from sunspot_dash.files import atomic_write, atomic_write_text
from sunspot_dash.io.corrections import read_corrections
from sunspot_dash.io.folders import FolderContent, list_folder
from sunspot_dash.io.images import content_hash, image_size, page_count
from sunspot_dash.services.dataset.archive_records import Entry, archive_files, entries_in
from sunspot_dash.services.dataset.notes import run_notes
from sunspot_dash.text import counted
from sunspot_dash.workspace import Workspace

Report = Callable[[dict[str, Any]], None]
FLUSH = 50


@dataclass
class Import:
    """The result of importing a folder.

    Attributes:
        table: the table of its files; counts: number of files by state.
        undated: names of the drawings without a date.
        same_time: pairs of drawings with the same time.
        several_pages: names of drawings with several pages, with the number.
        left_out: PDFs, sub-folders and other files that are not in the table, in words.
    """

    table: Path
    counts: dict[str, int] = field(default_factory=lambda: {"kept": 0, "same": 0, "refused": 0})
    undated: list[str] = field(default_factory=list)
    same_time: list[str] = field(default_factory=list)
    several_pages: list[str] = field(default_factory=list)
    left_out: str = ""

    def notes(self) -> list[str]:
        """Return what the user should know besides the counts, one sentence each."""
        return run_notes(self.left_out, self.several_pages, self.undated)

    def __str__(self) -> str:
        lines = [f"same time, different content (both are accepted): {pair}" for pair in self.same_time]
        lines += self.notes()
        lines.append(
            f"{counted(self.counts['kept'], 'drawing')} accepted ({len(self.undated)} without a date), "
            f"{self.counts['same']} duplicate, {self.counts['refused']} rejected: {self.table}"
        )
        return "\n".join(lines)


def import_folder(
    workspace: Workspace,
    folder: Path,
    name: str,
    report: Report = lambda event: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Import:
    """Import a folder of drawings by reference, without copying or changing anything in it.

    Writes `dataset/archives/{name}.csv`, one line per file, and `{name}.json` with the path of the folder. Files that
    an earlier or interrupted import recorded with the same size and time are not read again.

    Args:
        report: receives {"kind": "drawing", "name", "done", "of", "seconds_left"} after each file.
        should_stop: asked after each file.

    Raises:
        ParameterError: the name is not valid, or the folder holds no image.
        Stopped: it was asked to stop; the next call continues.
    """
    table, head = archive_files(workspace, name)
    seen = {entry.name: entry for path in (table, table.with_suffix(".part")) for entry in entries_in(path)}
    content = drawings_in(folder.resolve())
    corrections = read_corrections(workspace.corrections_file)

    def is_undated(path: Path) -> bool:
        return corrections.get(path.name, NONE).date_and_time(path.name)[0] == UNDATED

    # Of identical files the first is kept: one with a date.
    paths = sorted(content.images, key=lambda path: (is_undated(path), path.name))
    outcome = Import(table, left_out=content.left_out())
    first: dict[str, str] = {}  # content hash -> name of the first file with it
    times: dict[str, str] = {}  # date and time -> name of the first drawing with it

    def entries() -> Iterator[Entry]:
        remaining = RemainingTime()
        for number, path in enumerate(paths, start=1):
            entry = _examine(path, seen.get(path.name), first)
            if entry.state == "kept":
                first[entry.sha256] = entry.name
                if entry.pages > 1:
                    outcome.several_pages.append(f"{entry.name} ({entry.pages} pages)")
                date, time = corrections.get(entry.name, NONE).date_and_time(entry.name)
                when = f"{date} {time}"
                if date == UNDATED:
                    outcome.undated.append(entry.name)
                elif times.setdefault(when, entry.name) != entry.name:
                    outcome.same_time.append(f"{times[when]}, {entry.name}")
            yield entry
            left = remaining.left(number, len(paths))
            report(
                {"kind": "drawing", "name": path.name, "done": number, "of": len(paths), "seconds_left": left}
            )
            if should_stop():
                raise Stopped(f"stopped after {number} of {len(paths)} files")
        yield from (Entry(name, "refused", reason) for name, reason in content.refused)

    # The generator works while the table is written, and fills in the outcome.
    _write(table, entries(), outcome.counts)
    record = {"folder": str(folder.resolve()), **outcome.counts, "left_out": outcome.left_out}
    atomic_write_text(head, json.dumps(record, indent=1) + "\n")
    return outcome


def drawings_in(folder: Path) -> FolderContent:
    """Return the content of a folder that holds at least one image.

    Raises:
        ImageError: the folder cannot be read.
        ParameterError: it holds no image.
    """
    content = list_folder(folder)
    if not content.images:
        unusable = "; ".join(f"{name}: {reason}" for name, reason in content.refused[:3])
        present = "; ".join(filter(None, [content.left_out(), unusable]))
        found = f", only {present}" if present else ""
        raise ParameterError(f"there is no image in {folder}{found}: add drawings, or choose another folder")
    return content


def _examine(path: Path, before: Entry | None, first: dict[str, str]) -> Entry:
    """Return the entry of a file; `first` maps each content hash to the first file with it."""
    try:
        stat = path.stat()
        if (
            before
            and before.sha256
            and (before.bytes, before.modified_ns) == (stat.st_size, stat.st_mtime_ns)
        ):
            width, height, sha256 = before.width, before.height, before.sha256
            pages = before.pages or page_count(path)
        else:
            (width, height), sha256, pages = image_size(path), content_hash(path), page_count(path)
    except SunspotError as error:
        return Entry(path.name, "refused", error.reason)
    except OSError as error:
        return Entry(path.name, "refused", f"it cannot be read ({error.strerror})")
    state, reason = ("same", first[sha256]) if sha256 in first else ("kept", "")
    date, time = date_and_time(path.name)
    file = (stat.st_size, stat.st_mtime_ns, sha256, pages)
    return Entry(path.name, state, reason, date, time, width, height, *file)


def _write(table: Path, entries: Iterator[Entry], counts: dict[str, int]) -> None:
    """Write the table atomically; meanwhile it can be read as a `.part` file."""
    part = table.with_suffix(".part")

    def write(temporary: Path) -> None:
        with temporary.open("w", encoding="utf-8", newline="") as file:
            part.unlink(missing_ok=True)
            part.hardlink_to(temporary)
            rows = csv.writer(file, lineterminator="\n")
            rows.writerow([field.name for field in fields(Entry)])
            for number, entry in enumerate(entries):
                rows.writerow(astuple(entry))
                counts[entry.state] += 1
                if number % FLUSH == 0:
                    file.flush()

    atomic_write(table, write)
    part.unlink(missing_ok=True)
