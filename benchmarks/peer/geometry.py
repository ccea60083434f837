"""Limb, labels and spots without a network."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np

from benchmarks.peer.setting import Measured, Setting
from sunspot_dash.domain.drawing.disk import fit_limb
from sunspot_dash.domain.labels.masks import page_mask
from sunspot_dash.domain.scoring.matching import Tally, match, tolerance_px
from sunspot_dash.io.images import read_rgb, to_grey
from sunspot_dash.services.models.labelled import prepare_labelled

HOUGH_SIDE = 500  # px of the shorter side, at which scikit-image looks for the circle


def timed(some: list[Any], work: Callable[[Any], Any]) -> tuple[float, list[Any]]:
    """Return the mean seconds of a work on each of some things, and what it returned; the first is done twice."""
    work(some[0])
    began = time.perf_counter()
    found = [work(one) for one in some]
    return (time.perf_counter() - began) / len(some), found


def limb(setting: Setting) -> Measured:
    """The fit of the limb, on all drawings."""
    return timed([to_grey(read_rgb(path)) for path in setting.paths], fit_limb)[0], ""


def hough(setting: Setting) -> Measured:
    """Canny edges and the Hough transform for circles of scikit-image, on drawings reduced to 500 px."""
    from skimage.feature import canny
    from skimage.transform import hough_circle, hough_circle_peaks, rescale

    def circle(grey: np.ndarray) -> tuple[float, float, float]:
        scale = HOUGH_SIDE / min(grey.shape)
        small = rescale(grey, scale, anti_aliasing=True)
        radii = np.arange(int(0.3 * HOUGH_SIDE), int(0.5 * HOUGH_SIDE), 2)
        _, x, y, radius = hough_circle_peaks(hough_circle(canny(small, 2), radii), radii, total_num_peaks=1)
        return x[0] / scale, y[0] / scale, radius[0] / scale

    greys = [to_grey(read_rgb(path)) for path in setting.few]
    seconds, found = timed(greys, circle)
    disks = [fit_limb(grey) for grey in greys]
    apart = [
        np.hypot(x - disk.x, y - disk.y) / disk.radius for (x, y, _), disk in zip(found, disks, strict=True)
    ]
    return seconds, f"its centres are {100 * np.median(apart):.1f} % of R (median) from the fitted ones"


def pixels(setting: Setting) -> Measured:
    """The mask of a drawing's labels, on all labelled drawings."""
    coco = setting.coco

    def mask(name: str) -> np.ndarray:
        return page_mask(coco.annotations[name], coco.images[name].height, coco.images[name].width)

    return timed(setting.names, mask)[0], ""


def pycocotools(setting: Setting) -> Measured:
    """The masks of the labels by COCO.annToMask, joined."""
    from pycocotools.coco import COCO

    coco = COCO(str(setting.annotations))
    numbers = [number for number in coco.imgs if coco.getAnnIds(number)]

    def mask(number: int) -> np.ndarray:
        image = coco.imgs[number]
        found = np.zeros((image["height"], image["width"]), np.uint8)
        for annotation in coco.loadAnns(coco.getAnnIds(number)):
            found |= coco.annToMask(annotation)
        return found

    return timed(numbers, mask)[0], ""


class _Levels:
    """A threshold that lets the values through, so that one run of STARA serves every threshold."""

    __array_ufunc__ = None

    def __lt__(self, values: np.ndarray) -> np.ndarray:
        return values


def stara(setting: Setting) -> Measured:
    """STARA on labelled drawings at the model's scale, at the threshold that suits these very drawings best."""
    import astropy.units as u
    import sunpy.map
    from sunkit_image.stara import stara as find

    radius = setting.radius
    arcsec = 960 / radius
    header = {
        "cdelt1": arcsec,
        "cdelt2": arcsec,
        "cunit1": "arcsec",
        "cunit2": "arcsec",
        "crval1": 0,
        "crval2": 0,
    }
    header |= {
        "ctype1": "HPLN-TAN",
        "ctype2": "HPLT-TAN",
        "date-obs": "2000-01-01T00:00:00",
        "rsun_obs": 960.0,
    }
    header |= {"hgln_obs": 0.0, "hglt_obs": 0.0, "dsun_obs": 1.496e11}
    names = [path.name for path in setting.few if path.name in setting.coco.annotations] or setting.names[
        ::20
    ]
    seconds, best = 0.0, (0.0, 0)
    seen = []
    for name in names:
        one = prepare_labelled(setting.images, name, setting.coco, radius)
        middle = (len(one.image) + 1) / 2
        page = sunpy.map.Map(one.image.astype(float), header | {"crpix1": middle, "crpix2": middle})
        began = time.perf_counter()
        levels = find(
            page,
            circle_radius=40 * u.arcsec,
            median_box=3 * u.arcsec,
            threshold=_Levels(),
            limb_filter=1 * u.percent,
        )
        seconds += time.perf_counter() - began
        centres = np.array([polygon.mean(axis=0) for polygon in one.polygons]).reshape(-1, 2)
        seen.append((levels, centres))
    for threshold in range(20, 160, 10):
        sums = Tally()
        for levels, centres in seen:
            _, _, _, found = cv2.connectedComponentsWithStats((levels > threshold).astype(np.uint8))
            hits = len(match(centres, found[1:], tolerance_px(radius)))
            sums += Tally(hits, len(centres) - hits, len(found) - 1 - hits)
        best = max(best, (sums.f1 or 0.0, threshold))
    note = f"STARA at its best threshold here: F1 {best[0]:.2f} on {len(names)} labelled drawings"
    return seconds / len(names), note
