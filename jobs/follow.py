"""The events of a job as they come, from its beginning to its end."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from jobs.job import EVENTS, LOG, QUEUED, RUNNING, SHORT, Job
from jobs.ledger import Ledger
from sunspot_dash.progress import duration

POLL_SECONDS = 0.5
FIGURES = {"f1": "F1", "same": "there already"}


def follow(
    ledger: Ledger, number: int, should_stop: Callable[[], bool] = lambda: False
) -> Iterator[dict[str, Any]]:
    """Yield what happened to a job and what happens, until it has ended.

    Yields:
        {"kind": "state", "state", "time", "cause"} of each transition, and the events that its work reported;
        {"kind": "position", "position"} when its place among those that wait has changed.

    Raises:
        QueueError: there is no such job.
    """
    told = read = position = 0
    while True:
        job = ledger.get(number)  # before the events: those of an ended job are all there
        changes = [{"kind": "state", **change} for change in job.history[told:]]
        events, read = read_events(ledger.folder(number), read)
        yield from sorted(changes + events, key=lambda event: str(event["time"]))
        told = len(job.history)
        if (place := 0 if job.ended else ledger.position(job)) != position:
            position = place
            if place:
                yield {"kind": "position", "position": place}
        if job.ended or should_stop():
            return
        time.sleep(POLL_SECONDS)


def read_events(folder: Path, start: int = 0) -> tuple[list[dict[str, Any]], int]:
    """The events in a run folder from a byte on, and the byte to go on from; a line cut short waits."""
    try:
        with (folder / EVENTS).open("rb") as file:
            file.seek(start)
            content = file.read()
    except FileNotFoundError:
        return [], start
    whole = content[: content.rfind(b"\n") + 1]
    events = []
    for line in whole.splitlines():
        try:
            events.append(json.loads(line))
        except ValueError:  # the last line of an attempt that was killed while the disk was full
            continue
    return events, start + len(whole)


def tail(folder: Path, lines: int = 20) -> list[str]:
    """The last lines of a job's log."""
    try:
        with (folder / LOG).open("rb") as file:
            file.seek(0, 2)
            file.seek(max(0, file.tell() - 400 * lines))
            return file.read().decode(errors="replace").splitlines()[-lines:]
    except FileNotFoundError:
        return []


def about(job: Job) -> str:
    """What a job is about, in a few words: its model, its images."""
    named = [str(job.params[key]) for key in ("model_name", "model", "name") if job.params.get(key)]
    images = [str(job.params[key]) for key in ("images", "images_dir") if job.params.get(key)]
    return ": ".join(named + images[:1])


def summaries(ledger: Ledger, jobs: list[Job]) -> list[dict[str, Any]]:
    """What a list shows of jobs: their records in short, with place in the queue and progress."""
    lanes = {job.lane for job in jobs if job.state == QUEUED}
    places = {
        other.number: place for lane in lanes for place, other in enumerate(ledger.queued(lane), start=1)
    }
    trains = any(job.kind == "train" and job.state == RUNNING for job in ledger.live()) if places else False
    return [
        {
            "number": job.number,
            "kind": job.kind,
            "about": about(job),
            "lane": job.lane,
            "training": trains,
            "state": job.state,
            "position": places.get(job.number, 0),
            "attempt": job.attempt,
            "device": job.device,
            "submitted": job.history[0]["time"],
            "changed": job.history[-1]["time"],
            "progress": {} if job.ended or job.state == QUEUED else ledger.progress(job.number),
            "result": job.result,
            "error": job.error,
        }
        for job in jobs
    ]


def figure(key: str, value: float) -> str:
    """A figure of a job's result, in words: 'left out: 2', 'took 7 min', 'F1 0.812'."""
    if key == "seconds":
        return f"took {duration(value)}"
    name = FIGURES.get(key, key.replace("_", " "))
    return f"{name} {value:.3f}" if isinstance(value, float) else f"{name}: {value:,}"


def words(row: dict[str, Any], of: str = "/") -> str:
    """Place, progress, figures or error of a job of `summaries`, as one line; `of` stands between done and all."""
    progress = row["progress"]
    if row["error"]:
        return str(row["error"])
    if row["position"]:
        after = (
            ": a training that runs first ends its epoch" if row["lane"] == SHORT and row["training"] else ""
        )
        return f"place {row['position']} in its lane{after}"
    if row["result"]:
        figures = {key: value for key, value in row["result"].items() if isinstance(value, int | float)}
        return ", ".join(figure(key, value) for key, value in figures.items())
    if "of" not in progress:
        return ""
    epoch = f"epoch {progress['epoch']}{of}{progress['epochs']}, step " if "epoch" in progress else ""
    left = progress.get("seconds_left")
    done = f"{progress.get('step', progress.get('done'))}{of}{progress['of']}"
    return f"{epoch}{done}" + (f", {duration(left)} left" if left else "")
