"""Putting a model's tables, masks and overlays at their documented places."""

from __future__ import annotations

import csv
import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from sunspot_dash.domain.drawing.orientation import PRESETS
from sunspot_dash.file_names import FAILED_NAME, FEATURES_SUFFIX, TABLE_NAME
from sunspot_dash.files import atomic_write
from sunspot_dash.io.corrections import read_corrections
from sunspot_dash.io.results import write_tables
from sunspot_dash.workspace import Workspace

if TYPE_CHECKING:
    pass

from sunspot_dash.services.dataset.orientation import orientation_of, set_orientation


def publish(workspace: Workspace, model: str, orientation: str = "") -> None:
    """Make a model's tables, and put them and its pictures at the documented places.

    Args:
        orientation: name of a preset; empty: that of the last time.
    """
    folder = workspace.inference_results / model
    if orientation:
        set_orientation(workspace, model, orientation)
    corrections = read_corrections(workspace.corrections_file)
    archive = PRESETS[orientation_of(workspace, model)]
    write_tables(workspace.results_of(model), folder, model, archive, corrections=corrections)
    for stale in workspace.inference_results.glob(f"*{FEATURES_SUFFIX}"):
        stale.unlink()
    for name in (TABLE_NAME, f"{model}{FEATURES_SUFFIX}"):
        _link(folder / name, workspace.inference_results / name)
    pictures = {path.name: path for path in (workspace.segmented / model).glob("*.png")}
    for stale in workspace.segmented.glob("*.png"):
        if stale.name not in pictures:
            stale.unlink()
    for name, path in pictures.items():
        _link(path, workspace.segmented / name)


def _link(source: Path, target: Path) -> None:
    """The same file at a second place, without a second copy where the disk can."""
    if target.exists() and target.samefile(source):
        return

    def place(temporary: Path) -> None:
        temporary.unlink(missing_ok=True)
        try:
            os.link(source, temporary)
        except OSError:
            shutil.copyfile(source, temporary)

    atomic_write(target, place)


def write_failed(folder: Path, failed: Iterable[tuple[str, str]]) -> None:
    """Write `failed.csv`: the drawings of the last run that could not be used, with the reason."""

    def write(temporary: Path) -> None:
        with temporary.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")
            rows.writerow(["name", "reason"])
            rows.writerows(failed)

    folder.mkdir(parents=True, exist_ok=True)
    atomic_write(folder / FAILED_NAME, write)
