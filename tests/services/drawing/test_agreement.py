"""F1 on labelled drawings, lowest first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sunspot_dash.io.results import read_result, result_path, write_result
from sunspot_dash.services.catalogue.catalogue import Catalogue, key_of
from sunspot_dash.services.catalogue.indexer import Indexer
from sunspot_dash.services.drawing.agreement import labelled_scores
from sunspot_dash.workspace import PRETRAINED, Workspace
from tests.labelled import put_labelled
from tests.web.detections import put_results


def test_the_drawing_with_the_most_errors_comes_first(tmp_path, archive):
    space = put_labelled(Workspace(tmp_path / "data").create(), archive)
    put_results(space, pictures=False)
    names = sorted(path.name for path in space.images.iterdir())
    folder = space.results_of(PRETRAINED)
    perfect, bad = (read_result(result_path(folder, name)) for name in names[:2])
    write_result(folder, replace(perfect, threshold=0.1))  # the results are the labels
    write_result(folder, replace(bad, threshold=0.9))
    catalogue = Catalogue(space)
    Indexer(catalogue).refresh()
    scores = labelled_scores(catalogue, PRETRAINED)
    assert len(scores) == 5 and scores[0][0] == key_of(names[1]) and (key_of(names[0]), 1.0) in scores
    kept = sum(spot.confidence >= 0.9 for spot in bad.spots)
    assert scores[0][1] == pytest.approx(2 * kept / (kept + len(bad.spots)))
    assert labelled_scores(catalogue, "other") == []
