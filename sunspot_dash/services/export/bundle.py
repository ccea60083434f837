"""Stream all of a model's results as one ZIP file with a manifest of hashes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import Any

from sunspot_dash.file_names import FAILED_NAME, FEATURES_SUFFIX, TABLE_NAME
from sunspot_dash.io.results import safe_name
from sunspot_dash.io.stream import ZipStream
from sunspot_dash.io.wide_table import CSV_NAME, PARQUET_NAME
from sunspot_dash.workspace import Workspace


def bundle(
    model: str,
    files: Iterable[tuple[Path, str]],
    made: Mapping[str, Iterable[bytes]],
    about: Mapping[str, Any],
) -> Iterator[bytes]:
    """Return the bytes of the ZIP: existing files, generated files, and manifest.json.

    Args:
        files: (path, name in the ZIP); files that no longer exist are left out.
        made: pieces of the generated files by name.
        about: entries of the manifest besides name, size and SHA-256 of every file.
    """
    archive = ZipStream(model, datetime.now(UTC).timetuple()[:6])
    for path, name in files:
        yield from archive.file(path, name)
    for name, pieces in made.items():
        yield from archive.pieces(name, pieces)
    yield from archive.finish(about)


def files_of(
    workspace: Workspace, model: str, names: Iterable[str], tables: bool
) -> Iterator[tuple[Path, str]]:
    """Yield the masks and overlays of the named drawings, after the tables of `infer` if `tables` is set."""
    folder = workspace.inference_results / model
    if tables:
        for name in (TABLE_NAME, f"{model}{FEATURES_SUFFIX}", CSV_NAME, PARQUET_NAME, FAILED_NAME):
            yield folder / name, name
    # A picture is named after its drawing's stem, or after the full name if two drawings share the stem.
    wanted = {safe_name(stem) for name in names for stem in (name, PurePath(name).stem)}
    for what in ("mask", "overlay"):
        for path in sorted((workspace.segmented / model).glob(f"*_{what}.png")):
            if path.name.removesuffix(f"_{what}.png") in wanted:
                yield path, f"{what}s/{path.name}"
