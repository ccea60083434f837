"""List a folder of drawings: its images, the entries that cannot be used, and everything else in it."""

from __future__ import annotations

import errno
import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from sunspot_dash.domain.drawing.names import is_utf8, printable
from sunspot_dash.errors import ImageError
from sunspot_dash.files import leads_outside
from sunspot_dash.io.fits import FITS_START
from sunspot_dash.io.images import LINK_REASON, NOT_A_FILE
from sunspot_dash.text import counted, listed

SUFFIXES = (
    ".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".gif", ".webp", ".jp2", ".j2k", ".ppm", ".pgm", ".pbm",
    ".fits", ".fit", ".fts",
)  # fmt: skip
# First bytes of image files, to recognize those with another extension.
START = re.compile(
    rb"\xff\xd8\xff|\x89PNG|II[*+]\0|MM\0[*+]|BM.{4}\0{4}|GIF8|RIFF.{4}WEBP|\0\0\0\x0cjP|\xff\x4f\xff\x51|P[1-6]\s+[\d#]|"
    + FITS_START,
    re.DOTALL,
)
NAME_REASON = "its name is not UTF-8: rename it"


@dataclass
class FolderContent:
    """The entries directly in a folder, each in one of the lists.

    Attributes:
        images: the image files, ordered by name.
        refused: (name, reason) of images and special files that cannot be used; the names are readable text.
        folders, pdfs, hidden, others: names of sub-folders, PDFs, hidden images, and files that are not images.
    """

    images: list[Path] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    pdfs: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)

    def left_out(self) -> str:
        """Describe what a run leaves out: '1 PDF (scan.pdf), 1 folder (1957) - run it by itself', or ""."""
        parts = [_counted_names(self.pdfs, "PDF")]
        if self.folders:
            them = "it" if len(self.folders) == 1 else "each"
            parts.append(f"{_counted_names(self.folders, 'folder')} - run {them} by itself")
        parts.append(_counted_names(self.hidden, "hidden file"))
        parts.append(_counted_names(self.others, "other file"))
        return ", ".join(filter(None, parts))

    def unused(self) -> list[tuple[str, str]]:
        """Return (name, reason) of every entry that is not a usable image."""
        return [
            *self.refused,
            *((name, "it is a PDF: save its pages as TIFF or PNG") for name in self.pdfs),
            *((name, "it is a folder: import it, or run a model on it by itself") for name in self.folders),
            *((name, "its name starts with a dot: rename it") for name in self.hidden),
            *((name, "it is not an image") for name in self.others),
        ]


def list_folder(folder: Path) -> FolderContent:
    """Sort the entries of a folder; sub-folders are not entered and no image is decoded.

    Images are recognized by extension or first bytes. Files whose name starts with a dot are left out; those that are
    not images, such as those that a file manager leaves, are not even listed.

    Raises:
        ImageError: the folder is missing or not readable, or its path is not UTF-8.
    """
    if not is_utf8(str(folder)):
        raise ImageError(f"the path of the folder {printable(str(folder))} is not UTF-8: rename it")
    try:
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        raise ImageError(
            f"the folder {folder} cannot be read ({error.strerror}): choose a folder of drawings"
        ) from error
    content = FolderContent()
    for entry in found:
        try:
            _sort(entry, folder, content)
        except OSError as error:
            reason = f"it cannot be read ({error.strerror})"
            if error.errno in (errno.ELOOP, errno.ENOENT):
                reason = "it is a link to itself or to a missing file: copy the file itself there"
            # A file that was deleted since the folder was read is not an entry any more.
            if error.errno != errno.ENOENT or entry.is_symlink():
                content.refused.append((printable(entry.name), reason))
    return content


def _sort(entry: os.DirEntry[str], folder: Path, content: FolderContent) -> None:
    """Add an entry to the list that it belongs to.

    Raises:
        OSError: it cannot be examined.
    """
    name = printable(entry.name)
    if not entry.name.startswith(".") and entry.is_symlink():
        Path(entry.path).stat()  # raises for a loop, which `is_dir` does not
    if entry.is_dir():
        if not entry.name.startswith("."):
            content.folders.append(name)
    elif entry.name.startswith("."):
        if entry.is_file() and _has_suffix(entry.name):
            content.hidden.append(name)
    elif not entry.is_file():
        # Opening a pipe or a device would block.
        content.refused.append((name, NOT_A_FILE))
    elif not is_image(Path(entry.path)):
        (content.pdfs if name.lower().endswith(".pdf") else content.others).append(name)
    elif not is_utf8(entry.name):
        content.refused.append((name, NAME_REASON))
    elif entry.is_symlink() and leads_outside(Path(entry.path)):
        content.refused.append((name, LINK_REASON))
    else:
        content.images.append(folder / entry.name)


def is_image(path: Path) -> bool:
    """Whether a regular file has the extension or the first bytes of an image.

    Raises:
        OSError: it cannot be read.
    """
    return _has_suffix(path.name) or starts_as_image(path)


def starts_as_image(path: Path) -> bool:
    """Whether a regular file starts with the first bytes of an image format.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        return bool(START.match(file.read(32)))


def _has_suffix(name: str) -> bool:
    return Path(name).suffix.lower() in SUFFIXES


def _counted_names(names: list[str], noun: str) -> str:
    """Format names as '5 PDFs (a.pdf, b.pdf, c.pdf, ...)', "" if there are none."""
    if not names:
        return ""
    return f"{counted(len(names), noun)} ({listed(names)})"
