"""Draw the figures of README and docs from synthetic drawings: `python docs/scripts/make_figures.py`."""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np
from matplotlib.figure import Figure

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from sunspot_dash.domain.drawing.disk import fit_limb
from sunspot_dash.io.pictures import overlay
from sunspot_dash.ml.augment import ORIGINAL, VARIANTS, stretch
from sunspot_dash.ml.dataset import TilePlan, cut, prepare
from sunspot_dash.services.models.detector import LoadedModel, analyse
from sunspot_dash.synthetic import make_drawing
from sunspot_dash.workspace import pretrained_weights

IMAGES = Path(__file__).resolve().parents[1] / "images"
TILE = 256
RADIUS = 896


def augmentation(path: Path) -> None:
    """One tile of a synthetic drawing as original and in its augmented forms, labels outlined."""
    drawing = make_drawing(11, "1941", activity=1.5)
    prepared = prepare(drawing.name, drawing.image, fit_limb(drawing.image), drawing.polygons, RADIUS)
    centres = np.array([polygon.mean(axis=0) for polygon in prepared.polygons])
    near = [(np.abs(centres - centre) < TILE / 2.5).all(axis=1).sum() for centre in centres]
    x, y = centres[int(np.argmax(near))]
    random = np.random.default_rng(3)
    figure = Figure(figsize=(15, 3.4), layout="constrained")
    for axis, variant in zip(figure.subplots(1, len(VARIANTS)), VARIANTS, strict=True):
        linear = np.eye(2) if variant == ORIGINAL else stretch(random)
        plan = TilePlan(0, (float(x), float(y)), variant, linear, 5)
        image, target = cut(prepared, plan, TILE, RADIUS)
        axis.imshow(image, cmap="gray", vmin=0, vmax=255)
        axis.contour(target[0], [0.5], colors="limegreen", linewidths=0.8)
        axis.set_title(variant if variant == ORIGINAL else f"rotation + {variant}")
        axis.axis("off")
    figure.savefig(path, dpi=90)


def result(path: Path) -> None:
    """A synthetic page, and an enlarged group of it with the spots that the shipped model found in green."""
    drawing = make_drawing(24, "1941", activity=1.6)
    rgb = np.repeat(drawing.image[..., None], 3, axis=2)
    model = LoadedModel.load(pretrained_weights(), "cpu")
    found = analyse(model, drawing.name, rgb, "-", model.card.threshold)
    green = overlay(rgb, found)
    centres = np.array([(spot.x, spot.y) for spot in found.counted()])
    side = int(0.36 * found.disk.radius)
    near = [(np.abs(centres - centre) < side / 2).all(axis=1).sum() for centre in centres]
    x, y = (int(v) - side // 2 for v in centres[int(np.argmax(near))])
    height = 720
    page = cv2.resize(
        green, (round(height * rgb.shape[1] / rgb.shape[0]), height), interpolation=cv2.INTER_AREA
    )
    crops = [
        cv2.resize(
            picture[y : y + side, x : x + side], (height // 2, height // 2), interpolation=cv2.INTER_CUBIC
        )
        for picture in (rgb, green)
    ]
    picture = np.hstack([page, np.vstack(crops)])
    cv2.imwrite(str(path), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_PNG_COMPRESSION, 9])
    truth, counted = len(drawing.polygons), len(found.counted())
    print(f"{path.name}: {counted} spots found, {truth} drawn")


if __name__ == "__main__":
    augmentation(IMAGES / "augmentation.png")
    result(IMAGES / "result.png")
