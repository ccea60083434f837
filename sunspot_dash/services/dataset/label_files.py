"""Check and write COCO files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sunspot_dash.domain.labels.coco import Coco, check_coco, read_coco
from sunspot_dash.errors import CocoError
from sunspot_dash.services.dataset.label_cache import Report
from sunspot_dash.text import counted

OUTLINES = "label the spots with polygons or masks, and export them as 'COCO 1.0'"


def check_labels(path: Path, name: str, report: Report | None = None) -> Coco:
    """Check a COCO file.

    Args:
        name: its name for messages.
        report: receives {"done": ..., "of": ...} while the file is checked.

    Raises:
        CocoError: it is not a COCO file, or none of its images or labels can be used.
    """
    content = read_coco(path, name)
    coco = check_coco(content, name, report)
    _check_content(content, coco, name)
    return coco


def write_coco(path: Path, content: Any) -> None:
    """Write the content of a COCO file.

    Raises:
        CocoError: it holds a number that is not finite.
    """
    try:
        text = json.dumps(content, allow_nan=False)
    except ValueError as error:  # such as 1e999 in a field that is not checked
        raise CocoError("the label file contains a number that is not finite: export it again") from error
    path.write_text(text, "utf-8")


def _check_content(content: Any, coco: Coco, name: str) -> None:
    """Raise CocoError for a file without one usable image, or whose labels are all unusable."""
    if not content["images"]:
        raise CocoError(f"{name} lists no image, the current labels are kept: export the labelled drawings")
    if not coco.images:
        raise CocoError(f"{name} has no usable image ({coco.problems[0]}): export it again as 'COCO 1.0'")
    if not content["annotations"] or coco.annotations:
        return
    records = [record for record in content["annotations"][:1000] if isinstance(record, dict)]
    number = counted(len(content["annotations"]), "label")
    if any("segments_info" in record for record in records):
        raise CocoError(f"{name} is a panoptic COCO file, which has no outline of each spot: {OUTLINES}")
    if any(record.get("keypoints") for record in records):
        raise CocoError(f"{name} has {number} with key points instead of outlines: {OUTLINES}")
    if any(record.get("bbox") for record in records) and not any(
        record.get("segmentation") for record in records
    ):
        raise CocoError(f"{name} has {number} with boxes instead of outlines: {OUTLINES}")
    first = next(problem for problem in coco.problems if problem.kind == "annotation")
    raise CocoError(f"none of the {number} of {name} can be used ({first}): {OUTLINES}")
