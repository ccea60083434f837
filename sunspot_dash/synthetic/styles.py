"""Styles of the eras: image size, paper, pencil, printed form and spots.

Sizes and grey levels were measured on drawings of the Uccle Solar Equatorial Table, 1940-2024. Lengths ending in `_u`
are in units of R/740 and hold at every scan resolution; `_px` are pixels of the scan.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Style:
    """Style of one era. Grey levels are 0 (black) to 255; darkness is 0 (paper) to 1 (black)."""

    width: int
    height: int
    radius: float  # of the width
    centre: tuple[float, float]  # of the width and of the height
    years: tuple[int, int]
    paper: tuple[float, float]  # range of the paper's grey
    grain: float  # standard deviation of the paper's grey, after `grain_px` of smoothing
    grain_px: float
    blur_px: float  # of the scanner
    limb_u: float
    limb_dark: float
    pencil_u: float  # width of a pencil line
    letter_u: float  # height of a handwritten digit
    spot_area_u: float  # median area of a labelled nucleus, in units squared
    spot_spread: float  # standard deviation of ln(area)
    spot_dark: tuple[float, float]
    graphite: float  # maximum darkness of repeated pencil strokes
    specks: int
    groups: float  # mean number of groups
    printed: bool = True
    crosses: tuple[
        tuple[float, float, float], ...
    ] = ()  # printed at the centre, of which a form has one: start and
    # end of its four bars, and their width, `_u`
    rings: bool = False  # penumbrae are closed outlines, not shading
    ring_u: float = 2.1  # width of these outlines
    ring_dark: tuple[float, float] = (0.3, 0.58)
    stippled: float = (
        0.0  # share of the drawings whose penumbrae are dots of the paper's grain, without an outline
    )
    crisp: bool = False  # round ink-like spots
    marked: float = 0.15  # share of the groups whose centre is marked with a small cross
    oblique: bool = False  # this cross is a multiplication sign, not a plus sign
    packed: float = 0.0  # share of the larger groups with clusters of nuclei that touch
    suffix: str = ".jpg"


STYLES: dict[str, Style] = {
    "1940": Style(
        width=1269, height=1669, radius=0.334, centre=(0.489, 0.309), years=(1940, 1940), paper=(229, 235),
        grain=1.7, grain_px=0.9, blur_px=0.75, limb_u=2.4, limb_dark=0.5, pencil_u=3.6, letter_u=25,
        spot_area_u=23, spot_spread=0.7, spot_dark=(0.25, 0.52), graphite=0.62, specks=60, groups=5,
        printed=False,
    ),
    "1941": Style(
        width=1665, height=2124, radius=0.4425, centre=(0.487, 0.382), years=(1941, 1948), paper=(226, 240),
        grain=1.7, grain_px=0.95, blur_px=0.8, limb_u=2.2, limb_dark=0.62, pencil_u=2.5, letter_u=20,
        spot_area_u=10, spot_spread=0.62, spot_dark=(0.22, 0.66), graphite=0.8, specks=170, groups=7,
        printed=False, marked=0.25, oblique=True, packed=0.3, stippled=0.6,
    ),
    "1954": Style(
        width=1665, height=2124, radius=0.4443, centre=(0.492, 0.4145), years=(1954, 1957), paper=(238, 245),
        grain=1.5, grain_px=0.95, blur_px=0.7, limb_u=1.9, limb_dark=0.7, pencil_u=2.5, letter_u=21,
        spot_area_u=9.5, spot_spread=0.75, spot_dark=(0.35, 0.64), graphite=0.76, specks=130, groups=4,
        crosses=((7.4, 18.5, 1.8),), marked=0.5, packed=0.4, stippled=0.5,
    ),
    "bmp": Style(
        width=1110, height=1416, radius=0.4447, centre=(0.498, 0.416), years=(1954, 2005), paper=(228, 236),
        grain=2.4, grain_px=0.0, blur_px=0.3, limb_u=2.2, limb_dark=0.68, pencil_u=3.0, letter_u=24,
        spot_area_u=9.5, spot_spread=0.75, spot_dark=(0.36, 0.72), graphite=0.78, specks=90, groups=6,
        crisp=True, suffix=".bmp", crosses=((7.4, 18.5, 2.2), (0, 29.5, 3.4)), marked=0.7, packed=0.7, stippled=1.0,
    ),
    "modern": Style(
        width=3330, height=4248, radius=0.4446, centre=(0.490, 0.4378), years=(2017, 2024), paper=(255, 255),
        grain=0.0, grain_px=0.0, blur_px=0.9, limb_u=2.7, limb_dark=0.65, pencil_u=2.1, letter_u=19,
        spot_area_u=6.5, spot_spread=0.75, spot_dark=(0.36, 0.58), graphite=0.6, specks=25, groups=7,
        rings=True, ring_u=1.3, ring_dark=(0.18, 0.42), crosses=((0, 29, 1.5),), packed=0.3,
    ),
}  # fmt: skip
