"""Files that are sent while they are written, with constant memory."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

PIECE = 1 << 18
PACKED = frozenset({".png", ".parquet"})  # already compressed


class Outbox(io.RawIOBase):
    """A file object that buffers what is written until it is sent."""

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
        """Return what was written since the last call."""
        taken, self._pieces = b"".join(self._pieces), []
        self._sent += len(taken)
        return taken


class ZipStream:
    """A ZIP file produced in pieces, with a manifest as its last entry; the caller must consume all pieces."""

    def __init__(self, folder: str, when: tuple[int, int, int, int, int, int]) -> None:
        """Start a ZIP file whose entries are in `folder`; `when` is the time of generated entries."""
        self._folder, self._when = folder, when
        # An output that cannot seek makes the ZIP writer put the sizes after each entry.
        self._outbox = _Unseekable()
        self._archive = ZipFile(self._outbox, "w", ZIP_STORED)
        self._entries: list[dict[str, Any]] = []

    def file(self, path: Path, name: str) -> Iterator[bytes]:
        """Add a file; skip it if it no longer exists."""
        try:
            info, source = ZipInfo.from_file(path, f"{self._folder}/{name}"), path.open("rb")
        except FileNotFoundError:
            return
        with source:
            yield from self._add(info, name, iter(lambda: source.read(PIECE), b""))

    def pieces(self, name: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Add an entry from pieces of bytes."""
        yield from self._add(ZipInfo(f"{self._folder}/{name}", self._when), name, pieces)

    def finish(self, about: Mapping[str, Any]) -> Iterator[bytes]:
        """Add the manifest (`about`, and name, size and SHA-256 of every entry) and finish the ZIP file."""
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


class _Unseekable(Outbox):
    """An Outbox without a position, so that the ZIP writer does not seek."""

    def tell(self) -> int:
        raise io.UnsupportedOperation("tell")
