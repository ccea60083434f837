"""Sample data for an empty workspace: synthetic drawings of consecutive days, which can be removed again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sunspot_dash.errors import Stopped, SunspotError
from sunspot_dash.files import atomic_write_bytes, atomic_write_text, locked
from sunspot_dash.io.images import content_hash
from sunspot_dash.io.pictures import picture_stems
from sunspot_dash.io.results import result_path
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.catalogue.query import ALWAYS, Period, where_period
from sunspot_dash.services.catalogue.sources import where_source
from sunspot_dash.services.dataset.label_changes import drop_drawings
from sunspot_dash.services.dataset.label_versions import write_labels
from sunspot_dash.services.models.publish import publish
from sunspot_dash.synthetic import add_labels, draw_month, empty_labels, encoded
from sunspot_dash.text import counted
from sunspot_dash.workspace import Workspace

DAYS = 30
FIRST_DAYS = 2  # the model begins on these while the others are drawn
SEED = 11
QUALITY = 85  # of the JPEG files
# Three short runs of days, more than three days apart: each is a date block of its own, and one is for validation.
LABELLED_DAYS = (0, 1, 8, 9, 17)
# Two trainings give curves to compare. They start from the shipped weights, whose disk radius is the default.
SHORT = {"epochs": 4, "learning_rate": 2e-4, "validation_share": 0.3}
TRAININGS = (
    {"model_name": "demo", **SHORT},
    {"model_name": "demo-weight-10", "penalty_weight": 10.0, **SHORT},
)
MARK = "demo.json"


def is_unused(workspace: Workspace) -> bool:
    """Whether a workspace has no drawings, labels or jobs."""
    folders = (workspace.images, workspace.images_to_run, workspace.runs)
    return not workspace.annotations_file.exists() and not any(any(folder.iterdir()) for folder in folders)


def has_demo(workspace: Workspace) -> bool:
    """Whether the workspace contains the sample data."""
    return (workspace.dataset / MARK).exists()


def demo_due(workspace: Workspace) -> bool:
    """Whether the sample data are to be added: the workspace is unused, or they were interrupted."""
    return is_unused(workspace) or (has_demo(workspace) and _read(workspace)["due"] > 0)


def demo_note(workspace: Workspace, drawings: int) -> str:
    """Return a note on the synthetic drawings among all drawings of a workspace, "" if there are none."""
    if not has_demo(workspace):
        return ""
    record = _read(workspace)
    synthetic = sum((workspace.images / name).is_file() for name in record["images"])
    coming = f" {record['due']} more are being drawn." if record["due"] else ""
    if drawings <= synthetic:
        return f"These are synthetic sample drawings of consecutive days.{coming}"
    return f"{synthetic} of the {drawings} drawings are synthetic samples, as their names say.{coming}"


def demo_warning(catalogue: Catalogue, source: str, period: Period = ALWAYS) -> str:
    """Return a warning if synthetic drawings are among the drawings of a source, without full stop, else ""."""
    if not has_demo(catalogue.workspace):
        return ""
    where, values = where_source(source)
    when, dates = where_period(period)
    rows = catalogue.rows(f"select name from result where {where} and {when}", [*values, *dates])
    synthetic = len({row["name"] for row in rows} & _read(catalogue.workspace)["images"].keys())
    if not synthetic:
        return ""
    return (
        f"synthetic samples are counted, too ({synthetic} of {counted(len(rows), 'drawing')}): remove the demo on the "
        "Overview first"
    )


def add_demo(
    workspace: Workspace,
    days: int = DAYS,
    upto: int | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> None:
    """Draw what is missing of `days` days, or only of the first `upto` of them; the names contain 'synthetic'.

    With the last day the labels of some days are added, unless the workspace has labels by then.

    Raises:
        Stopped: it was asked to stop; the next call continues with the next day.
        WorkspaceError: the disk is full, ...; the next call continues.
    """
    record: dict[str, Any] = (
        _read(workspace) if has_demo(workspace) else {"images": {}, "jobs": [], "labels": empty_labels()}
    )
    first, end = len(record["images"]), days if upto is None else upto
    for day, drawing in zip(range(first, end), draw_month(days, SEED, first), strict=False):
        if should_stop():
            raise Stopped("the demo is not complete; it continues when the dashboard starts again")
        name = Path(drawing.name)
        stored = workspace.images / f"{name.stem}_synthetic{name.suffix}"
        atomic_write_bytes(stored, encoded(drawing, QUALITY))
        record["images"][stored.name] = content_hash(stored)
        if day in LABELLED_DAYS:
            add_labels(record["labels"], drawing, stored.name)
        record["due"] = days - day - 1
        written = [stored]
        try:
            if not record["due"] and not workspace.annotations_file.exists():
                written.append(workspace.annotations_file)
                _label(workspace, record.pop("labels"))
            _write(workspace, record)
        except SunspotError:  # without its record, the drawing could not be removed
            for file in written:
                file.unlink(missing_ok=True)
            raise


def _label(workspace: Workspace, coco: dict[str, Any]) -> None:
    with locked(workspace.dataset_lock):
        write_labels(workspace, lambda path: path.write_text(json.dumps(coco), "utf-8"), "demo added")


def only_demo(workspace: Workspace) -> bool:
    """Whether the dataset has no drawings but the sample data."""
    return {path.name for path in workspace.images.iterdir()} <= _read(workspace)["images"].keys()


def add_demo_job(workspace: Workspace, number: int) -> None:
    """Record a job that works on the sample data; it ends when the data are removed."""
    record = _read(workspace)
    _write(workspace, {**record, "jobs": [*record["jobs"], number]})


def demo_jobs(workspace: Workspace) -> set[int]:
    """Return the numbers of the jobs on the sample data."""
    return set(_read(workspace)["jobs"])


def remove_demo(workspace: Workspace) -> None:
    """Remove the sample drawings, their labels and results, and the models trained on them.

    Files that were changed since are kept.
    """
    record = _read(workspace)
    names = [
        name for name, digest in record["images"].items() if _is_unchanged(workspace.images / name, digest)
    ]
    stems = picture_stems(record["images"])
    for model in [path.parent.name for path in workspace.all_results()]:
        for name in names:
            result_path(workspace.results_of(model), name).unlink(missing_ok=True)
            for picture in (workspace.segmented / model).glob(f"{stems[name]}_*.png"):
                picture.unlink()
        if any(workspace.results_of(model).iterdir()):
            publish(workspace, model)
        else:
            shutil.rmtree(workspace.inference_results / model)
            _clear_published(workspace, model)
    for name in names:
        (workspace.images / name).unlink()
    drop_drawings(workspace, names, "demo removed")
    for training in TRAININGS:
        files = workspace.model(str(training["model_name"]))
        for path in files.every:
            path.unlink(missing_ok=True)
    (workspace.dataset / MARK).unlink()


def _clear_published(workspace: Workspace, model: str) -> None:
    for path in workspace.inference_results.glob("*"):
        if path.is_file():
            path.unlink()
    for picture in workspace.segmented.glob("*.png"):
        picture.unlink()
    shutil.rmtree(workspace.segmented / model, ignore_errors=True)


def _read(workspace: Workspace) -> dict[str, Any]:
    """Read the record of the sample data: hashes of its images, and its job numbers."""
    record: dict[str, Any] = json.loads((workspace.dataset / MARK).read_text("utf-8"))
    return {"jobs": [], "due": 0, **record}


def _write(workspace: Workspace, record: dict[str, Any]) -> None:
    atomic_write_text(workspace.dataset / MARK, json.dumps(record, indent=1) + "\n")


def _is_unchanged(path: Path, digest: str) -> bool:
    return path.is_file() and content_hash(path) == digest
