"""Clutter on the disk: labels, codes, notes, axes, faculae, smudges, and specks of the paper."""

from __future__ import annotations

import numpy as np

from sunspot_dash.synthetic.handwriting import word, write
from sunspot_dash.synthetic.ink import Canvas, noise_1d, smooth_path
from sunspot_dash.synthetic.spots import Spots, blob
from sunspot_dash.synthetic.styles import Style
from sunspot_dash.synthetic.view import View


class Scribe:
    """Adds everything to a drawing that a detector must not mistake for a spot."""

    def __init__(self, canvas: Canvas, style: Style, view: View, spots: Spots) -> None:
        self.canvas, self.style, self.view, self.spots, self.rng = canvas, style, view, spots, canvas.rng
        self.boxes: list[tuple[float, float, float, float]] = []
        self.number = int(canvas.rng.integers(1, 300))

    def pen(self, dark: tuple[float, float] = (0.2, 0.5)) -> tuple[float, float]:
        """Return width (px) and darkness of a pencil, with some variation."""
        return (
            self.style.pencil_u * self.view.unit * self.rng.uniform(0.7, 1.15),
            self.rng.uniform(*dark),
        )

    def inside(self, reach: float = 0.95) -> np.ndarray:
        """Return a random point on the disk, (2,) px, within `reach` of the radius."""
        a, r = self.rng.uniform(0, 2 * np.pi), reach * np.sqrt(self.rng.random())
        return self.view.centre + self.view.radius * r * np.array([np.cos(a), np.sin(a)])

    def clear(self, x: float, y: float, width: float, height: float) -> bool:
        """Return whether a box with top left (x, y) is free of nuclei and text."""
        written = any(x < b[2] and b[0] < x + width and y < b[3] and b[1] < y + height for b in self.boxes)
        return not written and all(
            not (x - r < cx < x + width + r and y - r < cy < y + height + r)
            for cx, cy, r in self.spots.circles
        )

    def note(
        self, text: str, near: np.ndarray, height: float, dark: tuple[float, float] = (0.2, 0.5)
    ) -> None:
        """Write `text` near the point `near`, away from the nuclei."""
        width = 0.85 * height * len(text)
        for spread in np.linspace(0, 2.5, 8):
            x, y = near + self.rng.normal(0, 0.3 + spread, 2) * height
            far = np.hypot(x + width / 2 - self.view.x, y - self.view.y) > self.view.radius
            if far and spread < 1.5:
                continue
            if self.clear(x - 2, y - height - 2, width + 4, height * 1.3 + 4):
                self.boxes.append((x, y - height, x + width, y + 0.3 * height))
                write(self.canvas, text, (x, y), height, self.pen(dark), self.rng.normal(0, 0.05))
                return

    def label_group(self, box: np.ndarray, count: int) -> None:
        """Number the group whose nuclei fill `box` (x0, y0, x1, y1), with the codes of its era."""
        rng, u = self.rng, self.view.unit
        height = self.style.letter_u * u * rng.uniform(0.75, 1.2)
        self.number += int(rng.integers(1, 3))
        middle = np.array([(box[0] + box[2]) / 2, (box[1] + box[3]) / 2])
        below = np.array([middle[0] - height, box[3] + rng.uniform(1.3, 3.5) * height])
        above = np.array([middle[0] - height, box[1] - rng.uniform(0.4, 2) * height])
        side = np.array([box[2] + rng.uniform(0.5, 2) * height, middle[1] + rng.normal(0, height)])
        spot = [below, above, side][int(rng.choice(3, p=[0.65, 0.2, 0.15]))]
        if self.style.rings:
            self.note(f"{rng.choice(list('ABCDEFGHJ'))}{count}", spot, height)
            return
        texts = [
            str(self.number),
            f"n° {self.number} ({count})" if self.rng.random() < 0.4 else f"n°{self.number}",
            f"= {self.number}",
            f"({self.number})",
            f"{rng.choice(list('ABCDEFGHJ'))}{count}",
        ]
        text = texts[int(rng.choice(5, p=[0.4, 0.3, 0.12, 0.09, 0.09]))]
        self.note(text, spot, height)
        if rng.random() < 0.12:
            end = spot + np.array([0.8 * height * len(text), rng.normal(0, 0.1) * height])
            if self.clear(spot[0], spot[1] + 0.2 * height, end[0] - spot[0], 0.3 * height):
                self.canvas.stroke(
                    np.array([spot, end]) + np.array([0, 0.35 * height]), *self.pen((0.15, 0.4))
                )
        if rng.random() < 0.6:  # number of nuclei, or a code, close to the spots
            for _ in range(int(rng.integers(1, 4))):
                corner = np.array([rng.uniform(box[0], box[2]), box[3] + 1.1 * height])
                if rng.random() < 0.35:
                    corner[1] = box[1] - 0.4 * height
                code = (
                    str(rng.integers(1, 30)) if rng.random() < 0.6 else str(rng.choice(list("abcdefgklmp")))
                )
                self.note(code, corner, height * rng.uniform(0.6, 0.95), (0.12, 0.5))
        if rng.random() < 0.2:  # a line from a letter to its spot
            x, y, r = self.spots.circles[int(rng.integers(len(self.spots.circles)))]
            a, far = rng.uniform(0, 6.3), rng.uniform(25, 70) * u
            way = np.array([np.cos(a), np.sin(a)])
            ends = np.array([[x, y] + way * (r + 3 * u), [x, y] + way * far])
            self.canvas.stroke(
                smooth_path(np.array([ends[0], ends.mean(0) + rng.normal(0, u, 2), ends[1]])),
                1.4 * u,
                rng.uniform(0.1, 0.3),
            )
            self.note(str(rng.choice(list("abcdefgklm"))), ends[1], height * 0.9, (0.15, 0.4))
        if rng.random() < self.style.marked:
            # At the group's centre, or beside the nuclei that are there.
            for spread in (3, 8, 12, 16, 20):
                if self.cross(
                    middle + rng.normal(0, spread * u, 2), rng.uniform(4, 9) * u, self.style.oblique
                ):
                    break

    def cross(self, at: np.ndarray, arm: float, oblique: bool = False) -> bool:
        """Draw a small plus or multiplication sign, away from the nuclei; return whether there was room for it."""
        room = self.clear(at[0] - arm, at[1] - arm, 2 * arm, 2 * arm)
        if room:
            for way in ([0.7, 0.7], [0.7, -0.7]) if oblique else ([1.0, 0.0], [0.0, 1.0]):
                ends = at + np.outer([-1, 1], np.array(way) + self.rng.normal(0, 0.1, 2)) * arm
                self.canvas.stroke(
                    ends, self.style.pencil_u * self.view.unit * 0.55, self.rng.uniform(0.2, 0.5)
                )
        return room

    def axes(self) -> None:
        """Draw solar axis, equator and centre by hand, as on early drawings."""
        rng, view, u = self.rng, self.view, self.view.unit
        width, dark = rng.uniform(1.0, 1.7) * u, rng.uniform(0.15, 0.42)
        for turn in (0.0, np.pi / 2):
            if rng.random() < 0.9:
                a = view.p + turn
                way = np.array([np.sin(a), -np.cos(a)]) * view.radius
                ends = np.linspace(-rng.uniform(0.9, 1.06), rng.uniform(0.9, 1.08), 40)
                self.canvas.stroke(view.centre + np.outer(ends, way), width, dark)
        if rng.random() < 0.4:
            self.canvas.stroke(view.centre + np.outer(np.linspace(0, -1, 20), [0, view.radius]), width, dark)
        self.pinned_centre(width, dark)

    def pinned_centre(self, width: float, dark: float) -> None:
        """Draw the centre of the axes: compass hole, pencil dot, ticks and slips of the ruler."""
        rng, u = self.rng, self.view.unit
        at = self.view.centre + rng.normal(0, 0.7, 2) * u
        self.canvas.fill(at + blob(rng, rng.uniform(1.5, 4) * u, 1.3, 0.25), rng.uniform(0.2, 0.65), 0.7, 0.3)
        if rng.random() < 0.6:
            for turn in np.arange(4) * np.pi / 2:
                way = np.array([np.cos(turn), np.sin(turn)])
                ends = at + np.outer([rng.uniform(2, 8), rng.uniform(14, 24)], way) * u
                self.canvas.stroke(ends + rng.normal(0, 0.6, (2, 2)) * u, 1.3 * width, 1.3 * dark)
        for _ in range(rng.poisson(2)):
            a = self.view.p + rng.normal(0, 0.12) + np.pi / 2 * rng.integers(4)
            ends = at + np.outer([0, rng.uniform(8, 45)], [np.sin(a), -np.cos(a)]) * u
            self.canvas.stroke(ends, width, dark * rng.uniform(0.3, 0.9), 0.5)

    def faculae(self, many: float) -> None:
        """Draw wavy outlines and hatching, mostly near the limb."""
        rng, view, u = self.rng, self.view, self.view.unit
        for _ in range(rng.poisson(many)):
            a, r = rng.uniform(0, 2 * np.pi), rng.uniform(0.6, 0.97)
            at = view.centre + view.radius * r * np.array([np.cos(a), np.sin(a)])
            dark, size = rng.uniform(0.06, 0.42), rng.uniform(10, 55) * u
            if rng.random() < 0.25:
                lean = rng.normal(-0.9, 0.4)
                way = np.array([np.cos(lean), np.sin(lean)])
                for _ in range(int(rng.integers(10, 45))):
                    start = at + rng.normal(0, size * 0.7, 2)
                    long = rng.uniform(0.3, 1.1) * size
                    path = start + np.outer([-0.5, 0, 0.5], way) * long + rng.normal(0, 0.03 * size, (3, 2))
                    self.canvas.stroke(path, rng.uniform(1.2, 2.6) * u, dark * rng.uniform(0.25, 0.8), 0.5)
                continue
            edge = blob(rng, size, 1 + rng.exponential(0.8), 0.4)
            edge = edge * (1 + 0.12 * noise_1d(rng, len(edge), 12))[:, None]
            part = int(rng.integers(8, len(edge)))
            self.canvas.stroke(
                smooth_path(at + edge[:part], 2), self.pen()[0] * rng.uniform(0.5, 1.2), dark, 0.4
            )

    def paragraph(self) -> None:
        """Write a remark of a few lines, sometimes crossed out."""
        rng = self.rng
        height = self.style.letter_u * self.view.unit * rng.uniform(0.55, 0.9)
        at, pen = self.inside(0.75), self.pen((0.12, 0.4))
        angle = rng.normal(0, 0.12) if rng.random() < 0.8 else self.view.p
        down = np.array([-np.sin(angle), np.cos(angle)]) * height * rng.uniform(1.7, 2.3)
        for line in range(int(rng.choice([1, 2, 3, 6], p=[0.45, 0.25, 0.2, 0.1]))):
            start = at + down * line + rng.normal(0, 0.2 * height, 2)
            text = " ".join(word(rng) for _ in range(int(rng.integers(1, 4))))
            if not self.clear(start[0] - 2, start[1] - height, height * 0.85 * len(text), 1.5 * height):
                continue
            length = write(self.canvas, text, (start[0], start[1]), height, pen, angle)
            if rng.random() < 0.15:
                way = np.array([np.cos(angle), np.sin(angle)])
                strike = start + np.outer([0, 0.5, 1], way * length) - [0, 0.3 * height]
                self.canvas.stroke(smooth_path(strike + rng.normal(0, 0.1 * height, (3, 2))), *pen)

    def strays(self, many: float) -> None:
        """Draw stray strokes, arrows, half-erased lines and smudges."""
        rng, u = self.rng, self.view.unit
        for _ in range(rng.poisson(many)):
            at, kind = self.inside(1.0), rng.random()
            way = rng.normal(0, 1, 2)
            way /= np.hypot(*way)
            long = rng.uniform(6, 60) * u
            if kind < 0.3 and self.clear(at[0] - long, at[1] - long, 2 * long, 2 * long):
                self.canvas.fill(at + blob(rng, long / 3, 1.6, 0.3), rng.uniform(0.02, 0.09), 5 * u, 0.3)
            elif kind < 0.85 and self.clear(at[0] - long, at[1] - long, 2 * long, 2 * long):
                path = at + np.outer([-0.5, 0, 0.5], way) * long + rng.normal(0, 0.04 * long, (3, 2))
                pen = self.pen((0.06, 0.4))
                self.canvas.stroke(smooth_path(path), pen[0] * 0.8, pen[1], 0.5)
                if kind > 0.75:  # an arrow head
                    back = -way * 0.25 * long
                    for side in (0.45, -0.45):
                        c, s = np.cos(side), np.sin(side)
                        tip = path[-1] + np.array([[c, -s], [s, c]]) @ back
                        self.canvas.stroke(np.array([path[-1], tip]), pen[0] * 0.8, pen[1])
            elif kind > 0.93:
                self.cross(at, rng.uniform(5, 14) * u)
            elif kind >= 0.85:
                self.note(str(rng.integers(1, 30)), at, self.style.letter_u * u * 0.8, (0.1, 0.4))

    def specks(self) -> None:
        """Draw specks of the paper: like faint pores, but isolated and away from groups."""
        rng, u = self.rng, self.view.unit
        for _ in range(rng.poisson(self.style.specks)):
            at = np.array(
                [rng.uniform(0, self.canvas.ink.shape[1]), rng.uniform(0, self.canvas.ink.shape[0])]
            )
            radius = max(0.45, rng.lognormal(-0.1, 0.35) * min(u, 1.2))
            if not self.clear(at[0] - 12 * u, at[1] - 12 * u, 24 * u, 24 * u):
                continue
            dark = rng.uniform(0.05, 0.25) if rng.random() < 0.85 else rng.uniform(0.2, 0.55)
            self.canvas.fill(at + blob(rng, radius, 1 + rng.exponential(0.4), 0.25), dark, 0.25)
