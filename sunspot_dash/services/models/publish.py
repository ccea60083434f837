"""Publish a model's tables, masks and overlays to their documented paths."""

from __future__ import annotations

import csv
import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from sunspot_dash.domain.drawing.orientation import PRESETS
from sunspot_dash.file_names import FAILED_NAME, FEATURES_SUFFIX, TABLE_NAME
from sunspot_dash.files import atomic_write
from sunspot_dash.io.corrections import read_corrections
from sunspot_dash.io.tables import write_tables
from sunspot_dash.services.dataset.orientation import orientation_of, set_orientation
from sunspot_dash.workspace import Workspace


def publish(workspace: Workspace, model: str, orientation: str = "") -> None:
    """Write a model's tables, and link them and its pictures at the documented paths.

    Args:
        orientation: name of a preset; empty for the one used last.
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


def publish_all(
    workspace: Workspace, report: Callable[[dict[str, Any]], None], models: list[str] | None = None
) -> list[str]:
    """Rebuild the tables of some models, by default of all with results; return their names.

    The model that ran last comes last, so that its tables stay at the documented paths.

    Args:
        report: receives {"kind": "unit", "done", "of"} after each model.
    """
    if models is None:
        folders = sorted(workspace.all_results(), key=lambda folder: folder.stat().st_mtime_ns)
        models = [folder.parent.name for folder in folders]
    for done, model in enumerate(models, start=1):
        publish(workspace, model)
        report({"kind": "unit", "done": done, "of": len(models)})
    return models


def _link(source: Path, target: Path) -> None:
    """Make a file available at a second path, as a hard link where the file system allows it."""
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
    """Write `failed.csv`: the drawings that failed in the last run, with the reason."""

    def write(temporary: Path) -> None:
        with temporary.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")
            rows.writerow(["name", "reason"])
            rows.writerows(failed)

    folder.mkdir(parents=True, exist_ok=True)
    atomic_write(folder / FAILED_NAME, write)
