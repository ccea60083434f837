"""What a training would do, beside its fields."""

from __future__ import annotations

from typing import Any

from dash import html

from sunspot_dash.ml.config import TrainConfig
from sunspot_dash.progress import duration
from sunspot_dash.services.plan import Plan, Side
from sunspot_dash.web.components.messages import facts

SHOWN_BLOCKS = 6


def plan_view(plan: Plan, config: TrainConfig) -> list[Any]:
    """Drawings, split, tiles, steps and time of a plan; what is left out, and what is an estimate."""
    drawings = plan.training.drawings + plan.validation.drawings
    spots = plan.training.spots + plan.validation.spots
    blank = f", {plan.blank} of them blank" if plan.blank else ""
    rows = [
        ("Labelled", f"{drawings} drawings with {spots} spots{blank}"),
        ("Training", _side(plan.training)),
        ("Validation", _side(plan.validation)),
        ("Epoch", f"{plan.tiles} tiles in {plan.steps} steps"),
        (
            "Time",
            f"{'at most ' if config.patience else ''}about {duration(plan.seconds)} ({_basis(plan, config)})",
        ),
    ]
    return [facts(rows), *(html.P(line, className="mt-1 mb-0") for line in _remarks(plan))]


def _side(side: Side) -> str:
    if not side.drawings:
        return "none"
    if len(side.blocks) <= SHOWN_BLOCKS:
        named = ", ".join(side.blocks)
    else:
        named = ", ".join((*side.blocks[: SHOWN_BLOCKS - 1], f"... {side.blocks[-1]}"))
    blocks = "1 date block" if len(side.blocks) == 1 else f"{len(side.blocks)} date blocks"
    return f"{side.drawings} drawings with {side.spots} spots in {blocks}: {named}"


def _basis(plan: Plan, config: TrainConfig) -> str:
    if plan.earlier:
        return f"estimate from {plan.earlier} earlier training{'s' if plan.earlier > 1 else ''}"
    return "rough estimate for 2 CPU cores" + ("; a GPU takes far less" if config.device == "cuda" else "")


def _remarks(plan: Plan) -> list[str]:
    """Sentences on what the figures leave open."""
    remarks = [plan.warning.capitalize() + "."] if plan.warning else []
    if plan.missing:
        remarks.append(f"{plan.missing} more are listed, but their images are not there.")
    if plan.problems:
        remarks.append(f"{plan.problems} entries of the label file cannot be used: Dataset tells why.")
    if plan.masks:
        remarks.append(f"{plan.masks} labels are masks; each is counted as one spot here.")
    return [*remarks, "A drawing without a limb that can be found will be left out; the log tells which."]
