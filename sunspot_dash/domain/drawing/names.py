"""What a file name says: when the drawing was made; and which names from outside can be trusted."""

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
    """UT of a drawing from its name usdYYYYMMDDhhmm.ext; None where the name holds no valid date."""
    match = NAME_WITH_TIME.match(file_name)
    try:
        return datetime.strptime(match[1], "%Y%m%d%H%M").replace(tzinfo=UTC) if match else None
    except ValueError:
        return None


def date_and_time(file_name: str) -> tuple[str, str]:
    """('YYYY-MM-DD', 'HH:MM') in UT, or ('undated', '')."""
    when = time_in_name(file_name)
    return (when.strftime("%Y-%m-%d"), when.strftime("%H:%M")) if when else (UNDATED, "")


def base_name(file_name: str) -> str:
    """The last part of a file name from outside (labels, an upload), after checking all of it.

    Raises:
        ParameterError: it could lead out of its folder, or looks other than it is.
    """
    # NFKC turns look-alikes of separators and dots ('／', '‥') into what they look like.
    plain = unicodedata.normalize("NFKC", file_name)
    reason = ""
    if any(unicodedata.category(character) in INVISIBLE for character in file_name):
        reason = "it has characters that cannot be seen"
    elif "\\" in plain:
        reason = "it has a backslash"
    elif plain.startswith("/") or re.match("[A-Za-z]:", plain):
        reason = "it is an absolute path"
    elif any(part.strip(". ") == "" for part in plain.split("/")):
        reason = "it has an empty part, '.' or '..'"
    elif plain.count("/") != file_name.count("/"):
        reason = "it has a character that looks like '/'"
    elif len(file_name.split("/")[-1].encode()) > LONGEST_NAME_BYTES:
        reason = f"it is longer than {LONGEST_NAME_BYTES} bytes"
    if reason:
        raise ParameterError(
            f"file name {file_name[:80]!a}: {reason}; a plain name like usd202409181115.jpg is expected"
        )
    return file_name.split("/")[-1]
