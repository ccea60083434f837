"""The status of a job, as shown on several pages."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from jobs import follow
from jobs.job import CANCELLED, CANCELLING, DONE, FAILED, QUEUED, RUNNING

COLOURS = {
    QUEUED: "secondary",
    RUNNING: "primary",
    CANCELLING: "warning",
    DONE: "success",
    FAILED: "danger",
    CANCELLED: "secondary",
}


KIND_NAMES = {
    "train": "Training",
    "infer": "Inference",
    "evaluate": "Evaluation",
    "compare": "Comparison",
    "convert": "Masks from labels",
    "filter": "Copies of labelled drawings",
    "tables": "Tables",
    "import": "Import of an archive",
    "probe": "Probe",
}


def kind_name(kind: str) -> str:
    """Return a kind of job in words."""
    return KIND_NAMES.get(kind, kind)


def badge(row: dict[str, Any]) -> dbc.Badge:
    """Return the state of a job as a pill."""
    as_it_should = row["outcome"] == row["state"]
    return dbc.Badge(row["outcome"], color=COLOURS[row["state"]] if as_it_should else "warning")


def done_share(progress: dict[str, Any]) -> float | None:
    """Return the finished share of a job, 0 to 1, or None if it is unknown."""
    if "of" not in progress or not progress["of"]:
        return None
    part = progress.get("step", progress.get("done", 0)) / progress["of"]
    if "epoch" in progress:
        return float((progress["epoch"] - 1 + part) / progress["epochs"])
    return float(part)


def describe(row: dict[str, Any]) -> str:
    """Describe the status of a job in one line."""
    starting = row["state"] == RUNNING and not row["progress"]
    return follow.describe(row, of=" of ") or ("starting" if starting else "")


def status(row: dict[str, Any]) -> html.Div:
    """Return state, progress bar and description of a job."""
    part = done_share(row["progress"]) if row["state"] in (RUNNING, CANCELLING) else None
    bar = (
        [dbc.Progress(value=100 * part, className="my-2", style={"height": "0.6rem"})]
        if part is not None
        else []
    )
    return html.Div(
        [
            html.Div([f"Job {row['number']}, {kind_name(row['kind'])} ", badge(row)]),
            *bar,
            html.Div(describe(row), className="small"),
            *(html.Div(f"Note: {text}", className="small") for text in follow.notes_of(row["result"])),
        ]
    )
