"""The drawings of a source as rows of DigiSun's tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from sunspot_dash.domain.activity.observation import observation_time
from sunspot_dash.domain.sun.coordinates import to_page
from sunspot_dash.domain.sun.ephemeris import J2000, J2000_JD
from sunspot_dash.io.interchange.digisun import CALIBRATIONS, DRAWINGS, GROUPS, Row
from sunspot_dash.io.wide_table import Observed
from sunspot_dash.services.catalogue.catalogue import Catalogue, key_of

LEADER, TRAILER, NEITHER = "L", "T", "E"
THIRD = 1 / 3


def digisun_rows(catalogue: Catalogue, source: str, drawing: Observed) -> Iterator[tuple[str, Row]]:
    """Yield (table, row) for a dated drawing: its drawing, its calibration, and its groups.

    A drawing counts as analysed if each group has both types chosen by a person.
    """
    result, when, orientation, seen, review = drawing
    at = observation_time(*when)
    if np.isnat(at):
        return
    time = str(at.astype("datetime64[s]")).replace("T", " ")
    now = seen.ephemeris
    typed = {
        row["number"]: row
        for row in catalogue.rows(
            "select number, zurich, mcintosh, typed, whole_msh from spot_group where model = ? and key = ?",
            [source if review[0] else result.model, key_of(result.name)],
        )
    }
    groups = list(_groups(drawing, typed))
    spots = len(seen.numbered)
    day = (at - J2000) / np.timedelta64(1, "D")
    done = all(row["typed"] and "?" not in row["mcintosh"] for row in typed.values())
    yield (
        DRAWINGS,
        {
            "DateTime": time,
            "CarringtonRotation": int(now.carrington_rotation),
            "JulianDate": float(J2000_JD + day),
            "Calibrated": 1,
            "Analyzed": int(bool(review[0]) and done),
            "AllAreaDone": 1,
            "GroupCount": len(groups),
            "SpotCount": spots,
            "Wolf": 10 * len(groups) + spots,
            "AngleP": float(np.radians(now.p_deg)),
            "AngleB": float(np.radians(now.b0_deg)),
            "AngleL": float(np.radians(now.l0_deg)),
            "Filename": result.name,
            "Operator": review[0] or result.model,
            "LastUpdateTime": review[1] or None,
        },
    )
    north = to_page(1.0, 0.0, result.disk, orientation)
    yield (
        CALIBRATIONS,
        {
            "DateTime": time,
            "NorthX": float(north[0]),
            "NorthY": float(north[1]),
            "CenterX": result.disk.x,
            "CenterY": result.disk.y,
            "Radius": result.disk.radius,
            "AngleScan": float(np.radians(orientation.tilt_deg)),
        },
    )
    for group in groups:
        yield GROUPS, {"DateTime": time, **group}


def _groups(drawing: Observed, typed: dict[int, Any]) -> Iterator[Row]:
    seen = drawing.observation
    spots = [spot for _, spot in seen.numbered]
    for number, latitude, cmd in zip(
        seen.groups.number.tolist(), seen.groups.latitude_deg, seen.groups.cmd_deg, strict=True
    ):
        own = np.flatnonzero(seen.group == number)
        area = seen.areas.corrected_msh[own]
        weight = area / area.sum() if area.sum() > 0 else np.full(len(own), 1 / len(own))
        xy = np.array([(spots[i].x, spots[i].y) for i in own])
        x, y = (float(value) for value in weight @ xy)
        places = seen.places
        ends = [int(pick(places.cmd_deg[own])) for pick in (np.argmax, np.argmin)]
        span = np.ptp(places.cmd_deg[own])
        largest = places.cmd_deg[own][int(area.argmax())]
        from_trailer = (largest - places.cmd_deg[own].min()) / span if span else 0.5
        row = typed.get(number)
        whole = row["whole_msh"] if row else None
        yield {
            "DigiSunNumber": number,
            "Latitude": float(np.radians(latitude)),
            "Longitude": float(np.radians((seen.ephemeris.l0_deg + cmd) % 360)),
            "Lcm": float(np.radians(cmd)),
            "CenterToLimbAngle": float(np.radians(weight @ places.rho_deg[own])),
            "Quadrant": quadrant(float(latitude), float(cmd)),
            "McIntosh": row["mcintosh"] if row and row["typed"] else None,
            "Zurich": row["zurich"] if row and row["typed"] else None,
            "Spots": len(own),
            **{
                name: float(value)
                for end, i in enumerate(ends, 1)
                for name, value in (
                    (f"Dipole{end}Lat", np.radians(places.latitude_deg[own][i])),
                    (f"Dipole{end}Long", np.radians(places.carrington_longitude_deg[own][i])),
                    (f"Dipole{end}PosX", xy[i, 0]),
                    (f"Dipole{end}PosY", xy[i, 1]),
                )
            },
            "DeprojArea_msh": float(area.sum()) if whole is None else whole,
            "RawArea_px": float(sum(spots[i].area_px for i in own)),
            "ProjArea_msd": float(seen.areas.projected_msd[own].sum()),
            "PosX": x,
            "PosY": y,
            "LargestSpot": LEADER
            if from_trailer > 1 - THIRD
            else TRAILER
            if from_trailer < THIRD
            else NEITHER,
        }


def quadrant(latitude_deg: float, cmd_deg: float) -> int:
    """Return the quadrant of the visible hemisphere: 1 NE, 2 SE, 3 SW, 4 NW."""
    if cmd_deg < 0:
        return 1 if latitude_deg >= 0 else 2
    return 4 if latitude_deg >= 0 else 3
