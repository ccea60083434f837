"""What a training would do, told before it starts: its drawings, their split, its tiles and steps, its time."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from sunspot_dash.domain.drawing.names import UNDATED, date_and_time
from sunspot_dash.domain.labels.coco import Coco, load_coco, spot_polygons
from sunspot_dash.domain.labels.split import date_blocks, split
from sunspot_dash.domain.labels.tiles import steps_of, tiles_of
from sunspot_dash.errors import ParameterError
from sunspot_dash.ml.config import TrainConfig
from sunspot_dash.services.models.duration import training_seconds
from sunspot_dash.workspace import Workspace


@dataclass(frozen=True)
class Side:
    """One side of a split: how many drawings and spots, and its date blocks by their first and last days."""

    drawings: int
    spots: int
    blocks: tuple[str, ...]


@dataclass(frozen=True)
class Preview:
    """A training that has not started.

    Attributes:
        training, validation: the two sides, as the training will split them.
        blank: how many of the drawings have no label.
        missing: how many are listed, but their images are not there.
        problems: how many entries of the annotation file cannot be used.
        masks: how many labels are masks; each counts as one spot here, as one for each of its parts in the training.
        tiles, steps: of an epoch.
        seconds: how long the whole training will take.
        earlier: how many earlier trainings tell so; 0 where only a measured pace of 2 CPU cores does.
        warning: why nothing is kept for validation, where that was asked for; or "".
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


def plan(workspace: Workspace, config: TrainConfig) -> Preview:
    """What a training with these parameters would do.

    Limbs are not fitted: a drawing on which none can be found is counted here, and left out by the training.

    Raises:
        CocoError: there is no annotation file, or it cannot be used at all.
        ParameterError: there is nothing to learn from.
    """
    labels = _labels_of(workspace)
    there = _file_names(workspace.images)
    spots = {name: count for name, count in labels.spots.items() if name in there}
    missing = len(labels.spots) - len(spots)
    if not any(spots.values()):
        raise nothing_to_learn(workspace, len(labels.spots), missing)
    sides = split(spots, config.validation_share, config.seed)
    training, validation = (_side(names, spots) for names in sides)
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
        warning=too_few(spots) if config.validation_share and not validation.drawings else "",
    )


def nothing_to_learn(workspace: Workspace, listed: int, failed: int) -> ParameterError:
    """The error of a dataset without a usable label; so many drawings are listed, of which so many failed."""
    return ParameterError(
        f"no labelled drawing could be used ({listed} in the annotations, {failed} failed): put the "
        f"images in {workspace.images} and their COCO file at {workspace.annotations_file}"
    )


def too_few(names: Iterable[str]) -> str:
    """Why drawings of these names cannot be split."""
    listed = list(names)
    return (
        f"too few drawings to keep any for validation: {len(listed)} in {len(date_blocks(listed))} date "
        "block(s); all train, and the last epoch is kept"
    )


@dataclass(frozen=True)
class _Labels:
    """What a plan needs to know of an annotation file."""

    spots: dict[str, int]
    problems: int
    masks: int


def _labels_of(workspace: Workspace) -> _Labels:
    path = workspace.annotations_file
    try:
        found = path.stat()
        return _read_labels(path, (found.st_mtime_ns, found.st_size, found.st_ino))
    except OSError:
        return _count(load_coco(path))  # raises what a training would


@lru_cache(maxsize=4)
def _read_labels(path: Path, _state: tuple[int, int, int]) -> _Labels:
    """Of one state of the file: checking tens of thousands of labels takes seconds, and every key stroke asks."""
    return _count(load_coco(path))


def _count(coco: Coco) -> _Labels:
    masks = sum(label.rle is not None for labels in coco.annotations.values() for label in labels)
    spots = dict.fromkeys(coco.images, 0)
    for name, labels in coco.annotations.items():
        # The outlines of a mask take milliseconds each: too long for a plan.
        drawn = [label for label in labels if label.rle is None]
        spots[name] = len(spot_polygons(drawn)) + len(labels) - len(drawn)
    return _Labels(spots, len(coco.problems), masks)


def _file_names(folder: Path) -> set[str]:
    try:
        with os.scandir(folder) as entries:
            return {entry.name for entry in entries if entry.is_file()}
    except OSError:
        return set()


def _side(names: list[str], spots: Mapping[str, int]) -> Side:
    blocks = tuple(_span(block) for block in date_blocks(names))
    return Side(len(names), sum(spots[name] for name in names), blocks)


def _span(block: list[str]) -> str:
    """'1941-03-02', '1941-03-02 to 1941-03-05', or the name of an undated drawing."""
    first, last = date_and_time(block[0])[0], date_and_time(block[-1])[0]
    if first == UNDATED:
        return block[0]
    return first if first == last else f"{first} to {last}"
