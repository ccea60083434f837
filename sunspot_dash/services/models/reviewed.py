"""The drawings that a person has marked as reviewed, as truth to train on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sunspot_dash.domain.review.gestures import polygon_of
from sunspot_dash.domain.review.replay import replay
from sunspot_dash.errors import ImageError, SunspotError
from sunspot_dash.io.images import content_hash
from sunspot_dash.io.journals import finished_drawings, journal_folders
from sunspot_dash.io.results import read_result, result_path
from sunspot_dash.workspace import Workspace

CHANGED = "its image is not the one that was reviewed: review it again"
GONE = "its image is not in the workspace any more"
DIGITS = 2  # of a pixel, as in the journals


@dataclass(frozen=True, eq=False)
class ReviewedTruth:
    """A reviewed drawing: its name, the hash of its image, and the outlines of its spots, (n, 2) px each."""

    name: str
    image_hash: str
    outlines: tuple[np.ndarray, ...]


def reviewed_truths(
    workspace: Workspace, known: Iterable[str], models: Sequence[str] = ()
) -> dict[str, ReviewedTruth]:
    """Return the drawings that are marked as reviewed, by name.

    A reviewed drawing has the same spots on the result of any model.

    Args:
        known: names of drawings, see `finished_drawings`.
        models: models whose results are looked for first; those of all others follow.
    """
    names = dict.fromkeys((*models, *(folder.parent.name for folder in workspace.all_results())))
    found = {}
    for name, gestures in finished_drawings(workspace.reviews, known):
        for model in names:
            with suppress(SunspotError, ValueError, ArithmeticError):  # no result, or a damaged one: the next
                result = read_result(result_path(workspace.results_of(model), name))
                drawing = replay(result, gestures)
                if drawing.is_reviewed:
                    outlines = tuple(polygon_of(spot) for spot in drawing.counted())
                    found[name] = ReviewedTruth(name, result.image_hash, outlines)
                break
    return found


def reviews_state(workspace: Workspace) -> str:
    """Return a text that changes with every gesture."""
    try:
        return str(sorted(journal_folders(workspace.reviews).items()))
    except OSError:
        return ""


def image_fault(truth: ReviewedTruth, path: Path | None) -> str:
    """Return why the image of a reviewed drawing cannot be trained on, "" if it can."""
    if path is None:
        return GONE
    try:
        return "" if content_hash(path) == truth.image_hash else CHANGED
    except ImageError as error:
        return error.reason


def corrections_hash(truths: Iterable[ReviewedTruth]) -> str:
    """Return the SHA-256 of reviewed drawings: of their names, images and outlines, whatever the order; "" of none."""
    digest = hashlib.sha256()
    ordered = sorted(truths, key=lambda truth: truth.name)
    for truth in ordered:
        digest.update(f"{truth.name}\n{truth.image_hash}\n{len(truth.outlines)}\n".encode())
        for outline in sorted(np.round(outline, DIGITS).tobytes() for outline in truth.outlines):
            digest.update(outline)
    return digest.hexdigest() if ordered else ""
