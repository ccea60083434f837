"""The facts beside a drawing in the viewer."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.spots.detections import DrawingResult
from sunspot_dash.web.pages.inference import viewer


@pytest.mark.parametrize(("pages", "shown"), [(1, False), (3, True)])
def test_the_pages_of_a_file_are_a_fact_if_there_are_several(pages, shown):
    result = DrawingResult("a.tif", 30, 20, Disk(15, 10, 9, 0.9), (), "m", "h", "i", 0.4, 1.0)
    facts = str(viewer._facts(result, SimpleNamespace(facts=list), pages))
    assert ("3, the first is used" in facts) is shown and "a.tif" in facts
