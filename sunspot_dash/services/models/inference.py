"""Run a model over a folder of drawings: result files, tables, masks and overlays."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from sunspot_dash.domain.drawing.corrections import NONE, Correction
from sunspot_dash.domain.drawing.crop import darken_outside, square_crop
from sunspot_dash.domain.spots.detections import DrawingResult
from sunspot_dash.errors import ImageError, NoDiskError
from sunspot_dash.eta import RemainingTime
from sunspot_dash.io.corrections import read_corrections
from sunspot_dash.io.images import content_hash, has_many_pixels, page_count, read_rgb, write_png
from sunspot_dash.io.pictures import picture_stems, write_pictures
from sunspot_dash.io.results import write_result
from sunspot_dash.ml.config import InferConfig
from sunspot_dash.services.dataset.archives import drawings_in
from sunspot_dash.services.dataset.notes import run_notes, undated
from sunspot_dash.services.dataset.orientation import check_preset
from sunspot_dash.services.models.detector import Analysis, LoadedModel, stored_result
from sunspot_dash.services.models.overlap import overlapped
from sunspot_dash.services.models.publish import publish, write_failed
from sunspot_dash.workspace import Workspace

Report = Callable[[dict[str, Any]], None]


@dataclass
class InferenceOutcome:
    """The result of a run.

    Attributes:
        folder: the folder of the model's tables.
        done: names of the drawings that were processed; skipped: number of those that were up to date.
        failed: (name, reason) of the others; spots: number of spots on all of them.
        several_pages: drawings with several pages, with the number.
        notes: what else the user should know (see `run_notes`).
        stopped: whether it was asked to stop.
    """

    folder: Path
    done: list[str] = field(default_factory=list)
    skipped: int = 0
    failed: list[tuple[str, str]] = field(default_factory=list)
    spots: int = 0
    several_pages: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    stopped: bool = False


def infer_folder(
    workspace: Workspace,
    model_name: str,
    images: Path,
    config: InferConfig = InferConfig(),
    report: Report = lambda event: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> InferenceOutcome:
    """Run a model over every drawing of a folder, a few in memory at a time.

    A drawing that already has a result of the same weights and image bytes is skipped, or only recounted if the
    threshold changed. Drawings that fail are listed with the reason in `failed.csv`.

    Raises:
        ModelError, ParameterError: there is no such model, or no drawing to run it on.
        WorkspaceError: the disk is full, ...; the results so far are kept.
    """
    inference = Inference.begin(workspace, model_name, config)
    content = drawings_in(images)
    paths = content.images
    outcome = inference.run(paths, picture_stems(path.name for path in paths), report, should_stop)
    outcome.failed = content.refused + outcome.failed
    without_date = undated(paths, inference.corrections, outcome.failed)
    outcome.notes = run_notes(content.left_out(), outcome.several_pages, without_date)
    publish(workspace, inference.name, config.orientation)
    write_failed(outcome.folder, outcome.failed)
    return outcome


@dataclass(frozen=True)
class Inference:
    """A loaded model with its options, ready to process any number of drawings."""

    workspace: Workspace
    model: LoadedModel
    config: InferConfig
    corrections: dict[str, Correction] = field(default_factory=dict)

    @classmethod
    def begin(cls, workspace: Workspace, model_name: str, config: InferConfig) -> Inference:
        """Load the model and the corrections.

        Raises:
            ModelError, ParameterError: there is no such model, device or orientation.
            WorkspaceError: the corrections cannot be read.
        """
        check_preset(config.orientation)
        model = LoadedModel.load(workspace.find_model(model_name), config.device)
        return cls(workspace, model, config, read_corrections(workspace.corrections_file))

    @property
    def name(self) -> str:
        """The model's name, which is also the name of its results folder."""
        return self.model.card.name

    @property
    def threshold(self) -> float:
        """The confidence threshold in use: the configured one, or the model's own."""
        return self.model.card.threshold if self.config.threshold is None else self.config.threshold

    @property
    def ahead(self) -> int:
        """How many drawings are read and written beside the network: a GPU is many times as fast as one core."""
        return 1 if self.model.device.type == "cpu" else max(1, (os.cpu_count() or 2) // 2)

    def run(
        self,
        paths: list[Path],
        stems: dict[str, str],
        report: Report = lambda event: None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> InferenceOutcome:
        """Run, recount or skip each drawing; the tables are not updated.

        The next drawings are read, and the last ones written, while the network runs; large ones are in memory alone.

        Args:
            stems: the file-name stems of the drawings' pictures, by drawing name.
            report: receives {"kind": "drawing", "name", "done", "of", "worked", "seconds_left"} after each drawing;
                `worked` counts the drawings that were not skipped.
            should_stop: asked before each drawing is read.
        """
        outcome = InferenceOutcome(self.workspace.inference_results / self.name)
        remaining = RemainingTime()

        def until_stopped() -> Iterator[Path]:
            for path in paths:
                if should_stop():
                    outcome.stopped = True
                    return
                yield path

        number = 0
        for large, some in groupby(until_stopped(), key=_is_large):
            drawings = (_Drawing(path, stems[path.name]) for path in some)
            for drawing in overlapped(
                drawings, self._read, self._look, self._write, 0 if large else self.ahead
            ):
                number += 1
                drawing.add_to(outcome)
                worked = len(outcome.done) + len(outcome.failed)
                left = remaining.left(worked, worked + len(paths) - number) if worked else None
                event = {"kind": "drawing", "name": drawing.name, "done": number, "of": len(paths)}
                report({**event, "worked": worked, "seconds_left": left})
        return outcome

    def _read(self, drawing: _Drawing) -> _Drawing:
        """Read a drawing, and prepare it for the network unless its result can be used."""
        with drawing.failing():
            path, name = drawing.path, drawing.name
            image_hash = content_hash(path)
            drawing.pages = page_count(path)
            correction = self.corrections.get(name, NONE)
            before = stored_result(
                self.workspace.results_of(self.name), name, self.model.sha256, image_hash, correction
            )
            if before and before.threshold == self.threshold and not self.config.force:
                drawing.skipped, drawing.result = True, before
                return drawing
            drawing.rgb = read_rgb(path)
            if before and not self.config.force:
                drawing.result = before.recounted(self.threshold)
            else:
                analysis = Analysis(self.model, name, drawing.rgb, image_hash, correction)
                analysis.prepare()
                drawing.analysis = analysis
        return drawing

    def _look(self, drawing: _Drawing) -> _Drawing:
        """Run the network, if needed."""
        if drawing.analysis:
            drawing.analysis.look()
        return drawing

    def _write(self, drawing: _Drawing) -> _Drawing:
        """Write the pictures and the result of a drawing, and let go of its image."""
        if drawing.analysis:
            drawing.result = drawing.analysis.conclude(self.threshold)
        if drawing.result and drawing.rgb is not None:
            self._write_files(drawing.result, drawing.rgb, drawing.stem)
        drawing.rgb = drawing.analysis = None
        return drawing

    def _write_files(self, result: DrawingResult, rgb: np.ndarray, stem: str) -> None:
        pictures = self.workspace.segmented / self.name
        write_pictures(pictures, result, rgb, stem=stem)
        if self.config.save_crops:
            crop = square_crop(rgb, result.disk)
            middle = crop.shape[0] / 2
            write_png(pictures / f"{stem}_crop.png", crop)
            write_png(
                pictures / f"{stem}_disk.png", darken_outside(crop, (middle, middle), result.disk.radius)
            )
        # The result is written last: a drawing that has one also has its pictures.
        write_result(self.workspace.results_of(self.name), result)


@dataclass
class _Drawing:
    """A drawing on its way through the stages of a run.

    Attributes:
        pages: of its file; reason: why it failed; skipped: whether its stored result was up to date.
        rgb, analysis: in memory until it is written.
    """

    path: Path
    stem: str
    pages: int = 1
    reason: str = ""
    skipped: bool = False
    rgb: np.ndarray | None = None
    analysis: Analysis | None = None
    result: DrawingResult | None = None

    @property
    def name(self) -> str:
        return self.path.name

    @contextmanager
    def failing(self) -> Iterator[None]:
        """Keep why the drawing cannot be used."""
        try:
            yield
        except (ImageError, NoDiskError) as error:
            self.reason = error.reason

    def add_to(self, outcome: InferenceOutcome) -> None:
        """Add the drawing to the outcome of the run."""
        if self.pages > 1:
            outcome.several_pages.append(f"{self.name} ({self.pages} pages)")
        if self.result is None:
            outcome.failed.append((self.name, self.reason))
            return
        outcome.spots += len(self.result.counted())
        if self.skipped:
            outcome.skipped += 1
        else:
            outcome.done.append(self.name)


def _is_large(path: Path) -> bool:
    try:
        return has_many_pixels(path)
    except ImageError:  # reported when it is read
        return False
