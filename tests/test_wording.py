"""Check that texts use the usual English words: docstrings, comments, strings and documents, but not identifiers."""

from __future__ import annotations

import io
import re
import subprocess
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CODE = "\0"  # in place of code: no pattern matches across it
STRING_TOKENS = {
    getattr(tokenize, name) for name in ("STRING", "FSTRING_MIDDLE", "COMMENT") if hasattr(tokenize, name)
}
# (pattern, say instead); a space matches any whitespace.
WORDINGS = [
    (r"\banew\b", "again; recount, rebuild, ..."),
    (r"\btold\b", "reported, shown, printed, described"),
    (r"\btells?\b", "says, shows, reports; 'distinguish' for 'tell from' and 'tell apart'"),
    (
        r"(?<!there )\b(is|are|was|were) no (?!longer\b|more than\b|less than\b|fewer than\b|\w+er than\b)",
        "is not a ...",
    ),
    (r"\bso many\b(?! that)", "that many, or the number: N ..."),
    (r"\bhow \w+( \w+)?( \w+)? lies?\b", "orientation"),
    (r"\b(wherever|where) \w+( \w+)? (lies?|lay)\b", "wherever it is"),
    (r"\bseems? to lie\b", "orientation looks wrong"),
    (r"\bsecond look\b", "candidate classifier"),
    (r"\ba forest of\b", "a tree ensemble"),
    (r"\bMake the callbacks known\b", "Register the callbacks"),
    (r"\b(take|takes|took|taken) (\w+ )?away again\b", "remove"),
    (
        r"\bput (the |some |your |more )?(drawings?|images?|pictures?|files?|scans?|some|them|it) in(to)?\b",
        "add",
    ),
    (r"\bput (drawings|images|them|some) (there|in)\b", "add"),
    (r"\bit is of\b|\bis of the same\b", "it belongs to; has the same"),
    (r"\bof which only\b", "a new sentence: Only ..."),
    (r"\bwhat is (wrong|there|told|new|left|said)\b", "a noun: the error, the files, ..."),
    (r"\bwhat (came|comes|becomes) of\b", "the outcome of"),
    (r"\bwhat it names\b", "a file it refers to"),
    (r"\b(is|are) not there\b", "is missing, does not exist"),
    (r"\bmachine alone\b", "localhost only; only on this machine"),
    (r"\b(go|goes|going|went|gone) on (with|from|where|by|when|again)\b", "continue, resume"),
    (r"\b(lives?|runs?|writes?|holds?|does|do|is|are) no more\b", "no longer"),
    (r"\bthat there are\b", "existing"),
    (r"\bmove over\b", "migrate"),
    (r"\ball that (is|are)\b", "everything; 'not yet processed' for 'new to it'"),
    (r"\bset nothing by hand\b|\bset by hand what\b", "correct manually"),
    (r"\bleast confidence\b", "confidence threshold"),
    (r"\bdrawings apart\b", "export to a folder"),
    (r"\bbeside another series\b", "compare with a reference series"),
    (r"\bplaces by numbers\b", "filter by position"),
    (
        r"\b(one|a row|a line|a file|a folder) an? (spot|drawing|group|day|job|event|image|model|step)\b",
        "one per ...",
    ),
    (r"\btake back\b", "undo"),
    (r"\bno sign first\b", "start with a letter or a digit"),
    (r"\bin the open\b", "the literal description"),
    (r"\bin the network's eyes\b", "as the network sees it; at the model's scale"),
    (r"\bsigns? of life\b", "heartbeat"),
    (r"\btakes? a share\b|\bgive a hand\b", "help"),
    (r"\bas often as (needed|it takes)\b", "may be repeated; until it succeeds"),
    (r"\bfor good\b", "permanently"),
    (r"\b(is|are|was) said\b(?! to)", "printed, reported"),
    (r"\bcannot be made\b|\bcould not be made\b", "cannot be created"),
    (r"\bmay not be (read|written)\b", "cannot be read or written"),
    (r"\bin (its|their) lane: a training\b", "Next; starts when the running training finishes its epoch"),
]
# (file, its words): right as they are.
EXCEPTIONS: list[tuple[str, str]] = []


def tracked(*endings: str) -> list[Path]:
    """Return the tracked files with these endings, without this one."""
    command = ["git", "ls-files", *(f"*{ending}" for ending in endings)]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    return [path for path in map(ROOT.joinpath, names) if path != Path(__file__).resolve() and path.exists()]


