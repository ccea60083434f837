"""A job in short, as several pages show it."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from jobs.follow import describe
from jobs.job import CANCELLED, CANCELLING, DONE, FAILED, QUEUED, RUNNING

COLOURS = {
    QUEUED: "secondary",
    RUNNING: "primary",
    CANCELLING: "warning",
    DONE: "success",
    FAILED: "danger",
    CANCELLED: "secondary",
}


def badge(state: str) -> dbc.Badge:
    return dbc.Badge(state, color=COLOURS[state])


def share(progress: dict[str, Any]) -> float | None:
    """Which part of a job is done, 0 to 1; None while that cannot be told."""
    if "of" not in progress or not progress["of"]:
        return None
    part = progress.get("step", progress.get("done", 0)) / progress["of"]
    if "epoch" in progress:
        return float((progress["epoch"] - 1 + part) / progress["epochs"])
    return float(part)


def words(row: dict[str, Any]) -> str:
    """How a job stands, as one line."""
    starting = row["state"] == RUNNING and not row["progress"]
    return describe(row, of=" of ") or ("starting" if starting else "")


def status(row: dict[str, Any]) -> html.Div:
    """State, bar and words of a job."""
    part = share(row["progress"]) if row["state"] in (RUNNING, CANCELLING) else None
    bar = (
        [dbc.Progress(value=100 * part, className="my-2", style={"height": "0.6rem"})]
        if part is not None
        else []
    )
    return html.Div(
        [
            html.Div([f"Job {row['number']}, {row['kind']} ", badge(row["state"])]),
            *bar,
            html.Div(words(row), className="small"),
        ]
    )
