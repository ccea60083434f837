"""Read and operate the viewer of a page in a browser."""

from __future__ import annotations

from playwright.sync_api import Page

STAGE = "window.sunspot.stage()"
READY = f"() => {STAGE} && {STAGE}.box.dataset.state === 'ready'"
# The number of pixels of a view that the canvas paints in a colour of the tokens, give or take the blending.
PAINTED = """([view, token]) => {
    const pane = window.sunspot.stage().panes[view];
    pane.draw();
    const probe = document.createElement('canvas').getContext('2d');
    probe.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(`--${token}`).trim();
    probe.fillRect(0, 0, 1, 1);
    const wanted = probe.getImageData(0, 0, 1, 1).data;
    const { data } = pane.context.getImageData(0, 0, pane.canvas.width, pane.canvas.height);
    let found = 0;
    for (let i = 0; i < data.length; i += 4)
        if (data[i + 3] > 60 && [0, 1, 2].every((c) => Math.abs(data[i + c] - wanted[c]) < 24)) found += 1;
    return found;
}"""
# The centre and the scale of each visible view.
PARTS = f"""() => {STAGE}.shown.map((pane) => {{
    const {{ lat, lng }} = pane.map.getCenter();
    return [lng, -lat, pane.scale]; }})"""


def when_open(page: Page, name: str = "") -> None:
    """Wait until a drawing, or the one with this name, is shown."""
    page.wait_for_function(READY)
    if name:
        page.wait_for_function(f"(name) => {STAGE}.scene.content.name === name && ({READY})()", arg=name)


def painted(page: Page, view: str, token: str) -> int:
    """Return the number of pixels of a view in a colour, such as "grid" or "detection"."""
    return page.evaluate(PAINTED, [view, token])


def parts(page: Page) -> list[list[float]]:
    """Return x, y (px of the drawing) of the centre of each view, and its scale."""
    return page.evaluate(PARTS)


def place(page: Page, view: str, x: float, y: float) -> tuple[float, float]:
    """Return the position on the page of a place on the drawing."""
    return page.evaluate(
        f"""([view, x, y]) => {{ const pane = {STAGE}.panes[view];
        const at = pane.map.latLngToContainerPoint([-y, x]);
        const box = pane.box.getBoundingClientRect();
        return [box.x + at.x, box.y + at.y]; }}""",
        [view, x, y],
    )


def open_run(page: Page) -> None:
    """Open the form to run a model."""
    page.get_by_role("button", name="Run a model").click()
    page.get_by_role("dialog", name="Run a model").wait_for()
