"""The next step that the Overview names follows the state of the workspace."""

from __future__ import annotations

import pytest

from sunspot_dash.services.catalogue.catalogue import Summary
from sunspot_dash.web.pages.overview.next_step import next_step
from sunspot_dash.web.pages.overview.questions import Known


@pytest.mark.parametrize(
    ("drawings", "new", "to_review", "busy", "page"),
    [
        (0, 0, 0, False, "/dataset"),
        (5, 2, 3, False, "/inference"),
        (5, 2, 3, True, "/jobs"),
        (5, 0, 3, True, "/review"),
        (5, 0, 0, False, "/explore?view=number"),
    ],
)
def test_the_next_step(drawings, new, to_review, busy, page):
    summary = Summary(drawings, 0, 1, "uset", 9, "", "")
    assert next_step(Known(summary, new, to_review, ""), busy).href == page
