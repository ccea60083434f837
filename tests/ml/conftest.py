"""Small synthetic drawings, enough to learn from in seconds."""

from __future__ import annotations

import pytest

from sunspot_dash.domain.drawing.disk import fit_limb
from sunspot_dash.ml.config import TrainConfig
from sunspot_dash.ml.dataset import Labelled, prepare
from sunspot_dash.synthetic import make_drawing

RADIUS = 128


@pytest.fixture(scope="session")
def drawings() -> list[Labelled]:
    made = [make_drawing(seed, "1941", scale=0.3) for seed in (1, 2, 3)]
    return [prepare(d.name, d.image, fit_limb(d.image), d.polygons, RADIUS) for d in made]


@pytest.fixture
def config() -> TrainConfig:
    return TrainConfig(
        model_name="tiny",
        epochs=3,
        batch_size=4,
        tile_size=64,
        radius=RADIUS,
        encoder_weights="none",
        device="cpu",
    )
