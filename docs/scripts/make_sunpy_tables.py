"""Write the tables of sunpy's answers that the tests of the ephemeris and of the coordinates are held to.

    pip install sunpy==7.0.5 && python docs/scripts/make_sunpy_tables.py

The tests do not require sunpy: it takes seconds to load, and needs Earth rotation data from the network for
recent dates. Times are TT, which need no such data. Angles are in degrees.
"""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import astropy.units as u
import numpy as np
import sunpy
from astropy.coordinates import SkyCoord
from astropy.time import Time
from astropy.utils import iers
from sunpy.coordinates import HeliographicCarrington, HeliographicStonyhurst, Helioprojective, sun

TABLES = Path(__file__).resolve().parents[2] / "tests" / "domain"
iers.conf.auto_download = False
iers.conf.auto_max_age = None
iers.conf.iers_degraded_accuracy = "ignore"
warnings.simplefilter("ignore")


def ephemeris(when: Time) -> list[float]:
    angles = (sun.P(when), sun.B0(when), sun.L0(when), sun.angular_radius(when))
    return [round(float(angle.to_value(u.deg)), 6) for angle in angles]


def place(when: Time, radius_fraction: float, from_solar_north_deg: float) -> list[float]:
    """Latitude, Carrington and Stonyhurst longitude of a point of the sky, seen from the Earth's centre."""
    frame = Helioprojective(observer="earth", obstime=when)
    semidiameter = sun.angular_radius(when)
    # On the flat picture of the sky a distance is a tangent; the limb's own is R.
    distance = np.arctan(radius_fraction * np.tan(semidiameter))
    middle = SkyCoord(0 * u.deg, 0 * u.deg, frame=frame)
    # Helioprojective x grows towards west: north through east runs towards -x.
    point = middle.directional_offset_by(-from_solar_north_deg * u.deg, distance)
    on_sun = SkyCoord(point.Tx, point.Ty, frame=frame)
    carrington = on_sun.transform_to(HeliographicCarrington(observer="earth", obstime=when))
    stonyhurst = on_sun.transform_to(HeliographicStonyhurst(obstime=when))
    angles = (carrington.lat, carrington.lon, stonyhurst.lon)
    return [round(float(angle.to_value(u.deg)), 6) for angle in angles]


def main() -> None:
    random = np.random.default_rng(5)
    near = 2429629.5 + (np.arange(30) + random.random(30)) * 36525 / 30  # 1940 to 2040
    far = 2309100.5 + (np.arange(30) + random.random(30)) * 178970 / 30  # 1610 to 2100
    rows = []
    for jd in np.round([*near, *far], 4):
        rows.append([float(jd), *ephemeris(Time(jd, format="jd", scale="tt"))])
    write("ephemeris_sunpy.json", ["jd_tt", "p", "b0", "l0", "semidiameter"], rows)
    rows = []
    for jd in np.round(near, 4):
        when = Time(jd, format="jd", scale="tt")
        for r in (0.02, *np.round(np.sqrt(random.uniform(0, 0.98, 2)), 4), 0.99):
            angle = round(float(random.uniform(0, 360)), 3)
            p, b0, l0, semidiameter = ephemeris(when)
            rows.append(
                [p, b0, l0, semidiameter, float(r), round((angle + p) % 360, 6), *place(when, r, angle)]
            )
    names = ["p", "b0", "l0", "semidiameter", "r", "position_angle", "latitude", "carrington", "cmd"]
    write("coordinates_sunpy.json", names, rows)


def write(name: str, columns: list[str], rows: list[list[float]]) -> None:
    lines = ",\n  ".join(json.dumps(row) for row in rows)
    made = json.dumps(f"sunpy {sunpy.__version__}, by docs/scripts/make_sunpy_tables.py")
    text = f'{{"made": {made},\n "columns": {json.dumps(columns)},\n "rows": [\n  {lines}\n]}}\n'
    (TABLES / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
