"""File names: observation time in a name, and checks of names from outside."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta

from sunspot_dash.errors import ParameterError

UNDATED = "undated"
FIRST_DATE = "1610-01-01"  # before the first telescopic drawings
NAME_WITH_TIME = re.compile(r"usd([0-9]{12})(?![0-9])", re.IGNORECASE)
DRIVE = re.compile("^[A-Za-z]:")
LONGEST_NAME_BYTES = 255
# Control, format (direction overrides, zero width), surrogate, private and unassigned characters, line ends.
INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
REPLACEMENT = "\ufffd"  # stands for bytes that were not UTF-8
DEVICES = frozenset(
    ["con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in "123456789¹²³")]
)


def time_in_name(file_name: str) -> datetime | None:
    """Return the time (UT) in a name usdYYYYMMDDhhmm.ext, with or without folders; None without a possible date."""
    match = NAME_WITH_TIME.match(file_name.rpartition("/")[2])
    try:
        when = datetime.strptime(match[1], "%Y%m%d%H%M").replace(tzinfo=UTC) if match else None
    except ValueError:
        return None
    return when if when and is_possible(f"{when:%Y-%m-%d}") else None


def is_possible(date: str) -> bool:
    """Whether a date, 'YYYY-MM-DD', is between the first drawings of the Sun and today."""
    # Tomorrow has already begun in other time zones.
    return FIRST_DATE <= date <= (datetime.now(UTC) + timedelta(days=1)).date().isoformat()


def date_and_time(file_name: str) -> tuple[str, str]:
    """Return ('YYYY-MM-DD', 'HH:MM') in UT, or ('undated', '')."""
    when = time_in_name(file_name)
    return (when.strftime("%Y-%m-%d"), when.strftime("%H:%M")) if when else (UNDATED, "")


def is_utf8(name: str) -> bool:
    """Whether a file name or path is valid text: Python stands in surrogates for bytes that are not UTF-8."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def printable(name: str) -> str:
    """Return a file name as readable text: 'bad\\xff.jpg' for a byte that is not UTF-8, 'a\\n.jpg' for a line end."""
    return "".join(_escaped(c) if unicodedata.category(c) in INVISIBLE else c for c in name)


def _escaped(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # a byte, as os.fsdecode represents it
        return f"\\x{code - 0xDC00:02x}"
    return character.encode("unicode_escape").decode()


def folded(name: str) -> str:
    """Return a key that is equal for names that some systems, and most people, confuse.

    Examples are 'A.png' and 'a.png', and the two ways to write an accented letter in Unicode.
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


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
    if reason := _danger(file_name):
        raise ParameterError(
            f"file name {file_name[:80]!a}: {reason}; expected a plain name such as usd202409181115.jpg"
        )
    return file_name


def listed_name(file_name: str) -> str:
    """Return a file name from labels as one below a folder, whatever path it has on the machine that wrote it.

    'C:\\scans\\a.jpg', '/scans/a.jpg' and '../scans/a.jpg' are 'scans/a.jpg'.

    Raises:
        ParameterError: as `relative_name`.
    """
    path = DRIVE.sub("", file_name).replace("\\", "/")
    return relative_name("/".join(part for part in path.split("/") if part.strip(". ")))


def storage_problem(file_name: str) -> str:
    """Return why an uploaded file cannot be stored and listed everywhere under the last part of its name, or ""."""
    name = file_name.split("/")[-1]
    if REPLACEMENT in file_name:
        return "it is not UTF-8"
    if reason := _danger(file_name):
        return reason
    if name.startswith("."):
        return "it starts with a dot"
    if name != name.strip() or name.endswith("."):
        return "it starts or ends with a space, or ends with a dot"
    if name.split(".")[0].strip().lower() in DEVICES:
        return "it is the name of a device on Windows"
    return ""


def _danger(file_name: str) -> str:
    """Return why a name could leave its folder or mislead, or ""."""
    # NFKC maps look-alikes of separators and dots ('／', '‥') to the real ones.
    plain = unicodedata.normalize("NFKC", file_name)
    if any(unicodedata.category(character) in INVISIBLE for character in file_name):
        return "it contains invisible characters"
    if "\\" in plain:
        return "it contains a backslash"
    if plain.startswith("/") or DRIVE.match(plain):
        return "it is an absolute path"
    if any(part.strip(". ") == "" for part in plain.split("/")):
        return "it contains an empty part, '.' or '..'"
    if plain.count("/") != file_name.count("/"):
        return "it contains a character that looks like '/'"
    if len(file_name.split("/")[-1].encode()) > LONGEST_NAME_BYTES:
        return f"it is longer than {LONGEST_NAME_BYTES} bytes"
    return ""
