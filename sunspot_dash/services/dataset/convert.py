"""Convert labels to masks, and export the labelled drawings of a workspace to a folder."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from sunspot_dash.domain.labels.coco import Annotation, Coco, CocoImage, load_coco, read_coco
from sunspot_dash.domain.labels.entries import whole
from sunspot_dash.domain.labels.masks import page_mask
from sunspot_dash.domain.labels.usable import UsableLabels
from sunspot_dash.errors import CocoError, ImageError, ParameterError, Stopped, WorkspaceError
from sunspot_dash.eta import RemainingTime
from sunspot_dash.files import atomic_write, atomic_write_text
from sunspot_dash.io.folders import list_folder
from sunspot_dash.io.images import image_size, write_png
from sunspot_dash.io.pictures import picture_stems
from sunspot_dash.services.dataset.label_choice import DEFAULT_CHOICE, LabelChoice, usable_labels
from sunspot_dash.text import counted
from sunspot_dash.workspace import Workspace

Report = Callable[[dict[str, Any]], None]
ANNOTATIONS_NAME = "instances_default.json"


@dataclass
class Conversion:
    """The result of converting an annotation file: counts, and the entries left out with the reason."""

    folder: Path
    images: int = 0
    annotations: int = 0
    blank: int = 0
    unlabelled: int = 0
    problems: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [*self.remarks, *(f"left out: {problem}" for problem in self.problems)]
        lines.append(
            f"{counted(self.images, 'labelled image')} with {counted(self.annotations, 'annotation')}, "
            f"{self.blank} listed without annotation, {self.unlabelled} not listed, "
            f"{counted(len(self.problems), 'problem')}: {self.folder}"
        )
        return "\n".join(lines)


def convert_annotations(
    images_dir: Path,
    annotations_path: Path,
    masks_dir: Path,
    report: Report = lambda event: None,
    should_stop: Callable[[], bool] = lambda: False,
    choice: LabelChoice = DEFAULT_CHOICE,
) -> Conversion:
    """Write a black-and-white mask in the image's size for every image of an annotation file.

    A mask is named after its image: `name.png`, or `name.jpg.png` if two images differ only in the suffix. An image
    that is listed without labels is a blank disk: its mask is black.

    Args:
        report: receives {"kind": "drawing", "name", "done", "of", "seconds_left"} after each image.
        should_stop: asked after each image.
        choice: which labels are spots.

    Raises:
        CocoError, ImageError: the annotation file or the folder of images cannot be used at all.
        ParameterError: the folder of masks is the folder of images, or it is not clear which labels are spots.
        Stopped: it was asked to stop; the masks written so far are complete.
        WorkspaceError: the disk is full or not writable; the masks written so far are complete.
    """
    if masks_dir.resolve() == images_dir.resolve():
        raise ParameterError(
            f"masks in {masks_dir} could overwrite images: choose another folder with --masks-dir"
        )
    usable = usable_labels(annotations_path, images_dir, choice)
    outcome = Conversion(masks_dir)
    stems = picture_stems(usable.coco.images)
    _create(masks_dir)
    for image, labels in _usable(images_dir, usable, outcome, report):
        mask = page_mask(labels, image.height, image.width)
        write_png(masks_dir / f"{stems[image.file_name]}.png", mask)
        _count(outcome, labels)
        if should_stop():
            raise Stopped(f"stopped after {outcome.images + outcome.blank} images")
    return outcome


def filter_labelled(
    images_dir: Path,
    annotations_path: Path,
    workspace: Workspace,
    report: Report = lambda event: None,
    choice: LabelChoice = DEFAULT_CHOICE,
) -> Conversion:
    """Copy the labelled images and their labels to segmented_dataset/labelled/{images,annotations}.

    An image listed without labels is not copied, as it may be a blank disk or not yet labelled. Copies of an earlier
    call whose images are no longer labelled are removed.

    Args:
        report: receives {"kind": "drawing", "name", "done", "of"} after each image.
        choice: which labels are spots.

    Raises:
        CocoError, ImageError: the annotation file or the folder of images cannot be used at all.
        ParameterError: the folder of images is the folder of copies, no image is labelled and usable, or it is not
            clear which labels are spots.
        WorkspaceError: the disk is full, ...; the labels of an earlier call are kept.
    """
    workspace.check()
    images, annotations = workspace.labelled / "images", workspace.labelled / "annotations"
    if images.resolve() == images_dir.resolve():
        raise ParameterError(
            f"{images_dir} is the folder of the copies: choose the folder of the originals with --images-dir"
        )
    usable = usable_labels(annotations_path, images_dir, choice)
    outcome = Conversion(workspace.labelled)
    for folder in (images, annotations):
        _create(folder)
    stale = _listed(annotations / ANNOTATIONS_NAME)
    kept: list[str] = []
    for image, labels in _usable(images_dir, usable, outcome, report):
        if labels:
            (images / image.file_name).parent.mkdir(parents=True, exist_ok=True)
            atomic_write(images / image.file_name, partial(shutil.copyfile, images_dir / image.file_name))
            kept.append(image.file_name)
        _count(outcome, labels)
    if not kept:
        raise ParameterError(
            f"none of the labelled images of {annotations_path.name} can be used from {images_dir} "
            f"({'; '.join(outcome.problems[:2]) or 'it has no labels'}): the copies of an earlier call are kept"
        )
    try:
        text = json.dumps(_selected(read_coco(annotations_path), usable.coco, kept), allow_nan=False)
    except ValueError as error:  # such as 1e999 in a field that is not checked
        raise CocoError(
            f"{annotations_path.name} contains a number that is not finite: export it again"
        ) from error
    atomic_write_text(annotations / ANNOTATIONS_NAME, text)
    for name in stale - set(kept):
        (images / name).unlink(missing_ok=True)
    return outcome


def _usable(
    images_dir: Path, usable: UsableLabels, outcome: Conversion, report: Report
) -> Iterator[tuple[CocoImage, list[Annotation]]]:
    """Yield each listed image of the expected size with its labels; report the others in `outcome`."""
    content = list_folder(images_dir)
    coco, present = usable.coco, {path.name for path in content.images}
    left_out = usable.failed(images_dir)
    listed = set(coco.images) | {name for name, _ in left_out}
    outcome.unlabelled = len(present - listed)
    outcome.remarks = usable.remarks()
    outcome.problems += [str(problem) for problem in usable.problems]
    reasons = dict(content.refused)
    outcome.problems += [f"{name}: {reasons.get(name, reason)}" for name, reason in left_out]
    outcome.problems += [f"{name}: {reason}" for name, reason in content.refused if name not in listed]
    remaining = RemainingTime()
    for number, name in enumerate(sorted(coco.images), start=1):
        image = coco.images[name]
        try:
            if name in reasons:
                raise ImageError(reasons[name], name)
            image_size(images_dir / name)  # raises for any other file
            yield image, coco.annotations.get(name, [])
        except ImageError as error:
            outcome.problems.append(str(error))
        left = remaining.left(number, len(coco.images))
        report(
            {"kind": "drawing", "name": name, "done": number, "of": len(coco.images), "seconds_left": left}
        )


def _count(outcome: Conversion, labels: list[Annotation]) -> None:
    outcome.images += bool(labels)
    outcome.blank += not labels
    outcome.annotations += len(labels)


def _selected(content: Any, coco: Coco, names: list[str]) -> dict[str, Any]:
    """Return the COCO content for some images, with the file names of the copies."""
    images = {coco.images[name].id: coco.images[name] for name in names}
    labels = {(label.image_id, label.id) for name in names for label in coco.annotations[name]}
    records = _records(content["images"], {(number,) for number in images}, "id")
    return {
        **{key: content[key] for key in ("licenses", "info", "categories") if key in content},
        "images": [record | asdict(images[number]) for (number,), record in records.items()],
        "annotations": list(_records(content["annotations"], labels, "image_id", "id").values()),
    }


def _records(records: list[Any], wanted: set[Any], *keys: str) -> dict[Any, dict[str, Any]]:
    """Return the first record with each of the wanted ids, which is the one that was checked."""
    first: dict[Any, dict[str, Any]] = {}
    for record in records:
        ids = tuple(whole(record.get(key)) for key in keys) if isinstance(record, dict) else ()
        if ids in wanted:
            first.setdefault(ids, record)
    return first


def _listed(path: Path) -> set[str]:
    """Return the images of the annotation file from an earlier call."""
    try:
        return set(load_coco(path).images)
    except CocoError:
        return set()


def _create(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WorkspaceError(
            f"the folder {folder} cannot be created ({error.strerror}): choose another"
        ) from error
