"""Where a spot is possible: every labelled spot of every synthetic style, and nothing outside the disk."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from sunspot_dash.domain.drawing.crop import crop_size, model_image, page_to_model, transform
from sunspot_dash.domain.drawing.disk import fit_limb
from sunspot_dash.domain.labels.polygons import area_and_centroid
from sunspot_dash.ml.config import PROPOSAL_RADIUS, ModelCard
from sunspot_dash.ml.inputs import CHANNELS, drawing_input
from sunspot_dash.ml.proposals import SCALE, possible_blocks, proposal_network
from sunspot_dash.ml.regions import BLOCK
from sunspot_dash.synthetic import STYLES, make_drawing

SIDE = crop_size(PROPOSAL_RADIUS)


class Everywhere(torch.nn.Module):
    """Proposes every place."""

    def forward(self, channels: torch.Tensor) -> torch.Tensor:
        return torch.full((1, channels.shape[2] // SCALE, channels.shape[3] // SCALE), 20.0)


def test_nothing_is_proposed_outside_the_disk():
    found = possible_blocks(Everywhere(), np.zeros((CHANNELS, SIDE, SIDE), np.float32))
    away = np.hypot(*(np.argwhere(found) * BLOCK + BLOCK / 2 - SIDE / 2).T)
    assert away.max() < PROPOSAL_RADIUS + 1.5 * BLOCK
    assert found.sum() * BLOCK**2 == pytest.approx(np.pi * PROPOSAL_RADIUS**2, rel=0.05)


@pytest.mark.parametrize("style", STYLES)
def test_every_labelled_spot_is_proposed_and_little_else(style):
    drawing = make_drawing(7, style)
    disk = fit_limb(drawing.image)
    image = model_image(drawing.image, disk, PROPOSAL_RADIUS)
    found = possible_blocks(proposal_network(), drawing_input(image, PROPOSAL_RADIUS))
    centres = np.array([area_and_centroid(polygon)[1] for polygon in drawing.polygons])
    columns, rows = (transform(page_to_model(disk, PROPOSAL_RADIUS), centres).T // BLOCK).astype(int)
    assert found[rows, columns].all()
    assert found.mean() < 0.1


@pytest.mark.parametrize(
    ("radius", "share", "looks"),
    [
        (PROPOSAL_RADIUS, 0.9995, True),
        (PROPOSAL_RADIUS, 0.99, False),
        (PROPOSAL_RADIUS, None, False),
        (PROPOSAL_RADIUS, "all", False),
        (PROPOSAL_RADIUS // 2, 1.0, False),
    ],
)
def test_only_a_model_whose_candidates_are_proposed_looks_at_the_proposals(radius, share, looks):
    metrics = {} if share is None else {"proposed": share}
    card = ModelCard(name="m", encoder="resnet18", radius=radius, metrics=metrics)
    assert card.looks_at_proposals is looks
