"""A self-contained HTML page with figures: it includes the script of Plotly and loads nothing from any host."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import plotly.graph_objects as go
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from sunspot_dash.figures.theme import graph_config
from sunspot_dash.templates import template

TEMPLATE = template(Path(__file__).with_name("page.html"))


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
    """Render the page as HTML; the template escapes every text."""
    figures = [_figure(section, number) for number, section in enumerate(page.sections, 1)]
    return TEMPLATE.render(
        page=page, sections=list(zip(page.sections, figures, strict=True)), plotly_js=Markup(get_plotlyjs())
    )


def _figure(section: Section, number: int) -> Markup | None:
    """The HTML of a section's figure, as plotly writes it."""
    if section.figure is None:
        return None
    return Markup(
        section.figure.to_html(
            full_html=False,
            include_plotlyjs=False,
            include_mathjax=False,
            div_id=f"figure-{number}",
            default_height=f"{section.height_px}px",
            config=graph_config(responsive=True),
        )
    )
