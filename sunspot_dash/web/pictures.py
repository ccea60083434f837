"""Pictures and limbs of drawings: cached ones at once, others from a reader process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.services.dataset.label_choice import labels_stamp
from sunspot_dash.services.drawing import agreement, content, details, grey, images, tilt
from sunspot_dash.web.context import current_context
from sunspot_dash.web.readers.answers import StillReading
from sunspot_dash.workspace import Workspace


def view(key: str, size: str) -> Path:
    """Return the file of `images.view`."""
    context = current_context()
    made = images.view_file(context.catalogue, key, size)
    if made.exists():
        return made
    return context.readers.run(images.view, context.catalogue, key, size, large=_is_large(key))


def found_thumbnail(model: str, key: str) -> Path:
    """Return the file of `images.found_thumbnail`, which is drawn on the small thumbnail."""
    view(key, "thumb")
    return images.found_thumbnail(current_context().catalogue, model, key)


def crop(key: str) -> Path:
    """Return the file of `details.crop`."""
    context = current_context()
    if details.is_crop_made(context.catalogue, key):
        return details.crop(context.catalogue, key)
    return context.readers.run(details.crop, context.catalogue, key, large=_is_large(key))


def limb_of(key: str) -> tuple[Disk | None, str]:
    """Return the answer of `details.limb_of`."""
    context = current_context()
    if details.is_limb_known(context.catalogue, key):
        return details.limb_of(context.catalogue, key)
    return context.readers.run(details.limb_of, context.catalogue, key, large=_is_large(key))


def grey_of(key: str) -> np.ndarray:
    """Return the grey levels of a drawing, (H, W) uint8 mapped to memory (see `grey.open_grey`)."""
    context = current_context()
    made = grey.grey_file(context.catalogue, key)
    if not made.exists():
        made = context.readers.run(grey.write_grey, context.catalogue, key, large=_is_large(key))
    return grey.open_grey(made)


def drawing_details(key: str) -> details.DrawingDetails:
    """Return the answer of `details.drawing_details`, without labels while a large file of them is being read."""
    limb_of(key)
    view(key, "view")  # a figure does not load its picture again if the server is busy
    return details.drawing_details(current_context().catalogue, key, _outlines)


def truth(model: str, key: str) -> dict[str, Any]:
    """Return the answer of `content.truth_of`.

    Raises:
        StillReading: a large file of labels is being read.
    """
    context = current_context()
    state = repr(labels_stamp(context.workspace))
    name = images.row_of(context.catalogue, key)["name"]
    outlines = context.answers.get(details.outlines_of, context.workspace, name, state=state)
    return content.truth_of(context.catalogue, model, key, outlines)


def labelled_scores(model: str) -> list[tuple[str, float]]:
    """Return the answer of `agreement.labelled_scores`.

    Raises:
        StillReading: a large file of labels is being read.
    """
    context = current_context()
    state = f"{labels_stamp(context.workspace)} {context.catalogue.revision()}"
    return context.answers.get(agreement.labelled_scores, context.catalogue, model, state=state)


def measure_tilt(key: str) -> tilt.SuggestedTilt:
    """Return the answer of `tilt.measure_tilt`."""
    catalogue = current_context().catalogue
    return current_context().readers.run(tilt.measure_tilt, catalogue, key, large=_is_large(key))


def _outlines(workspace: Workspace, name: str) -> details.Outlines | None:
    """Return the label polygons of a drawing, None while a large file is being read."""
    try:
        state = repr(labels_stamp(workspace))
        return current_context().answers.get(details.outlines_of, workspace, name, state=state)
    except StillReading:
        return None


def _is_large(key: str) -> bool:
    return images.is_large(current_context().catalogue, key)
