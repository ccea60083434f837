"""The frame of a page in its HTML: seen until the scripts have drawn the same frame with its content (see `shell`)."""

from __future__ import annotations

from typing import Any

from dash import Dash

from sunspot_dash.web.shell import ICONS, ON_A_PHONE, PAGES


class FramedDash(Dash):
    """A Dash app whose HTML holds the frame; loading.js removes it once it is drawn."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        # The deferred scripts have run by then.
        self.renderer = f'document.addEventListener("DOMContentLoaded", () => {{ {self.renderer} }});'

    def interpolate_index(  # type: ignore[override]
        self, title: str = "", app_entry: str = "", scripts: str = "", **parts: Any
    ) -> str:
        """Return the HTML of a page, whose scripts wait until the frame can be seen."""
        entry = first_frame(title.split(" · ")[0]) + app_entry
        later = scripts.replace("<script src=", "<script defer src=")
        return super().interpolate_index(title=title, app_entry=entry, scripts=later, **parts)


def first_frame(page: str) -> str:
    """Return the frame as HTML, which screen readers ignore; `page` is the name of the page."""
    links = "".join(
        f'<span class="nav-link{" active" if name == page else ""}{"" if name in ON_A_PHONE else " later"}">'
        f'<span><i class="bi bi-{ICONS[name]}"></i></span><span class="name">{name}</span></span>'
        for _, name in PAGES
    )
    return (
        '<div class="app first-frame" aria-hidden="true"><header><div class="navigation">'
        f'<span class="brand"><span>Sunspot Dashboard</span></span>{links}</div></header>'
        f'<div><div class="bar"><strong>{page}</strong></div></div></div>'
    )
