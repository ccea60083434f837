"""Handwritten letters and digits: a few slanted strokes, never exactly the same twice.

A glyph is a string of two-digit points `xy` on a grid (x to the right; y 0 = top of capitals, 3 = top of small
letters, 7 = baseline, 9 = descenders); strokes are separated by `;`.
"""

from __future__ import annotations

import numpy as np

from sunspot_dash.synthetic.ink import Canvas, smooth_path

GLYPHS = {
    "0": "40 11 04 16 37 55 62 40", "1": "03 30 27", "2": "02 10 40 52 34 07 57",
    "3": "01 20 40 51 43 23 44 55 46 27 06", "4": "20 04 54;43 38", "5": "50 10 03 33 54 55 37 07",
    "6": "40 12 05 27 46 54 33 14", "7": "00 50 27;13 43", "8": "51 20 02 44 56 27 06 33 51",
    "9": "51 20 02 14 43 51 37", "A": "07 30 57;14 44", "B": "00 07;00 40 42 13 44 56 37 07",
    "C": "51 30 02 05 27 57", "D": "00 07;00 30 52 55 37 07", "E": "50 00 07 57;03 33",
    "F": "07 00 50;03 33", "G": "51 20 02 05 27 46 54 34", "H": "00 07;50 57;04 54", "J": "40 45 27 05",
    "L": "00 07 47", "N": "07 00 57 50", "P": "07 00 40 42 13", "R": "07 00 40 42 13 57",
    "S": "51 20 02 44 56 37 06", "W": "00 17 32 47 60", "M": "07 00 34 60 67", "T": "00 60;30 37",
    "a": "53 13 05 27 45 53 57", "b": "20 07 27 45 33 14", "c": "43 13 05 27 47",
    "d": "43 13 05 27 46 50 57", "e": "15 44 23 05 17 47", "f": "50 20 29;03 43",
    "g": "53 13 05 27 45 53 49 19", "h": "10 07 14 33 44 47", "i": "13 17 27;11 12",
    "k": "10 07;43 05 47", "l": "30 11 07 17", "m": "03 07 14 23 27 34 43 47 57", "n": "03 07 14 33 47 57",
    "o": "33 04 17 36 43 33", "p": "13 09 14 33 45 17", "q": "43 13 05 27 43 49", "r": "03 07 14 33 43",
    "s": "43 13 34 36 07", "t": "20 17 37;03 43", "u": "03 06 27 43 47", "v": "03 17 43",
    "w": "03 17 24 37 53", "x": "03 47;43 07", "y": "03 17;43 19", "z": "03 43 07 47",
    "(": "20 02 05 27", ")": "00 22 25 07", "+": "05 45;23 27", "-": "05 45", "=": "04 44;06 46",
    ".": "06 17", ",": "17 09", "°": "20 11 22 31 20", "/": "50 07", "?": "01 20 41 23 25;27 28",
    "'": "10 12", ":": "13 14;16 17", "*": "02 46;42 06;21 27",
}  # fmt: skip
LETTERS = "abcdefghiklmnopqrstuvxyz"


def word(rng: np.random.Generator) -> str:
    """Return a word-like run of 2 to 10 letters, sometimes a number."""
    if rng.random() < 0.15:
        return str(rng.integers(1, 400))
    return "".join(rng.choice(list(LETTERS), rng.integers(2, 11)))


def write(
    canvas: Canvas,
    text: str,
    at: tuple[float, float],
    height: float,
    pen: tuple[float, float],
    angle: float = 0.0,
) -> float:
    """Write `text` by hand and return its length in px.

    Args:
        canvas: canvas to write on.
        text: characters without a glyph leave a gap.
        at: left end of the baseline (x, y), px.
        height: of a capital, px.
        pen: width in px and darkness of the pencil.
        angle: direction of the line, radians, clockwise.
    """
    rng = canvas.rng
    unit, slant = height / 7, rng.normal(0.25, 0.22)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    press, wide = pen[1] * rng.uniform(0.85, 1.15), rng.uniform(0.6, 1.0)
    along, last = 0.0, np.zeros(2)
    joined = rng.random() < 0.6  # cursive writing does not lift between small letters
    for char in text:
        glyph = GLYPHS.get(char)
        if glyph is None:
            along += 3.5 * unit
            continue
        size = unit * rng.normal(1, 0.08)
        drift = rng.normal(0, 0.35)
        widest = 0.0
        for i, part in enumerate(glyph.split(";")):
            points = np.array([(int(p[0]), int(p[1]) - 7) for p in part.split()], float)
            points += rng.normal(0, 0.36, points.shape)
            widest = max(widest, points[:, 0].max())
            points[:, 0] = points[:, 0] * wide - slant * points[:, 1]
            points[:, 1] += drift
            points = points * size + [along, 0]
            if joined and i == 0 and along > 0 and char in LETTERS and last[1] > -2 * unit:
                points = np.vstack([last, points])
            last = points[-1]
            canvas.stroke(smooth_path(points, 3) @ turn + at, pen[0], press * rng.uniform(0.8, 1.15))
        along += (max(widest, 1) * wide + rng.uniform(1.0, 2.2)) * size
    return along
