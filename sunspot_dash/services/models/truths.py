"""The drawings with a known truth: the labels of the dataset, or the reviews of people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from sunspot_dash.domain.labels.coco import Coco
from sunspot_dash.domain.review.gestures import Act, in_order
from sunspot_dash.domain.review.replay import replay
from sunspot_dash.domain.spots.detections import DrawingResult, Spot
from sunspot_dash.errors import ImageError
from sunspot_dash.io.journals import finished_drawings, read_journals
from sunspot_dash.ml.config import TruthKind
from sunspot_dash.services.dataset.inventory import paths_of
from sunspot_dash.services.dataset.label_choice import dataset_labels, label_choice
from sunspot_dash.services.models.evaluation import truth_of
from sunspot_dash.workspace import Workspace

MISSING = "its file is missing: restore it, or import its archive again"


class TruthSet(Protocol):
    """Drawings with a truth.

    Attributes:
        files: the file of each drawing by name.
        failed: (name, reason) of the drawings whose truth cannot be used.
    """

    @property
    def files(self) -> dict[str, Path]: ...

    @property
    def failed(self) -> list[tuple[str, str]]: ...

    def spots_on(self, name: str, results: Sequence[DrawingResult]) -> tuple[list[Spot], str]:
        """Return the true spots of a drawing, and the hash of the weights whose result was corrected to get them.

        Args:
            results: of the models that are compared.

        Raises:
            ImageError: the truth belongs to another image.
        """


def truth_set(workspace: Workspace, kind: TruthKind) -> TruthSet:
    """Return the drawings with a truth of a kind; those that were kept apart are among the reviewed ones.

    Raises:
        CocoError, ParameterError: the labels cannot be used.
        WorkspaceError: the choice of categories cannot be read.
    """
    return labelled(workspace) if kind is TruthKind.LABELS else reviewed(workspace)


@dataclass(frozen=True)
class Labelled:
    """The labelled drawings of the dataset."""

    coco: Coco
    files: dict[str, Path]
    failed: list[tuple[str, str]]

    def spots_on(self, name: str, results: Sequence[DrawingResult]) -> tuple[list[Spot], str]:
        return truth_of(name, self.coco), ""


def labelled(workspace: Workspace) -> Labelled:
    """Return the labelled drawings of the dataset, as they are evaluated and trained on."""
    labels = dataset_labels(workspace, label_choice(workspace))
    files = {name: workspace.images / name for name in labels.coco.images}
    return Labelled(labels.coco, files, labels.failed(workspace.images))


@dataclass(frozen=True)
class Reviewed:
    """The drawings that a person has marked as reviewed."""

    workspace: Workspace
    files: dict[str, Path] = field(default_factory=dict)
    failed: list[tuple[str, str]] = field(default_factory=list)

    def spots_on(self, name: str, results: Sequence[DrawingResult]) -> tuple[list[Spot], str]:
        gestures = in_order(read_journals(self.workspace.reviews, name)[0])
        seen = [one.model_hash for one in gestures if one.act is Act.FINISH and not one.blind][-1:]
        # The gestures name the spots of the result on which they were made.
        own = [result for result in results if [result.model_hash] == seen]
        try:
            drawing = replay((own or results)[0], gestures)
        except (ValueError, ArithmeticError) as error:
            raise ImageError(f"its review cannot be used ({error}): review it again", name) from error
        if not drawing.is_reviewed:
            raise ImageError("its image has changed since it was reviewed: review it again", name)
        return drawing.counted(), own[0].model_hash if own else ""


def reviewed(workspace: Workspace) -> Reviewed:
    """Return the reviewed drawings, wherever their files are: in the dataset, to run, or in an archive."""
    paths = paths_of(workspace)
    found = Reviewed(workspace)
    for name, _ in finished_drawings(workspace.reviews, paths):
        if name in paths:
            found.files[name] = paths[name]
        else:
            found.failed.append((name, MISSING))
    return found
