"""Score a model against labels, with the evaluation protocol of domain/scoring/matching.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sunspot_dash.domain.drawing.corrections import NONE, Correction, observation_times
from sunspot_dash.domain.labels.coco import Coco, spot_polygons
from sunspot_dash.domain.labels.masks import page_mask
from sunspot_dash.domain.labels.usable import UsableLabels
from sunspot_dash.domain.scoring.matching import (
    BIN_NAMES,
    DrawingScore,
    half_pixel_ceiling,
    pixel_scores,
    score_drawing,
)
from sunspot_dash.domain.scoring.pooling import PooledScore, pool
from sunspot_dash.domain.spots.detections import DrawingResult, Spot, spot_pixels
from sunspot_dash.errors import ParameterError, Stopped, SunspotError, WorkspaceError
from sunspot_dash.eta import RemainingTime
from sunspot_dash.io.corrections import read_corrections
from sunspot_dash.io.images import content_hash, read_rgb
from sunspot_dash.io.results import write_result
from sunspot_dash.ml.config import InferConfig
from sunspot_dash.services.dataset.label_choice import DEFAULT_CHOICE, LabelChoice, usable_labels
from sunspot_dash.services.models.detector import LoadedModel, analyse, stored_result
from sunspot_dash.workspace import Workspace

Report = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Truth:
    """Labelled drawings to score a model against.

    Attributes:
        choice: which labels are spots. Drawings of which a part of the labels cannot be used are left out by default: a
            spot without a label would count as a false detection.
        corrections: limbs and dates set by hand, by drawing, as in inference.
    """

    images_dir: Path
    annotations_path: Path
    choice: LabelChoice = DEFAULT_CHOICE
    corrections: Mapping[str, Correction] = field(default_factory=dict)

    @classmethod
    def with_corrections(
        cls, workspace: Workspace, images_dir: Path, annotations_path: Path, choice: LabelChoice
    ) -> Truth:
        """Return labelled drawings with the corrections of a workspace.

        Raises:
            WorkspaceError: the corrections cannot be read.
        """
        return cls(images_dir, annotations_path, choice, read_corrections(workspace.corrections_file))


@dataclass(frozen=True)
class Evaluation:
    """Scores per drawing and pooled.

    Attributes:
        failed: (name, reason) of the drawings that could not be scored or used as truth.
        labels: the labels that were used and left out.
        trained_on: the scored drawings that the model was trained on; their scores are too high.
    """

    model: str
    model_hash: str
    threshold: float
    drawings: list[DrawingScore]
    pooled: PooledScore
    failed: list[tuple[str, str]] = field(default_factory=list)
    trained_on: list[str] = field(default_factory=list)
    labels: UsableLabels = field(default_factory=UsableLabels)

    def as_dict(self) -> dict[str, Any]:
        """Return all figures as a JSON-ready dictionary."""
        return {
            "model": self.model,
            "model_hash": self.model_hash,
            "threshold": self.threshold,
            "pooled": self.pooled.as_dict(),
            "drawings": [score.as_dict() for score in self.drawings],
            "failed": [{"name": name, "reason": reason} for name, reason in self.failed],
            "trained_on": self.trained_on,
            "labels": self.labels.as_dict(),
        }


def evaluate_model(
    weights: Path,
    truth: Truth,
    config: InferConfig = InferConfig(),
    report: Report = lambda event: None,
    should_stop: Callable[[], bool] = lambda: False,
    kept: Path | None = None,
) -> Evaluation:
    """Run a model over labelled drawings and score it.

    Args:
        report: receives {"kind": "drawing", "name", "done", "of", "seconds_left"} after each drawing.
        should_stop: asked after each drawing.
        kept: folder for the result files; results already there, from an interrupted evaluation, are reused.

    Raises:
        Stopped: it was asked to stop.
        WorkspaceError: a result cannot be written.
        CocoError, ModelError: the labels or the model cannot be read.
        ParameterError: none of the labelled drawings could be scored, or it is not clear which labels are spots.
    """
    labels = usable_labels(truth.annotations_path, truth.images_dir, truth.choice)
    coco, names = labels.coco, sorted(labels.coco.images)
    model = LoadedModel.load(weights, config.device)
    threshold = model.card.threshold if config.threshold is None else config.threshold
    scores = []
    failed = labels.failed(truth.images_dir)
    remaining = RemainingTime()
    for number, name in enumerate(names, start=1):
        try:
            correction = truth.corrections.get(name, NONE)
            result = _result(model, truth.images_dir / name, name, threshold, kept, correction)
            scores.append(score_result(result, coco))
        except WorkspaceError:
            raise
        except SunspotError as error:
            failed.append((name, error.reason))
        left = remaining.left(number, len(names))
        report({"kind": "drawing", "name": name, "done": number, "of": len(names), "seconds_left": left})
        if should_stop():
            raise Stopped(f"stopped after {number} of {len(names)} drawings")
    if not scores:
        reasons = "; ".join(sorted({reason for _, reason in failed})[:3])
        raise ParameterError(
            f"no labelled drawing of {labels.listed} could be scored: {reasons}{labels.hint()}"
        )
    trained_on = sorted(set(model.card.split.get("training", [])) & {score.name for score in scores})
    pooled = pool(scores, observation_times(names, truth.corrections))
    return Evaluation(model.card.name, model.sha256, threshold, scores, pooled, failed, trained_on, labels)


def _result(
    model: LoadedModel, path: Path, name: str, threshold: float, kept: Path | None, correction: Correction
) -> DrawingResult:
    image_hash = content_hash(path)
    before = stored_result(kept, name, model.sha256, image_hash, correction) if kept else None
    if before:
        return before.recounted(threshold)
    result = analyse(model, name, read_rgb(path), image_hash, threshold, correction)
    if kept:
        write_result(kept, result)
    return result


def truth_of(name: str, coco: Coco) -> list[Spot]:
    """Return the labelled spots of one drawing."""
    return [Spot.from_outline(polygon) for polygon in spot_polygons(coco.annotations.get(name, []))]


def score_result(result: DrawingResult, coco: Coco, masks: bool = True) -> DrawingScore:
    """Score one drawing's result against its labels; `masks` adds the pixel scores of the masks."""
    truth = truth_of(result.name, coco)
    counted = result.counted()
    if not masks:
        return score_drawing(result.name, truth, counted, result.disk.radius)
    size = (result.height, result.width)
    pixels = pixel_scores(
        page_mask(coco.annotations.get(result.name, []), *size), spot_pixels(counted, *size)
    )
    return score_drawing(
        result.name, truth, counted, result.disk.radius, pixels, half_pixel_ceiling(truth, *size)
    )


