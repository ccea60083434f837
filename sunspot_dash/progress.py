"""Format progress events as lines of text for a terminal or a log."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from sunspot_dash.text import counted

QUIET_SECONDS = 5
LABELS = {"step": "step", "prepare": "preparing", "drawing": "drawing", "unit": "step"}


class ProgressLines:
    """Writes one line per important event, with the time left; frequent events at most every QUIET_SECONDS."""

    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write
        self._last = 0.0

    def __call__(self, event: dict[str, Any]) -> None:
        kind = event["kind"]
        if kind == "epoch":
            scores = f"  F1 {event['f1']:.3f}  IoU {event['iou']:.3f}" if "f1" in event else ""
            left = (event["epochs"] - event["epoch"]) * event["seconds"]
            self._write(
                f"epoch {event['epoch']}/{event['epochs']}  loss {event['train_loss']:.4f}{scores}  "
                f"{duration(left)} left"
            )
        elif kind == "plan":
            self._write(
                f"{counted(len(event['training']), 'drawing')} for training, {len(event['validation'])} for "
                f"validation; starting weights: {event['start']}"
            )
        elif kind in LABELS:
            self._throttled(event)

    def _throttled(self, event: dict[str, Any]) -> None:
        kind, now = event["kind"], time.monotonic()
        done, of = (event["step"] if kind == "step" else event["done"]), event["of"]
        if now - self._last < QUIET_SECONDS and done < of:
            return
        self._last = now
        label = f"epoch {event['epoch']}, step" if kind == "step" else LABELS[kind]
        left = event.get("seconds_left")
        self._write(f"{label} {done}/{of}" + (f"  {duration(left)} left" if left else ""))


def duration(seconds: float) -> str:
    """Format seconds as '45 s', '12 min' or '3.5 h'."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
