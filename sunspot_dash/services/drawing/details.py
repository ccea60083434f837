"""The details of one drawing that need no model: date, labels, limb and corrections."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from sunspot_dash.domain.drawing.corrections import Correction
from sunspot_dash.domain.drawing.crop import model_image
from sunspot_dash.domain.drawing.disk import Disk, fit_limb
from sunspot_dash.domain.drawing.names import UNDATED
from sunspot_dash.domain.labels.coco import spot_polygons
from sunspot_dash.errors import NoDiskError, SunspotError
from sunspot_dash.files import atomic_write_text
from sunspot_dash.io.images import read_rgb, to_grey
from sunspot_dash.io.results import read_disk
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.dataset.corrections import correction_of
from sunspot_dash.services.dataset.label_choice import labels_by_name
from sunspot_dash.services.drawing.images import (
    original,
    page_size,
    pages_in,
    picture_address,
    row_of,
    version_of,
    views_folder,
    write_jpeg,
)
from sunspot_dash.workspace import Workspace

CROP_RADIUS = 448  # px: half the radius that the shipped model uses, enough for display
Outlines = list[np.ndarray]
LIMB_FORMAT = 1  # of the cached limbs; a change of the fit needs a new one
INITIAL_RADIUS = 0.42  # of the circle offered when no limb was found, as a fraction of the shorter side


@dataclass(frozen=True)
class DrawingDetails:
    """A drawing before any model is run.

    Attributes:
        name: the file name; archive: name of the imported archive that holds the file, or "".
        size: (width, height) of the image, px; pages: number of images in the file, of which the first is used.
        when: "date time UT", or "undated"; twin: name of another drawing with the same time, or "".
        labels: number of labels, None if the COCO file does not list the drawing; outlines: their polygons, (n, 2) px.
        disk: the limb, or None; problem: why there is none.
        correction: the manual corrections.
        picture, crop: addresses of the drawing's picture and of the network's input ("" without a limb).
    """

    name: str
    archive: str
    size: tuple[int, int]
    pages: int
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


def outlines_of(workspace: Workspace, name: str) -> Outlines:
    """Return the label polygons of a drawing, (n, 2) px each; empty if it is not listed."""
    if not workspace.annotations_file.exists():
        return []
    try:
        return spot_polygons(labels_by_name(workspace).get(name, []))
    except SunspotError:
        return []


def drawing_details(
    catalogue: Catalogue, key: str, read_outlines: Callable[[Workspace, str], Outlines | None] = outlines_of
) -> DrawingDetails:
    """Collect the details of a drawing.

    Args:
        read_outlines: `outlines_of`, or a function that returns None while the labels are not known; their number is
            then that of the catalogue.

    Raises:
        ImageError: the drawing does not exist or cannot be read.
        WorkspaceError: the corrections cannot be read.
    """
    row = row_of(catalogue, key)
    disk, problem = limb_of(catalogue, key)
    correction = correction_of(catalogue.workspace, row["name"])
    outlines = read_outlines(catalogue.workspace, row["name"])
    date, time = correction.date_and_time(row["name"])
    return DrawingDetails(
        name=row["name"],
        archive=row["archive"],
        size=page_size(catalogue, key),
        pages=pages_in(catalogue, key),
        when=date if date == UNDATED else f"{date} {time} UT",
        twin=catalogue.twin(key),
        labels=len(outlines) if outlines is not None and row["labels"] is not None else row["labels"],
        outlines=outlines or [],
        disk=disk,
        problem=problem,
        correction=correction,
        picture=picture_address(row, "view"),
        crop=f"/media/{key}/crop?v={_version(disk)}" if disk else "",
    )


def limb_of(catalogue: Catalogue, key: str) -> tuple[Disk | None, str]:
    """Return the limb of a drawing, set manually or fitted, or None and the reason.

    Raises:
        ImageError: the drawing does not exist or cannot be read.
        WorkspaceError: the corrections cannot be read.
    """
    return _limb_of(catalogue, key, partial(_grey, original(catalogue, key)))


def _limb_of(catalogue: Catalogue, key: str, grey: Callable[[], np.ndarray]) -> tuple[Disk | None, str]:
    by_hand = correction_of(catalogue.workspace, original(catalogue, key).name).disk
    if by_hand is not None:
        return by_hand, ""
    made = _limb_file(catalogue, key)
    if not made.exists():
        atomic_write_text(made, json.dumps(_fitted(grey())))
    found = json.loads(made.read_text("utf-8"))
    return (read_disk(found["disk"]), "") if found["disk"] else (None, found["reason"])


def is_limb_known(catalogue: Catalogue, key: str) -> bool:
    """Whether `limb_of` answers without decoding the drawing.

    Raises:
        ImageError, WorkspaceError: as `limb_of`.
    """
    name = row_of(catalogue, key)["name"]
    return correction_of(catalogue.workspace, name).disk is not None or _limb_file(catalogue, key).exists()


def crop(catalogue: Catalogue, key: str) -> Path:
    """Return a cached JPEG of the network's input: the disk made circular, on uniform paper.

    Raises:
        ImageError: the drawing does not exist or cannot be read.
        NoDiskError: it has no limb.
        WorkspaceError: the corrections cannot be read.
    """
    grey = cache(partial(_grey, original(catalogue, key)))  # decoded at most once
    disk, reason = _limb_of(catalogue, key, grey)
    if disk is None:
        raise NoDiskError(reason)
    made = _crop_file(catalogue, key, disk)
    if not made.exists():
        square = model_image(grey(), disk, CROP_RADIUS)
        write_jpeg(made, np.repeat(square[..., None], 3, axis=2))
    return made


def is_crop_made(catalogue: Catalogue, key: str) -> bool:
    """Whether `crop` answers without decoding the drawing.

    Raises:
        ImageError, WorkspaceError: as `crop`.
    """
    if not is_limb_known(catalogue, key):
        return False
    disk, _ = limb_of(catalogue, key)
    return disk is None or _crop_file(catalogue, key, disk).exists()


def _crop_file(catalogue: Catalogue, key: str, disk: Disk) -> Path:
    return views_folder(catalogue) / f"{version_of(catalogue, key)}-{_version(disk)}-crop.jpg"


def _limb_file(catalogue: Catalogue, key: str) -> Path:
    """Return the cache of the fitted limb: {"disk": ..., "reason": why there is none}."""
    return views_folder(catalogue) / f"{version_of(catalogue, key)}-limb{LIMB_FORMAT}.json"


def _fitted(grey: np.ndarray) -> dict[str, Any]:
    try:
        return {"disk": asdict(fit_limb(grey)), "reason": ""}
    except NoDiskError as error:
        return {"disk": None, "reason": error.reason}


def _grey(path: Path) -> np.ndarray:
    return to_grey(read_rgb(path))


def _version(disk: Disk) -> str:
    """Return a short hash that changes with the limb."""
    return hashlib.sha256(repr(disk).encode()).hexdigest()[:12]
