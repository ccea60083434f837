"""Parameters: invalid values are rejected with a message."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from sunspot_dash.ml.config import TrainConfig


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("epochs", 0), ("epochs", 1001), ("batch_size", 0), ("learning_rate", 0), ("learning_rate", 1),
        ("learning_rate", float("nan")), ("tile_size", 32), ("tile_size", 2048), ("penalty_weight", 0),
        ("penalty_weight", float("inf")), ("validation_share", 0.6), ("device", "tpu"), ("encoder", "vgg99"),
    ],
)  # fmt: skip
def test_values_out_of_range_are_rejected(field, value):
    with pytest.raises(ValidationError) as error:
        TrainConfig(model_name="a", **{field: value})
    assert error.value.errors()[0]["loc"] == (field,)


def test_a_tile_size_off_the_stride_is_rejected_and_the_two_nearest_are_named():
    with pytest.raises(ValidationError, match="use 240 or 256"):
        TrainConfig(model_name="a", tile_size=250)


def test_a_configuration_is_frozen_and_round_trips():
    config = TrainConfig(model_name="a", tile_size=128)
    assert TrainConfig.model_validate_json(config.model_dump_json()) == config
    with pytest.raises(ValidationError):
        config.epochs = 3
