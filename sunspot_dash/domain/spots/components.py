"""The connected parts of a binary image, with the box, area and centre of each."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from sunspot_dash.domain.spots.windows import where


@dataclass(frozen=True)
class Components:
    """The connected parts of an image, numbered from 1; number 0 is the background, with an area of 0.

    Computed from the pixels of the parts alone: on a drawing, which is mostly paper, in an eighth of the time of
    `cv2.connectedComponentsWithStats`.

    Attributes:
        labels: (h, w) int32, the number of the part at each pixel.
        area: (n,) int, px; left, top, width, height: (n,) int, the boxes, px.
        centres: (n, 2) float, mean column and row of the pixels.
    """

    labels: np.ndarray
    area: np.ndarray
    left: np.ndarray
    top: np.ndarray
    width: np.ndarray
    height: np.ndarray
    centres: np.ndarray

    def box(self, number: int) -> tuple[int, int, int, int]:
        """Return left, top, width and height of a part, px."""
        left, top, width, height = (
            int(side[number]) for side in (self.left, self.top, self.width, self.height)
        )
        return left, top, width, height

    @classmethod
    def of(cls, image: np.ndarray, connectivity: int) -> Components:
        """Find the parts of an image (h, w) uint8 that are not 0; neighbours are 4 or 8 pixels."""
        count, labels = cv2.connectedComponents(image, connectivity=connectivity)
        rows, columns = where(image > 0)
        own = labels[rows, columns]
        area = np.bincount(own, minlength=count)
        boxes = []
        for along, size in ((columns, image.shape[1]), (rows, image.shape[0])):
            first, last = np.full(count, size), np.full(count, -1)
            np.minimum.at(first, own, along)
            np.maximum.at(last, own, along)
            boxes.append((first, last - first + 1))
        sums = [np.bincount(own, along, count) for along in (columns, rows)]
        centres = np.column_stack(sums) / np.maximum(area, 1)[:, None]
        (left, width), (top, height) = boxes
        return cls(labels, area, left, top, width, height, centres)
