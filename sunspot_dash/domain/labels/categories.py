"""Which categories of a COCO file are spots."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from sunspot_dash.errors import ParameterError, UndecidedError
from sunspot_dash.text import counted

# Names that mean a spot, without blanks and hyphens, in small letters.
SPOTS = frozenset(
    ("spot", "spots", "sunspot", "sunspots", "umbra", "umbrae", "umbras", "nucleus", "nuclei", "nucleuses")
)
SHOWN = 12


def spot_categories(
    counts: Mapping[str, int], wanted: Iterable[str] = (), stored: Iterable[str] = ()
) -> list[str] | None:
    """Return the categories that are spots, or None if the user has to choose them.

    The first that applies: those in `wanted`, those in `stored` that the file has, the only one, or those whose name
    means a spot.

    Args:
        counts: number of labels by category.

    Raises:
        ParameterError: the file has no category of a name in `wanted`.
    """
    if asked := list(wanted):
        return list(dict.fromkeys(_find(name, counts) for name in asked))
    if kept := [name for name in dict.fromkeys(stored) if name in counts]:
        return kept
    if len(counts) < 2:
        return list(counts)
    return [name for name in counts if re.sub(r"[\s_-]", "", name).casefold() in SPOTS] or None


def undecided(counts: Mapping[str, int]) -> UndecidedError:
    """Return the error for labels whose categories do not show which ones are spots."""
    example = max(counts, key=lambda name: counts[name], default="umbra")
    return UndecidedError(
        f"it is not clear which labels are spots, the categories are {listed_categories(counts)}: choose them on the "
        f'page Dataset, or name them with --category, for example --category "{example}" (for a job: --param '
        f'"category={example}"), repeated for several',
        counts,
    )


def listed_categories(counts: Mapping[str, int]) -> str:
    """Format categories with their numbers of labels, most labels first: 'umbra (4 labels), facula (1 label)'."""
    ordered = sorted(counts, key=lambda name: -counts[name])
    named = [f"{name[:60]} ({counted(counts[name], 'label')})" for name in ordered[:SHOWN]]
    if len(ordered) > SHOWN:
        named.append(f"{len(ordered) - SHOWN} more")
    return ", ".join(named)


def _find(wanted: str, counts: Mapping[str, int]) -> str:
    """Return the category of this name, whatever its case."""
    name = wanted.strip()
    if name in counts:
        return name
    same = [other for other in counts if other.casefold() == name.casefold()]
    if len(same) != 1:
        has = f"its categories are {listed_categories(counts)}" if counts else "it has none"
        raise ParameterError(f"the label file has no category '{name[:60]}': {has}")
    return same[0]
