"""Fixed parts of a drawing: limb, tick scale, header, tables and punch holes."""

from __future__ import annotations

import cv2
import numpy as np

from sunspot_dash.synthetic.handwriting import word, write
from sunspot_dash.synthetic.ink import Canvas, noise_1d
from sunspot_dash.synthetic.styles import Style
from sunspot_dash.synthetic.view import View

SECTORS = 48


def draw_limb(canvas: Canvas, style: Style, view: View) -> None:
    """Draw the limb, evenly inked or paler in places; on printed forms it is thinner near the punch holes."""
    rng = canvas.rng
    bins = 720
    strength = np.clip(1 + rng.uniform(0.02, 0.18) * noise_1d(rng, bins, 30), 0.25, 1.2)
    if rng.random() < 0.12:  # the compass skipped
        strength *= np.where(noise_1d(rng, bins, 8) > 0.6, 0.25, 1)
    width = np.full(bins, style.limb_u * view.unit * rng.uniform(0.85, 1.15))
    if style.rings:
        for corner in (45, 135, 225, 315):
            width[(np.arange(bins) / 2 > corner - 5) & (np.arange(bins) / 2 < corner + 4)] *= 0.4
    for i in range(SECTORS):
        low, high = 2 * np.pi * i / SECTORS, 2 * np.pi * (i + 1) / SECTORS
        ends = view.centre + view.radius * np.array([[np.cos(a), np.sin(a)] for a in (low, high)])
        x0, y0 = np.floor(ends.min(0)).astype(int) - 12
        x1, y1 = np.ceil(ends.max(0)).astype(int) + 12
        dx = (np.arange(x0, x1) + 0.5 - view.x)[None, :]
        dy = (np.arange(y0, y1) + 0.5 - view.y)[:, None]
        angle = np.arctan2(dy, dx) % (2 * np.pi)
        at = np.minimum((angle * bins / (2 * np.pi)).astype(int), bins - 1)
        alpha = np.clip(width[at] / 2 + 0.5 - np.abs(np.hypot(dx, dy) - view.radius), 0, 1)
        alpha *= style.limb_dark * strength[at] * np.minimum(width[at], 1) * ((angle >= low) & (angle < high))
        canvas.stamp(int(x0), int(y0), alpha.astype(np.float32))


def draw_scale(canvas: Canvas, style: Style, view: View) -> None:
    """Draw degree ticks up to 30 degrees on either side of top and bottom, figures, and N S E W."""
    u, width = view.unit, 1.5 * view.unit
    for side in (-1, 1):
        for degree in range(-30, 31):
            long = (24 if degree % 10 == 0 else 15 if degree % 5 == 0 else 8) * u
            a = np.radians(degree)
            way = np.array([np.sin(a), side * np.cos(a)])
            ends = view.centre + np.outer([view.radius, view.radius + long], way)
            canvas.stroke(ends, width, style.limb_dark, 0, False)
            if degree % 10 == 0 and side < 0:
                at = view.centre + way * (view.radius + 32 * u)
                canvas.print_text(str(abs(degree)), (at[0] - 8 * u, at[1]), 15 * u)
    for way in np.array([[1.0, 0.0], [-1.0, 0.0]]):
        reach = np.array([view.radius - 3 * u, view.radius + 16 * u])
        canvas.stroke(view.centre + np.outer(reach, way), width, style.limb_dark, 0, False)


def draw_centre(canvas: Canvas, style: Style, view: View) -> None:
    """Print the cross of the form, if it has one, a little beside the fitted centre of the disk."""
    rng, u = canvas.rng, view.unit
    if not style.crosses:
        return
    start, end, width = style.crosses[int(rng.integers(len(style.crosses)))]
    at, dark = view.centre + rng.normal(0, 1.5, 2) * u, rng.uniform(0.5, 0.8)
    for way in np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]]):
        bar = at + np.outer([start, end * rng.uniform(0.95, 1.05)], way) * u
        canvas.stroke(bar, width * u, dark, 0.1, pencil=False)


