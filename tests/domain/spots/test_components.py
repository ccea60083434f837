"""Connected parts: the same as OpenCV's own statistics."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from sunspot_dash.domain.spots.components import Components


@pytest.mark.parametrize("connectivity", [4, 8])
@pytest.mark.parametrize("share", [0.0, 0.02, 0.4, 1.0])
def test_parts_are_those_of_opencv(share, connectivity):
    image = (np.random.default_rng(3).random((60, 90)) < share).astype(np.uint8)
    _, labels, stats, centres = cv2.connectedComponentsWithStats(image, connectivity=connectivity)
    found = Components.of(image, connectivity)
    for mine, number in zip(found.labels[image > 0], labels[image > 0], strict=True):
        assert found.area[mine] == stats[number, cv2.CC_STAT_AREA]
        box = found.left[mine], found.top[mine], found.width[mine], found.height[mine]
        assert box == tuple(stats[number, :4])
        np.testing.assert_allclose(found.centres[mine], centres[number])
    assert len(found.area) == len(stats)
    assert found.area[0] == 0
    assert (found.labels > 0).tolist() == (image > 0).tolist()
