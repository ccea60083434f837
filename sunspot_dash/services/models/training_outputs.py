"""The files that a training writes: log, weights, model card, history and learning curve."""

from __future__ import annotations

import json
import platform
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sunspot_dash.domain.spots.tree_ensemble import TreeEnsemble
from sunspot_dash.files import atomic_write_text, file_sha256, writing
from sunspot_dash.io.learning_curve import write_learning_curve
from sunspot_dash.ml.config import ModelCard, TrainConfig
from sunspot_dash.services.models.retraining import Lessons
from sunspot_dash.services.models.reviewed import corrections_hash
from sunspot_dash.text import counted
from sunspot_dash.workspace import ModelFiles

PACKAGES = ("torch", "segmentation_models_pytorch", "albumentations", "opencv-python-headless", "numpy")
EFFORT = frozenset({"seconds", "tiles", "tiles_seconds"})  # of an epoch: no metrics of the model


class TrainingLog:
    """The log of a training: timestamped lines, written to disk at once."""

    def __init__(self, path: Path, append: bool) -> None:
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("a" if append else "w", encoding="utf-8", buffering=1)

    def __call__(self, line: str) -> None:
        with suppress(OSError):  # a training that cannot write its checkpoint fails there, with the reason
            self._file.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')}  {line}\n")

    def parameters(self, config: TrainConfig, files: ModelFiles) -> None:
        """Log the parameters and the output paths."""
        self(f"model: {config.model_name}")
        for key, value in config.model_dump(exclude={"model_name"}).items():
            self(f"{key}: {value}")
        for what in ("weights", "log", "plot"):
            self(f"{what} file: {getattr(files, what)}")

    def epoch(self, event: dict[str, Any]) -> None:
        """Log the numbers of one epoch."""
        self("  ".join(f"{k} {v:.5g}" for k, v in event.items() if isinstance(v, int | float)))

    def close(self) -> None:
        """Close the file."""
        with suppress(OSError):
            self._file.close()


def package_versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that affect a training."""
    return {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}}


@dataclass(frozen=True)
class Source:
    """What a model was trained on.

    Attributes:
        sides: names of the training and of the validation drawings; data_hash: hash of their images and labels.
        lessons: the labels and reviews that were used; failed: (name, reason) of drawings that were left out.
    """

    sides: tuple[list[str], list[str]]
    data_hash: str
    lessons: Lessons
    failed: list[tuple[str, str]]


def write_outputs(
    files: ModelFiles,
    config: TrainConfig,
    state: Any,
    candidate_classifier: TreeEnsemble | None,
    source: Source,
) -> None:
    """Write the best weights so far, the model card, the history and the learning curve.

    Args:
        state: the training's `ml.train.State`.
    """
    from sunspot_dash.ml.checkpoint import save_weights

    save_weights(state.best, config.encoder, config.radius, files.weights, candidate_classifier)
    row = state.history[state.best_epoch - 1]
    sides = source.sides
    left_out = [{"name": name, "reason": reason} for name, reason in source.failed]
    card = ModelCard(
        name=config.model_name,
        encoder=config.encoder,
        radius=config.radius,
        parameters=config.model_dump(),
        data_hash=source.data_hash,
        split={"training": sides[0], "validation": sides[1]},
        labels={**source.lessons.labels.as_dict(), "left_out": left_out},
        metrics={key: row[key] for key in row if key not in EFFORT},
        versions=package_versions(),
        weights_sha256=file_sha256(files.weights),
        trained_at=datetime.now(UTC).isoformat(timespec="seconds"),
        **_lineage(config, source),
    )
    atomic_write_text(files.card, card.model_dump_json(indent=1) + "\n")
    atomic_write_text(files.history, json.dumps(state.history, indent=1) + "\n")
    write_learning_curve(state.history, f"{config.model_name}: learning curve", state.best_epoch, files.plot)


def _lineage(config: TrainConfig, source: Source) -> dict[str, Any]:
    """Return the fields of the card that say where a model comes from."""
    lessons, trained = source.lessons, set(source.sides[0])
    corrected = sorted(trained & set(lessons.drawings.corrected))
    labelled = f"{counted(len(trained) - len(corrected), 'labelled drawing')} of this workspace"
    fields: dict[str, Any] = {"trained_on": labelled}
    if config.reviewed:
        fields = {
            "trained_on": f"{counted(len(corrected), 'reviewed drawing')} and {labelled}",
            "corrected": corrected,
            "corrections_hash": corrections_hash(lessons.truths[name] for name in corrected),
            "kept_apart": lessons.drawings.kept_apart,
        }
    if config.parent:
        fields["trained_on"] += f", starting from {config.parent}"
        fields |= {"parent": config.parent, "parent_sha256": lessons.parent_sha256}
    for parent in lessons.lineage.cards[:1]:
        # The candidate classifier is the parent's, and so are the confidences that the threshold was chosen for.
        fields |= {"terms": parent.terms, "threshold": parent.threshold, "floor": parent.floor}
    return fields
