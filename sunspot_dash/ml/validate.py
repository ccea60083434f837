"""Spot F1 and pixel IoU of a model on drawings at its scale, for training curves."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import nn

from sunspot_dash.domain.labels.polygons import area_and_centroid
from sunspot_dash.domain.labels.targets import targets
from sunspot_dash.domain.scoring.matching import Tally, match, tolerance_px
from sunspot_dash.domain.spots.instances import MASK_LEVEL
from sunspot_dash.domain.spots.tree_ensemble import TreeEnsemble
from sunspot_dash.errors import Stopped
from sunspot_dash.ml.config import DEFAULT_THRESHOLD, FLOOR, PROPOSAL_RADIUS
from sunspot_dash.ml.dataset import Labelled
from sunspot_dash.ml.infer import find_candidates, probability_maps
from sunspot_dash.ml.inputs import drawing_input
from sunspot_dash.ml.model import MASK
from sunspot_dash.ml.proposals import possible_blocks, proposal_network
from sunspot_dash.ml.regions import BLOCK


def object_scores(
    model: nn.Module,
    candidate_classifier: TreeEnsemble | None,
    drawings: list[Labelled],
    radius: int,
    device: torch.device,
    should_stop: Callable[[], bool] = lambda: False,
) -> dict[str, float]:
    """Return pooled precision, recall and F1 of spots at the default threshold, and IoU of the mask at 0.5.

    At the scale of the `ProposalNetwork` also "proposed", the share of the candidates, with any confidence, that are
    where it proposes to look: whether the model may leave out the rest of a drawing.

    Raises:
        Stopped: stopping was requested, checked after each drawing.
    """
    spots, overlap, union = Tally(), 0, 0
    proposals = proposal_network() if radius == PROPOSAL_RADIUS else None
    proposed, candidates_in_all = 0, 0
    for drawing in drawings:
        maps = probability_maps(model, drawing.image, radius, device)
        # reshape: an empty list would give shape (0,) instead of (0, 2).
        truth = np.array([area_and_centroid(polygon)[1] for polygon in drawing.polygons]).reshape(-1, 2)
        candidates = find_candidates(maps, drawing.image, radius, FLOOR, candidate_classifier)
        if proposals is not None:
            needed = possible_blocks(proposals, drawing_input(drawing.image, radius))
            proposed += sum(int(needed[int(c.y) // BLOCK, int(c.x) // BLOCK]) for c in candidates)
            candidates_in_all += len(candidates)
        counted = [(c.x, c.y) for c in candidates if c.confidence >= DEFAULT_THRESHOLD]
        hits = len(match(truth, np.array(counted).reshape(-1, 2), tolerance_px(radius)))
        spots += Tally(hits, len(truth) - hits, len(counted) - hits)
        expected = targets(drawing.polygons, drawing.image.shape[0], radius)[MASK] > 0
        predicted = maps[MASK] >= MASK_LEVEL
        overlap += int((expected & predicted).sum())
        union += int((expected | predicted).sum())
        if should_stop():
            raise Stopped("stopped during validation")
    return {
        # Without detections, precision is 1 if there are no spots to find, else 0.
        "precision": float(not spots.truth) if spots.precision is None else spots.precision,
        "recall": 1.0 if spots.recall is None else spots.recall,
        "f1": 1.0 if spots.f1 is None else spots.f1,
        "iou": overlap / union if union else 1.0,
        **({"proposed": proposed / candidates_in_all} if candidates_in_all else {}),
    }
