"""The colours of the figures, from the tokens of the pages (assets/tokens.css)."""

from __future__ import annotations

import re
from pathlib import Path

THEMES = ("light", "dark")
FILE = Path(__file__).resolve().parents[2] / "assets" / "tokens.css"
BLOCK = re.compile(r'^(?::root|\[data-bs-theme="dark"\]) \{(.*?)^\}', re.M | re.S)
TOKEN = re.compile(r"--([a-z0-9-]+): (#[0-9a-f]{6});")


def _read(text: str) -> dict[str, dict[str, str]]:
    """Return the colours of each theme by name; the dark theme replaces some of the light one."""
    light, dark = (dict(TOKEN.findall(block)) for block in BLOCK.findall(text)[:2])
    return {"light": light, "dark": light | dark}


TOKENS = _read(FILE.read_text("utf-8"))