def text_of(path: Path, content: str) -> str:
    """Return the text in a file, with as many lines as the file: code becomes CODE, and spaces become one."""
    if path.suffix == ".py":
        content = _python_text(content)
    elif path.suffix in (".js", ".css"):
        content = _script_text(content)
    content = re.sub(rf"{CODE}[{CODE} \t]*", CODE, content)
    return re.sub(r"[ \t]*\n[ \t]*", "\n", re.sub(r"[ \t]+", " ", content))


def _python_text(source: str) -> str:
    lines = source.splitlines(keepends=True)
    keep = [[False] * len(line) for line in lines]
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type in STRING_TOKENS:
            (first, begin), (last, end) = token.start, token.end
            for row in range(first, last + 1):
                left, right = begin if row == first else 0, end if row == last else len(lines[row - 1])
                keep[row - 1][left:right] = [True] * (right - left)
    text = "".join(
        character if character.isspace() or kept else CODE
        for line, marks in zip(lines, keep, strict=True)
        for character, kept in zip(line, marks, strict=True)
    )
    text = re.sub(r"\{[^{}\n]*\}", lambda found: CODE * len(found[0]), text)  # expressions in f-strings
    # Quotes and their prefixes go, so that the parts of a string in several lines are one text.
    return re.sub(r"\b[rbfu]{1,2}(?=[\"'])|\"+|(?<!\w)'+|'+(?!\w)|#", lambda found: " " * len(found[0]), text)


def _script_text(source: str) -> str:
    text = r"/\*.*?\*/|(?<!:)//[^\n]*|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`"
    kept = "".join(
        part if place % 2 else re.sub(r"\S", CODE, part)
        for place, part in enumerate(re.split(f"({text})", source, flags=re.DOTALL))
    )
    return re.sub(r"[\"`]|/\*|\*/|//", lambda found: " " * len(found[0]), kept)


def faults(path: Path, text: str, pattern: str) -> Iterator[str]:
    """Yield 'line: words' for each match of a pattern that is not an exception."""
    name = path.relative_to(ROOT).as_posix()
    for found in re.finditer(pattern.replace(" ", r"\s"), text, re.IGNORECASE):
        start, end = max(0, found.start() - 40), found.end() + 40
        around = text[start:end].replace("\n", " ").replace(CODE, "")
        if not any(name == file and words in around for file, words in EXCEPTIONS):
            yield f"{name}:{text.count(chr(10), 0, found.start()) + 1}: ...{around}..."


@pytest.fixture(scope="module")
def texts() -> dict[Path, str]:
    """The text of every tracked file."""
    return {path: text_of(path, path.read_text("utf-8")) for path in tracked(".py", ".md", ".js", ".css")}


@pytest.mark.parametrize(("pattern", "instead"), WORDINGS, ids=[pattern for pattern, _ in WORDINGS])
def test_texts_use_the_usual_words(pattern: str, instead: str, texts: dict[Path, str]) -> None:
    found = [fault for path, text in texts.items() for fault in faults(path, text, pattern)]
    assert not found, "\n".join([f"say instead: {instead}", *found])


@pytest.mark.parametrize(
    ("name", "content", "pattern", "count"),
    [
        ("a.py", 'told = 1\nx = f"{told} it"\n', r"\btold\b", 0),
        ("a.py", '"""It is\n    told."""\n', r"\bis told\b", 1),
        ("a.py", "x = 1  # told\n", r"\btold\b", 1),
        ("a.py", 'x = (\n    "it is "\n    "told"\n)\n', r"\bis told\b", 1),
        ("a.py", 'x = ["it is", y, "told"]\n', r"\bis told\b", 0),
        ("a.js", "told(1); // told: 'told'\n", r"\btold\b", 2),
        ("a.css", ".told { color: red } /* told */\n", r"\btold\b", 1),
        ("a.md", "It is\ntold.\n", r"\bis told\b", 1),
    ],
)
def test_text_is_searched_and_code_is_not(name: str, content: str, pattern: str, count: int) -> None:
    path = ROOT / name
    assert len(list(faults(path, text_of(path, content), pattern))) == count


def test_a_fault_names_the_line() -> None:
    path = ROOT / "a.py"
    text = text_of(path, 'x = 1\n\n\ndef f():\n    """First.\n\n    It is told.\n    """\n')
    assert [fault.split(": ")[0] for fault in faults(path, text, r"\btold\b")] == ["a.py:7"]
