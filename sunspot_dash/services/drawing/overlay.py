"""The heliographic overlay of a drawing: grid, groups and positions of the spots."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sunspot_dash.domain.activity.observation import NOON, Observation, observation_time, observations
from sunspot_dash.domain.drawing.names import UNDATED
from sunspot_dash.domain.drawing.orientation import ABOUT_PRESETS, PRESETS, Orientation
from sunspot_dash.domain.spots.detections import DrawingResult
from sunspot_dash.domain.sun.grid import HeliographicGrid, heliographic_grid
from sunspot_dash.services.dataset.corrections import correction_of
from sunspot_dash.services.dataset.orientation import orientation_of
from sunspot_dash.workspace import Workspace

NO_DATE = "P, B0 and L0 need a date, and the file name has none: set the date on the Dataset page"


@dataclass(frozen=True, eq=False)
class Overlay:
    """The overlay of a drawing.

    Attributes:
        when: "date time UT"; time: the same, NaT for an undated drawing; orientation: of the drawing.
        grid: None for an undated drawing.
        candidates: all candidates, ungrouped.
    """

    when: str
    time: np.datetime64
    orientation: Orientation
    grid: HeliographicGrid | None
    candidates: Observation

    def facts(self) -> list[tuple[str, str]]:
        """Return (name, value) pairs for display; they do not depend on the threshold."""
        if self.grid is None:
            return [
                ("Grid, groups", f"none: {NO_DATE}"),
                ("Orientation", _orientation_text(self.orientation)),
            ]
        sun = self.candidates.ephemeris
        return [
            ("Time", self.when),
            (
                "Sun",
                f"P {signed(float(sun.p_deg), 2)}°, B0 {signed(float(sun.b0_deg), 2)}°, L0 {float(sun.l0_deg):.2f}°, "
                f"Carrington rotation {int(sun.carrington_rotation)}",
            ),
            ("Orientation", _orientation_text(self.orientation)),
        ]


def overlay_of(workspace: Workspace, result: DrawingResult) -> Overlay:
    """Compute the overlay of a drawing for its orientation and time.

    Raises:
        WorkspaceError: the corrections cannot be read.
    """
    date, time, orientation = setting_of(workspace, result)
    seen_at = observation_time(date, time)
    (candidates,) = observations([(result, orientation, seen_at)], 0.0)
    grid = None if date == UNDATED else heliographic_grid(result.disk, orientation, candidates.ephemeris)
    when = f"{date} {time} UT" if time else f"{date}, assumed {NOON} UT"
    return Overlay(when, seen_at, orientation, grid, candidates)


def setting_of(workspace: Workspace, result: DrawingResult) -> tuple[str, str, Orientation]:
    """Return date, time (UT) and orientation of a drawing, with its corrections.

    Raises:
        WorkspaceError: the corrections cannot be read.
    """
    correction = correction_of(workspace, result.name)
    archive = PRESETS[orientation_of(workspace, result.model)]
    return *correction.date_and_time(result.name), correction.orientation(archive)


def signed(value: float, digits: int) -> str:
    """Format a number with its sign, using a typographic minus."""
    # + 0.0 turns -0.0 into 0.0.
    return f"{round(value, digits) + 0.0:+.{digits}f}".replace("-", "−")


def _orientation_text(orientation: Orientation) -> str:
    preset = next(
        name
        for name, way in PRESETS.items()
        if (way.mirrored, way.up) == (orientation.mirrored, orientation.up)
    )
    return ABOUT_PRESETS[preset] + (
        f"; tilt {signed(orientation.tilt_deg, 1)}°" if orientation.tilt_deg else ""
    )
