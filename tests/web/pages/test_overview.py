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


def test_drawings_that_only_failed_are_not_offered_to_a_run_again():
    step = next_step(
        Known(Summary(5, 0, 1, "uset", 9, "", ""), 2, 0, "", 2, "a.jpg: it is not a picture"), False
    )
    assert (
        step.href == "/dataset?state=failed"
        and "2 drawings failed, for example a.jpg: it is not a picture" in step.text
    )
