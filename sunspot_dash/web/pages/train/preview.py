"""The preview of a training run, next to its fields."""

from __future__ import annotations

from typing import Any

from dash import html

from sunspot_dash.domain.labels.categories import listed_categories
from sunspot_dash.ml.config import TrainConfig
from sunspot_dash.services.models.duration import in_words
from sunspot_dash.services.models.preview import Preview, Side, scale_warning
from sunspot_dash.text import counted
from sunspot_dash.web.components.feedback import capital, facts

SHOWN_BLOCKS = 6
SHOWN_PARTLY = 3


def preview_view(preview: Preview, config: TrainConfig) -> list[Any]:
    """Return drawings, split, tiles, steps and duration of a run, and remarks on omissions and estimates."""
    drawings = preview.training.drawings + preview.validation.drawings
    spots = preview.training.spots + preview.validation.spots
    blank = f", {preview.blank} of them blank" if preview.blank else ""
    rows = [
        ("Labelled", f"{_labelled(drawings, spots)}{blank}"),
        ("Training", _side(preview.training)),
        ("Validation", _side(preview.validation)),
        ("Per epoch", f"{counted(preview.tiles, 'tile')} in {counted(preview.steps, 'step')}"),
        (
            "Time",
            f"{'at most ' if config.patience else ''}{in_words(preview.seconds, preview.earlier, config.device)}",
        ),
    ]
    return [facts(rows), *(html.P(line, className="mt-1 mb-0") for line in _remarks(preview, config))]


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


def _remarks(preview: Preview, config: TrainConfig) -> list[str]:
    """Return remarks on what the numbers do not say."""
    remarks = [f"{capital(warning)}." for warning in (preview.warning, scale_warning(config)) if warning]
    if preview.missing:
        remarks.append(f"Listed in the labels, image missing: {counted(preview.missing, 'drawing')}.")
    if preview.other:
        counting, left = listed_categories(preview.spots) or "none", listed_categories(preview.other)
        remarks.append(f"Counted as spots: {counting}. Left out: {left}.")
    if preview.partly:
        use = "Used although partly labelled" if preview.kept_partly else "Left out, because partly labelled"
        named = "; ".join(f"{name}: {reason}" for name, reason in preview.partly[:SHOWN_PARTLY])
        more = (
            f"; and {len(preview.partly) - SHOWN_PARTLY} more" if len(preview.partly) > SHOWN_PARTLY else ""
        )
        remarks.append(f"{use}: {counted(len(preview.partly), 'drawing')} ({named}{more}).")
    if preview.unclear:
        remarks.append(
            f"Left out, see the Dataset page for the reasons: {counted(preview.unclear, 'drawing')}."
        )
    if preview.problems:
        entries = counted(preview.problems, "entry", "entries")
        remarks.append(f"{entries} of the label file cannot be used: see the Dataset page for the reasons.")
    if preview.masks:
        remarks.append(
            f"Labelled as masks: {counted(preview.masks, 'label')}, each counted as one spot here."
        )
    return [*remarks, "Drawings on which no limb is found are left out and named in the log."]
