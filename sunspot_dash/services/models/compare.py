"""Compare two models on the same labelled or reviewed drawings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from sunspot_dash.domain.drawing.corrections import NONE, Correction, observation_times
from sunspot_dash.domain.labels.split import date_blocks
from sunspot_dash.domain.scoring.comparison import (
    CurvePoint,
    DrawingPair,
    compare_drawing,
    curve_tallies,
    curve_thresholds,
    differences,
    era_rows,
    most_different,
    size_rows,
)
from sunspot_dash.domain.scoring.matching import DrawingScore, Tally
from sunspot_dash.domain.scoring.pooling import PooledScore, pool
from sunspot_dash.domain.spots.detections import DrawingResult
from sunspot_dash.errors import ParameterError, Stopped, SunspotError, WorkspaceError
from sunspot_dash.eta import RemainingTime
from sunspot_dash.file_names import check_model_name
from sunspot_dash.files import file_sha256
from sunspot_dash.io.corrections import read_corrections
from sunspot_dash.io.images import content_hash, read_rgb
from sunspot_dash.io.results import write_result
from sunspot_dash.ml.config import CompareConfig, ModelCard, TruthKind, read_card
from sunspot_dash.services.models.comparison import Comparison, Side, kept_apart_of, store
from sunspot_dash.services.models.detector import LoadedModel, analyse, stored_result
from sunspot_dash.services.models.truths import truth_set
from sunspot_dash.workspace import DRAWINGS, Workspace

Report = Callable[[dict[str, Any]], None]


@dataclass
class _Model:
    """A model that is loaded only if one of its results is missing."""

    workspace: Workspace
    name: str
    device: str
    weights: Path = field(init=False)
    card: ModelCard | None = field(init=False)
    sha256: str = field(init=False)
    scores: list[DrawingScore] = field(default_factory=list)
    tallies: list[list[Tally]] = field(default_factory=list)
    corrected: int = 0

    def __post_init__(self) -> None:
        self.weights = self.workspace.find_model(check_model_name(self.name))
        self.card = read_card(self.weights)
        self.sha256 = file_sha256(self.weights)

    @cached_property
    def loaded(self) -> LoadedModel:
        return LoadedModel.load(self.weights, self.device)

    @cached_property
    def thresholds(self) -> list[float]:
        card = self.card or self.loaded.card
        return curve_thresholds(card.floor, card.threshold)

    @property
    def threshold(self) -> float:
        return (self.card or self.loaded.card).threshold

    @property
    def trained_on(self) -> set[str]:
        return {*self.card.split.get("training", []), *self.card.corrected} if self.card else set()

    def result(self, path: Path, name: str, correction: Correction) -> DrawingResult:
        """Return the result on a drawing; the network runs only if no stored result has its weights."""
        image_hash = content_hash(path)
        found = result_for(self.workspace, self.name, self.sha256, name, image_hash, correction)
        if found is None:
            found = analyse(self.loaded, name, read_rgb(path), image_hash, self.threshold, correction)
            write_result(_own_results(self.workspace, self.name), found)
        return found.recounted(self.threshold)

    def side(self, pooled: PooledScore) -> Side:
        sums = [sum(column, Tally()) for column in zip(*self.tallies, strict=True)]
        return Side(
            model=self.name,
            sha256=self.sha256,
            threshold=self.threshold,
            spots=pooled.spots,
            count_bias=pooled.count_bias,
            count_mae=pooled.count_mae,
            curve=[CurvePoint(*point) for point in zip(self.thresholds, sums, strict=True)],
            trained_on=sorted(self.trained_on & {score.name for score in self.scores}),
            corrected=self.corrected,
        )


def compare_models(
    workspace: Workspace,
    first: str,
    second: str,
    config: CompareConfig = CompareConfig(),
    report: Report = lambda event: None,
    should_stop: Callable[[], bool] = lambda: False,
    fence: Callable[[], None] = lambda: None,
) -> Comparison:
    """Compare two models, each at its own threshold, and store the comparison.

    Stored results are used where the weights, the image and the limb are the same; the network finds the spots on the
    other drawings. These results are kept apart from those of inference, so that an interrupted comparison continues
    where it stopped.

    Args:
        report: receives {"kind": "drawing", "name", "done", "of", "seconds_left"} before the first drawing, whose name
            is then "", and after each one.
        should_stop: asked after each drawing.
        fence: called before the comparison is written; raises if another attempt at it has taken over.

    Raises:
        Stopped: it was asked to stop.
        ModelError: a model does not exist or cannot be read.
        CocoError, ParameterError: no drawing can be compared on, or it is unclear which labels are spots.
        WorkspaceError: a result or the comparison cannot be written.
    """
    models = [_Model(workspace, name, config.device) for name in (first, second)]
    truth = truth_set(workspace, config.truth)
    wanted = _wanted(config, models[1])
    names = sorted(truth.files if wanted is None else set(wanted) & set(truth.files))
    failed = [one for one in truth.failed if wanted is None or one[0] in wanted]
    known = {*names, *(name for name, _ in failed)}
    failed += [(name, f"it is not {_adjective(config.truth)}") for name in wanted or () if name not in known]
    trained_on = models[0].trained_on | models[1].trained_on
    left_out = [name for name in names if config.leave_out_trained and name in trained_on]
    names = [name for name in names if name not in left_out]
    corrections = read_corrections(workspace.corrections_file)
    pairs: list[DrawingPair] = []
    remaining = RemainingTime()

    def progress(name: str, done: int) -> None:
        left = remaining.left(done, len(names))
        report({"kind": "drawing", "name": name, "done": done, "of": len(names), "seconds_left": left})

    progress("", 0)
    for number, name in enumerate(names, start=1):
        try:
            correction = corrections.get(name, NONE)
            results = [model.result(truth.files[name], name, correction) for model in models]
            spots, corrected = truth.spots_on(name, results)
            pair, *scores = compare_drawing(spots, *results)
        except WorkspaceError:
            raise
        except SunspotError as error:
            failed.append((name, error.reason))
        else:
            pairs.append(pair)
            for model, result, score in zip(models, results, scores, strict=True):
                model.scores.append(score)
                model.tallies.append(curve_tallies(spots, result, model.thresholds))
                model.corrected += corrected == model.sha256
        progress(name, number)
        if should_stop() and number < len(names):
            raise Stopped(f"stopped after {number} of {len(names)} drawings")
    if not pairs:
        raise _nothing(config, failed, left_out)
    found = _assemble(config, models, pairs, observation_times((pair.name for pair in pairs), corrections))
    found.failed.extend(failed)
    found.left_out.extend(left_out)
    fence()
    store(workspace, found)
    return found


def _wanted(config: CompareConfig, second: _Model) -> list[str] | None:
    """Return the names of the drawings to compare on, None for all.

    Raises:
        ParameterError: the second model kept no drawing apart.
    """
    if config.truth is not TruthKind.KEPT_APART:
        return config.only or None
    kept = kept_apart_of(second.card, second.name)
    return [name for name in kept if not config.only or name in config.only]


def _adjective(truth: TruthKind) -> str:
    return "labelled" if truth is TruthKind.LABELS else "marked as reviewed"


def _nothing(config: CompareConfig, failed: list[tuple[str, str]], left_out: list[str]) -> ParameterError:
    if left_out:
        return ParameterError(
            f"one of the models was trained on each of the {len(left_out)} drawings: compare on others, or keep these"
        )
    if failed:
        reasons = "; ".join(sorted({reason for _, reason in failed})[:3])
        return ParameterError(f"none of the {len(failed)} drawings could be compared: {reasons}")
    if config.truth is TruthKind.LABELS:
        return ParameterError("there are no labelled drawings to compare on: add labels on the page Dataset")
    return ParameterError("no drawing is reviewed yet: mark drawings as reviewed on the page Review")


def _assemble(
    config: CompareConfig,
    models: Sequence[_Model],
    pairs: list[DrawingPair],
    times: Mapping[str, datetime | None],
) -> Comparison:
    first, second = models
    pooled = [pool(model.scores, times) for model in (first, second)]
    # An undated drawing may be of any day; it is its own block.
    blocks = date_blocks(times) + [[name] for name, when in times.items() if when is None]
    return Comparison(
        truth=config.truth,
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        first=first.side(pooled[0]),
        second=second.side(pooled[1]),
        differences=dict(differences(pairs, blocks)),
        blocks=len(blocks),
        eras=era_rows(*pooled),
        sizes=size_rows(*pooled),
        drawings=most_different(pairs),
    )


def result_for(
    workspace: Workspace, model: str, sha256: str, name: str, image_hash: str, correction: Correction = NONE
) -> DrawingResult | None:
    """Return a model's result on a drawing, of inference or of an earlier comparison; None if there is none."""
    for folder in (workspace.results_of(model), _own_results(workspace, model)):
        if found := stored_result(folder, name, sha256, image_hash, correction):
            return found
    return None


def _own_results(workspace: Workspace, model: str) -> Path:
    """Return the folder of the results that only comparisons needed."""
    return workspace.comparisons / model / DRAWINGS
