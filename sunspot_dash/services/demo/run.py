"""The demo: run the shipped model on synthetic drawings with labels and report its scores."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sunspot_dash.file_names import PRETRAINED
from sunspot_dash.ml.config import InferConfig
from sunspot_dash.services.models.evaluation import Truth, evaluate_model
from sunspot_dash.services.models.inference import infer_folder
from sunspot_dash.synthetic import write_archive
from sunspot_dash.workspace import Workspace


def run_demo(
    workspace: Workspace,
    drawings: int,
    seed: int,
    report: Callable[[dict[str, Any]], None] = lambda event: None,
) -> str:
    """Write synthetic drawings, run the shipped model on them, and return a summary.

    The demo uses its own workspace inside the given one, so it never mixes with real drawings.

    Raises:
        ModelError: the shipped model is missing or damaged.
    """
    space = Workspace(workspace.root / "demo").create()
    for old in space.images_to_run.iterdir():
        old.unlink()
    write_archive(space.images_to_run, drawings, seed)
    images, annotations = (
        space.images_to_run / "images",
        space.images_to_run / "annotations" / "instances_default.json",
    )
    model = space.find_model(PRETRAINED)
    outcome = infer_folder(space, PRETRAINED, images, InferConfig(), report)
    scores = evaluate_model(model, Truth(images, annotations), kept=space.results_of(PRETRAINED)).pooled
    return (
        f"{drawings} synthetic drawings with {scores.spots.truth} spots; the shipped model detected "
        f"{scores.spots.predicted}, {scores.spots.tp} of them correctly ({scores.blank_drawings} drawings without "
        f"spots, with {scores.blank_false_alarms} false alarms)\n"
        f"drawings {images}\n"
        f"overlays {space.segmented}  (spots in green)\n"
        f"table    {space.inference_results / 'sunspot_table.csv'}\n"
        f"next: add your own drawings to {workspace.images_to_run} and run `.venv/bin/python app.py infer`"
        + "".join(f"\nfailed: {name}: {reason}" for name, reason in outcome.failed)
    )
