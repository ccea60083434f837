"""Every figure of the accuracy, from held-out drawings: spots, counts, groups, intervals, and what was left out.

Each fold is judged with a candidate classifier and a threshold from the other folds. Intervals of scores are those of
the bootstrap over date blocks (2.5 and 97.5 % of 2000 resamples).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.calibrate import (
    COUNTS,
    LEVEL,
    Outcomes,
    Seen,
    calibrate,
    coverage,
    knots_of,
    outcomes_without,
    reliability,
)
from benchmarks.candidates import DrawingCandidates, Folds, inference_candidates, kept_maps
from benchmarks.group_rule import setting_of
from benchmarks.observer_groups import totals
from benchmarks.recipe import ANNOTATIONS, FINE_TUNE, FOLDS, IMAGES, apart_from, splits
from sunspot_dash.domain.activity.observation import observations
from sunspot_dash.domain.drawing.names import time_in_name
from sunspot_dash.domain.labels.coco import Coco, load_coco
from sunspot_dash.domain.labels.split import date_blocks
from sunspot_dash.domain.scoring.agreement import correlation, mae
from sunspot_dash.domain.scoring.comparison import INTERVAL, RESAMPLES, SEED
from sunspot_dash.domain.scoring.matching import BIN_NAMES, DrawingScore, Tally, score_drawing
from sunspot_dash.domain.scoring.pooling import SMALL_DRAWING_SPOTS, PooledScore, observer_agreement, pool
from sunspot_dash.domain.spots.detections import DrawingResult, Spot
from sunspot_dash.io.results import stream_results, write_result
from sunspot_dash.io.totals import Total
from sunspot_dash.services.models.detector import LoadedModel, analyse
from sunspot_dash.services.models.evaluation import score_result, truth_of
from sunspot_dash.synthetic import make_drawing

FAIR_BIAS = 0.03
# Of synthetic drawings that nothing was trained on, with about 70 spots each.
CLUSTER_SEEDS, CLUSTER_ACTIVITY = range(9000, 9012), 2.0
THRESHOLDS = [round(0.01 * i, 2) for i in range(15, 90)]
Statistic = Callable[[Sequence[Any]], float | None]


@dataclass
class Report:
    """The figures by name, the same as text, and what the shipped model needs of them."""

    threshold: float
    calibration: Any
    figures: dict[str, Any] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def add(self, name: str, figures: Any, *lines: str) -> None:
        """Add a table with its lines of text."""
        self.figures[name] = figures
        self.lines += ["", name, *lines]


def judge(output: Path, unlabelled: Path, shared: Path, weights: Path) -> Report:
    """Judge all folds, and the other networks that have been trained.

    Args:
        output: folder of the maps; unlabelled: results of the shipped model on the unlabelled drawings, at FLOOR.
        weights: of the shipped model.
    """
    coco = load_coco(ANNOTATIONS)
    folds = Folds.read(output, len(FOLDS), IMAGES, coco, FINE_TUNE.radius)
    numbers = sorted(folds.drawings)
    if len(numbers) < 3:
        raise SystemExit(
            "train at least three folds first: the candidate classifier is fitted to all but two"
        )
    pairs = {frozenset(pair) for pair in combinations(numbers, 2)}
    ensembles = {without: folds.ensemble(without) for without in pairs | {frozenset({k}) for k in numbers}}
    thresholds = {
        k: best_threshold(
            coco, (r for j in numbers if j != k for r in folds.rescored(j, ensembles[frozenset({j, k})]))
        )
        for k in numbers
    }
    held_out = {k: folds.rescored(k, ensembles[frozenset({k})]) for k in numbers}
    judged = {k: [result.recounted(thresholds[k]) for result in held_out[k]] for k in numbers}
    overall = best_threshold(coco, (result for found in held_out.values() for result in found))
    for found in judged.values():
        for result in found:
            write_result(output / "judged", result)
    others = [result.recounted(overall) for result in stream_results(unlabelled)]
    found = Report(overall, None)
    found.lines.append(f"thresholds by fold {thresholds}, shipped {overall}")
    scores = [score_result(result, coco) for results in judged.values() for result in results]
    add_spots(found, scores)
    network = [result for k in numbers for result in folds.network_only(k)]
    add_network(found, network, coco)
    by_block = {f"fold{k}": judged[k] for k in numbers} | {"unlabelled": others}
    add_counts(found, [result for results in by_block.values() for result in results])
    seen = {name: seen_drawings(results, shared) for name, results in by_block.items()}
    add_groups(found, seen)
    outcomes = {
        f"fold{k}": [Outcomes.of(result, truth_of(result.name, coco)) for result in held_out[k]]
        for k in numbers
    }
    add_calibration(found, overall, outcomes, seen)
    add_extra(found, output, coco, folds, numbers)
    if weights.exists():
        add_clusters(found, LoadedModel.load(weights, "auto"))
    return found


def best_threshold(coco: Coco, results: Iterable[DrawingResult]) -> float:
    """Return the threshold with the best F1 among those with nearly unbiased counts: F1 is flat around its maximum."""
    some = list(results)
    pooled = {t: pool(score_result(r.recounted(t), coco, masks=False) for r in some) for t in THRESHOLDS}
    fair = [t for t in THRESHOLDS if abs(pooled[t].count_bias or 0) <= FAIR_BIAS]
    return max(fair or THRESHOLDS, key=lambda t: pooled[t].spots.f1 or 0)


def interval(items: Sequence[Any], names: Sequence[str], statistic: Statistic) -> tuple[float, float]:
    """Return the 95 % interval of a statistic of items that belong to drawings, resampled by date block."""
    blocks = date_blocks({name: time_in_name(name) for name in set(names)})
    members = [[item for item, name in zip(items, names, strict=True) if name in block] for block in blocks]
    random = np.random.default_rng(SEED)
    values = []
    for chosen in random.integers(0, len(members), (RESAMPLES, len(members))):
        value = statistic([item for number in chosen for item in members[number]])
        if value is not None and np.isfinite(value):
            values.append(value)
    low, high = np.percentile(values, INTERVAL)
    return float(low), float(high)


def f1(scores: Sequence[DrawingScore]) -> float | None:
    """Return the pooled F1."""
    return sum((score.spots for score in scores), Tally()).f1


def merged_share(scores: Sequence[DrawingScore]) -> float | None:
    """Return fusions and splits over the number of true spots."""
    truth = sum(score.spots.truth for score in scores)
    return sum(score.fusions + score.splits for score in scores) / truth if truth else None


def add_spots(report: Report, scores: Sequence[DrawingScore]) -> None:
    """Add precision, recall and F1 of all drawings, by era and by size, and fusions and splits."""
    pooled, names = pool(scores), [score.name for score in scores]
    low, high = interval(scores, names, f1)
    rows = [("all", pooled)] + list(pooled.eras.items())
    lines = [_tally(name, one.spots) for name, one in rows]
    lines += [_tally(name, tally) for name, tally in zip(BIN_NAMES, pooled.bins, strict=True)]
    ends = interval(scores, names, merged_share)
    lines += [
        f"F1 {pooled.spots.f1:.3f}, 95 % interval {low:.3f} to {high:.3f}",
        f"fusions {pooled.fusions}, splits {pooled.splits}: {merged_share(scores):.1%} of the labels "
        f"({ends[0]:.1%} to {ends[1]:.1%})",
        f"count MAE {pooled.count_mae:.1%}, bias {pooled.count_bias:+.1%}",
    ]
    worst = sorted(scores, key=lambda score: -(score.spots.misses + score.spots.false_alarms))[:8]
    lines += [_tally(f"  {score.name}", score.spots) for score in worst]
    figures = pooled.as_dict() | {"f1_interval": (low, high), "merged_interval": ends}
    report.add("out_of_fold", figures, *lines)


def _tally(name: str, tally: Any) -> str:
    scores = (
        f"{value:.3f}" if value is not None else "-" for value in (tally.precision, tally.recall, tally.f1)
    )
    precision, recall, one = scores
    return (
        f"{name:26} {tally.truth:5} labels, {tally.misses:4} misses, {tally.false_alarms:4} false alarms: "
        f"P {precision} R {recall} F1 {one}"
    )


def add_network(report: Report, results: Sequence[DrawingResult], coco: Coco) -> None:
    """Add the F1 of the network without the candidate classifier, at its own best threshold."""
    threshold = best_threshold(coco, results)
    pooled = pool(score_result(result.recounted(threshold), coco, masks=False) for result in results)
    report.add("network_alone_f1", pooled.spots.f1, f"F1 {pooled.spots.f1:.3f} at {threshold}")


def add_counts(report: Report, results: Sequence[DrawingResult]) -> None:
    """Add the agreement of the numbers of spots with the observers' totals."""
    known = totals()
    counts = {result.name: len(result.counted()) for result in results if result.name in known}
    agreement = observer_agreement(
        counts, [{"file": name, "spots": str(known[name].spots)} for name in counts]
    )
    pairs = [(own, known[name].spots or 0) for name, own in counts.items()]
    ends = interval(pairs, list(counts), lambda some: mae(*np.array(some, float).T) if some else None)
    blank = {name: own for name, own in counts.items() if known[name].spots == 0}
    report.add(
        "observers_spots",
        vars(agreement) | {"mae_interval": ends, "blank_disks": blank},
        f"{agreement.n} drawings: MAE {agreement.mae:.1%} ({ends[0]:.1%} to {ends[1]:.1%}), bias "
        f"{agreement.bias:+.1%}, r {agreement.r:.3f}; {agreement.small_sheet_error:.1f} spots on those with at most "
        f"{SMALL_DRAWING_SPOTS}; blank disks {blank}",
    )


