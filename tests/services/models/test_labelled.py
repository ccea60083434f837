"""Labelled drawings scaled for training."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from sunspot_dash.domain.drawing.corrections import Correction
from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.errors import ParameterError
from sunspot_dash.ml.config import TrainConfig
from sunspot_dash.services.dataset.corrections import correct
from sunspot_dash.services.models.labelled import prepare_dataset
from sunspot_dash.services.models.retraining import lessons_of
from sunspot_dash.workspace import Workspace
from tests.coco import HEIGHT, WIDTH, content, encoded


def test_a_limb_set_by_hand_scales_a_drawing_whose_limb_cannot_be_fitted(tmp_path):
    space = Workspace(tmp_path / "data").create()
    cv2.imwrite(str(space.images / "a.png"), np.full((HEIGHT, WIDTH), 255, np.uint8))
    space.annotations_file.write_bytes(encoded(content({"a.png": 1})))
    config = TrainConfig(model_name="m", radius=128, tile_size=64)

    def prepare():
        lessons, scale = lessons_of(space, config), (config.radius, tmp_path)
        return prepare_dataset(space, lessons, scale, lambda _: None, lambda: False, lambda _: None)

    with pytest.raises(ParameterError, match="disk"):
        prepare()
    correct(space, "a.png", Correction(disk=Disk(15, 10, 8, 1.0, by_hand=True)))
    (drawing,), failed = prepare()
    width = np.ptp(drawing.polygons[0][:, 0])
    original = content({"a.png": 1})["annotations"][0]["segmentation"][0][::2]
    assert not failed and width == pytest.approx(np.ptp(original) * 128 / 8)
