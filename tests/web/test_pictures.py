"""Pictures that a reader process makes for the web process."""

from __future__ import annotations

from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from sunspot_dash.io.images import read_rgb, to_grey
from sunspot_dash.services.catalogue.catalogue import Catalogue, key_of
from sunspot_dash.services.catalogue.indexer import Indexer
from sunspot_dash.services.drawing import grey
from sunspot_dash.web import pictures
from sunspot_dash.web.readers.pool import Readers
from sunspot_dash.workspace import Workspace

NAME = "usd195604170830.png"


def test_the_grey_levels_are_decoded_in_a_reader_and_then_only_opened(tmp_path, monkeypatch):
    space = Workspace(tmp_path / "data").create()
    scan = np.random.default_rng(0).integers(0, 255, (90, 70, 3), np.uint8)
    cv2.imwrite(str(space.images / NAME), scan)
    Indexer(Catalogue(space)).refresh()
    context = SimpleNamespace(catalogue=Catalogue(space), readers=Readers(space))
    monkeypatch.setattr(pictures, "current_context", lambda: context)
    monkeypatch.setattr(grey, "read_rgb", lambda _: pytest.fail("decoded in the web process"))
    try:
        found = pictures.grey_of(key_of(NAME))
        assert np.array_equal(found, to_grey(read_rgb(space.images / NAME)))
        monkeypatch.setattr(context.readers, "run", lambda *_, **__: pytest.fail("decoded again"))
        assert isinstance(pictures.grey_of(key_of(NAME)), np.memmap)
    finally:
        context.readers.end()
