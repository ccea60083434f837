"""Icons of Bootstrap (https://icons.getbootstrap.com)."""

from __future__ import annotations

from dash import html


def icon(name: str) -> html.I:
    """Return an icon, which screen readers ignore."""
    return html.I(className=f"bi bi-{name}", **{"aria-hidden": "true"})  # type: ignore[arg-type]
