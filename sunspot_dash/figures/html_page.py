"""A self-contained HTML page with figures: it includes the script of Plotly and loads nothing from any host."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

# Keeps the browser from loading anything, whatever the page contains.
POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"
STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #212529; max-width: 1100px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.7rem; margin-bottom: 0; } h2 { font-size: 1.2rem; margin: 2.5rem 0 .3rem; }
.subtitle { color: #495057; margin: .2rem 0 1.5rem; } p { max-width: 75ch; }
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
    """A section of the page.

    Attributes:
        paragraphs: texts above the figure; height_px: of the figure; table: rows, the first one its header.
    """

    title: str
    paragraphs: Sequence[str] = ()
    figure: go.Figure | None = None
    height_px: int = 380
    table: Sequence[Sequence[str]] = ()


@dataclass(frozen=True)
class Page:
    """The content of the page.

    Attributes:
        subtitle: the line below the title.
        facts: (value, name) of the few numbers at the top.
        footer: paragraphs at the end; code: (name, text to copy).
    """

    title: str
    subtitle: str
    facts: Sequence[tuple[str, str]]
    sections: Sequence[Section]
    footer: Sequence[str] = ()
    code: Sequence[tuple[str, str]] = field(default_factory=tuple)


def page_html(page: Page) -> str:
    """Return the page as HTML."""
    facts = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for value, name in page.facts
    )
    parts = "\n".join(_section(section, number) for number, section in enumerate(page.sections, 1))
    footer = "".join(f"<p>{escape(text)}</p>" for text in page.footer)
    footer += "".join(f"<p>{escape(name)} <code>{escape(text)}</code></p>" for name, text in page.code)
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
<p class="subtitle">{escape(page.subtitle)}</p>
<dl class="facts">{facts}</dl>
{parts}
<footer>{footer}</footer>
</body></html>
"""


def _section(section: Section, number: int) -> str:
    parts = [f"<section><h2>{escape(section.title)}</h2>"]
    parts += [f"<p>{escape(text)}</p>" for text in section.paragraphs]
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
