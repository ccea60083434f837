"""Figures on a page that is complete in itself: plotly's script is in it, and it asks no host for anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

# Whatever the page holds, the browser fetches nothing for it.
POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"
STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #212529; max-width: 1100px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.7rem; margin-bottom: 0; } h2 { font-size: 1.2rem; margin: 2.5rem 0 .3rem; }
.under { color: #495057; margin: .2rem 0 1.5rem; } p { max-width: 75ch; }
.facts { display: flex; flex-wrap: wrap; gap: 1rem 2.5rem; margin: 1rem 0; }
.facts div { display: flex; flex-direction: column-reverse; } .facts dt { color: #495057; font-size: .85rem; }
.facts dd { margin: 0; font-size: 1.4rem; font-variant-numeric: tabular-nums; }
.figure { width: 100%; } .wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .2rem .8rem; text-align: right; border-bottom: 1px solid #dee2e6; }
th { font-weight: 600; vertical-align: bottom; } th:first-child, td:first-child { text-align: left; }
code { overflow-wrap: anywhere; font-size: .85rem; } footer { margin-top: 3rem; color: #495057; font-size: .9rem; }
@media print { .figure, tr { break-inside: avoid; } }
"""


@dataclass(frozen=True)
class Section:
    """A part of the page: its title, sentences, a figure of some height in px, a table (the first row is its head)."""

    title: str
    words: Sequence[str] = ()
    figure: go.Figure | None = None
    height_px: int = 380
    table: Sequence[Sequence[str]] = ()


@dataclass(frozen=True)
class Page:
    """What the page says.

    Attributes:
        facts: (value, what it is) of the few numbers that stand at the top.
        foot: sentences at the end; code: (what it is, a text that is to be copied).
    """

    title: str
    under: str
    facts: Sequence[tuple[str, str]]
    sections: Sequence[Section]
    foot: Sequence[str] = ()
    code: Sequence[tuple[str, str]] = field(default_factory=tuple)


def page_html(page: Page) -> str:
    """The page as HTML."""
    facts = "".join(
        f"<div><dt>{escape(what)}</dt><dd>{escape(value)}</dd></div>" for value, what in page.facts
    )
    parts = "\n".join(_section(section, number) for number, section in enumerate(page.sections, 1))
    foot = "".join(f"<p>{escape(words)}</p>" for words in page.foot)
    foot += "".join(f"<p>{escape(what)} <code>{escape(text)}</code></p>" for what, text in page.code)
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>{escape(page.title)}</title>
<style>{STYLE}</style>
<script>{get_plotlyjs()}</script>
</head><body>
<h1>{escape(page.title)}</h1>
<p class="under">{escape(page.under)}</p>
<dl class="facts">{facts}</dl>
{parts}
<footer>{foot}</footer>
</body></html>
"""


def _section(section: Section, number: int) -> str:
    parts = [f"<section><h2>{escape(section.title)}</h2>"]
    parts += [f"<p>{escape(words)}</p>" for words in section.words]
    if section.figure is not None:
        drawn = section.figure.to_html(
            full_html=False,
            include_plotlyjs=False,
            include_mathjax=False,
            div_id=f"figure-{number}",
            default_height=f"{section.height_px}px",
            config={"displaylogo": False, "responsive": True},
        )
        parts.append(f'<div class="figure">{drawn}</div>')
    if section.table:
        head, *rows = section.table
        cells = "".join(f'<th scope="col">{escape(title)}</th>' for title in head)
        body = "".join(f"<tr>{''.join(f'<td>{escape(value)}</td>' for value in row)}</tr>" for row in rows)
        parts.append(
            f'<div class="wide"><table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table></div>'
        )
    return "".join([*parts, "</section>"])