def seen_drawings(results: Sequence[DrawingResult], shared: Path) -> list[Seen]:
    """Return the observations of drawings with observers' totals; a drawing scanned twice counts once."""
    known: Mapping[str, Total] = totals()
    used = [result for result in results if result.name in known]
    drawings = [(result, *setting_of(result, shared)) for result in used]
    both = zip(used, drawings, observations(drawings), observations(drawings, 0.0), strict=True)
    return [
        Seen(result.name, int(str(when)[:4]), result.disk.radius, counted, candidates, known[result.name])
        for result, (_, _, when), counted, candidates in both
    ]


def add_groups(report: Report, seen: Mapping[str, Sequence[Seen]]) -> None:
    """Add the agreement of the numbers of groups, and of R, with the observers' totals."""
    drawings = [one for some in seen.values() for one in some]
    names = [one.name for one in drawings]
    pairs = [(int(one.theirs["groups"]), int(one.ours["groups"])) for one in drawings]
    exact, within = ([abs(a - b) <= off for a, b in pairs] for off in (0, 1))
    theirs, ours = np.array([(one.theirs["number"], one.ours["number"]) for one in drawings]).T
    figures: dict[str, Any] = {"drawings": len(drawings)}
    lines = []
    for name, hits in (("exact", exact), ("within_one", within)):
        low, high = interval(hits, names, lambda some: float(np.mean(some)) if some else None)
        figures[name], figures[f"{name}_interval"] = float(np.mean(hits)), (low, high)
        lines.append(f"{name}: {sum(hits)} of {len(hits)}, {np.mean(hits):.0%} ({low:.0%} to {high:.0%})")
    for block, some in seen.items():
        own = [abs(one.theirs["groups"] - one.ours["groups"]) for one in some]
        lines.append(
            f"  {block}: exact {sum(off == 0 for off in own)}, within 1 {sum(off <= 1 for off in own)} of {len(own)}"
        )
    figures |= {"number_mae": mae(ours, theirs), "number_r": correlation(ours, theirs)}
    lines.append(f"R: error {figures['number_mae']:.1%}, r {figures['number_r']:.3f}")
    wrong = {one.name: pair for one, pair in zip(drawings, pairs, strict=True) if pair[0] != pair[1]}
    lines.append(f"  not exact (observer, ours): {wrong}")
    report.add("groups", figures, *lines)


