"""Training loss: weighted BCE and batch Dice for the umbrae, a focal loss for their centres."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from sunspot_dash.ml.model import CENTRE, MASK

# Value of a centre's Gaussian above which a pixel counts as a centre.
CENTRE_LEVEL = 0.75


def weighted_bce(logits: torch.Tensor, mask: torch.Tensor, penalty_weight: float) -> torch.Tensor:
    """Return the binary cross-entropy, (n, h, w), in which class 1 (a missed spot) has weight `penalty_weight`."""
    weight = torch.as_tensor(penalty_weight, dtype=logits.dtype, device=logits.device)
    return F.binary_cross_entropy_with_logits(logits, mask, pos_weight=weight)


def batch_dice(logits: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Return 1 - Dice over the whole batch; per tile it would be 0/0 for the many tiles without spots."""
    probability = logits.sigmoid()
    overlap = 2 * (probability * mask).sum() + 1
    return 1 - overlap / (probability.sum() + mask.sum() + 1)


def centre_focal(logits: torch.Tensor, centres: torch.Tensor, penalty_weight: float) -> torch.Tensor:
    """Return the penalty-reduced focal loss per spot (Zhou et al. 2019, arXiv:1904.07850).

    Pixels close to a centre count as small errors, distant ones in full. Missed centres have weight
    `penalty_weight` / 3, so the default reproduces the published balance. The four neighbours of a centre pixel also
    count as centres: labels are accurate to about a pixel, and with single pixels the network never becomes confident.
    """
    positive = (centres > CENTRE_LEVEL).to(logits.dtype)
    log_p, log_not_p = F.logsigmoid(logits), F.logsigmoid(-logits)
    p = logits.sigmoid()
    missed = positive * (1 - p) ** 2 * log_p * (penalty_weight / 3)
    false = (1 - positive) * (1 - centres) ** 4 * p**2 * log_not_p
    return -(missed + false).sum() / positive.sum().clamp(min=1)


def total_loss(logits: torch.Tensor, target: torch.Tensor, penalty_weight: float) -> torch.Tensor:
    """Return the sum of the three losses; logits and target are (n, 2, h, w) in float32."""
    mask, centres = target[:, MASK], target[:, CENTRE]
    bce = weighted_bce(logits[:, MASK], mask, penalty_weight)
    # BCE averages over mostly blank pixels; a factor of 20 makes it comparable to the other two.
    return (
        20 * bce
        + batch_dice(logits[:, MASK], mask)
        + centre_focal(logits[:, CENTRE], centres, penalty_weight)
    )
