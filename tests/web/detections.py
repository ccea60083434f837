"""Results like those of the shipped model, written without running it."""

from __future__ import annotations

import numpy as np

from sunspot_dash.domain.drawing.crop import model_image
from sunspot_dash.domain.drawing.disk import fit_limb
from sunspot_dash.domain.labels.coco import load_coco, spot_polygons
from sunspot_dash.domain.spots.detections import DrawingResult, Spot
from sunspot_dash.domain.spots.whole_spots import whole_spots
from sunspot_dash.files import file_sha256
from sunspot_dash.io.images import content_hash, read_rgb, to_grey
from sunspot_dash.io.pictures import picture_stems, write_pictures
from sunspot_dash.io.results import write_result
from sunspot_dash.services.models.publish import publish, write_failed
from sunspot_dash.workspace import PRETRAINED, Workspace, pretrained_weights

THRESHOLD = 0.35
RADIUS = 480  # px, at which penumbrae are looked for
CONFIDENCES = (0.97, 0.85, 0.7, 0.55, 0.4, 0.2)  # in turn; the last is below the threshold


def put_results(space: Workspace, pictures: bool = True) -> None:
    """Write a result for each labelled drawing: its labels, with confidences in turn.

    The limbs are fitted, and the hashes are those of the shipped weights and of the drawings: a run of the shipped
    model would skip every drawing.
    """
    labels = load_coco(space.annotations_file)
    stems = picture_stems(labels.images)
    model_hash = file_sha256(pretrained_weights())
    for name, stem in stems.items():
        path = space.images / name
        rgb = read_rgb(path)
        grey = to_grey(rgb)
        disk = fit_limb(grey)
        outlines = [np.asarray(one) for one in spot_polygons(labels.annotations.get(name, []))]
        result = DrawingResult(
            name=name,
            width=rgb.shape[1],
            height=rgb.shape[0],
            disk=disk,
            spots=tuple(
                Spot.from_outline(outline, CONFIDENCES[i % len(CONFIDENCES)])
                for i, outline in enumerate(outlines)
            ),
            model=PRETRAINED,
            model_hash=model_hash,
            image_hash=content_hash(path),
            threshold=THRESHOLD,
            seconds=1.0,
            whole_spots=tuple(whole_spots(model_image(grey, disk, RADIUS), RADIUS, disk, outlines)),
        )
        if pictures:
            write_pictures(space.segmented / PRETRAINED, result, rgb, stem=stem)
        write_result(space.results_of(PRETRAINED), result)
    publish(space, PRETRAINED)
    write_failed(space.inference_results / PRETRAINED, [])
