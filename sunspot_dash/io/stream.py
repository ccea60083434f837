"""A file that is sent while it is written: memory does not grow with it."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

PIECE = 1 << 18
PACKED = frozenset({".png", ".parquet"})  # packing these again saves nothing


class Outbox(io.RawIOBase):
    """Takes what a writer writes until it is sent."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._sent = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._sent + sum(map(len, self._pieces))

    def write(self, piece: Any) -> int:
        self._pieces.append(bytes(piece))
        return len(self._pieces[-1])

    def take(self) -> bytes:
        """What was written since the last time."""
        taken, self._pieces = b"".join(self._pieces), []
        self._sent += len(taken)
        return taken


class ZipStream:
    """A ZIP file in pieces, whose last entry lists all others with their SHA-256; all pieces must be taken."""

    def __init__(self, folder: str, when: tuple[int, int, int, int, int, int]) -> None:
        """folder: of all entries; when: their time, where a file has none of its own."""
        self._folder, self._when = folder, when
        # Without a place to seek back to, sizes come after each entry.
        self._outbox = _Forwards()
        self._archive = ZipFile(self._outbox, "w", ZIP_STORED)
        self._entries: list[dict[str, Any]] = []

    def file(self, path: Path, name: str) -> Iterator[bytes]:
        """Add a file; one that is not there (deleted since it was listed) is left out."""
        try:
            info, source = ZipInfo.from_file(path, f"{self._folder}/{name}"), path.open("rb")
        except FileNotFoundError:
            return
        with source:
            yield from self._add(info, name, iter(lambda: source.read(PIECE), b""))

    def pieces(self, name: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Add what comes in pieces."""
        yield from self._add(ZipInfo(f"{self._folder}/{name}", self._when), name, pieces)

    def finish(self, about: Mapping[str, Any]) -> Iterator[bytes]:
        """Add the manifest: `about`, and name, size and SHA-256 of every entry."""
        manifest = json.dumps({**about, "files": self._entries}, indent=1, ensure_ascii=False) + "\n"
        yield from self.pieces("manifest.json", [manifest.encode("utf-8")])
        self._archive.close()
        yield self._outbox.take()

    def _add(self, info: ZipInfo, name: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
        info.compress_type = ZIP_STORED if Path(name).suffix in PACKED else ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        digest, size = hashlib.sha256(), 0
        with self._archive.open(info, "w", force_zip64=True) as target:
            for piece in pieces:
                target.write(piece)
                digest.update(piece)
                size += len(piece)
                yield self._outbox.take()
        self._entries.append({"name": name, "bytes": size, "sha256": digest.hexdigest()})


class _Forwards(Outbox):
    """Says that it cannot tell where it is, so that the ZIP writer does not look back."""

    def tell(self) -> int:
        raise io.UnsupportedOperation("tell")
