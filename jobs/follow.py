"""Follow the events of a job, read its log, and summarize jobs for lists."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jobs.job import (
    CANCELLED,
    CANCELLING,
    DONE,
    EVENTS,
    FAILED,
    LOG,
    QUEUED,
    RUNNING,
    SHORT,
    TRAINING,
    Job,
)
from jobs.ledger import Ledger
from sunspot_dash.errors import QueueUnavailableError
from sunspot_dash.progress import duration
from sunspot_dash.text import counted

POLL_SECONDS = 0.5
# Numbers in the result of a job: counts of things, and those that are named only if they are not 0.
COUNTED = ("drawings", "spots", "epochs", "masks", "images", "labels", "steps")
SAID = {
    "new": "processed",
    "skipped": "had results",
    "kept": "listed",
    "refused": "refused",
    "failed": "failed",
    "left_out": "left out",
    "problems": "with problems",
    "undated": "without a date",
    "same": "duplicates",
}


def follow(
    ledger: Ledger, number: int, should_stop: Callable[[], bool] = lambda: False
) -> Iterator[dict[str, Any]]:
    """Yield the past events of a job and each new one, until the job has ended.

    Yields:
        {"kind": "state", "state", "time", "cause"} for each transition, and the events that the job reported;
        {"kind": "position", "position"} when the job's position in its lane has changed;
        {"kind": "unavailable", "text"} when the queue cannot be reached; it waits as long as that lasts.

    Raises:
        QueueError: there is no such job.
    """
    follower = _Follower(ledger, number)
    available = True
    while True:
        try:
            yield from follower.news()
            available = True
        except QueueUnavailableError as error:
            if available:
                yield {"kind": "unavailable", "text": error.retrying}
            available = False
        if follower.ended or should_stop():
            return
        time.sleep(POLL_SECONDS)


class _Follower:
    """What is known of a job that is followed."""

    def __init__(self, ledger: Ledger, number: int) -> None:
        self._ledger, self._number = ledger, number
        self._reported = self._read = self._position = 0
        self.ended = False

    def news(self) -> list[dict[str, Any]]:
        """Return the events since the last call."""
        # Read before the events, so that those of an ended job are complete.
        job = self._ledger.get(self._number)
        position = 0 if job.ended else self._ledger.position(job)
        changes = [{"kind": "state", **change} for change in job.history[self._reported :]]
        events, self._read = read_events(self._ledger.folder(self._number), self._read)
        news = sorted(changes + events, key=lambda event: str(event["time"]))
        if position not in (0, self._position):
            news.append({"kind": "position", "position": position})
        self._reported, self._position, self.ended = len(job.history), position, job.ended
        return news


def read_events(folder: Path, start: int = 0) -> tuple[list[dict[str, Any]], int]:
    """Return the events in a run folder from byte `start`, and the byte to continue from (an incomplete line waits)."""
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
    """Return the last lines of a job's log."""
    try:
        with (folder / LOG).open("rb") as file:
            file.seek(0, 2)
            file.seek(max(0, file.tell() - 400 * lines))
            return file.read().decode(errors="replace").splitlines()[-lines:]
    except FileNotFoundError:
        return []


def run_seconds(job: Job) -> float:
    """Return the run time of a job in seconds, over all attempts, up to now if it runs."""
    total = 0.0
    now = datetime.now(UTC).isoformat()
    ends = [change["time"] for change in job.history[1:]] + [now]
    for change, end in zip(job.history, ends, strict=True):
        if change["state"] in (RUNNING, CANCELLING):
            total += (datetime.fromisoformat(end) - datetime.fromisoformat(change["time"])).total_seconds()
    return total


def started(job: Job) -> str:
    """Return when a job was first started, ISO in UT, "" if it was not."""
    return next((change["time"] for change in job.history if change["state"] == RUNNING), "")


def ending(job: Job) -> str:
    """Say how and why a job ended, with its run time: "Failed after 12 s: the disk is full"; "" if it has not ended."""
    seconds = run_seconds(job)
    after = f" after {duration(seconds)}" if started(job) else " before it started"
    if job.state == DONE:
        return f"Finished{after}"
    if job.state == FAILED:
        return f"Failed{after}: {job.error or job.history[-1]['cause']}"
    if job.state == CANCELLED:
        killed = [c["cause"] for c in job.history[-1:] if "process" in c["cause"]]
        return f"Cancelled{after}" + "".join(f" ({cause.removeprefix('cancelled; ')})" for cause in killed)
    return ""


