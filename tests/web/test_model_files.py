"""The routes of a model's files: its learning curve and its exports."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest
from astropy.io import fits

from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.catalogue.indexer import Indexer
from sunspot_dash.web.app import create_app
from sunspot_dash.workspace import Workspace
from tests.services.models.registered import add_model


@pytest.fixture
def space(tmp_path, quick_weights) -> Workspace:
    space = Workspace(tmp_path / "data").create()
    add_model(space, quick_weights, "mine")
    space.model("mine").plot.write_bytes(b"picture")
    return space


def test_the_learning_curve_and_an_export_are_served(space):
    client = create_app(space, refresh=False).server.test_client()
    assert client.get("/model-files/mine/plot").data == b"picture"
    got = client.get("/model-files/mine/zip")
    assert "mine.zip" in got.headers["Content-Disposition"]
    assert zipfile.ZipFile(BytesIO(got.data)).namelist() == ["mine.pth", "mine.json"]
    for path in ("uset/plot", "gone/zip", "mine/h5", "con/plot", "mine%00/zip"):
        assert client.get(f"/model-files/{path}").status_code == 404, path


def test_a_drawing_is_served_as_fits(filled):
    client = create_app(filled, refresh=False).server.test_client()
    catalogue = Catalogue(filled)
    Indexer(catalogue).refresh()
    key = catalogue.rows("select key from drawing limit 1")[0]["key"]
    got = client.get(f"/drawings/{key}/fits?model=uset")
    with fits.open(BytesIO(got.data)) as units:
        assert units[0].header["CTYPE1"] == "HPLN-TAN" and len(units["SPOTS"].data) > 0
    for path in (f"{key}/fits?model=nobody", "0000000000000000/fits?model=uset"):
        assert client.get(f"/drawings/{path}").status_code == 404