def add_calibration(
    report: Report,
    threshold: float,
    outcomes: Mapping[str, Sequence[Outcomes]],
    seen: Mapping[str, Sequence[Seen]],
) -> None:
    """Add the reliability of the confidences and the coverage of the intervals, and set the calibration."""
    drawings = [one for some in seen.values() for one in some]
    known = Outcomes.joined([one for some in outcomes.values() for one in some])
    report.calibration = calibrate(threshold, known, drawings)
    figures: dict[str, Any] = {}
    lines = []
    raw, raw_error = reliability(known, known.confidence)
    apart = np.concatenate(
        [
            np.interp(Outcomes.joined(some).confidence, *knots_of(outcomes_without(outcomes, name)))
            for name, some in outcomes.items()
        ]
    )
    rows, error = reliability(known, apart)
    figures |= {"ece_raw": raw_error, "ece": error, "reliability": rows, "reliability_raw": raw}
    lines.append(f"ECE of the confidences {raw_error:.3f}, of the probabilities out of fold {error:.3f}")
    lines += [f"  probability {mean:.2f}: {share:.2f} are spots, of {n}" for mean, share, n in rows]
    covered = coverage(seen, outcomes, threshold)
    figures["coverage"] = covered
    for count in COUNTS:
        hits, n = (sum(block[count][i] for block in covered.values()) for i in (0, 1))
        parts = ", ".join(f"{name} {block[count][0]}/{block[count][1]}" for name, block in covered.items())
        wide = [getattr(one.intervals(report.calibration), count) for one in drawings]
        width = float(np.median([each.high - each.low for each in wide]))
        lines.append(
            f"interval of {LEVEL:.0%}, {count}: covers {hits} of {n} ({hits / n:.0%}), median width {width:g}; {parts}"
        )
        figures[f"{count}_covered"] = (hits, n)
    lines.append(f"calibration: {report.calibration}")
    report.add("calibration", figures, *lines)


