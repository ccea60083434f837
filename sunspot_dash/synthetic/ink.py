"""Pencil and ink: strokes and patches drawn at sub-pixel resolution, then averaged down."""

from __future__ import annotations

import cv2
import numpy as np

TILE = 512


def noise_1d(rng: np.random.Generator, count: int, knots: int) -> np.ndarray:
    """Return a smooth random curve, (count,) floats of about unit size, with about `knots` wiggles."""
    return np.interp(np.linspace(0, 1, count), np.linspace(0, 1, knots + 2), rng.standard_normal(knots + 2))


def smooth_path(points: np.ndarray, steps: int = 4) -> np.ndarray:
    """Join points (n, 2) by a Catmull-Rom spline with `steps` points per segment, as a hand would."""
    p = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    t = np.linspace(0, 1, steps, endpoint=False)[None, :, None]
    a, b, c, d = (p[i : len(p) - 3 + i, None] for i in range(4))
    curve = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    return np.vstack([curve.reshape(-1, 2), points[-1:]])


class Canvas:
    """The ink on a drawing: `ink` is (height, width) float32, 0 = bare paper, 1 = black.

    Coordinates are px, pixel (0, 0) covering [0, 1] x [0, 1]. Paper texture mottles the pencil; anything outside the
    drawing is clipped.
    """

    def __init__(self, height: int, width: int, rng: np.random.Generator, graphite: float = 0.75) -> None:
        self.ink = np.zeros((height, width), np.float32)
        self.rng = rng
        self.graphite = graphite
        tooth = cv2.GaussianBlur(rng.standard_normal((TILE, TILE), np.float32), (0, 0), 0.9)
        self._tooth = np.clip(1 + 0.28 * tooth / tooth.std(), 0.2, 1.6)

    def grain(self, height: int, width: int) -> np.ndarray:
        """Return (height, width) float32 with mean 1: the share of pencil that the paper takes."""
        y, x = self.rng.integers(TILE, size=2)
        rows, columns = (y + np.arange(height)) % TILE, (x + np.arange(width)) % TILE
        return self._tooth[np.ix_(rows, columns)]

    def stamp(self, x: int, y: int, alpha: np.ndarray, darkest: float = 0.97) -> None:
        """Blend `alpha` (h, w) float, 0 to 1, into the ink with its top left corner at pixel (x, y)."""
        height, width = self.ink.shape
        x0, y0, x1, y1 = max(x, 0), max(y, 0), min(x + alpha.shape[1], width), min(y + alpha.shape[0], height)
        if x0 < x1 and y0 < y1:
            part = self.ink[y0:y1, x0:x1]
            part += np.maximum(1 - part / darkest, 0) * np.clip(
                alpha[y0 - y : y1 - y, x0 - x : x1 - x], 0, darkest
            )

    def stroke(
        self, points: np.ndarray, width: float, dark: float, wobble: float = 0.25, pencil: bool = True
    ) -> None:
        """Draw a line of `width` px through `points` (n, 2); `wobble` varies width and pressure."""
        fine = 6 if width < 2.5 else 4 if width < 4 else 3
        pad = int(width) + 2
        corner = np.floor(points.min(0)).astype(int) - pad
        size = np.ceil(points.max(0)).astype(int) + pad - corner
        if size.max() > 700 and len(points) > 1:  # draw a long line in pieces: the bounding boxes are smaller
            middle = points[: len(points) // 2 + 1] if len(points) > 2 else _half(points, 0)
            rest = points[len(points) // 2 :] if len(points) > 2 else _half(points, 1)
            self.stroke(middle, width, dark, wobble, pencil)
            self.stroke(rest, width, dark, wobble, pencil)
            return
        canvas = np.zeros((size[1] * fine, size[0] * fine), np.uint8)
        path = np.round((points - corner) * fine - 0.5).astype(int).tolist()
        press = 1 + wobble * noise_1d(self.rng, len(path), 2 + len(path) // 6)
        for i in range(len(path) - 1):
            force = min(max(press[i], 0.35), 1.25)
            thick = max(1, round(width * fine * (0.7 + 0.3 * force)))
            cv2.line(canvas, path[i], path[i + 1], int(200 * force), thick)
        alpha = cv2.resize(canvas, (int(size[0]), int(size[1])), interpolation=cv2.INTER_AREA)
        alpha = alpha.astype(np.float32) * (dark / 200)
        if pencil:
            self.stamp(int(corner[0]), int(corner[1]), alpha * self.grain(*alpha.shape), self.graphite)
        else:
            self.stamp(int(corner[0]), int(corner[1]), alpha)

    def fill(
        self, outline: np.ndarray, dark: float, soft: float = 0.4, mottle: float = 0.0, stipple: float = 0.0
    ) -> None:
        """Fill the closed `outline` (n, 2) with pencil.

        `soft` is the width of the edge in px, `mottle` the unevenness over some px, `stipple` that from pixel to pixel.
        """
        extent = float(np.ptp(outline, axis=0).max())
        fine = 8 if extent < 40 else 4 if extent < 160 else 1
        pad = int(3 * soft) + 2
        corner = np.floor(outline.min(0)).astype(int) - pad
        size = np.ceil(outline.max(0)).astype(int) + pad - corner
        canvas = np.zeros((size[1] * fine, size[0] * fine), np.uint8)
        cv2.fillPoly(canvas, [np.round((outline - corner) * fine - 0.5).astype(np.int32)], 255)
        alpha = cv2.resize(canvas, (int(size[0]), int(size[1])), interpolation=cv2.INTER_AREA)
        alpha = alpha.astype(np.float32) * (dark / 255)
        if soft > 0.2:
            alpha = np.asarray(cv2.GaussianBlur(alpha, (0, 0), soft), np.float32)
        if mottle:
            cells = (max(2, int(size[0]) // 4), max(2, int(size[1]) // 4))
            knots = self.rng.standard_normal(cells[::-1]).astype(np.float32)
            slow = cv2.resize(knots, (int(size[0]), int(size[1])), interpolation=cv2.INTER_CUBIC)
            alpha *= np.clip(1 + mottle * slow, 0.1, 2.2)
        if stipple:
            alpha *= np.clip(1 + stipple * self.rng.standard_normal(alpha.shape, np.float32), 0, 3)
        self.stamp(int(corner[0]), int(corner[1]), alpha * self.grain(*alpha.shape), self.graphite)

    def print_text(self, text: str, at: tuple[float, float], height: float, dark: float = 0.65) -> None:
        """Print `text` with the left end of its baseline at `at` (x, y) and capitals `height` px high."""
        scale = height / 11.0
        (w, h), base = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale / 2, 1)
        canvas = np.zeros((h + base + 8, int(1.3 * w) + 8), np.uint8)
        thick = max(1, round(height / 9))
        cv2.putText(canvas, text, (4, h + 4), cv2.FONT_HERSHEY_SIMPLEX, scale / 2, 255, thick, cv2.LINE_AA)
        self.stamp(int(at[0]) - 4, int(at[1]) - h - 4, canvas.astype(np.float32) * (dark / 255))


def _half(points: np.ndarray, which: int) -> np.ndarray:
    middle = points.mean(0)
    return np.array([points[0], middle]) if which == 0 else np.array([middle, points[1]])
