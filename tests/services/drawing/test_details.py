"""Pictures and limb of a drawing: decoded once, then read from the cache."""

from __future__ import annotations

import shutil

import pytest

from sunspot_dash.errors import NoDiskError
from sunspot_dash.io import images as decoder
from sunspot_dash.io.images import image_size, read_rgb
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.catalogue.indexer import Indexer
from sunspot_dash.services.drawing import details, images
from sunspot_dash.services.drawing.details import crop, is_crop_made, is_limb_known, limb_of
from sunspot_dash.services.drawing.images import view
from sunspot_dash.workspace import Workspace


@pytest.fixture
def drawing(tmp_path, archive) -> tuple[Catalogue, str]:
    """The catalogue of a workspace with one drawing, and its key."""
    space = Workspace(tmp_path / "data").create()
    shutil.copy(min((archive / "images").iterdir()), space.images)
    catalogue = Catalogue(space)
    Indexer(catalogue).refresh()
    return catalogue, catalogue.rows("select key from drawing")[0]["key"]


@pytest.fixture
def decoded(monkeypatch) -> list[str]:
    """The names of the files that have been decoded."""
    names: list[str] = []

    def noted(path):
        names.append(path.name)
        return read_rgb(path)

    for module in (details, images):
        monkeypatch.setattr(module, "read_rgb", noted)
    return names


def test_the_limb_and_the_crop_need_the_drawing_once(drawing, decoded):
    assert not is_limb_known(*drawing) and not is_crop_made(*drawing)
    made = crop(*drawing)
    assert len(decoded) == 1 and is_limb_known(*drawing) and is_crop_made(*drawing)
    disk, reason = limb_of(*drawing)
    assert disk is not None and disk.confidence > 0.3 and reason == ""
    assert crop(*drawing) == made and len(decoded) == 1
    shutil.copy(made, images.original(*drawing))  # another drawing of the same name
    assert not is_limb_known(*drawing)


def test_a_drawing_without_a_limb_is_searched_once(drawing, decoded, monkeypatch):
    def no_limb(_):
        raise NoDiskError("no solar limb found")

    monkeypatch.setattr(details, "fit_limb", no_limb)
    assert limb_of(*drawing) == limb_of(*drawing) == (None, "no solar limb found")
    assert len(decoded) == 1 and is_crop_made(*drawing)
    with pytest.raises(NoDiskError):
        crop(*drawing)


def test_the_thumbnail_of_a_large_drawing_is_made_from_its_view(drawing, decoded, monkeypatch):
    monkeypatch.setattr(decoder, "LARGE_PIXELS", 1000)
    assert max(image_size(view(*drawing, "thumb"))) == images.SIZES["thumb"]
    assert view(*drawing, "view").name in decoded and len(decoded) == 2
    assert view(*drawing, "thumb").exists() and len(decoded) == 2
