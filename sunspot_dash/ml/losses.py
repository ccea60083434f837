"""What a training minimises: weighted BCE and batch Dice for the umbrae, a focal loss for their centres."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from sunspot_dash.ml.model import CENTRE, MASK

# Below this height of a centre's Gaussian a pixel is no centre.
CENTRE_LEVEL = 0.75


def weighted_bce(logits: torch.Tensor, mask: torch.Tensor, penalty_weight: float) -> torch.Tensor:
    """Binary cross-entropy, (n, h, w), with class 1 (a missed sunspot) weighing `penalty_weight`."""
    weight = torch.as_tensor(penalty_weight, dtype=logits.dtype, device=logits.device)
    return F.binary_cross_entropy_with_logits(logits, mask, pos_weight=weight)


def batch_dice(logits: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """1 - Dice over the whole batch: over a tile it would be 0/0 on each of the many without a spot."""
    probability = logits.sigmoid()
    overlap = 2 * (probability * mask).sum() + 1
    return 1 - overlap / (probability.sum() + mask.sum() + 1)


def centre_focal(logits: torch.Tensor, centres: torch.Tensor, penalty_weight: float) -> torch.Tensor:
    """Penalty-reduced focal loss a spot (Zhou et al. 2019, arXiv:1904.07850).

    A pixel near a centre is a small error, one far from any a full one; missed centres weigh
    `penalty_weight` / 3, so that the default leaves the published balance. The four neighbours of a
    centre's pixel are centres too: a label is no truer than a pixel, and a lone one never learns to be sure.
    """
    positive = (centres > CENTRE_LEVEL).to(logits.dtype)
    log_p, log_not_p = F.logsigmoid(logits), F.logsigmoid(-logits)
    p = logits.sigmoid()
    missed = positive * (1 - p) ** 2 * log_p * (penalty_weight / 3)
    false = (1 - positive) * (1 - centres) ** 4 * p**2 * log_not_p
    return -(missed + false).sum() / positive.sum().clamp(min=1)


def total_loss(logits: torch.Tensor, target: torch.Tensor, penalty_weight: float) -> torch.Tensor:
    """The sum of the three; logits and target are (n, 2, h, w) in float32."""
    mask, centres = target[:, MASK], target[:, CENTRE]
    bce = weighted_bce(logits[:, MASK], mask, penalty_weight)
    # BCE is a mean over mostly blank pixels; 20 brings it to the size of the other two.
    return (
        20 * bce
        + batch_dice(logits[:, MASK], mask)
        + centre_focal(logits[:, CENTRE], centres, penalty_weight)
    )
