"""The details of one drawing that need no model: date, labels, limb and corrections."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from sunspot_dash.domain.drawing.corrections import Correction
from sunspot_dash.domain.drawing.crop import model_image
from sunspot_dash.domain.drawing.disk import Disk, fit_limb
from sunspot_dash.domain.drawing.names import UNDATED
from sunspot_dash.domain.labels.coco import spot_polygons
from sunspot_dash.errors import NoDiskError, SunspotError
from sunspot_dash.io.images import read_rgb, to_grey
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.dataset.corrections import correction_of
from sunspot_dash.services.dataset.label_choice import labels_by_name
from sunspot_dash.services.drawing.images import (
    original,
    page_size,
    picture_address,
    row_of,
    views_folder,
    write_jpeg,
)
from sunspot_dash.workspace import Workspace

CROP_RADIUS = 448  # px: half the radius that the shipped model uses, enough for display
INITIAL_RADIUS = 0.42  # of the circle offered when no limb was found, as a fraction of the shorter side


@dataclass(frozen=True)
class DrawingDetails:
    """A drawing before any model is run.

    Attributes:
        name: the file name; archive: name of the imported archive that holds the file, or "".
        size: (width, height) of the image, px.
        when: "date time UT", or "undated"; twin: name of another drawing with the same time, or "".
        labels: number of labels, None if the COCO file does not list the drawing; outlines: their polygons, (n, 2) px.
        disk: the limb, or None; problem: why there is none.
        correction: the manual corrections.
        picture, crop: addresses of the drawing's picture and of the network's input ("" without a limb).
    """

    name: str
    archive: str
    size: tuple[int, int]
    when: str
    twin: str
    labels: int | None
    outlines: list[np.ndarray]
    disk: Disk | None
    problem: str
    correction: Correction
    picture: str
    crop: str

    @property
    def circle(self) -> Disk:
        """The limb, or a circle for the user to move into place."""
        return self.disk or Disk(
            self.size[0] / 2, self.size[1] / 2, INITIAL_RADIUS * min(self.size), confidence=0.0
        )

    def limb_text(self) -> str:
        """Describe the limb, or why there is none."""
        if self.disk is None:
            return self.problem
        source = "set manually" if self.disk.by_hand else f"limb-fit confidence {self.disk.confidence:.0%}"
        return f"centre {self.disk.x:.1f}, {self.disk.y:.1f} px, radius {self.disk.radius:.1f} px, {source}"


def drawing_details(catalogue: Catalogue, key: str) -> DrawingDetails:
    """Collect the details of a drawing.

    Raises:
        ImageError: there is no such drawing, or it cannot be read.
        WorkspaceError: the corrections cannot be read.
    """
    row = row_of(catalogue, key)
    disk, problem = limb_of(catalogue, key)
    correction = correction_of(catalogue.workspace, row["name"])
    outlines = outlines_of(catalogue.workspace, row["name"])
    date, time = correction.date_and_time(row["name"])
    return DrawingDetails(
        name=row["name"],
        archive=row["archive"],
        size=page_size(catalogue, key),
        when=date if date == UNDATED else f"{date} {time} UT",
        twin=catalogue.twin(key),
        labels=None if row["labels"] is None else len(outlines),
        outlines=outlines,
        disk=disk,
        problem=problem,
        correction=correction,
        picture=picture_address(row, "view"),
        crop=f"/media/{key}/crop?v={_version(disk)}" if disk else "",
    )


def outlines_of(workspace: Workspace, name: str) -> list[np.ndarray]:
    """Return the label polygons of a drawing, (n, 2) px each; empty if it is not listed."""
    if not workspace.annotations_file.exists():
        return []
    try:
        return spot_polygons(labels_by_name(workspace).get(name, []))
    except SunspotError:
        return []


def limb_of(catalogue: Catalogue, key: str) -> tuple[Disk | None, str]:
    """Return the limb of a drawing, set manually or fitted, or None and the reason.

    Raises:
        ImageError: there is no such drawing, or it cannot be read.
        WorkspaceError: the corrections cannot be read.
    """
    path = original(catalogue, key)
    by_hand = correction_of(catalogue.workspace, path.name).disk
    if by_hand is not None:
        return by_hand, ""
    try:
        return _fitted(path, path.stat().st_mtime_ns), ""
    except NoDiskError as error:
        return None, error.reason


def crop(catalogue: Catalogue, key: str) -> Path:
    """Return a cached JPEG of the network's input: the disk made circular, on uniform paper.

    Raises:
        ImageError: there is no such drawing, or it cannot be read.
        NoDiskError: it has no limb.
        WorkspaceError: the corrections cannot be read.
    """
    disk, reason = limb_of(catalogue, key)
    if disk is None:
        raise NoDiskError(reason)
    path = original(catalogue, key)
    made = views_folder(catalogue) / f"{key}-{path.stat().st_mtime_ns:x}-{_version(disk)}-crop.jpg"
    if not made.exists():
        grey = model_image(to_grey(read_rgb(path)), disk, CROP_RADIUS)
        write_jpeg(made, np.repeat(grey[..., None], 3, axis=2))
    return made


def _version(disk: Disk) -> str:
    """Return a short hash that changes with the limb."""
    return hashlib.sha256(repr(disk).encode()).hexdigest()[:12]


@lru_cache(maxsize=256)
def _fitted(path: Path, stamp: int) -> Disk:
    return fit_limb(to_grey(read_rgb(path)))
