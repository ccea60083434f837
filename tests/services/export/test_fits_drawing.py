"""A drawing as FITS: the same pixels, coordinates of its spots by the header, and drawings without a date."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS

from sunspot_dash.errors import ParameterError, SunspotError
from sunspot_dash.io.images import read_rgb, to_grey
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.catalogue.indexer import Indexer
from sunspot_dash.services.export.fits_drawing import fits_drawing
from sunspot_dash.workspace import PRETRAINED, Workspace
from tests.conftest import copy_of
from tests.domain.sun.test_wcs import heliographic_by_vectors


@pytest.fixture
def catalogue(results_once, tmp_path) -> Catalogue:
    catalogue = Catalogue(copy_of(results_once, tmp_path / "data"))
    Indexer(catalogue).refresh()
    return catalogue


def test_the_spots_of_a_file_are_where_its_header_says(catalogue, tmp_path):
    row = catalogue.rows("select key, name, path from drawing order by date limit 1")[0]
    path = tmp_path / "drawing.fits"
    fits_drawing(catalogue, PRETRAINED, row["key"], path)
    with fits.open(path) as units:
        image, spots = units[0], units["SPOTS"].data
        assert np.array_equal(image.data[::-1], to_grey(read_rgb(Path(row["path"]))))
        assert image.header["DRAWING"] == row["name"] and len(spots) > 3
        tx, ty = WCS(image.header).all_pix2world(spots["x"], spots["y"], 1)
        latitude, longitude = heliographic_by_vectors(
            (np.asarray(tx) + 180) % 360 - 180, np.asarray(ty), image.header
        )
        inner = np.hypot(tx, ty) * 3600 < 900
        assert np.abs(latitude - spots["latitude"])[inner].max() < 0.01
        off = (longitude - spots["longitude"] + 180) % 360 - 180
        assert np.abs(off)[inner].max() < 0.02
    found = catalogue.rows("select count(*) from spot where key = ? and model = ?", [row["key"], PRETRAINED])
    assert len(spots) == found[0][0]


def test_a_drawing_without_a_result_or_a_date_has_no_coordinates(catalogue, tmp_path):
    row = catalogue.rows("select key, name from drawing limit 1")[0]
    with pytest.raises(SunspotError):
        fits_drawing(catalogue, "nobody", row["key"], tmp_path / "a.fits")
    space: Workspace = catalogue.workspace
    results = space.results_of(PRETRAINED)
    content = (results / f"{row['name']}.json").read_text().replace(row["name"], "sun.jpg")
    (space.images / row["name"]).rename(space.images / "sun.jpg")
    (results / f"{row['name']}.json").unlink()
    (results / "sun.jpg.json").write_text(content)
    Indexer(catalogue).refresh()
    (key,) = catalogue.rows("select key from drawing where name = 'sun.jpg'")[0]
    with pytest.raises(ParameterError, match="need a date"):
        fits_drawing(catalogue, PRETRAINED, key, tmp_path / "a.fits")
    assert not (tmp_path / "a.fits").exists()