def outcome(job: Job) -> str:
    """Return the state of a job, with what a user should look at although it is done."""
    if job.state == DONE and (failed := job.result.get("failed")):
        return f"done, {failed:,} failed"
    if job.state == DONE and job.kind == "train" and job.result.get("f1") == 0:
        return "done, finds no spots"
    return job.state


def about(job: Job) -> str:
    """Return a job's models and images in a few words."""
    named = [
        str(job.params[key])
        for key in ("model_name", "model", "first", "second", "name")
        if job.params.get(key)
    ]
    images = [str(job.params[key]) for key in ("images", "images_dir") if job.params.get(key)]
    return ": ".join(named + images[:1])


def summaries(ledger: Ledger, jobs: list[Job]) -> list[dict[str, Any]]:
    """Return the fields of each job that lists show, including its position in the queue and its progress."""
    lanes = {job.lane for job in jobs if job.state == QUEUED}
    positions = {
        other.number: position
        for lane in lanes
        for position, other in enumerate(ledger.queued(lane), start=1)
    }
    training = bool(positions) and any(job.lane == TRAINING and job.state == RUNNING for job in ledger.live())
    return [
        {
            "number": job.number,
            "kind": job.kind,
            "about": about(job),
            "lane": job.lane,
            "training": training,
            "state": job.state,
            "outcome": outcome(job),
            "position": positions.get(job.number, 0),
            "attempt": job.attempt,
            "device": job.device,
            "submitted": job.history[0]["time"],
            "started": started(job),
            "seconds": run_seconds(job),
            "ending": ending(job),
            "changed": job.history[-1]["time"],
            "progress": {} if job.ended or job.state == QUEUED else ledger.progress(job.number),
            "result": job.result,
            "error": job.error,
        }
        for job in jobs
    ]


def figure(key: str, value: float) -> str:
    """Format one number of a job's result: '9 spots', '2 left out', 'took 7 min', 'F1 0.812'; "" if it says nothing."""
    if key == "seconds":
        return f"took {duration(value)}"
    if key in COUNTED:
        return counted(int(value), key.removesuffix("s"))
    if key in SAID:
        return f"{value:,} {SAID[key]}" if value else ""
    name = "F1" if key == "f1" else key.replace("_", " ")
    return f"{name} {value:.3f}" if isinstance(value, float) else f"{name}: {value:,}"


def notes_of(result: dict[str, Any]) -> list[str]:
    """Return what a user should know about the result of a job besides its numbers, one sentence each."""
    return [str(note) for note in result.get("notes", [])]


def result_lines(result: dict[str, Any], sign: str = " ") -> list[str]:
    """Return a job's result as lines for a terminal; `sign` stands between name and value."""
    lines = [f"{key}{sign}{value}" for key, value in result.items() if key != "notes"]
    return lines + [f"note: {note}" for note in notes_of(result)]


def describe(row: dict[str, Any], of: str = "/") -> str:
    """Describe a row of `summaries` in one line: error, position, result or progress.

    Args:
        of: separator between the number done and the total.
    """
    progress = row["progress"]
    if row["error"]:
        return str(row["error"])
    if row["position"]:
        return _describe_position(row)
    if row["result"]:
        figures = {key: value for key, value in row["result"].items() if isinstance(value, int | float)}
        return ", ".join(filter(None, (figure(key, value) for key, value in figures.items())))
    if "of" not in progress:
        return ""
    epoch = f"epoch {progress['epoch']}{of}{progress['epochs']}, step " if "epoch" in progress else ""
    left = progress.get("seconds_left")
    done = f"{progress.get('step', progress.get('done'))}{of}{progress['of']}"
    if progress.get("done") == 0:
        return f"{done}, time left not known yet"
    return f"{epoch}{done}" + (f", {duration(left)} left" if left else "")


def _describe_position(row: dict[str, Any]) -> str:
    if row["position"] > 1:
        return f"Position {row['position']} in the queue"
    if row["lane"] == SHORT and row["training"]:
        return "Next; starts when the running training finishes its epoch"
    return "Next in the queue; waiting for the worker"