def add_extra(report: Report, output: Path, coco: Coco, folds: Folds, numbers: Sequence[int]) -> None:
    """Add the scores of the networks without a form and with fewer drawings, where they have been trained.

    The candidate classifier comes from the folds without drawings near the test drawings; the threshold from the same.
    """
    figures, lines = {}, []
    for name, split in splits(coco).items():
        if name.startswith("fold") or not any(split.folder.glob("*.npz")):
            continue
        found: list[DrawingCandidates] = [
            inference_candidates(kept, drawing.image, full, FINE_TUNE.radius)
            for kept, drawing, full, _ in kept_maps(split.folder, IMAGES, coco, FINE_TUNE.radius)
        ]
        allowed = set(apart_from(split.test, coco.images))
        ensemble = folds.ensemble_of(allowed)
        known = [
            one.rescored(ensemble) for k in numbers for one in folds.drawings[k] if one.result.name in allowed
        ]
        threshold = best_threshold(coco, known)
        scores = [
            score_result(one.rescored(ensemble).recounted(threshold), coco, masks=False) for one in found
        ]
        pooled: PooledScore = pool(scores)
        figures[name] = pooled.as_dict() | {"training_drawings": len(split.training)}
        lines.append(
            _tally(f"{name} ({len(split.training)})", pooled.spots)
            + f", fusions and splits {merged_share(scores):.1%}"
        )
    if figures:
        report.add("extra", figures, *lines)


def add_clusters(report: Report, model: LoadedModel) -> None:
    """Add the scores on synthetic drawings of the coarse form, which have dense clusters of touching umbrae."""
    scores = []
    for seed in CLUSTER_SEEDS:
        drawing = make_drawing(seed, "bmp", activity=CLUSTER_ACTIVITY)
        rgb = np.repeat(drawing.image[..., None], 3, axis=2)
        result = analyse(model, drawing.name, rgb, "synthetic", report.threshold)
        truth = [Spot.from_outline(outline) for outline in drawing.polygons]
        scores.append(score_drawing(drawing.name, truth, result.counted(), result.disk.radius))
    pooled = pool(scores)
    report.add(
        "synthetic_clusters",
        pooled.as_dict(),
        _tally("clusters of the 1110-px form", pooled.spots)
        + f", fusions {pooled.fusions}, splits {pooled.splits}: {merged_share(scores):.1%} of the spots",
    )
