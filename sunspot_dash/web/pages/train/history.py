"""What training runs have reported: their epochs, the loss of their steps, and their validation drawings."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from jobs.follow import read_events

MOST_POINTS = 600  # of a run's steps; more are averaged, since a figure has no more pixels
MOST_RUNS = 100


class Point(NamedTuple):
    """The mean loss of `steps` successive steps, the last of them after `at` epochs."""

    at: float
    loss: float
    steps: int


@dataclass(frozen=True)
class History:
    """The events of a run that pages show.

    Attributes:
        epochs: the finished epochs; a repeated one replaces those of the earlier attempt.
        points: the loss of the steps, in order, each the mean of up to `width` steps.
        validation: names of the validation drawings, None while they are unknown.
        read: bytes of the file of events that have been read.
    """

    epochs: tuple[dict[str, Any], ...] = ()
    points: tuple[Point, ...] = ()
    width: int = 1
    validation: tuple[str, ...] | None = None
    read: int = 0

    @property
    def steps(self) -> list[tuple[float, float]]:
        """Epochs done and loss, for a figure."""
        return [(point.at, point.loss) for point in self.points]


class Histories:
    """The histories of training runs; each event is read only once, since an hour of training writes thousands."""

    def __init__(self) -> None:
        self._known: dict[Path, History] = {}
        self._lock = threading.Lock()

    def of(self, folder: Path) -> History:
        """Return the history in a run folder."""
        with self._lock:
            known = self._known.get(folder, History())
            events, end = read_events(folder, known.read)
            self._known[folder] = found = _extended(known, events, end)
            while len(self._known) > MOST_RUNS:
                del self._known[next(iter(self._known))]
            return found


HISTORIES = Histories()


def _extended(history: History, events: list[dict[str, Any]], end: int) -> History:
    epochs, points, width = list(history.epochs), list(history.points), history.width
    validation = history.validation
    for event in events:
        if event["kind"] == "epoch":
            while epochs and epochs[-1]["epoch"] >= event["epoch"]:
                epochs.pop()
            epochs.append(event)
        elif event["kind"] == "step":
            at = event["epoch"] - 1 + event["step"] / event["of"]
            while points and points[-1].at >= at:
                points.pop()
            new = Point(at, event["loss"], 1)
            points.append(_merged(points.pop(), new) if points and points[-1].steps < width else new)
            if len(points) > MOST_POINTS:
                pairs = zip(points[::2], points[1::2], strict=False)
                points, width = [_merged(*pair) for pair in pairs] + points[len(points) & ~1 :], 2 * width
        elif event["kind"] == "plan":
            validation = tuple(event["validation"])
    return History(tuple(epochs), tuple(points), width, validation, end)


def _merged(earlier: Point, later: Point) -> Point:
    steps = earlier.steps + later.steps
    return Point(later.at, (earlier.loss * earlier.steps + later.loss * later.steps) / steps, steps)