def draw_header(canvas: Canvas, style: Style, view: View, date: str) -> None:
    """Write title, date and data: printed with filled-in fields, or entirely by hand."""
    rng, u, width = canvas.rng, view.unit, canvas.ink.shape[1]
    pen, high = (style.pencil_u * u, 0.5), style.letter_u * u
    if style.printed:
        canvas.print_text("OBSERVATOIRE - PHYSIQUE SOLAIRE", (0.3 * width, 28 * u), 18 * u)
        for i, text in enumerate(("Observateur:", "Date:", "Heure:", "Ciel:")):
            canvas.print_text(text, (0.77 * width, (70 + 45 * i) * u), 13 * u)
            value = date if i == 1 else word(rng)
            write(canvas, value, (0.85 * width, (70 + 45 * i) * u), high * 0.8, pen)
    else:
        write(canvas, f"{word(rng)} {date}", (0.68 * width, 75 * u), high * 1.2, pen)
        write(canvas, f"{word(rng)} {word(rng)}", (0.74 * width, 125 * u), high, pen)
        write(canvas, "N", (view.x - 5 * u, view.y - view.radius - 15 * u), high, pen)
    for i, text in enumerate(("P=", "B=", "L=")):
        write(canvas, f"{text} {rng.normal(0, 15):+.1f}", (0.05 * width, (65 + 40 * i) * u), high, pen)


def draw_tables(canvas: Canvas, style: Style, view: View) -> None:
    """Draw the table of groups below the disk and loose sums around it."""
    rng, u = canvas.rng, view.unit
    height, width = canvas.ink.shape
    top, row = view.y + view.radius + 40 * u, 32 * u
    left, right = (0.38 if style.printed else 0.2) * width, 0.96 * width
    rows = int(min((height - top - 20) // row, 14))
    if rows < 2:
        return
    columns = np.linspace(left, right, 8)
    if style.printed:
        for i in range(rows + 1):
            canvas.stroke(np.array([[left, top + i * row], [right, top + i * row]]), 1.4 * u, 0.6, 0, False)
        for x in columns:
            canvas.stroke(np.array([[x, top], [x, top + rows * row]]), 1.4 * u, 0.6, 0, False)
    pen = (style.pencil_u * u, 0.45)
    for i in range(int(rng.integers(0, rows + 1))):
        for x in columns[:-1]:
            value = f"{rng.normal(0, 60):+.1f}" if rng.random() < 0.6 else str(rng.integers(1, 300))
            write(canvas, value, (x + 6 * u, top + (i + 0.8) * row), style.letter_u * u * 0.75, pen)
    for _ in range(int(rng.integers(1, 5))):
        at = (rng.uniform(0.03, 0.2) * width, rng.uniform(top, height - 40 * u))
        write(canvas, f"{word(rng)} {rng.integers(300)}", at, style.letter_u * u, pen)


def punch_holes(paper: np.ndarray, canvas: Canvas, style: Style, view: View) -> None:
    """Draw punch holes beside the disk, in place: white where the scanner lid shows through, with a shaded rim."""
    reach = 1.22 * view.radius
    for sx in (-1, 1):
        for sy in (-1, 1):
            at = view.centre + 0.73 * reach * np.array([sx, sy])
            radius = 13 * view.unit
            if style.printed:
                t = np.linspace(0, 2 * np.pi, 40)
                canvas.stroke(
                    at + 1.05 * radius * np.column_stack([np.cos(t), np.sin(t)]), 1.5 * view.unit, 0.4
                )
                cv2.circle(paper, (int(at[0]), int(at[1])), int(radius), 252.0, -1)
            elif sx < 0 and canvas.rng.random() < 0.3:
                cv2.circle(paper, (int(at[0]), int(at[1])), int(radius), 254.0, -1)
