"""Retrain a model with corrections: the drawings to train on, to replay and to keep apart, and the parameters."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from sunspot_dash.domain.drawing.corrections import observation_times
from sunspot_dash.domain.labels.coco import spot_polygons
from sunspot_dash.domain.labels.split import LEAST_TO_SHARE, Retraining, split_retraining
from sunspot_dash.domain.labels.usable import UsableLabels
from sunspot_dash.errors import ModelError, ParameterError
from sunspot_dash.files import atomic_write_text, file_sha256
from sunspot_dash.io.corrections import read_corrections
from sunspot_dash.ml.config import TrainConfig, read_card
from sunspot_dash.services.dataset.inventory import paths_of
from sunspot_dash.services.dataset.label_choice import dataset_labels, label_choice
from sunspot_dash.services.models.duration import in_words, training_seconds
from sunspot_dash.services.models.lineage import Lineage, lineage_of
from sunspot_dash.services.models.reviewed import GONE, ReviewedTruth, corrections_hash, reviewed_truths
from sunspot_dash.text import counted, listed
from sunspot_dash.workspace import Workspace

PLAN = "retraining.json"  # in the run's folder: a resumed training keeps the drawings with which it began
EPOCHS = 4
LEARNING_RATE = 3e-4
CAREFUL_RATE = 1e-4  # where no old drawing can be replayed
# Old drawings per corrected one: more would make an epoch long and the corrections a small part of it.
REPLAYED_EACH, LEAST_REPLAYED = 2, 12
NUMBERED = re.compile(r"(?P<stem>.+)-(?P<number>\d{1,4})")
LONGEST_NAME = 64


@dataclass(frozen=True)
class Lessons:
    """What a training learns from.

    Attributes:
        labels: the usable labels of the dataset; truths: the reviewed drawings to train on, by name; paths: their
            images.
        drawings: the drawings to train on, and those that are kept apart.
        validated: labelled drawings that the parent was validated on; they are validated on again.
        lineage: the parent and its ancestors; parent_sha256: hash of the parent's weights.
        left_out: (name, reason) of reviewed drawings.
    """

    labels: UsableLabels
    truths: dict[str, ReviewedTruth]
    paths: dict[str, Path]
    drawings: Retraining
    validated: list[str]
    lineage: Lineage = field(default_factory=Lineage)
    parent_sha256: str = ""
    left_out: tuple[tuple[str, str], ...] = ()

    @property
    def known(self) -> int:
        """Number of drawings that the parent was trained on, and that are trained on again."""
        return len(self.lineage.trained & {*self.drawings.replayed, *self.drawings.corrected})

    def names(self) -> list[str]:
        """Return the names of all drawings that are trained or validated on."""
        return sorted({*self.drawings.corrected, *self.drawings.replayed, *self.validated})

    def spots(self) -> dict[str, int]:
        """Return the number of spots of each drawing that is trained or validated on."""
        labelled = {
            name: len(spot_polygons(self.labels.coco.annotations.get(name, [])))
            for name in (*self.drawings.replayed, *self.validated)
        }
        return labelled | {name: len(self.truths[name].outlines) for name in self.drawings.corrected}

    def corrections_hash(self) -> str:
        """Return a hash of the corrections that are trained on."""
        return corrections_hash(self.truths[name] for name in self.drawings.corrected)


def training_labels(workspace: Workspace, config: TrainConfig) -> UsableLabels:
    """Return the labels to train on; a training on reviewed drawings needs none.

    Raises:
        CocoError, ParameterError: as `dataset_labels`.
    """
    if config.reviewed and not workspace.annotations_file.exists():
        return UsableLabels()
    return dataset_labels(workspace, label_choice(workspace, config.category, config.keep_partly_labelled))


def lessons_of(workspace: Workspace, config: TrainConfig, folder: Path | None = None) -> Lessons:
    """Return the drawings that a training learns from.

    Args:
        folder: of the run. The choice of drawings is stored in it, and taken from it if it is there.

    Raises:
        ModelError: the parent does not exist, or its card is damaged.
        CocoError, ParameterError: as `training_labels`.
        WorkspaceError: the choice cannot be written.
    """
    labels = training_labels(workspace, config)
    if not (config.parent or config.reviewed):
        return Lessons(labels, {}, {}, Retraining([], sorted(labels.coco.images), []), [])
    lineage = lineage_of(workspace, config.parent) if config.parent else Lineage()
    models = [card.name for card in lineage.cards]
    paths = paths_of(workspace) if config.reviewed else {}
    truths = reviewed_truths(workspace, paths, models) if config.reviewed else {}
    left_out = tuple((name, GONE) for name in truths if name not in paths)
    truths = {name: truth for name, truth in truths.items() if name in paths}
    stored = folder / PLAN if folder else None
    if stored and stored.exists():
        drawings, validated = _stored(stored, truths, labels.coco.images)
    else:
        drawings, validated = _chosen(workspace, config, lineage, (truths, labels.coco.images))
        if stored:
            atomic_write_text(stored, json.dumps([asdict(drawings), validated]) + "\n")
    sha256 = file_sha256(workspace.find_model(config.parent)) if config.parent else ""
    return Lessons(labels, truths, paths, drawings, validated, lineage, sha256, left_out)


def _chosen(
    workspace: Workspace,
    config: TrainConfig,
    lineage: Lineage,
    known: tuple[Collection[str], Collection[str]],
) -> tuple[Retraining, list[str]]:
    """Return the drawings to train on, and those to validate on; `known` are the reviewed and the labelled ones."""
    names = {*known[0], *known[1], *lineage.trained, *lineage.kept_apart}
    times = observation_times(names, read_corrections(workspace.corrections_file))
    drawings = split_retraining(known, (lineage.trained, lineage.kept_apart), config.seed, times)
    validated = [name for name in drawings.replayed if name in lineage.validated]
    replayed = [name for name in drawings.replayed if name not in lineage.validated]
    if drawings.corrected:
        old = [name for name in replayed if name in lineage.trained]
        most = max(LEAST_REPLAYED, REPLAYED_EACH * len(drawings.corrected))
        spared = set(old) - set(_spread(old, most))
        replayed = [name for name in replayed if name not in spared]
    return replace(drawings, replayed=replayed), validated if config.validation_share else []


def _spread(names: Sequence[str], most: int) -> Sequence[str]:
    """Return at most this number of names, evenly spread over their order, which is that of time."""
    return names if len(names) <= most else [names[k * len(names) // most] for k in range(most)]


def _stored(file: Path, reviewed: Collection[str], labelled: Collection[str]) -> tuple[Retraining, list[str]]:
    """Return the drawings with which a training began, as far as they are there."""
    stored, validated = json.loads(file.read_text("utf-8"))
    there = Retraining(
        [name for name in stored["corrected"] if name in reviewed],
        [name for name in stored["replayed"] if name in labelled],
        stored["kept_apart"],
    )
    return there, [name for name in validated if name in labelled]


@dataclass(frozen=True)
class RetrainPreview:
    """A retraining before it starts.

    Attributes:
        config: its parameters; text: a sentence on its drawings and duration; warnings: what to know before it starts.
    """

    config: TrainConfig
    text: str
    warnings: tuple[str, ...]


def retrain_config(workspace: Workspace, parent: str, name: str = "") -> RetrainPreview:
    """Return the parameters with which a model is retrained with the corrections of the workspace, and a preview.

    The last epoch is kept: a validation would take drawings from few.

    Args:
        name: of the new model; by default the parent's with the next number.

    Raises:
        ModelError: the model does not exist or has no card.
        ParameterError: no reviewed drawing can be trained on.
        CocoError: the labels of the workspace cannot be used.
    """
    card = read_card(workspace.find_model(parent))
    if card is None:
        raise ModelError(
            f"the model '{parent}' has no card, which says on what it was trained: restore its .json file"
        )
    config = TrainConfig(
        model_name=name or next_name(workspace, parent),
        epochs=EPOCHS,
        learning_rate=LEARNING_RATE,
        encoder=card.encoder,
        radius=card.radius,
        validation_share=0,
        parent=parent,
        reviewed=True,
    )
    lessons = lessons_of(workspace, config)
    check_corrections(lessons)
    if not lessons.known:
        config = config.model_copy(update={"learning_rate": CAREFUL_RATE})
    drawings = lessons.drawings
    spots = lessons.spots()
    time = in_words(*training_seconds(workspace, config, (spots, ()), spots), config.device)
    text = (
        f"{counted(len(drawings.corrected) + len(drawings.kept_apart), 'reviewed drawing')}: "
        f"{len(drawings.corrected)} to train on, {len(drawings.kept_apart)} kept apart; "
        f"{counted(len(drawings.replayed), 'labelled drawing')} replayed. Duration: {time}"
    )
    return RetrainPreview(config, text, tuple(retrain_warnings(lessons)))


def next_name(workspace: Workspace, parent: str) -> str:
    """Return a name for the model that is retrained from another: uset-2 from uset, uset-3 from uset-2."""
    numbered = NUMBERED.fullmatch(parent)
    stem, number = (numbered["stem"], int(numbered["number"])) if numbered else (parent, 1)
    taken = set(workspace.known_models())
    while True:
        number += 1
        ending = f"-{number}"
        name = stem[: LONGEST_NAME - len(ending)] + ending
        if name not in taken:
            return name


def check_corrections(lessons: Lessons) -> None:
    """Check that there is a reviewed drawing to train on.

    Raises:
        ParameterError: there is none.
    """
    if lessons.drawings.corrected:
        return
    if lessons.truths:
        number = counted(len(lessons.truths), "reviewed drawing")
        raise ParameterError(
            f"{number}, all kept apart for the comparison with the parent: also review drawings of other days"
        )
    if lessons.left_out:
        raise ParameterError(
            f"no image of a reviewed drawing is in the workspace: add {lessons.left_out[0][0]} again, for example"
        )
    raise ParameterError("no drawing is marked as reviewed: correct some on the page Review first")


def retrain_warnings(lessons: Lessons) -> list[str]:
    """Return what to know about a retraining: no comparison, forgetting, nothing new, drawings left out."""
    drawings, parents, lines = lessons.drawings, lessons.lineage.cards[:1], []
    if drawings.corrected and not drawings.kept_apart:
        few = len(drawings.corrected) < LEAST_TO_SHARE
        why = (
            f"fewer than {LEAST_TO_SHARE} are reviewed"
            if few
            else "they are of one date block, or of days that are trained on already"
        )
        lines.append(
            f"no reviewed drawing is kept apart, because {why}: the new model cannot be compared with its parent on "
            "drawings that both have not seen"
        )
    for parent in parents:
        if not lessons.known:
            lines.append(
                f"no drawing that {parent.name} was trained on is in this workspace: the new model may forget what "
                f"{parent.name} learnt from them; a low learning rate lessens this"
            )
        if parent.corrections_hash and parent.corrections_hash == lessons.corrections_hash():
            lines.append(f"{parent.name} was trained on exactly these corrections")
    if lessons.left_out:
        names = listed([name for name, _ in lessons.left_out])
        number = counted(len(lessons.left_out), "reviewed drawing")
        lines.append(f"{number} left out, because the image is missing: {names}")
    return lines
