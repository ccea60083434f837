"""Projection of the Sun onto a drawing: celestial north up, east to the right, orthographic."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class View:
    """The drawn disk: centre and radius in px, position angle and latitude of the centre in radians."""

    x: float
    y: float
    radius: float
    p: float
    b0: float

    @property
    def unit(self) -> float:
        """R/740 in px."""
        return self.radius / 740

    @property
    def centre(self) -> np.ndarray:
        """(2,) px."""
        return np.array([self.x, self.y])

    def place(self, lat: float, cmd: float) -> tuple[np.ndarray, np.ndarray, float]:
        """Return point (2,), map (2, 2) from surface (west, north) to image offsets, and cosine to the line of sight.

        `lat` and `cmd` (west positive) are in radians. A positive P tilts the axis to the right, towards east.
        """
        sin, cos = np.sin, np.cos
        east = np.array([cos(self.p), sin(self.p)])
        north = np.array([sin(self.p), -cos(self.p)])
        west_n = np.array([[-cos(cmd), -sin(lat) * -sin(cmd)], [0.0, 0.0]])
        # Rows: components along image east and (solar) north of unit steps west and north on the sphere.
        west_n[1, 0] = sin(self.b0) * sin(cmd)
        west_n[1, 1] = cos(lat) * cos(self.b0) + sin(lat) * sin(self.b0) * cos(cmd)
        x_east = -cos(lat) * sin(cmd)
        y_north = sin(lat) * cos(self.b0) - cos(lat) * sin(self.b0) * cos(cmd)
        mu = sin(lat) * sin(self.b0) + cos(lat) * cos(self.b0) * cos(cmd)
        frame = np.column_stack([east, north])
        return self.centre + self.radius * frame @ [x_east, y_north], frame @ west_n, float(mu)
