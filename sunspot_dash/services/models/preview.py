"""Preview a training before it starts: drawings, split, tiles, steps and duration."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from sunspot_dash.domain.drawing.corrections import observation_times
from sunspot_dash.domain.labels.coco import Coco, spot_polygons
from sunspot_dash.domain.labels.split import Times, date_blocks, split
from sunspot_dash.domain.labels.tiles import steps_of, tiles_of
from sunspot_dash.errors import ParameterError, SunspotError
from sunspot_dash.io.corrections import read_corrections
from sunspot_dash.io.folders import list_folder
from sunspot_dash.ml.config import TrainConfig
from sunspot_dash.services.dataset.label_cache import load_labels
from sunspot_dash.services.models.duration import training_seconds
from sunspot_dash.text import counted, listed
from sunspot_dash.workspace import Workspace


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
        problems: number of unusable entries in the annotation file.
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
    problems: int
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
        ParameterError: no labelled drawing can be used.
    """
    labels = _labels_of(workspace)
    there = _file_names(workspace.images)
    spots = {name: count for name, count in labels.spots.items() if name in there}
    missing = len(labels.spots) - len(spots)
    if not any(spots.values()):
        raise nothing_to_learn(workspace, len(labels.spots), missing)
    times = observation_times(spots, read_corrections(workspace.corrections_file))
    sides = split(spots, config.validation_share, config.seed, times)
    training, validation = (_side(names, spots, times) for names in sides)
    tiles = sum(sum(tiles_of(spots[name])) for name in sides[0])
    seconds, earlier = training_seconds(workspace, config, sides, spots)
    return Preview(
        training=training,
        validation=validation,
        blank=sum(count == 0 for count in spots.values()),
        missing=missing,
        problems=labels.problems,
        masks=labels.masks,
        tiles=tiles,
        steps=steps_of(tiles, config.batch_size),
        seconds=seconds,
        earlier=earlier,
        warning=split_warning(times, sides[1]) if config.validation_share else "",
    )


def nothing_to_learn(workspace: Workspace, listed: int, failed: int) -> ParameterError:
    """Return the error for a dataset without a usable label; `listed` and `failed` are numbers of drawings."""
    return ParameterError(
        f"no labelled drawing could be used ({listed} in the annotations, {failed} failed): copy the "
        f"images to {workspace.images} and their COCO file to {workspace.annotations_file}"
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


@dataclass(frozen=True)
class _Labels:
    """Number of spots by drawing, of unusable entries and of masks in an annotation file."""

    spots: dict[str, int]
    problems: int
    masks: int


def _labels_of(workspace: Workspace) -> _Labels:
    path = workspace.annotations_file
    try:
        found = path.stat()
        return _read_labels(workspace, (found.st_mtime_ns, found.st_size, found.st_ino))
    except OSError:
        return _count(load_labels(workspace))  # raises what a training would


@lru_cache(maxsize=4)
def _read_labels(workspace: Workspace, _state: tuple[int, int, int]) -> _Labels:
    """Read one state of the file; cached, since checking takes seconds and the form asks at every keystroke."""
    return _count(load_labels(workspace))


def _count(coco: Coco) -> _Labels:
    masks = sum(label.rle is not None for labels in coco.annotations.values() for label in labels)
    spots = dict.fromkeys(coco.images, 0)
    for name, labels in coco.annotations.items():
        # The outlines of a mask take milliseconds each: too long for a preview.
        drawn = [label for label in labels if label.rle is None]
        spots[name] = len(spot_polygons(drawn)) + len(labels) - len(drawn)
    return _Labels(spots, len(coco.problems), masks)


def _file_names(folder: Path) -> set[str]:
    try:
        return {path.name for path in list_folder(folder).images}
    except SunspotError:
        return set()


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
