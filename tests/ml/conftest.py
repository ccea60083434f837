"""Small synthetic drawings, enough to learn from in seconds."""

from __future__ import annotations

import pytest

from sunspot_dash.domain.drawing.disk import fit_limb
from sunspot_dash.ml.dataset import Labelled, prepare
from sunspot_dash.synthetic import make_drawing
from tests.conftest import TINY

RADIUS = TINY["radius"]


@pytest.fixture(scope="session")
def drawings() -> list[Labelled]:
    made = [make_drawing(seed, "1941", scale=0.3) for seed in (1, 2, 3)]
    return [prepare(d.name, d.image, fit_limb(d.image), d.polygons, RADIUS) for d in made]
