"""Match the names that a label file lists with the files of a folder."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from urllib.parse import unquote

from sunspot_dash.domain.drawing.names import folded

LABEL_STUDIO = re.compile(r"[0-9a-f]{8}-(?=.)")  # what Label Studio puts before the name of an uploaded file
LOCAL_FILE = re.compile(r"\?d=(?=.)")  # and before that of a file in its local storage
# Comparing every name with every other one is slow.
SEARCHED, EXPLAINED = 5000, 20


@dataclass
class Matches:
    """The result of matching.

    Attributes:
        files: file by listed name.
        notes: "matched x to y" for names that differ in more than their folders.
        missing: listed names without a file, with a file of a similar name or "".
        unclear: listed names that do not determine a file, with the reason.
    """

    files: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)
    unclear: dict[str, str] = field(default_factory=dict)


def match_names(listed: Iterable[str], files: Iterable[str]) -> Matches:
    """Match listed names with files, each file with one name at most.

    A name is searched as it is, then without its folders, then without regard to case, %20, Unicode form, and finally
    without Label Studio's prefixes. A name that fits several files, or a file that fits several names, is not matched.

    Args:
        listed: names in a label file, '/' between folders.
        files: names of existing files relative to their folder, '/' between folders.
    """
    there = set(files)
    matches = Matches({name: name for name in listed if name in there})
    left = [name for name in dict.fromkeys(listed) if name not in there]
    for key in (_base, _plain, _without_prefix):
        left = _claim(left, there, key, matches)
    free = sorted(there - set(matches.files.values()))
    stems = {_stem(name): name for name in free}
    for number, name in enumerate(left):
        matches.missing[name] = _near(name, free, stems) if number < EXPLAINED else ""
    return matches


def _claim(left: list[str], there: set[str], key: Callable[[str], str], matches: Matches) -> list[str]:
    """Match the names whose key is that of one free file; return those that still have none."""
    by_key: dict[str, list[str]] = {}
    wanted = {key(name) for name in left}
    for file in sorted(there):
        if key(file) in wanted:
            by_key.setdefault(key(file), []).append(file)
    owners = {file: name for name, file in matches.files.items()}
    claims: dict[str, list[str]] = {}
    rest = []
    for name in left:
        found = by_key.get(key(name), [])
        free = [file for file in found if file not in owners]
        if len(free) > 1:
            matches.unclear[name] = f"it fits several files: {', '.join(free[:3])}"
        elif free:
            claims.setdefault(free[0], []).append(name)
        elif found and key is _base:
            matches.unclear[name] = f"{found[0]} is matched with the entry {owners[found[0]]}"
        else:
            rest.append(name)
    for file, names in claims.items():
        if len(names) > 1:
            reason = f"{file} fits several entries of the label file: {', '.join(names[:3])}"
            matches.unclear.update(dict.fromkeys(names, reason))
            continue
        matches.files[names[0]] = file
        if _base(names[0]) != _base(file):
            matches.notes.append(f"matched {names[0]} to {file}")
    return rest


def _base(name: str) -> str:
    return name.rpartition("/")[2]


def _plain(name: str) -> str:
    """Return a form that ignores folders, case, %20 and the Unicode form."""
    return folded(_base(unquote(name)))


def _without_prefix(name: str) -> str:
    return LABEL_STUDIO.sub("", LOCAL_FILE.sub("", _plain(name), count=1), count=1)


def _stem(name: str) -> str:
    return _without_prefix(name).rpartition(".")[0]


def _near(name: str, free: list[str], stems: dict[str, str]) -> str:
    """Return a free file with a similar name, or ""."""
    if (same := stems.get(_stem(name))) is not None:
        return same
    return next(iter(get_close_matches(_base(name), free[:SEARCHED], 1, cutoff=0.8)), "")
