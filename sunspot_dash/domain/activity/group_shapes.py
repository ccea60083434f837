"""The shape of a group, and the types that follow from it: a proposal, from what is drawn.

The rules are those of P. S. McIntosh 1990 (Solar Physics 125, 251, doi:10.1007/BF00158405).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sunspot_dash.domain.activity.areas import outline_areas
from sunspot_dash.domain.activity.observation import Observation
from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.drawing.orientation import Orientation
from sunspot_dash.domain.spots.detections import contains
from sunspot_dash.domain.spots.group_types import UNKNOWN
from sunspot_dash.domain.sun.coordinates import on_sun

E_DEG, F_DEG = 10.0, 15.0
# Share of the groups with a proposed Zürich type for which the observers wrote the same: out of fold, 8 to 55 groups
# each (benchmarks/group_types.py).
AGREEMENT = {"A": 0.64, "B": 0.40, "C": 0.33, "D": 0.38, "E": 0.45, "F": 0.50, "H": 0.50, "J": 0.73}
# A largest spot is symmetric if its sides differ by less than this factor and it fills its convex hull.
ROUND, SOLID = 1.6, 0.9
# Spots between the ends from which a group is "intermediate" rather than "open".
SEVERAL = 3
# Share of the middle of a group's length that is "between" leader and trailer.
MIDDLE = 0.5


@dataclass(frozen=True)
class TypeRule:
    """Limits fitted to observers' types (benchmarks/group_types.py).

    Attributes:
        penumbra_msh: least penumbra of a spot that counts as one with penumbra, millionths of the hemisphere.
        large_deg: north-south diameter above which it is large. McIntosh has 2.5, but penumbrae are drawn smaller.
    """

    penumbra_msh: float = 15.0
    large_deg: float = 1.5


@dataclass(frozen=True)
class GroupShape:
    """What the types of a group depend on.

    Attributes:
        length_deg: of the line between its two most distant points, penumbrae included, degrees of a great circle.
        bipolar: as in `Groups`, but umbrae in one penumbra are one spot.
        penumbra: whether a spot in the leading (western) half has penumbra, and one in the trailing half; None if
            penumbrae were not looked for.
        penumbra_between: whether a spot in the middle of the group has penumbra; between: umbrae in the middle.
        largest_deg: north-south diameter of the largest spot with penumbra, degrees, 0 if there is none.
        symmetric: whether that spot is round.
        umbral_msh, whole_msh: areas of the umbrae, and with the penumbrae, millionths of the hemisphere; the latter is
            None if penumbrae were not looked for.
        rule: the limits.
    """

    length_deg: float
    bipolar: bool
    penumbra: tuple[bool, bool] | None
    penumbra_between: bool
    between: int
    largest_deg: float
    symmetric: bool
    umbral_msh: float
    whole_msh: float | None
    rule: TypeRule = TypeRule()

    @property
    def zurich(self) -> str:
        """The proposed Zürich type; UNKNOWN if penumbrae were not looked for.

        G is not proposed: what observers call large spots differs too much.
        """
        if self.penumbra is None:
            return UNKNOWN
        ends = sum(self.penumbra)
        if not self.bipolar:
            return "A" if not ends else "H" if self.largest_deg > self.rule.large_deg else "J"
        if ends < 2:
            return "BC"[ends]
        return "D" if self.length_deg < E_DEG else "E" if self.length_deg <= F_DEG else "F"

    @property
    def agreement(self) -> float | None:
        """Share of groups with this proposed Zürich type for which observers wrote the same, None if it is UNKNOWN."""
        return AGREEMENT.get(self.zurich)

    @property
    def mcintosh(self) -> str:
        """The proposed McIntosh type, with UNKNOWN for letters that the drawing does not show.

        Rudimentary penumbrae are not proposed: drawings do not show whether a penumbra is complete.
        """
        zurich = self.zurich
        if zurich == UNKNOWN:
            return UNKNOWN * 3
        if zurich == "A":
            return "Axx"
        spread = "c" if self.penumbra_between else "i" if self.between >= SEVERAL else "o"
        if zurich == "B":
            return "Bx" + spread
        penumbra = ("sa", "hk")[self.largest_deg > self.rule.large_deg][not self.symmetric]
        if zurich in "HJ":
            return f"H{penumbra}x"
        return zurich + penumbra + (spread if zurich != "C" else spread.replace("c", "i"))


def group_shapes(
    observation: Observation,
    wholes: Sequence[np.ndarray] | None,
    disk: Disk,
    orientation: Orientation,
    rule: TypeRule = TypeRule(),
) -> list[GroupShape]:
    """Return the shape of each group, in the order of `observation.groups`.

    Args:
        wholes: outlines of the spots with penumbra, (n, 2) px of the drawing; None if they were not looked for.
    """
    spots = [spot for _, spot in observation.numbered]
    xy = np.array([(spot.x, spot.y) for spot in spots]).reshape(-1, 2)
    of_whole = np.full(len(spots), -1)
    for number, outline in enumerate(wholes or ()):
        of_whole[(of_whole < 0) & contains(outline, xy)] = number
    umbrae = observation.areas.corrected_msh
    with_penumbra = {}
    for number in np.unique(of_whole[of_whole >= 0]).tolist():
        whole = _Whole.of((wholes or ())[number], observation, disk, orientation)
        if whole.area_msh - umbrae[of_whole == number].sum() >= rule.penumbra_msh:
            with_penumbra[number] = whole
    of_whole[~np.isin(of_whole, list(with_penumbra))] = -1
    groups = zip(observation.groups.number.tolist(), observation.groups.bipolar.tolist(), strict=True)
    return [
        _shape(
            observation,
            np.flatnonzero(observation.group == number),
            bool(bipolar),
            of_whole,
            with_penumbra,
            wholes is not None,
            rule,
        )
        for number, bipolar in groups
    ]


def _shape(
    observation: Observation,
    own: np.ndarray,
    bipolar: bool,
    of_whole: np.ndarray,
    with_penumbra: Mapping[int, _Whole],
    looked: bool,
    rule: TypeRule,
) -> GroupShape:
    """Return the shape of the group of the spots `own`."""
    latitude = observation.places.latitude_deg[own]
    x = observation.places.cmd_deg[own] * np.cos(np.radians(latitude.mean()))
    of_whole = of_whole[own]
    has = of_whole >= 0
    wholes = sorted(
        (with_penumbra[one] for one in set(of_whole[has].tolist())), key=lambda one: -one.area_msh
    )
    from_trailer = (x - x.min()) / max(np.ptp(x), 1e-9)
    # Umbrae of a large spot fill the middle of a short group, but are not between its ends.
    at_ends = of_whole[[int(x.argmin()), int(x.argmax())]]
    inside = (np.abs(from_trailer - 0.5) < MIDDLE / 2) & ~(has & np.isin(of_whole, at_ends))
    edges = np.vstack([np.column_stack([x, latitude]), *(one.extremes for one in wholes)])
    leading = from_trailer >= 0.5
    umbrae = observation.areas.corrected_msh[own]
    whole_area = float(umbrae[~has].sum() + sum(one.area_msh for one in wholes))
    # Umbrae in one penumbra are one spot, however long it is.
    one_spot = has.all() and np.ptp(of_whole) == 0
    return GroupShape(
        length_deg=float(np.hypot(*(edges[:, None] - edges).T).max()),
        bipolar=bipolar and not one_spot,
        penumbra=(bool(has[leading].any()), bool(has[~leading].any())) if looked else None,
        penumbra_between=bool((has & inside).any()),
        between=int(inside.sum()),
        largest_deg=wholes[0].height_deg if wholes else 0.0,
        symmetric=bool(wholes) and wholes[0].symmetric,
        umbral_msh=float(umbrae.sum()),
        whole_msh=whole_area if looked else None,
        rule=rule,
    )


@dataclass(frozen=True, eq=False)
class _Whole:
    """A spot with its penumbra.

    Attributes:
        area_msh: millionths of the hemisphere; height_deg: north-south diameter; symmetric: whether it is round.
        extremes: (4, 2) degrees (central meridian distance times cos B, latitude), its westernmost, easternmost,
            northernmost and southernmost points.
    """

    area_msh: float
    height_deg: float
    symmetric: bool
    extremes: np.ndarray

    @classmethod
    def of(
        cls, outline: np.ndarray, observation: Observation, disk: Disk, orientation: Orientation
    ) -> _Whole:
        import cv2  # only where used: the web process starts without it

        area = float(outline_areas([outline], disk).corrected_msh[0])
        edge = on_sun(outline, disk, observation.ephemeris, orientation)
        seen = np.isfinite(edge.latitude_deg)
        if seen.sum() < 3:
            return cls(area, 0.0, False, np.zeros((0, 2)))
        latitude, cmd = edge.latitude_deg[seen], edge.cmd_deg[seen]
        points = np.column_stack([cmd * np.cos(np.radians(latitude.mean())), latitude]).astype(np.float32)
        narrow, wide = sorted(cv2.minAreaRect(points)[1])
        solid = cv2.contourArea(points) >= SOLID * cv2.contourArea(cv2.convexHull(points))
        ends = [pick(points[:, axis]) for axis in (0, 1) for pick in (np.argmax, np.argmin)]
        return cls(
            area, float(np.ptp(latitude)), bool(solid and wide <= ROUND * narrow), points[ends].astype(float)
        )
