"""All of a model's results as one ZIP file, made while it is sent: memory does not grow with the archive."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from sunspot_dash.io.results import FEATURES_SUFFIX, TABLE_NAME
from sunspot_dash.workspace import Workspace

PIECE = 1 << 18


class _Outbox(io.RawIOBase):
    """Takes what the ZIP writer writes until it is sent."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: bytes) -> int:  # type: ignore[override]
        self._pieces.append(bytes(piece))
        return len(piece)

    def take(self) -> bytes:
        taken, self._pieces = b"".join(self._pieces), []
        return taken


def bundle(workspace: Workspace, model: str) -> Iterator[bytes]:
    """The bytes of a ZIP of the tables, masks and overlays of a model; nothing is packed, PNG is packed already."""
    outbox = _Outbox()
    with ZipFile(outbox, "w", ZIP_STORED) as archive:
        for path, name in _contents(workspace, model):
            try:
                info = ZipInfo.from_file(path, f"{model}/{name}")
                source = path.open("rb")
            except FileNotFoundError:
                continue  # deleted since it was listed
            with source, archive.open(info, "w", force_zip64=True) as target:
                while piece := source.read(PIECE):
                    target.write(piece)
                    yield outbox.take()
    yield outbox.take()


def _contents(workspace: Workspace, model: str) -> Iterator[tuple[Path, str]]:
    folder = workspace.inference_results / model
    for name in (TABLE_NAME, f"{model}{FEATURES_SUFFIX}", "failed.csv"):
        yield folder / name, name
    for what in ("mask", "overlay"):
        for path in sorted((workspace.segmented / model).glob(f"*_{what}.png")):
            yield path, f"{what}s/{path.name}"
