"""Reviewed drawings are counted in place of the model's, alone, or not at all, in every series, table and export."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pyarrow.parquet as pq
import pytest

from sunspot_dash.domain.drawing.corrections import Correction
from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.review.gestures import Act
from sunspot_dash.domain.spots.detections import DrawingResult, Spot
from sunspot_dash.domain.sun.region import Region
from sunspot_dash.errors import ParameterError
from sunspot_dash.io.corrections import write_corrections
from sunspot_dash.io.results import write_result
from sunspot_dash.services.analysis.butterfly import butterfly
from sunspot_dash.services.analysis.carrington import rotation, sizes
from sunspot_dash.services.analysis.counts import revision, series
from sunspot_dash.services.analysis.detections import detections
from sunspot_dash.services.analysis.sunspot_number import counted_drawings
from sunspot_dash.services.analysis.tracks import tracks
from sunspot_dash.services.catalogue.catalogue import Catalogue, key_of
from sunspot_dash.services.catalogue.indexer import Indexer
from sunspot_dash.services.catalogue.query import ALWAYS
from sunspot_dash.services.catalogue.sources import COUNTS, describe_source, source_of, split_source
from sunspot_dash.services.export.formats import export, file_name
from sunspot_dash.services.review.record import Intent, record
from sunspot_dash.workspace import Workspace

NAMES = ("usd195601010900.png", "usd195601020900.png", "usd195601030900.png")
SQUARE = np.array([[0.0, 0], [6, 0], [6, 6], [0, 6]])
MODEL, REVIEWED, EITHER = (source_of("m", counts) for counts in COUNTS)


def add_result(space: Workspace, name: str, model: str = "m", spots: int = 3) -> None:
    found = tuple(Spot.from_outline(SQUARE + (420 + 30 * i, 500), 0.9) for i in range(spots))
    made = DrawingResult(name, 1000, 1000, Disk(500, 500, 400, 0.9), found, model, model, "i", 0.4, 1.0)
    write_result(space.results_of(model), made)


def do(space: Workspace, act: Act, *keys: str, name: str = NAMES[1]) -> None:
    record(space, "m", name, Intent("Ada", act, keys))


@pytest.fixture
def space(tmp_path) -> Workspace:
    """Three drawings with three spots each; of the second, two were rejected, and it is marked as reviewed."""
    made = Workspace(tmp_path / "data").create()
    for name in NAMES:
        add_result(made, name)
        add_result(made, name, "other", 5)
    do(made, Act.REJECT, "1", "2")
    do(made, Act.FINISH)
    return made


@pytest.fixture
def catalogue(space) -> Catalogue:
    made = Catalogue(space)
    Indexer(made).refresh()
    return made


def counts(catalogue: Catalogue, source: str) -> list[int]:
    return counted_drawings(catalogue, source).counts.spots.tolist()


def test_a_source_is_a_model_and_what_is_counted():
    assert split_source(MODEL) == ("m", "model") and split_source(EITHER) == ("m", "either")
    assert describe_source(REVIEWED) == "m (reviewed only)"
    with pytest.raises(ParameterError, match="use one of model, reviewed, either"):
        source_of("m", "all")


def test_every_number_is_of_its_source(catalogue):
    expected = {MODEL: [3, 3, 3], REVIEWED: [1], EITHER: [3, 1, 3]}
    for source, spots in expected.items():
        total = sum(spots)
        assert counts(catalogue, source) == spots
        assert series(catalogue, source).counts == spots
        assert sum(series(catalogue, source, Region(r_from=0, r_to=1)).counts) == total
        assert detections(catalogue, source).total == total == len(detections(catalogue, source).rows)
        assert butterfly(catalogue, source).total == total
        assert sizes(catalogue, source, ALWAYS, Region())[1].sum() == total
        assert len(rotation(catalogue, source, ALWAYS, Region()).rows) == total
        numbers = counted_drawings(catalogue, source).number()
        assert numbers.tolist() == [10 + n for n in spots]
    assert [tracks(catalogue, source, ALWAYS).once for source in expected] == [3, 1, 3]
    # The review is of the drawing: it counts whatever another model finds there.
    assert counts(catalogue, "other") == [5, 5, 5] and counts(catalogue, source_of("other", "either")) == [
        5,
        1,
        5,
    ]
    assert sorted(catalogue.models()) == ["m", "other"]
    assert sorted(catalogue.models_with_result(key_of(NAMES[1]))) == ["m", "other"]


def test_a_reopened_drawing_counts_as_the_model_found_it(catalogue, space):
    before = {source: revision(catalogue, [source]) for source in (MODEL, REVIEWED, EITHER)}
    do(space, Act.REOPEN)
    Indexer(catalogue).refresh()
    assert counts(catalogue, EITHER) == [3, 3, 3] and not counts(catalogue, REVIEWED)
    changed = [source for source, was in before.items() if revision(catalogue, [source]) != was]
    assert changed == [REVIEWED, EITHER]


def test_reviewed_drawings_follow_new_results_dates_and_deletions(catalogue, space):
    add_result(space, NAMES[1], spots=2)  # the model runs again and finds less
    write_corrections(space.corrections_file, {NAMES[1]: Correction(date="1957-05-05")})
    Indexer(catalogue).refresh()
    assert counts(catalogue, EITHER) == [3, 3, 1] and counts(catalogue, MODEL) == [3, 3, 2]
    assert counted_drawings(catalogue, REVIEWED).times == ["1957-05-05"]
    (space.results_of("m") / f"{NAMES[1]}.json").unlink()
    Indexer(catalogue).refresh()
    assert counts(catalogue, EITHER) == [3, 3] and not counts(catalogue, REVIEWED)
    assert not catalogue.rows("select * from spot where model = ?", [REVIEWED])


def test_exports_say_what_is_counted_and_who_reviewed_it(catalogue):
    def table(source: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(b"".join(export(catalogue, source, "csv")).decode())))

    assert [row["spots"] for row in table(EITHER)] == ["3", "1", "3"]
    assert [row["counts"] for row in table(EITHER)] == ["model", "reviewed", "model"]
    assert [row["reviewed_by"] for row in table(EITHER)] == ["", "Ada", ""]
    assert {row["model"] for row in table(REVIEWED)} == {"m"} and table(REVIEWED)[0]["reviewed_at"]
    assert not any(row["reviewed_by"] for row in table(MODEL))
    content = json.loads(b"".join(export(catalogue, EITHER, "json")))
    assert content["counts"] == "reviewed, else model"
    assert [len(one["spot_list"]) for one in content["drawings"]] == [3, 1, 3]
    wide = pq.read_table(io.BytesIO(b"".join(export(catalogue, EITHER, "parquet")))).to_pylist()
    assert [row["reviewed_by"] for row in wide] == ["", "", "", "Ada", "", "", ""]
    assert wide[3]["x_px"] == pytest.approx(483) and wide[3]["spot"] == 1
    daily = b"".join(export(catalogue, EITHER, "silso")).decode().splitlines()
    assert [int(line.split(";")[4]) for line in daily] == [13, 11, 13]
    page = b"".join(export(catalogue, REVIEWED, "html")).decode()
    assert "Spots of the reviewed drawings only" in page
    assert file_name(EITHER, "csv", ("1956-01-01", "")) == "m_either_1956-01-01.csv"
    assert len(b"".join(export(catalogue, REVIEWED, "bundle"))) > 1000
    with pytest.raises(ParameterError, match="mark drawings as reviewed"):
        export(catalogue, REVIEWED, "csv", ("1956-01-03", ""))
