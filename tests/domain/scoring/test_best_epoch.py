"""The choice of the best epoch."""

from __future__ import annotations

from sunspot_dash.domain.scoring.best_epoch import best_epoch


def row(epoch: int, f1: float, validation_loss: float) -> dict[str, float]:
    return {"epoch": epoch, "f1": f1, "validation_loss": validation_loss}


def test_the_highest_f1_is_best_then_the_lowest_loss_then_the_first():
    assert best_epoch([row(1, 0.8, 1), row(2, 0.9, 2), row(3, 0.7, 0)])["epoch"] == 2
    assert best_epoch([row(1, 0.9, 2), row(2, 0.9, 1), row(3, 0.9, 1)])["epoch"] == 2


def test_without_validation_the_last_epoch_is_best():
    assert best_epoch([{"epoch": 1, "train_loss": 1.0}, {"epoch": 2, "train_loss": 3.0}])["epoch"] == 2
