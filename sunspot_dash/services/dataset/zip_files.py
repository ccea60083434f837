"""Read an uploaded ZIP safely: bounded in entries, bytes and ratio, without links, nested archives and encryption."""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from sunspot_dash.errors import ParameterError
from sunspot_dash.settings import LIMITS

ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar", ".zst")
CLUTTER = ("__macosx/", ".ds_store", "thumbs.db", "desktop.ini")  # what systems add by themselves
ENCRYPTED = 0x1
# A small member may be compressed more than the ratio allows.
SMALL_BYTES = 1 << 20


@contextmanager
def opened_zip(path: Path, name: str) -> Iterator[zipfile.ZipFile]:
    """Open a ZIP after checking its list of entries.

    Args:
        name: its name for messages.

    Raises:
        ParameterError: it is not a ZIP, is encrypted, or exceeds a limit.
    """
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise ParameterError(f"{name} is not a readable ZIP ({error}): create it again") from error
    with archive:
        entries = archive.infolist()
        if len(entries) > LIMITS.max_zip_entries:
            raise ParameterError(
                f"{name} has {len(entries)} entries, above the limit of {LIMITS.max_zip_entries}: split it"
            )
        if any(entry.flag_bits & ENCRYPTED for entry in entries):
            raise ParameterError(f"{name} is encrypted: create it without a password")
        size = sum(entry.file_size for entry in entries)
        if size > LIMITS.max_zip_bytes:
            raise ParameterError(
                f"{name} has {size >> 20} MB unpacked, above the limit of {LIMITS.max_zip_bytes >> 20} MB: split it"
            )
        yield archive


def members_of(archive: zipfile.ZipFile) -> tuple[list[zipfile.ZipInfo], list[tuple[str, str]]]:
    """Return the files of a ZIP, label files last, and (name, reason) of the entries that are rejected."""
    taken, refused = [], []
    for entry in archive.infolist():
        name = entry.filename
        if entry.is_dir() or any(part in name.lower() for part in CLUTTER):
            continue
        if stat.S_ISLNK(entry.external_attr >> 16):
            refused.append((name, "it is a link: add the file itself to the ZIP"))
        elif name.lower().endswith(ARCHIVES):
            refused.append((name, "it is an archive inside the ZIP: unpack it first"))
        else:
            taken.append(entry)
    return sorted(taken, key=lambda entry: entry.filename.lower().endswith(".json")), refused


class Unpacker:
    """Unpacks the entries of a ZIP one by one, and counts the bytes that they really have."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._left = LIMITS.max_zip_bytes

    def unpack(self, entry: zipfile.ZipInfo, path: Path) -> None:
        """Write the content of an entry to a path.

        Raises:
            ParameterError: the entry is damaged, or exceeds a limit.
            OSError: the disk is full, ...
        """
        try:
            with self._archive.open(entry) as source, path.open("wb") as target:
                self._copy(entry, source, target)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
            raise ParameterError(f"it cannot be unpacked ({error}): create the ZIP again") from error

    def _copy(self, entry: zipfile.ZipInfo, source: IO[bytes], target: IO[bytes]) -> None:
        size = 0
        while piece := source.read(1 << 20):
            size += len(piece)
            self._left -= len(piece)
            if size > max(SMALL_BYTES, LIMITS.max_zip_ratio * entry.compress_size):
                raise ParameterError(
                    f"it is more than {LIMITS.max_zip_ratio} times as large unpacked: create the ZIP again without it"
                )
            if size > LIMITS.max_upload_bytes:
                raise ParameterError(f"it exceeds the limit of {LIMITS.max_upload_bytes >> 20} MB")
            if self._left < 0:
                raise ParameterError(
                    f"the ZIP exceeds the limit of {LIMITS.max_zip_bytes >> 20} MB unpacked: split it"
                )
            target.write(piece)
