"""Labelled drawings in and out of a workspace: masks from labels, and the labelled ones apart."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sunspot_dash.domain.coco import Coco, CocoImage, load_coco
from sunspot_dash.domain.masks import page_mask
from sunspot_dash.errors import ImageError, SunspotError
from sunspot_dash.io.images import image_size, list_images, write_png
from sunspot_dash.workspace import Workspace, atomic_write, atomic_write_text

Report = Callable[[dict[str, Any]], None]


@dataclass
class Conversion:
    """What came of an annotation file: counts, and what was left out with the reason."""

    folder: Path
    images: int = 0
    annotations: int = 0
    unlabelled: int = 0
    problems: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [f"left out: {problem}" for problem in self.problems]
        lines.append(
            f"{self.images} labelled images with {self.annotations} annotations, {self.unlabelled} unlabelled "
            f"images, {len(self.problems)} problems: {self.folder}"
        )
        return "\n".join(lines)


def convert_annotations(
    images_dir: Path, annotations_path: Path, masks_dir: Path, report: Report = lambda event: None
) -> Conversion:
    """Write a black and white mask, of the image's size, for every labelled image.

    A mask is named after its image (`name.png`; `name.jpg.png` where two images differ only in the suffix).

    Raises:
        CocoError, ImageError: the annotation file or the folder cannot be used at all.
    """
    coco = load_coco(annotations_path)
    outcome, images = _begin(images_dir, coco, masks_dir)
    stems = Counter(Path(name).stem.casefold() for name in coco.images)
    masks_dir.mkdir(parents=True, exist_ok=True)
    for number, image in enumerate(images, start=1):
        try:
            _check_size(images_dir / image.file_name, image)
            labels = coco.annotations.get(image.file_name, [])
            shared = stems[Path(image.file_name).stem.casefold()] > 1
            name = image.file_name if shared else Path(image.file_name).stem
            write_png(masks_dir / f"{name}.png", page_mask(labels, image.height, image.width))
            outcome.images += 1
            outcome.annotations += len(labels)
        except ImageError as error:
            outcome.problems.append(str(error))
        report({"kind": "drawing", "name": image.file_name, "done": number, "of": len(images)})
    return outcome


def filter_labelled(
    images_dir: Path, annotations_path: Path, workspace: Workspace, report: Report = lambda event: None
) -> Conversion:
    """Copy the labelled images and their annotations to segmented_dataset/labelled/{images,annotations}.

    Images in the annotation file without any label are blank disks only if nobody forgot them, so they
    are not copied.

    Raises:
        CocoError, ImageError: the annotation file or the folder cannot be used at all.
    """
    coco = load_coco(annotations_path)
    target = workspace.segmented / "labelled"
    outcome, images = _begin(images_dir, coco, target)
    copied: dict[int, CocoImage] = {}
    (target / "images").mkdir(parents=True, exist_ok=True)
    (target / "annotations").mkdir(exist_ok=True)
    for number, image in enumerate(images, start=1):
        if image.file_name in coco.annotations:
            try:
                source = images_dir / image.file_name
                _check_size(source, image)
                atomic_write(target / "images" / image.file_name, lambda path, source=source: shutil.copyfile(source, path))
                copied[image.id] = image
                outcome.images += 1
                outcome.annotations += len(coco.annotations[image.file_name])
            except SunspotError as error:
                outcome.problems.append(str(error))
        report({"kind": "drawing", "name": image.file_name, "done": number, "of": len(images)})
    kept = {label.id for image in copied.values() for label in coco.annotations[image.file_name]}
    content = json.loads(annotations_path.read_bytes())
    content["images"] = [dict(raw, file_name=copied[raw["id"]].file_name) for raw in _known(content["images"], set(copied))]
    content["annotations"] = _known(content["annotations"], kept)
    atomic_write_text(target / "annotations" / annotations_path.name, json.dumps(content))
    return outcome


def _known(entries: list[Any], ids: set[int]) -> list[Any]:
    """The first entry of each wanted id, as the checks took it."""
    wanted = set(ids)
    found = []
    for entry in entries:
        if isinstance(entry, dict) and isinstance(entry.get("id"), int) and entry["id"] in wanted:
            wanted.discard(entry["id"])
            found.append(entry)
    return found


def _begin(images_dir: Path, coco: Coco, folder: Path) -> tuple[Conversion, list[CocoImage]]:
    present = {path.name for path in list_images(images_dir)}
    outcome = Conversion(folder, problems=[str(problem) for problem in coco.problems])
    outcome.unlabelled = len(present - set(coco.annotations))
    missing = sorted(set(coco.images) - present)
    outcome.problems += [f"image {coco.images[name].id}: {name} is not in {images_dir}" for name in missing]
    return outcome, [image for name, image in sorted(coco.images.items()) if name in present]


def _check_size(path: Path, image: CocoImage) -> None:
    size = image_size(path)
    if size != (image.width, image.height):
        raise ImageError(
            f"{path.name} is {size[0]}x{size[1]} px, its labels are for {image.width}x{image.height}: "
            "use the image that was labelled"
        )