def table(evaluation: Evaluation) -> str:
    """Format the scores as text: one line per drawing, then pooled, by era and by size."""
    head = f"{'drawing':<26}{'truth':>6}{'found':>6}{'P':>7}{'R':>7}{'F1':>7}{'IoU':>7}"
    lines = [f"{evaluation.model}, threshold {evaluation.threshold:g}", head]
    lines += [_line(score.name, score.as_dict()) for score in evaluation.drawings]
    lines.append(_line("all", evaluation.pooled.as_dict()))
    lines += [_line(f"era {name}", score.as_dict()) for name, score in evaluation.pooled.eras.items()]
    for name, tally in zip(BIN_NAMES, evaluation.pooled.bins, strict=True):
        lines.append(
            _line(
                f"size {name} px2 at R 740",
                {**tally.as_dict(), "truth": tally.truth, "predicted": tally.predicted},
            )
        )
    pooled = evaluation.pooled
    lines.append(
        f"counts: mean absolute error {_percent(pooled.count_mae, '')}, bias {_percent(pooled.count_bias, '+')}; "
        f"{pooled.fusions} fusions (one detection for several labelled spots), {pooled.splits} splits (several "
        f"detections for one spot); F1 {_figure(pooled.spots_half.f1)} with half the distance tolerance; "
        f"{pooled.blank_drawings} blank disks with {pooled.blank_false_alarms} false alarms"
    )
    if evaluation.trained_on:
        lines.append(
            f"note: the model was trained on {len(evaluation.trained_on)} of these {len(evaluation.drawings)} "
            "drawings, so the scores are too high"
        )
    lines += [f"failed: {name}: {reason}" for name, reason in evaluation.failed]
    lines += [f"left out: {line}" for line in evaluation.labels.rejected()]
    lines += evaluation.labels.remarks()
    return "\n".join(lines)


def _line(name: str, figures: dict[str, Any]) -> str:
    cells = "".join(f"{_figure(figures.get(key)):>7}" for key in ("precision", "recall", "f1", "iou"))
    return f"{name:<26}{figures['truth']:>6}{figures['predicted']:>6}{cells}"


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _percent(value: float | None, sign: str) -> str:
    return "-" if value is None else f"{100 * value:{sign}.1f} %"
