"""From maps to candidates, with and without the candidate classifier."""

from __future__ import annotations

from contextlib import nullcontext

import numpy as np
import pytest
import torch

from sunspot_dash.domain.drawing.crop import crop_size, model_image
from sunspot_dash.domain.drawing.disk import fit_limb
from sunspot_dash.domain.scoring.matching import match
from sunspot_dash.domain.spots.features import FEATURES
from sunspot_dash.domain.spots.tree_ensemble import LEAF, TreeEnsemble
from sunspot_dash.ml import infer
from sunspot_dash.ml.config import FLOOR, PROPOSAL_RADIUS, STRIDE
from sunspot_dash.ml.infer import OVERLAP, VIEWS, find_candidates, probability_maps, view_maps
from sunspot_dash.ml.proposals import SCALE
from sunspot_dash.services.models.detector import LoadedModel
from sunspot_dash.synthetic import make_drawing
from sunspot_dash.workspace import pretrained_weights

RADIUS = 128
SIZE = crop_size(RADIUS)


def two_spots() -> np.ndarray:
    """Maps (2, S, S) with a confident and an uncertain spot."""
    maps = np.zeros((2, SIZE, SIZE), np.float32)
    for column, certainty in ((100, 0.9), (180, 0.4)):
        maps[:, 130:134, column : column + 4] = certainty
        maps[1, 132, column + 2] = certainty + 0.05
    return maps


def below(confidence: float) -> TreeEnsemble:
    """A tree that keeps only candidates above a network confidence."""
    return TreeEnsemble(
        roots=np.zeros(1, np.int32),
        feature=np.array([FEATURES.index("confidence"), LEAF, LEAF], np.int16),
        threshold=np.array([confidence, 0, 0], np.float32),
        right=np.array([2, 0, 0], np.int32),
        share=np.array([0, FLOOR / 2, 0.8], np.float32),
    )


def test_without_the_classifier_the_network_decides():
    found = find_candidates(two_spots(), np.full((SIZE, SIZE), 255, np.uint8), RADIUS, FLOOR, None)
    assert [c.confidence for c in found] == pytest.approx([0.925, 0.424], abs=1e-3)


def test_the_classifier_scores_candidates_again_and_drops_those_below_the_floor():
    image = np.full((SIZE, SIZE), 255, np.uint8)
    found = find_candidates(two_spots(), image, RADIUS, FLOOR, below(0.5))
    assert [c.confidence for c in found] == pytest.approx([0.8])
    assert found[0].x == pytest.approx(102, abs=0.5)
    assert find_candidates(two_spots(), image, RADIUS, FLOOR, below(0.99)) == []


