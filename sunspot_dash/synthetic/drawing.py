"""A complete synthetic drawing with its labels."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from sunspot_dash.errors import ParameterError
from sunspot_dash.synthetic import form
from sunspot_dash.synthetic.clutter import Scribe
from sunspot_dash.synthetic.ink import Canvas
from sunspot_dash.synthetic.limb import limb_faculae, limb_umbrae
from sunspot_dash.synthetic.paper import make_paper
from sunspot_dash.synthetic.spots import Artist
from sunspot_dash.synthetic.styles import STYLES, Style
from sunspot_dash.synthetic.view import View

MAX_SPOTS = 125
# Mean number of places per drawing with large spots at the very limb.
LIMB_UMBRAE = 0.9
Group = tuple[np.ndarray, int]  # box (x0, y0, x1, y1) of a group, px, and its number of nuclei


@dataclass(frozen=True)
class SyntheticDrawing:
    """A drawing and its exact labels.

    Attributes:
        image: (H, W) uint8 grey drawing.
        polygons: one (n, 2) float64 array per nucleus, px, pixel (0, 0) covering [0, 1] x [0, 1].
        disk: x, y and radius of the limb, px.
        name: usdYYYYMMDDhhmm and the file suffix of the style.
        style: key of STYLES.
    """

    image: np.ndarray
    polygons: list[np.ndarray]
    disk: tuple[float, float, float]
    name: str
    style: str


def make_drawing(
    seed: int, style: str = "1941", activity: float | None = None, scale: float = 1.0
) -> SyntheticDrawing:
    """Make a drawing; the same arguments give the same drawing.

    Args:
        seed: any whole number from 0.
        style: a key of STYLES.
        activity: 0 for no spots, 1 for the typical number of groups of the era; None chooses it at random (one drawing
            in twelve is then spot-free).
        scale: of the image size, 0.15 to 1; nuclei never become too small to see.

    Raises:
        ParameterError: the style is unknown, or a value is out of range.
    """
    if style not in STYLES:
        raise ParameterError(f"unknown style {style!r}; expected one of {', '.join(STYLES)}")
    if seed < 0 or not 0.15 <= scale <= 1 or (activity is not None and not 0 <= activity <= 10):
        raise ParameterError(
            f"got seed {seed}, scale {scale}, activity {activity}; seed must be 0 or more, "
            "scale 0.15 to 1 and activity 0 to 10"
        )
    look = STYLES[style]
    rng = np.random.default_rng([seed, *style.encode()])
    if activity is None:
        activity = 0.0 if rng.random() < 1 / 12 else float(rng.gamma(2.5, 0.4))
    height, width = round(look.height * scale), round(look.width * scale)
    view = View(
        *disk_place(rng, look, height, width),
        p=np.radians(rng.uniform(-26.3, 26.3)),
        b0=np.radians(rng.uniform(-7.25, 7.25)),
    )
    start = datetime.datetime(look.years[0], 1, 1)
    days = (look.years[1] - look.years[0]) * 365 + 360
    when = start + datetime.timedelta(days=int(rng.integers(days)), minutes=int(rng.integers(420, 1020)))
    return draw(
        rng, style, (height, width), view, when, lambda artist: _random_groups(artist, look, activity)
    )


def disk_place(rng: np.random.Generator, look: Style, height: int, width: int) -> tuple[float, float, float]:
    """Return a random centre x, y and radius of the disk in a style, px."""
    x = width * (look.centre[0] + rng.normal(0, 0.004))
    y = height * (look.centre[1] + rng.normal(0, 0.006))
    return x, y, width * (look.radius + rng.normal(0, 0.0006))


def draw(
    rng: np.random.Generator,
    style: str,
    size: tuple[int, int],
    view: View,
    when: datetime.datetime,
    groups: Callable[[Artist], list[Group]],
) -> SyntheticDrawing:
    """Draw a whole page with the groups that `groups` draws on its disk.

    Args:
        rng: everything random comes from it, in a fixed order.
        style: a key of STYLES; size: (height, width), px; view: of the Sun; when: date and time (UT).
        groups: draws the spots and returns the boxes of the groups to be labelled.
    """
    look = STYLES[style]
    canvas = Canvas(*size, rng, look.graphite)
    paper = make_paper(rng, look, *size)
    form.draw_limb(canvas, look, view)
    artist = _draw_disk(canvas, look, view, groups)
    if look.printed:
        form.draw_scale(canvas, look, view)
        form.draw_centre(canvas, look, view)
    form.draw_header(canvas, look, view, f"{when:%d.%m.%y}")
    form.draw_tables(canvas, look, view)
    form.punch_holes(paper, canvas, look, view)
    return SyntheticDrawing(
        image=_scan(rng, look, paper, canvas.ink),
        polygons=artist.spots.polygons,
        disk=(view.x, view.y, view.radius),
        name=f"usd{when:%Y%m%d%H%M}{look.suffix}",
        style=style,
    )


def _draw_disk(canvas: Canvas, look: Style, view: View, groups: Callable[[Artist], list[Group]]) -> Artist:
    """Draw the spots, then the observer's notes around them."""
    rng = canvas.rng
    artist = Artist(canvas, look, view)
    scribe = Scribe(canvas, look, view, artist.spots)
    for box, members in groups(artist):
        scribe.label_group(box, members)
    if not look.printed:
        scribe.axes()
    scribe.faculae(0.4 if look.rings else 6.0)
    for _ in range(rng.poisson(0.3 if look.rings else 1.2)):
        limb_faculae(scribe, rng.uniform(0, 2 * np.pi))
    for _ in range(rng.poisson(0.25 if look.rings else 0.8)):
        scribe.paragraph()
    scribe.strays(4 if look.rings else 14)
    scribe.specks()
    return artist


def _random_groups(artist: Artist, look: Style, activity: float) -> list[Group]:
    """Draw random groups, and spots at the very limb."""
    rng = artist.rng
    boxes: list[Group] = []
    count = rng.poisson(look.groups * activity) if activity > 0 else 0
    for _ in range(max(1, min(int(count), 20)) if activity > 0 else 0):
        if len(artist.spots.circles) >= MAX_SPOTS:
            break
        size = 1 + int(rng.geometric(1 / rng.choice([1.2, 5, 16], p=[0.35, 0.4, 0.25]))) - 1
        lat = np.radians(np.clip(rng.normal(16, 7), 3, 38)) * rng.choice([-1, 1])
        before = len(artist.spots.circles)
        box = artist.group(
            lat, np.radians(np.clip(rng.normal(0, 38), -84, 84)), min(size, 60, MAX_SPOTS - before)
        )
        if box is not None:
            boxes.append((box, len(artist.spots.circles) - before))
    for _ in range(rng.poisson(LIMB_UMBRAE) if activity > 0 else 0):
        before = len(artist.spots.circles)
        if (box := limb_umbrae(artist, rng.uniform(0, 2 * np.pi))) is not None:
            boxes.append((box, len(artist.spots.circles) - before))
    return boxes


def _scan(rng: np.random.Generator, look: Style, paper: np.ndarray, ink: np.ndarray) -> np.ndarray:
    """Return the scanned drawing, (H, W) uint8."""
    blur = look.blur_px * rng.uniform(0.85, 1.2)
    page = paper * (1 - cv2.GaussianBlur(ink, (0, 0), blur))
    image = np.clip(page + 0.5, 0, 255).astype(np.uint8)
    if look.suffix == ".jpg" and rng.random() < 0.7:
        quality = int(rng.integers(70, 95))
        packed = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        image = cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE)
    return image
