"""World coordinates of a drawing: the header that takes a pixel of a FITS image to helioprojective coordinates.

The keywords are those of W. T. Thompson 2006 (Coordinate systems for solar image data, doi:10.1051/0004-6361:20054262)
and of FITS paper II (M. R. Calabretta & E. W. Greisen 2002, doi:10.1051/0004-6361:20021327). A drawing with east on the
right is mirrored: the determinant of its PC matrix is negative.
"""

from __future__ import annotations

import numpy as np

from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.drawing.orientation import Orientation
from sunspot_dash.domain.sun.coordinates import axis_deg
from sunspot_dash.domain.sun.ephemeris import Ephemeris

RSUN_M = 695_700_000.0  # nominal solar radius (IAU 2015 resolution B3)
Header = dict[str, float | str | int]


def drawing_wcs(
    disk: Disk, orientation: Orientation, ephemeris: Ephemeris, time: np.datetime64, height: int
) -> Header:
    """Return the header of a drawing whose rows are stored from the bottom up, as in FITS.

    Args:
        disk: the limb, px of the drawing (y down); height: of the drawing, px.
        ephemeris: at the time of the drawing (UT), scalars.
    """
    semidiameter = np.radians(float(ephemeris.semidiameter_deg))
    # From the drawing to solar north up and west on the right.
    angle = np.radians(orientation.tilt_deg - float(axis_deg(ephemeris.p_deg, orientation)))
    east = 1.0 if orientation.mirrored else -1.0
    turned = np.array([[-east * np.cos(angle), np.sin(angle)], [-east * np.sin(angle), -np.cos(angle)]])
    # Rows count upwards in FITS.
    matrix = turned @ np.linalg.inv(disk.strain) @ np.diag([1.0, -1.0])
    scale = float(np.degrees(np.tan(semidiameter)) / disk.radius)
    return {
        "WCSNAME": "Helioprojective-cartesian",
        "CTYPE1": "HPLN-TAN",
        "CTYPE2": "HPLT-TAN",
        "CUNIT1": "deg",
        "CUNIT2": "deg",
        "CRPIX1": disk.x + 0.5,
        "CRPIX2": height - disk.y + 0.5,
        "CRVAL1": 0.0,
        "CRVAL2": 0.0,
        "CDELT1": scale,
        "CDELT2": scale,
        "PC1_1": float(matrix[0, 0]),
        "PC1_2": float(matrix[0, 1]),
        "PC2_1": float(matrix[1, 0]),
        "PC2_2": float(matrix[1, 1]),
        "DATE-OBS": str(time.astype("datetime64[ms]")),
        "TIMESYS": "UTC",
        "RSUN_REF": RSUN_M,
        "DSUN_OBS": float(RSUN_M / np.sin(semidiameter)),
        "HGLN_OBS": 0.0,
        "HGLT_OBS": float(ephemeris.b0_deg),
        "CRLN_OBS": float(ephemeris.l0_deg),
        "CRLT_OBS": float(ephemeris.b0_deg),
        "SOLAR_P": float(ephemeris.p_deg),
    }
