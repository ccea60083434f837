"""Preview a training before it starts: drawings, split, tiles, steps and duration."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sunspot_dash.domain.drawing.corrections import observation_times
from sunspot_dash.domain.labels.coco import Annotation, spot_polygons
from sunspot_dash.domain.labels.split import Times, date_blocks, split
from sunspot_dash.domain.labels.tiles import steps_of, tiles_of
from sunspot_dash.domain.labels.usable import UsableLabels
from sunspot_dash.errors import ParameterError
from sunspot_dash.io.corrections import read_corrections
from sunspot_dash.ml.config import TrainConfig, read_card
from sunspot_dash.services.dataset.label_choice import dataset_labels, label_choice
from sunspot_dash.services.models.duration import training_seconds
from sunspot_dash.text import counted, listed
from sunspot_dash.workspace import Workspace, pretrained_weights


@dataclass(frozen=True)
class Side:
    """One side of a split: number of drawings and spots, the first and last day of each date block, the undated."""

    drawings: int
    spots: int
    blocks: tuple[str, ...]


@dataclass(frozen=True)
class Preview:
    """The expected course of a training.

    Attributes:
        training, validation: the two sides of the split.
        blank: number of drawings without a label.
        missing: number of listed drawings whose image is missing.
        unclear: number of listed drawings that do not determine an image, or of which no label can be used.
        partly: (name, reason) of partly labelled drawings; kept_partly: whether they are used.
        problems: number of unusable entries in the annotation file.
        spots: number of labels by category that counts as spots; other: by category that is left out.
        masks: number of labels that are masks; each counts as one spot here, but as one per part in the training.
        tiles, steps: per epoch.
        seconds: estimated duration of the whole training.
        earlier: number of earlier trainings behind the estimate; 0 if it rests on the speed of 2 CPU cores.
        warning: why no drawing is kept for validation although a share was requested, or that undated drawings are
            only trained on, or "".
    """

    training: Side
    validation: Side
    blank: int
    missing: int
    unclear: int
    partly: list[tuple[str, str]]
    kept_partly: bool
    problems: int
    spots: dict[str, int]
    other: dict[str, int]
    masks: int
    tiles: int
    steps: int
    seconds: float
    earlier: int
    warning: str


def preview_training(workspace: Workspace, config: TrainConfig) -> Preview:
    """Return what a training with these parameters would do.

    Limbs are not fitted: a drawing without a detectable limb is counted here, but left out of the training.

    Raises:
        CocoError: there is no annotation file, or it cannot be used at all.
        ParameterError: no labelled drawing can be used, or it is not clear which labels are spots.
    """
    labels = dataset_labels(workspace, label_choice(workspace, config.category, config.keep_partly_labelled))
    coco = labels.coco
    spots = {name: _spots(coco.annotations.get(name, [])) for name in coco.images}
    if not any(spots.values()):
        raise nothing_to_learn(workspace, labels, labels.failed(workspace.images))
    times = observation_times(spots, read_corrections(workspace.corrections_file))
    sides = split(spots, config.validation_share, config.seed, times)
    training, validation = (_side(names, spots, times) for names in sides)
    tiles = sum(sum(tiles_of(spots[name])) for name in sides[0])
    seconds, earlier = training_seconds(workspace, config, sides, spots)
    return Preview(
        training=training,
        validation=validation,
        blank=sum(count == 0 for count in spots.values()),
        missing=len(labels.missing),
        unclear=len({name for name, _ in labels.left_out} - {name for name, _ in labels.partly}),
        partly=labels.partly,
        kept_partly=config.keep_partly_labelled,
        problems=sum(problem.lost for problem in labels.problems),
        spots=labels.spots,
        other=labels.other,
        masks=sum(label.rle is not None for found in coco.annotations.values() for label in found),
        tiles=tiles,
        steps=steps_of(tiles, config.batch_size),
        seconds=seconds,
        earlier=earlier,
        warning=split_warning(times, sides[1]) if config.validation_share else "",
    )


def nothing_to_learn(
    workspace: Workspace, labels: UsableLabels, failed: Sequence[tuple[str, str]]
) -> ParameterError:
    """Return the error for a dataset without a usable label; `failed` are (name, reason) of drawings."""
    example = f", for example {failed[0][0]}: {failed[0][1]}" if failed else ""
    if labels.coco.images and not failed:
        number = counted(len(labels.coco.images), "labelled drawing")
        return ParameterError(f"{number} without a single spot: label spots, or upload labels that have some")
    if labels.partly and not labels.missing:
        return ParameterError(
            f"no labelled drawing of {labels.listed} is labelled completely{example}{labels.hint()}"
        )
    if failed and not labels.missing:
        number = counted(labels.listed, "drawing")
        return ParameterError(f"none of the labels of {number} can be used{example}")
    return ParameterError(
        f"no labelled drawing could be used ({labels.listed} in the annotations, {len(failed)} failed{example}): copy "
        f"the images to {workspace.images} and their COCO file to {workspace.annotations_file}{labels.hint()}"
    )


def split_warning(times: Times, validation: Collection[str]) -> str:
    """Explain why no drawing is kept for validation, or that the undated ones are not; "" if all is well."""
    undated = sorted(name for name, when in times.items() if when is None)
    parts = []
    if not validation:
        blocks = (
            f"{len(times) - len(undated)} with a date in {counted(len(date_blocks(times)), 'date block')}"
        )
        parts.append(
            f"too few drawings to keep any for validation: {blocks}; all are used for training, and the last epoch is "
            "kept"
        )
    if undated:
        verb = "is" if len(undated) == 1 else "are"
        parts.append(
            f"{counted(len(undated), 'drawing')} without a date ({listed(undated)}) {verb} used for training only, "
            "since they may be of the same days as others: set dates on the Dataset page or with the command `dates`"
        )
    return "; ".join(parts)


def scale_warning(config: TrainConfig) -> str:
    """Say that a training starts from weights for another scale; "" if it does not."""
    if config.parent or config.encoder_weights != "auto":
        return ""
    card = read_card(pretrained_weights())
    if card is None or card.encoder != config.encoder or card.radius == config.radius:
        return ""
    return (
        f"the shipped weights are for a disk radius of {card.radius} px: at {config.radius} px spots differ in size, "
        "and it may take many epochs before F1 rises above 0"
    )


def _spots(labels: list[Annotation]) -> int:
    """Return the number of spots of a drawing; a mask counts as one, since its outlines take milliseconds each."""
    drawn = [label for label in labels if label.rle is None]
    return len(spot_polygons(drawn)) + len(labels) - len(drawn)


def _side(names: list[str], spots: Mapping[str, int], times: Times) -> Side:
    blocks = [_span(block, times) for block in date_blocks({name: times[name] for name in names})]
    undated = sum(times[name] is None for name in names)
    if undated:
        blocks.append(f"{undated:,} undated")
    return Side(len(names), sum(spots[name] for name in names), tuple(blocks))


def _span(block: list[str], times: Times) -> str:
    """Format a block as '1941-03-02' or '1941-03-02 to 1941-03-05'."""
    first, last = (f"{times[name]:%Y-%m-%d}" for name in (block[0], block[-1]))
    return first if first == last else f"{first} to {last}"
