"""Uploads with names that no camera gives: each accepted file is listed once, under a name of its own."""

from __future__ import annotations

from io import BytesIO
from itertools import count

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sunspot_dash.domain.drawing.names import folded
from sunspot_dash.io.folders import list_folder
from sunspot_dash.services.dataset.labels import ACCEPTED
from sunspot_dash.services.dataset.uploads import accept_upload
from sunspot_dash.workspace import Workspace

PARTS = st.sampled_from(
    ["usd195604170830", "..", "/", "\\", ".", ".0123456789abcdef.tmp", "A", "a", "é", "e\u0301", "\0", "\ufffd", "CON",
     " ", "%2e", "\u202e", "x" * 300, ".png", ".PNG", ".json5", "\n", "：", "‥"]
)  # fmt: skip
NAMES = (
    st.lists(PARTS | st.text(max_size=6), max_size=5)
    .map("".join)
    .filter(lambda name: not name.lower().endswith((".json", ".zip", ".xml", ".csv")))
)
NUMBERS = count()


@pytest.fixture(scope="module")
def space(tmp_path_factory) -> Workspace:
    return Workspace(tmp_path_factory.mktemp("names") / "data").create()


def picture() -> bytes:
    """Return a picture that is unlike all before."""
    number = next(NUMBERS)
    return cv2.imencode(".png", np.array([[number & 255, number >> 8 & 255, number >> 16]], np.uint8))[
        1
    ].tobytes()


@settings(max_examples=settings.default.max_examples // 4)  # each decodes and writes a file
@given(NAMES, st.sampled_from(["run", "labelled"]))
def test_an_accepted_file_is_listed_under_a_name_of_its_own(space, name, role):
    folder = space.images if role == "labelled" else space.images_to_run
    before = {path.name for path in (*space.images.iterdir(), *space.images_to_run.iterdir())}
    outside = sorted(path for path in space.root.parent.iterdir())
    content = picture()
    result = accept_upload(space, role, name, BytesIO(content))
    assert result.state == ACCEPTED and (result.name == name or result.reason)
    assert folded(result.name) not in {folded(other) for other in before}
    assert (folder / result.name).read_bytes() == content
    assert folder / result.name in list_folder(folder).images
    assert {path.name for path in (*space.images.iterdir(), *space.images_to_run.iterdir())} == before | {
        result.name
    }
    assert sorted(path for path in space.root.parent.iterdir()) == outside
