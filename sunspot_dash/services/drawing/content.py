"""What the viewer shows of a drawing, as JSON: picture, limb, grid, candidates, groups, and the observers' totals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from math import isfinite
from typing import Any

import numpy as np

from sunspot_dash.domain.activity.group_shapes import group_shapes
from sunspot_dash.domain.activity.observation import Observation, observations, uncertain_positions
from sunspot_dash.domain.activity.uncertainty import uncertainty_of, why_no_interval
from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.drawing.orientation import Orientation
from sunspot_dash.domain.review.gestures import polygon_of
from sunspot_dash.domain.spots.detections import DrawingResult, Spot, polar
from sunspot_dash.domain.sun.grid import HeliographicGrid
from sunspot_dash.ml.config import FLOOR
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.catalogue.observers import observers_counts
from sunspot_dash.services.dataset.corrections import correction_of
from sunspot_dash.services.drawing.images import page_size, pages_in, picture_address, row_of
from sunspot_dash.services.drawing.overlay import Overlay, overlay_of
from sunspot_dash.services.drawing.results import result_of
from sunspot_dash.services.drawing.steps import group_steps, match_steps
from sunspot_dash.text import counted
from sunspot_dash.workspace import Workspace

RING_POINTS = 180
STRONG = ("equator", "central meridian")


def content_of(catalogue: Catalogue, model: str, key: str) -> dict[str, Any]:
    """Return a drawing as assets/viewer/stage.js expects it, with the result of a model if there is one.

    Raises:
        ImageError: the drawing does not exist or cannot be read.
        WorkspaceError: the corrections cannot be read.
    """
    row = row_of(catalogue, key)
    result = result_of(catalogue.workspace, model, row["name"]) if model else None
    found = picture_content(catalogue, key) | {"model": model, "ran": result is not None}
    if result is None:
        return found
    overlay = overlay_of(catalogue.workspace, result)
    seen = sun_content(catalogue.workspace, result, overlay, pages_in(catalogue, key))
    (seen_spots,) = observations([(result, overlay.orientation, overlay.time)])
    return (
        found
        | seen
        | {
            "facts": [*seen["facts"], *_review(catalogue, model, key)],
            "floor": FLOOR,
            "threshold": result.threshold,
            "spots": spots_of(result, overlay.candidates, overlay.orientation),
            "groups": group_steps(result, overlay.candidates) if overlay.grid else None,
            "uncertainty": uncertainty_content(result, overlay, seen_spots),
            "types": types_content(result, seen_spots, overlay.orientation),
        }
    )


def types_content(
    result: DrawingResult, seen: Observation, orientation: Orientation, names: Sequence[str] | None = None
) -> dict[str, dict[str, Any]]:
    """Return what is proposed for each group: types, length, area with penumbrae, and how uncertain its place is.

    Args:
        names: of the spots; by default their numbers.

    Returns:
        The proposals by the names of the group's spots, sorted and joined by commas: the page changes groups without
        the server.
    """
    shapes = group_shapes(seen, result.whole_spots, result.disk, orientation)
    _, sigmas = uncertain_positions(seen, orientation)
    names = [str(number) for number, _ in seen.numbered] if names is None else names
    found = {}
    for i, (number, shape) in enumerate(zip(seen.groups.number.tolist(), shapes, strict=True)):
        members = sorted(
            name for name, group in zip(names, seen.group.tolist(), strict=True) if group == number
        )
        found[",".join(members)] = {
            "zurich": shape.zurich,
            "mcintosh": shape.mcintosh,
            "agreement": shape.agreement,
            "length_deg": shape.length_deg,
            "whole_msh": shape.whole_msh,
            "latitude_sigma_deg": _finite(sigmas.latitude_deg[i]),
            "longitude_sigma_deg": _finite(sigmas.longitude_deg[i]),
        }
    return found


def uncertainty_content(
    result: DrawingResult, overlay: Overlay, counted_spots: Observation
) -> dict[str, Any]:
    """Return the intervals of a drawing's counts, and why they are wide or missing.

    Args:
        counted_spots: the observation at the model's threshold.
    """
    if (reason := why_no_interval(result, overlay.time)) or result.calibration is None:
        return {"missing": reason}
    found = uncertainty_of(counted_spots, overlay.candidates, result.calibration)
    return {
        "level": round(100 * result.calibration.level),
        **asdict(found.intervals),
        "near": list(found.near),
        "joined": [{"groups": [one, other], "share": share} for one, other, share in found.joined],
        "divided": [{"groups": [name], "share": share} for name, share in found.divided],
    }


def _review(catalogue: Catalogue, model: str, key: str) -> list[tuple[str, str]]:
    """Return what the review of a drawing counts, if somebody has finished it."""
    sql = (
        "select spots, reviewed_by, reviewed_at from review where model = ? and key = ? and reviewed_at <> ''"
    )
    return [
        ("Reviewed", f"{counted(spots, 'spot')}, by {by}, {at[:16]} UT")
        for spots, by, at in catalogue.rows(sql, [model, key])
    ]


def picture_content(catalogue: Catalogue, key: str) -> dict[str, Any]:
    """Return name, picture and size of a drawing.

    Raises:
        ImageError: the drawing does not exist or cannot be read.
    """
    row = row_of(catalogue, key)
    width, height = page_size(catalogue, key)
    return {
        "key": key,
        "name": row["name"],
        "picture": picture_address(row, "view"),
        "width": width,
        "height": height,
        "labelled": row["labels"] is not None,
    }


def sun_content(workspace: Workspace, result: DrawingResult, overlay: Overlay, pages: int) -> dict[str, Any]:
    """Return limb, grid, observers' totals and facts of a drawing with `pages` pages, which the spots do not change.

    Raises:
        WorkspaceError: the corrections cannot be read.
    """
    correction = correction_of(workspace, result.name)
    total = observers_counts(workspace).of(result.name, *correction.date_and_time(result.name))
    observer = correction.observer or (total.observer if total else "")
    return {
        "limb": ring(result.disk),
        "radius": result.disk.radius,
        "grid": _grid(overlay.grid) if overlay.grid else None,
        "observed": total
        and {
            "groups": total.groups,
            "spots": total.spots,
            "number": total.number,
            "observer": total.observer,
        },
        "facts": [
            *overlay.facts(),
            *([("Observer", observer)] if observer else []),
            *_facts(result, pages),
        ],
    }


def truth_of(catalogue: Catalogue, model: str, key: str, outlines: Sequence[np.ndarray]) -> dict[str, Any]:
    """Return the labels of a drawing, and which of them the counted spots hit at every threshold.

    Args:
        outlines: (n, 2) px, of the labels.

    Raises:
        ImageError: the drawing does not exist.
    """
    result = result_of(catalogue.workspace, model, row_of(catalogue, key)["name"])
    labels = [Spot.from_outline(outline) for outline in outlines]
    return {
        "labels": [{"x": label.x, "y": label.y, "outline": label.outline.tolist()} for label in labels],
        "hits": match_steps(result, labels) if result else [],
    }


def ring(disk: Disk) -> list[list[float]]:
    """Return the limb as a polygon, px."""
    angle = np.linspace(0, 2 * np.pi, RING_POINTS, endpoint=False)
    circle = np.column_stack([np.cos(angle), np.sin(angle)]) * disk.radius
    return _rounded(circle @ disk.strain.T + [disk.x, disk.y])


def spots_of(
    result: DrawingResult, candidates: Observation, orientation: Orientation
) -> list[dict[str, Any]]:
    """Return every spot of a result with its positions; those on the Sun are None for an undated drawing.

    Args:
        candidates: the observation of the result at threshold 0.
    """
    places, areas = candidates.places, candidates.areas.corrected_msh
    found = []
    for i, (number, spot) in enumerate(result.numbered(0.0)):
        at = polar(spot, result.disk, orientation)
        found.append(
            {
                "number": number,
                "x": spot.x,
                "y": spot.y,
                "area_px": spot.area_px,
                "confidence": spot.confidence,
                "radius_fraction": at.radius_fraction,
                "position_angle_deg": at.position_angle_deg,
                "latitude_deg": _finite(places.latitude_deg[i]),
                "longitude_deg": _finite(places.carrington_longitude_deg[i]),
                "cmd_deg": _finite(places.cmd_deg[i]),
                "area_msh": _finite(areas[i]),
                "outline": polygon_of(spot).tolist(),
            }
        )
    return found


def _grid(grid: HeliographicGrid) -> dict[str, Any]:
    lines = [(line.kind in STRONG, _rounded(line.xy)) for line in grid.lines]
    equator = next(xy for line, (_, xy) in zip(grid.lines, lines, strict=True) if line.kind == "equator")
    return {
        "fine": [xy for strong, xy in lines if not strong],
        "strong": [xy for strong, xy in lines if strong],
        "poles": [
            {"x": round(pole.x, 1), "y": round(pole.y, 1), "north": pole.north, "visible": pole.visible}
            for pole in grid.poles
        ],
        "ends": [["E", *equator[0]], ["W", *equator[-1]]],
    }


def _facts(result: DrawingResult, pages: int) -> list[tuple[str, str]]:
    disk = result.disk
    quality = "corrected manually" if disk.by_hand else f"limb-fit confidence {100 * disk.confidence:.0f} %"
    return [
        ("Limb", f"centre {disk.x:.1f}, {disk.y:.1f} px, radius {disk.radius:.1f} px, {quality}"),
        ("Size", f"{result.width} × {result.height} px"),
        *([("Pages", f"{pages}, the first is used")] if pages > 1 else []),
        ("Model", f"{result.model}, computed in {result.seconds:.1f} s"),
    ]


def _rounded(xy: np.ndarray) -> list[list[float]]:
    points: list[list[float]] = np.round(xy, 1).tolist()
    return points


def _finite(value: float) -> float | None:
    return float(value) if isfinite(value) else None
