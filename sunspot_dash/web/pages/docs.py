"""A page of the documentation, from the folder docs/, so that an explanation can be read without another host."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from dash import dcc, html

from sunspot_dash.web.components.bar import page
from sunspot_dash.web.components.feedback import empty
from sunspot_dash.web.components.terms import docs_address

FOLDER = Path(__file__).resolve().parents[3] / "docs"
PARTS = ("tutorial", "how-to", "reference", "science", "accuracy")
START = "tutorial"
MARK = re.compile(r"<!--.*?-->|!\[[^\]]*\]\([^)]*\)", re.S)  # comments, and pictures, which are not served
ANCHOR = re.compile(r" *\{#[\w-]+\}")
LINK = re.compile(r"\]\((?!https?:)([^)#]*?)\.md(#[^)]*)?\)")
FENCED = re.compile(r"^```.*?^```", re.M | re.S)


def layout(**query: str) -> html.Div:
    """Return the page; the address names a page of the documentation, and the section that is open."""
    name = query.get("page", START)
    if name not in _names():
        missing = empty(
            "This page does not exist",
            "Choose another one, beginning with the tutorial.",
            "Tutorial",
            "/docs",
        )
        return page("Documentation", missing)
    title, parts = _sections(name)
    asked = query.get("section", "")
    return page(
        "Documentation",
        html.Nav(
            [
                html.A(
                    _sections(other)[0], href=docs_address(other), className="here" if other == name else ""
                )
                for other in _names()
            ],
            className="docs-pages",
            **{"aria-label": "Pages of the documentation"},  # type: ignore[arg-type]
        ),
        html.Article(
            [
                html.H2(title),
                *(
                    html.Details(
                        [html.Summary(heading), dcc.Markdown(_linked(text, name))],
                        open=asked in ("", heading),
                    )
                    if heading
                    else dcc.Markdown(_linked(text, name))
                    for heading, text in parts
                ),
            ],
            className="docs",
        ),
    )


@lru_cache(maxsize=1)
def _names() -> list[str]:
    """Return the pages for users, paths below docs/ without their ending."""
    found = [path.relative_to(FOLDER).with_suffix("").as_posix() for path in sorted(FOLDER.rglob("*.md"))]
    return [name for name in found if name.split("/")[0] in PARTS]


@lru_cache(maxsize=16)
def _sections(name: str) -> tuple[str, list[tuple[str, str]]]:
    """Return the title of a page, and (heading, Markdown) of its sections; the first has no heading."""
    text = ANCHOR.sub("", MARK.sub("", (FOLDER / f"{name}.md").read_text("utf-8")))
    kept: list[str] = []

    def hide(block: re.Match[str]) -> str:  # a comment in a block of code looks like a heading
        kept.append(block[0])
        return f"\0{len(kept) - 1}\0"

    head, *rest = re.split(r"^## ", FENCED.sub(hide, text), flags=re.M)
    title, _, first = head.strip().removeprefix("# ").partition("\n")
    parts = [("", first), *((heading, body) for heading, _, body in (part.partition("\n") for part in rest))]
    return title, [
        (heading.strip(), re.sub(r"\0(\d+)\0", lambda found: kept[int(found[1])], body))
        for heading, body in parts
    ]


def _linked(text: str, name: str) -> str:
    """Return Markdown whose links to other pages of the documentation lead to this page of the dashboard."""

    def address(found: re.Match[str]) -> str:
        target = (FOLDER / name).parent.joinpath(f"{found[1]}.md").resolve()
        inside = target.is_relative_to(FOLDER) and target.relative_to(FOLDER).with_suffix("").as_posix()
        return f"]({docs_address(inside)})" if inside in _names() else "]"

    return LINK.sub(address, text)
