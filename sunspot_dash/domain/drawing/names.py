"""File names: observation time in a name, and checks of names from outside."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime

from sunspot_dash.errors import ParameterError

UNDATED = "undated"
NAME_WITH_TIME = re.compile(r"usd([0-9]{12})(?![0-9])", re.IGNORECASE)
LONGEST_NAME_BYTES = 255
# Control, format (direction overrides, zero width), surrogate, private and unassigned characters, line ends.
INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def time_in_name(file_name: str) -> datetime | None:
    """Return the time (UT) in a name usdYYYYMMDDhhmm.ext, with or without folders; None if it holds no valid date."""
    match = NAME_WITH_TIME.match(file_name.rpartition("/")[2])
    try:
        return datetime.strptime(match[1], "%Y%m%d%H%M").replace(tzinfo=UTC) if match else None
    except ValueError:
        return None


def date_and_time(file_name: str) -> tuple[str, str]:
    """Return ('YYYY-MM-DD', 'HH:MM') in UT, or ('undated', '')."""
    when = time_in_name(file_name)
    return (when.strftime("%Y-%m-%d"), when.strftime("%H:%M")) if when else (UNDATED, "")


def base_name(file_name: str) -> str:
    """Return the last part of a file name from labels or an upload, after checking the whole name.

    Raises:
        ParameterError: as `relative_name`.
    """
    return relative_name(file_name).rpartition("/")[2]


def relative_name(file_name: str) -> str:
    """Return a file name from labels or an upload, with its folders, after checking it.

    Raises:
        ParameterError: the name could leave its folder, or contains misleading characters.
    """
    # NFKC maps look-alikes of separators and dots ('／', '‥') to the real ones.
    plain = unicodedata.normalize("NFKC", file_name)
    reason = ""
    if any(unicodedata.category(character) in INVISIBLE for character in file_name):
        reason = "it contains invisible characters"
    elif "\\" in plain:
        reason = "it contains a backslash"
    elif plain.startswith("/") or re.match("[A-Za-z]:", plain):
        reason = "it is an absolute path"
    elif any(part.strip(". ") == "" for part in plain.split("/")):
        reason = "it contains an empty part, '.' or '..'"
    elif plain.count("/") != file_name.count("/"):
        reason = "it contains a character that looks like '/'"
    elif len(file_name.split("/")[-1].encode()) > LONGEST_NAME_BYTES:
        reason = f"it is longer than {LONGEST_NAME_BYTES} bytes"
    if reason:
        raise ParameterError(
            f"file name {file_name[:80]!a}: {reason}; expected a plain name such as usd202409181115.jpg"
        )
    return file_name
