"""When a drawing was made, from its name: usdYYYYMMDDhhmm.ext, UT."""

from __future__ import annotations

import re
from datetime import UTC, datetime

PATTERN = re.compile(r"usd(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(?!\d)", re.IGNORECASE)
UNDATED = "undated"


def observation_time(file_name: str) -> datetime | None:
    """The time in a drawing's name (UT, aware), or None where there is no valid one.

    A file's own time is never used: it tells of the copy, not of the sun.
    """
    found = PATTERN.match(file_name)
    if not found:
        return None
    try:
        return datetime(*(int(part) for part in found.groups()), tzinfo=UTC)  # type: ignore[arg-type, misc]
    except ValueError:
        return None


def date_and_time(file_name: str) -> tuple[str, str]:
    """('YYYY-MM-DD', 'HH:MM') of a drawing's name, ('undated', '') where it has none."""
    when = observation_time(file_name)
    return (f"{when:%Y-%m-%d}", f"{when:%H:%M}") if when else (UNDATED, "")