@pytest.mark.parametrize(("away", "kept"), [(0.004, 0), (0.012, 1), (0.99, 1), (1.01, 0)])
def test_the_central_cross_and_marks_beyond_the_limb_are_not_spots(away: float, kept: int):
    maps = np.zeros((2, SIZE, SIZE), np.float32)
    column = int(SIZE / 2 + away * RADIUS)
    maps[:, SIZE // 2, column] = 0.9
    image = np.full((SIZE, SIZE), 255, np.uint8)
    assert len(find_candidates(maps, image, RADIUS, FLOOR, None)) == kept


class SeesInk(torch.nn.Module):
    """Detects ink on the left half of a tile as spots, and on the right half with half the confidence."""

    def forward(self, tiles: torch.Tensor) -> torch.Tensor:
        ink = (tiles[:, :1] > 0.5).float()
        sure = torch.linspace(0.8, 0.4, tiles.shape[-1]).logit()
        return torch.cat([ink, ink], dim=1) * (sure + 20) - 20


def test_all_views_are_averaged_and_a_spot_keeps_its_position():
    image = np.full((SIZE, SIZE), 255, np.uint8)
    image[90:94, 200:204] = 40
    views = [view_maps(SeesInk(), image, RADIUS, torch.device("cpu"), view) for view in VIEWS]
    for seen in views:
        rows, columns = np.nonzero(seen[0] > 0.1)
        assert (rows.min(), rows.max(), columns.min(), columns.max()) == (90, 93, 200, 203)
    assert views[0][0, 91, 201] != pytest.approx(views[1][0, 91, 201], abs=0.01)
    both = probability_maps(SeesInk(), image, RADIUS, torch.device("cpu"))
    np.testing.assert_allclose(both, np.mean(views, axis=0), atol=1e-6)


@pytest.mark.parametrize(("radius", "tiles"), [(896, 4), (232, 1), (1400, 16)])
def test_tiles_divide_a_drawing_evenly_and_without_a_seam(radius: int, tiles: int):
    size = crop_size(radius)
    image = np.full((size, size), 200, np.uint8)  # grey paper: no tile is blank
    image[::29, ::31] = 40
    shapes = []

    class Counts(SeesInk):
        def forward(self, tiles: torch.Tensor) -> torch.Tensor:
            shapes.append(tiles.shape[-1])
            return super().forward(tiles)

    mask = view_maps(Counts(), image, radius, torch.device("cpu"))[0]
    assert (mask > 0.1).tolist() == (image == 40).tolist()
    assert len(shapes) == tiles and set(shapes) == {shapes[0]} and shapes[0] % STRIDE == 0
    assert tiles * (shapes[0] - OVERLAP) ** 2 < 1.1 * size**2, (
        "much of the computed area is outside the drawing"
    )


class ProposesInk(torch.nn.Module):
    """Proposes the places with ink."""

    def forward(self, ink: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.max_pool2d(ink[:, 0], SCALE) * 40 - 20


class Pools(torch.nn.Module):
    """Returns the ink and its maxima in blocks of 2 to 16 px, like an encoder."""

    def forward(self, tiles: torch.Tensor) -> list[torch.Tensor]:
        ink = (tiles[:, :1] > 0.5).float()
        return [ink, *(torch.nn.functional.max_pool2d(ink, side) for side in (2, 4, 8, 16))]


class Passes(torch.nn.Module):
    """Returns what a stage of the encoder found, or else what the stage before did, at the asked size."""

    def forward(self, found, height, width, skip_connection=None):
        return torch.nn.functional.interpolate(
            found if skip_connection is None else skip_connection, (height, width)
        )


class Doubles(torch.nn.Module):
    """Returns sure logits of both maps."""

    def forward(self, found: torch.Tensor) -> torch.Tensor:
        return found.expand(-1, 2, -1, -1) * 40 - 20


class SeesEveryInk(torch.nn.Module):
    """Detects ink wherever it is in a tile; in stages, as a U-Net."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder, self.decoder, self.segmentation_head = Pools(), torch.nn.Module(), Doubles()
        self.decoder.center, self.decoder.blocks = torch.nn.Identity(), [Passes() for _ in range(4)]

    def forward(self, tiles: torch.Tensor) -> torch.Tensor:
        pooled = torch.nn.functional.interpolate(self.encoder(tiles)[1], scale_factor=2)
        return self.segmentation_head(pooled)


@pytest.mark.parametrize("spots", [0, 1, 30])
def test_a_network_that_looks_at_the_proposals_finds_the_same(spots):
    image = np.full((SIZE, SIZE), 255, np.uint8)
    for row, column in np.random.default_rng(2).integers(0, SIZE - 4, (spots, 2)):
        image[row : row + 4, column : column + 4] = 40
    network, cpu = SeesEveryInk(), torch.device("cpu")
    whole = probability_maps(network, image, RADIUS, cpu)
    proposed = probability_maps(network, image, RADIUS, cpu, ProposesInk())
    np.testing.assert_allclose(proposed, whole, atol=1e-6)
    assert (whole > 0.9).any() == bool(spots)


class ProposesTheMiddle(torch.nn.Module):
    """Proposes one place only."""

    def forward(self, ink: torch.Tensor) -> torch.Tensor:
        scores = torch.full((1, SIZE // SCALE, SIZE // SCALE), -20.0)
        scores[0, SIZE // SCALE // 2, SIZE // SCALE // 2] = 20
        return scores


def test_a_large_umbra_is_seen_to_its_edge_though_only_its_middle_is_proposed():
    image = np.full((SIZE, SIZE), 255, np.uint8)
    image[SIZE // 2 - 60 : SIZE // 2 + 62, SIZE // 2 - 40 : SIZE // 2 + 42] = 40
    image[10:14, 10:14] = 40  # another one, which is not proposed
    maps = probability_maps(SeesEveryInk(), image, RADIUS, torch.device("cpu"), ProposesTheMiddle())
    ink = image < 100
    ink[:20, :20] = False
    np.testing.assert_array_equal(maps[0] > 0.9, ink)


def test_the_shipped_model_counts_the_same_spots_where_it_looks_as_on_the_whole_disk(monkeypatch):
    # In one pass and in float32: neither borders of tiles nor rounding move a spot.
    monkeypatch.setattr(infer, "INNER", crop_size(PROPOSAL_RADIUS))
    monkeypatch.setattr(infer, "mixed_precision", lambda device: nullcontext())
    drawing = make_drawing(4, "1941")
    model = LoadedModel.load(pretrained_weights(), "cpu")
    assert model.proposals is not None
    disk = fit_limb(drawing.image)
    image = model_image(drawing.image, disk, model.card.radius)
    whole, seen = (
        np.array(
            [
                (one.x, one.y)
                for one in find_candidates(
                    probability_maps(model.network, image, model.card.radius, model.device, proposals),
                    image,
                    model.card.radius,
                    model.card.floor,
                    model.candidate_classifier,
                )
                if one.confidence >= model.card.threshold
            ]
        )
        for proposals in (None, model.proposals)
    )
    assert len(whole) > 10 and len(match(whole, seen, 0.2)) == len(whole) == len(seen)
