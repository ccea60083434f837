"""What a training would do, beside its fields."""

from __future__ import annotations

from typing import Any

from dash import html

from sunspot_dash.ml.config import TrainConfig
from sunspot_dash.progress import duration
from sunspot_dash.services.models.preview import Preview, Side
from sunspot_dash.text import counted
from sunspot_dash.web.components.feedback import facts

SHOWN_BLOCKS = 6


def plan_view(plan: Preview, config: TrainConfig) -> list[Any]:
    """Drawings, split, tiles, steps and time of a plan; what is left out, and what is an estimate."""
    drawings = plan.training.drawings + plan.validation.drawings
    spots = plan.training.spots + plan.validation.spots
    blank = f", {plan.blank} of them blank" if plan.blank else ""
    rows = [
        ("Labelled", f"{_labelled(drawings, spots)}{blank}"),
        ("Training", _side(plan.training)),
        ("Validation", _side(plan.validation)),
        ("Epoch", f"{counted(plan.tiles, 'tile')} in {counted(plan.steps, 'step')}"),
        (
            "Time",
            f"{'at most ' if config.patience else ''}about {duration(plan.seconds)} ({_basis(plan, config)})",
        ),
    ]
    return [facts(rows), *(html.P(line, className="mt-1 mb-0") for line in _remarks(plan))]


def _labelled(drawings: int, spots: int) -> str:
    return f"{counted(drawings, 'drawing')} with {counted(spots, 'spot')}"


def _side(side: Side) -> str:
    if not side.drawings:
        return "none"
    if len(side.blocks) <= SHOWN_BLOCKS:
        named = ", ".join(side.blocks)
    else:
        named = ", ".join((*side.blocks[: SHOWN_BLOCKS - 1], f"... {side.blocks[-1]}"))
    return f"{_labelled(side.drawings, side.spots)} in {counted(len(side.blocks), 'date block')}: {named}"


def _basis(plan: Preview, config: TrainConfig) -> str:
    if plan.earlier:
        return f"estimate from {counted(plan.earlier, 'earlier training')}"
    return "rough estimate for 2 CPU cores" + ("; a GPU takes far less" if config.device == "cuda" else "")


def _remarks(plan: Preview) -> list[str]:
    """Sentences on what the figures leave open."""
    remarks = [plan.warning.capitalize() + "."] if plan.warning else []
    if plan.missing:
        remarks.append(f"Listed, but without their images: {counted(plan.missing, 'more drawing')}.")
    if plan.problems:
        told = counted(plan.problems, "entry", "entries")
        remarks.append(f"{told} of the label file cannot be used: Dataset tells why.")
    if plan.masks:
        remarks.append(f"Drawn as a mask: {counted(plan.masks, 'label')}, each counted as one spot here.")
    return [*remarks, "A drawing without a limb that can be found will be left out; the log tells which."]
