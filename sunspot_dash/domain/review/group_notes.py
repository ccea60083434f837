"""What a person noted about a group: its types and numbers."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields

from sunspot_dash.domain.drawing.names import printable
from sunspot_dash.domain.spots.group_types import check_types

LONGEST = 20  # letters of a number


@dataclass(frozen=True)
class GroupNote:
    """Types and numbers of a group; "" for what was not noted.

    Attributes:
        zurich, mcintosh: as in `domain.spots.group_types`.
        number: of the station's own list; catalogue: that of NOAA or Greenwich.

    Raises:
        ValueError: the types do not exist or do not go together, or a number is too long or cannot be printed.
    """

    zurich: str = ""
    mcintosh: str = ""
    number: str = ""
    catalogue: str = ""

    def __post_init__(self) -> None:
        check_types(self.zurich, self.mcintosh)
        for text in (self.number, self.catalogue):
            if len(text) > LONGEST or printable(text) != text:
                raise ValueError(f"the number of a group has up to {LONGEST} letters and digits")

    @property
    def text(self) -> str:
        """The note as the text of a gesture; "" if nothing is noted."""
        noted = {name: value for name, value in asdict(self).items() if value}
        return json.dumps(noted, separators=(",", ":")) if noted else ""

    @classmethod
    def read(cls, text: str) -> GroupNote:
        """Return the note of a gesture's text.

        Raises:
            ValueError: it is not one.
        """
        if not text:
            return NOTHING
        noted = json.loads(text)
        known = {field.name for field in fields(cls)}
        if not isinstance(noted, dict) or not set(noted) <= known:
            raise ValueError(f"a note on a group has the fields {', '.join(sorted(known))}")
        if not all(isinstance(value, str) for value in noted.values()):
            raise ValueError("a note on a group has texts only")
        return cls(**noted)


NOTHING = GroupNote()


def of_group(notes: Iterable[GroupNote]) -> GroupNote:
    """Return the note of a group from those on its spots: the most frequent one that is not empty."""
    counts = Counter(note for note in notes if note != NOTHING)
    return counts.most_common(1)[0][0] if counts else NOTHING
