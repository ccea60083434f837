"""Measure whether the drawings at the head of the doubt queue hold more errors than drawings chosen at random.

    python benchmarks/doubt.py FOLDER [--without-totals]

FOLDER holds results on the labelled drawings, each of a model that did not see its date block:
`benchmarks/output/judged` after `python benchmarks/uset.py report`, or those of `python benchmarks/darkness.py`.
Where they have no threshold of their own, each fold of `folds.json` gets the one with the best F1 on the other folds.
An error is a false alarm or a miss of the evaluation protocol. Nothing about the doubt is fitted to the drawings.
"""

from __future__ import annotations

import csv
import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
import typer

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.judge import THRESHOLDS
from benchmarks.recipe import ANNOTATIONS, FOLDS, SHARED
from sunspot_dash.domain.drawing.names import time_in_name
from sunspot_dash.domain.labels.coco import Coco, load_coco
from sunspot_dash.domain.review.doubt import NEIGHBOUR_DAYS, Doubt, Evidence, candidates_of, doubt_of
from sunspot_dash.domain.scoring.pooling import pool
from sunspot_dash.domain.spots.detections import DrawingResult
from sunspot_dash.io.results import stream_results
from sunspot_dash.ml.config import FLOOR
from sunspot_dash.services.models.evaluation import score_result

HEAD = 10
DRAWS = 1000


@dataclass(frozen=True)
class Judged:
    """A drawing with its doubt, and its numbers of errors and of counted spots."""

    name: str
    doubt: Doubt
    errors: int
    spots: int


def main(folder: Path, without_totals: bool = False) -> None:
    """Print the queue, and the errors of its first ten drawings against those of ten random ones."""
    coco = load_coco(ANNOTATIONS)
    results = with_thresholds([r for r in stream_results(folder) if r.name in coco.images], coco)
    totals = {} if without_totals else observers_totals()
    queue = judged(results, coco, totals)
    print(f"{len(queue)} drawings, models {', '.join(sorted({r.model for r in results}))}")
    print(f"thresholds {sorted({r.threshold for r in results})}, {len(totals)} observers' totals")
    scores = pool(score_result(result, coco, masks=False) for result in results)
    print(f"F1 {scores.spots.f1:.3f}, {scores.spots.false_alarms} false alarms, {scores.spots.misses} misses")
    for place, drawing in enumerate(queue, start=1):
        print(
            f"{place:3} {drawing.name:24} doubt {drawing.doubt.errors:6.1f}  errors {drawing.errors:3}  "
            f"{'; '.join(drawing.doubt.reasons)}"
        )
    print("\n".join(comparison(queue)))


def with_thresholds(results: list[DrawingResult], coco: Coco) -> list[DrawingResult]:
    """Return results with a threshold; where they have only the floor, that with the best F1 on the other folds."""
    if all(result.threshold > FLOOR for result in results):
        return results
    chosen = []
    for fold in FOLDS:
        others = [result for result in results if result.name not in fold]

        def f1(threshold: float, others: list[DrawingResult] = others) -> float:
            scores = pool(score_result(r.recounted(threshold), coco, masks=False) for r in others)
            return scores.spots.f1 or 0.0

        best = max(THRESHOLDS[::3], key=f1)
        chosen += [result.recounted(best) for result in results if result.name in fold]
    return chosen


def judged(results: list[DrawingResult], coco: Coco, totals: dict[str, int]) -> list[Judged]:
    """Return the drawings in the order of the queue."""
    times = {result.name: time_in_name(result.name) for result in results}
    found = []
    for result in results:
        when = times[result.name]
        neighbours = [
            len(other.counted())
            for other in results
            if when
            and other is not result
            and (then := times[other.name])
            and abs(then.date() - when.date()) <= timedelta(days=NEIGHBOUR_DAYS)
        ]
        limb = None if result.disk.by_hand else result.disk.confidence
        doubt = doubt_of(Evidence(candidates_of(result), limb, neighbours, totals.get(result.name)))
        tally = score_result(result, coco, masks=False).spots
        errors = tally.false_alarms + tally.misses
        found.append(Judged(result.name, doubt, errors, len(result.counted())))
    return sorted(found, key=lambda drawing: -drawing.doubt.errors)


def comparison(queue: list[Judged]) -> list[str]:
    """Return the sentences of the comparison."""
    errors = np.array([drawing.errors for drawing in queue])
    # The mean of all draws of HEAD drawings is exact; only its spread is drawn.
    expected = HEAD * errors.mean()
    random = np.random.default_rng(0)
    draws = [int(random.choice(np.sort(errors), HEAD, replace=False).sum()) for _ in range(DRAWS)]
    low, high = np.percentile(draws, [2.5, 97.5])
    head, best = int(errors[:HEAD].sum()), int(np.sort(errors)[::-1][:HEAD].sum())
    by_spots = sum(d.errors for d in sorted(queue, key=lambda drawing: -drawing.spots)[:HEAD])
    ranks = [np.argsort(np.argsort(values)) for values in (errors, [d.doubt.errors for d in queue])]
    return [
        f"first {HEAD} of the queue: {head} errors of {errors.sum()}",
        f"{HEAD} random drawings: {expected:.1f} expected, 95 % of {DRAWS} draws within {low:.0f} to {high:.0f}",
        f"ratio {head / expected:.2f}; the {HEAD} worst drawings hold {best}, ratio {best / expected:.2f}",
        f"the {HEAD} drawings with the most counted spots hold {by_spots}, ratio {by_spots / expected:.2f}",
        f"rank correlation of doubt and errors {np.corrcoef(*ranks)[0, 1]:.2f}",
    ]


def observers_totals() -> dict[str, int]:
    """Return the number of spots that the observer wrote on each drawing."""
    rows = csv.DictReader((SHARED / "observer_totals.csv").open())
    return {row["file"]: int(row["spots"]) for row in rows if row["spots"]}


if __name__ == "__main__":
    typer.run(main)
