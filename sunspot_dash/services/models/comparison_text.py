"""A comparison of two models in words: its verdict, its remarks, and its tables as text."""

from __future__ import annotations

from sunspot_dash.domain.scoring.comparison import FEWEST_BLOCKS, FIGURES, Difference, Row
from sunspot_dash.domain.scoring.matching import Tally
from sunspot_dash.ml.config import TruthKind
from sunspot_dash.services.models.comparison import Comparison, Side
from sunspot_dash.text import counted

NAMES = {"f1": "F1", "precision": "precision", "recall": "recall"}
DIGITS = 3
SHOWN_DRAWINGS = 10
KINDS = {
    TruthKind.LABELS: "labelled drawings",
    TruthKind.REVIEWED: "reviewed drawings",
    TruthKind.KEPT_APART: "reviewed drawings kept apart",
}


def verdict(found: Comparison) -> str:
    """Return which model is better, by how much, and whether that is beyond chance, in one sentence."""
    first, second = found.sides
    where = on(found)
    if first.spots.f1 is None or second.spots.f1 is None:
        return (
            f"No spot is true or was found {where}: they show nothing about {first.model} and {second.model}."
        )
    one, other = figure(first.spots.f1), figure(second.spots.f1)
    if one == other:
        return f"{second.model} scores the same as {first.model}: F1 {other} {where}."
    how = "higher" if second.spots.f1 > first.spots.f1 else "lower"
    return (
        f"{second.model} scores {how} than {first.model}: F1 {other} instead of {one} {where}; "
        f"{chance(found.differences['f1'])}."
    )


def on(found: Comparison) -> str:
    """Return the kind and number of the drawings: "on 8 reviewed drawings kept apart"."""
    number = len(found.drawings)
    kind = KINDS[found.truth]
    return f"on {number:,} {kind if number != 1 else kind.replace('drawings', 'drawing')}"


def chance(difference: Difference) -> str:
    """Return whether a difference is beyond chance."""
    if difference.beyond_chance is None:
        return f"with fewer than {FEWEST_BLOCKS} separate periods of drawings, this may be chance"
    beyond = "beyond" if difference.beyond_chance else "within"
    return f"the difference is {beyond} chance (95 % interval {interval(difference)})"


def interval(difference: Difference) -> str:
    """Return the interval of a difference: "-0.012 to +0.055"; "" without one."""
    if difference.low is None or difference.high is None:
        return ""
    return f"{signed(difference.low)} to {signed(difference.high)}"


def differs(difference: Difference) -> str:
    """Return a difference with its interval: "+0.021 (-0.012 to +0.055)", "the same"; "-" without a meaning."""
    if difference.value is None:
        return "-"
    same = not round(difference.value, DIGITS)
    text = "the same" if same else signed(difference.value)
    chances = {round(end, DIGITS) for end in (difference.low, difference.high) if end is not None}
    return text if chances <= {0.0} else f"{text} ({interval(difference)})"


def remarks(found: Comparison) -> list[str]:
    """Return what a reader must know beside the figures, one sentence each."""
    lines = [_trained(side, len(found.drawings)) for side in found.sides if side.trained_on]
    if found.left_out:
        lines.append(
            f"{counted(len(found.left_out), 'drawing')} left out: one of the models was trained on them."
        )
    lines += [_corrected(side, len(found.drawings)) for side in found.sides if side.corrected]
    if found.failed:
        names = ", ".join(f"{name} ({reason})" for name, reason in found.failed[:3])
        more = f" and {len(found.failed) - 3} more" if len(found.failed) > 3 else ""
        lines.append(f"{counted(len(found.failed), 'drawing')} could not be compared: {names}{more}.")
    return lines


def _trained(side: Side, drawings: int) -> str:
    return (
        f"{side.model} was trained on {len(side.trained_on)} of these {counted(drawings, 'drawing')}: its scores are "
        "too high."
    )


def _corrected(side: Side, drawings: int) -> str:
    return (
        f"The truth of {side.corrected} of these {counted(drawings, 'drawing')} is a corrected result of {side.model}: "
        f"spots that were accepted have its places and outlines, which favours {side.model}."
    )


def table(found: Comparison) -> str:
    """Format a comparison as text: verdict, remarks, pooled scores, eras, sizes, drawings that differ most."""
    first, second = found.sides
    lines = [verdict(found), *(f"note: {remark}" for remark in remarks(found)), ""]
    lines.append(f"{'':<28}{first.model:>18}{second.model:>18}  difference (95 % interval)")
    for name in FIGURES:
        difference = found.differences[name]
        values = "".join(f"{figure(getattr(side.spots, name)):>18}" for side in found.sides)
        lines.append(f"{NAMES[name]:<28}{values}  {differs(difference)}")
    for title, value in counts_of(first).items():
        lines.append(f"{title:<28}{value:>18}{counts_of(second)[title]:>18}")
    lines += [_row(f"drawings {row.name}", row) for row in found.eras]
    lines += [_row(f"spots of {row.name} px2 at R 740", row) for row in found.sizes]
    lines += ["", "drawings that differ most: true, found by each, found by one model only"]
    for pair in found.drawings[:SHOWN_DRAWINGS]:
        lines.append(
            f"{pair.name:<28}{pair.first.truth:>6}{pair.first.predicted:>6}{pair.second.predicted:>6}"
            f"{pair.disagreement:>6}"
        )
    return "\n".join(lines)


def _row(title: str, row: Row) -> str:
    return f"{title:<28}" + "".join(f"{f1_of(tally):>18}" for tally in (row.first, row.second))


def f1_of(tally: Tally) -> str:
    """Return F1 with the numbers of true and found spots: "0.861 (35, 37)"."""
    return f"{figure(tally.f1)} ({tally.truth}, {tally.predicted})"


def figure(value: float | None) -> str:
    """Format a score; "-" without a meaning."""
    return "-" if value is None else f"{value:.{DIGITS}f}"


def signed(value: float) -> str:
    """Format a difference with its sign."""
    return f"{value:+.{DIGITS}f}"


def counts_of(side: Side) -> dict[str, str]:
    """Return the errors of the number of spots, by name, relative to the true number: of all drawings, mean of each."""
    return {
        "error of the total count": _percent(side.count_bias, "+"),
        "error of a drawing's count": _percent(side.count_mae),
    }


def _percent(value: float | None, sign: str = "") -> str:
    return "-" if value is None else f"{100 * value:{sign}.1f} %"
