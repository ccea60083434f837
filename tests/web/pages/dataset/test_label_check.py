"""The card "Labels to check", and the way from it to a run on the labelled drawings."""

from __future__ import annotations

import pytest

from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.catalogue.indexer import Indexer
from sunspot_dash.services.drawing.label_check import check_labels
from sunspot_dash.web.app import create_app
from sunspot_dash.web.ids import Inference
from sunspot_dash.web.pages.dataset.label_check import RUN_PATH, view
from sunspot_dash.web.pages.inference import layout
from sunspot_dash.web.pages.inference.orientation import AS_LAST
from sunspot_dash.web.pages.inference.run import LABELLED, parameters, preview
from sunspot_dash.workspace import EVERYTHING, Workspace
from tests.labelled import put_labelled


@pytest.fixture
def space(tmp_path) -> Workspace:
    return Workspace(tmp_path / "data").create()


@pytest.fixture
def context(space):
    with create_app(space, refresh=False).server.test_request_context():
        yield


def test_without_labels_the_card_asks_for_them(space, context):
    assert "upload labelled drawings" in str(view(check_labels(space)))


def test_labels_without_results_lead_to_a_run_on_the_labelled_drawings(space, context, archive):
    put_labelled(space, archive)
    (space.images_to_run / "unlabelled.png").write_bytes(next(space.images.iterdir()).read_bytes())
    Indexer(Catalogue(space)).refresh()
    shown = str(view(check_labels(space)))
    assert "No model has processed the labelled drawings yet" in shown and RUN_PATH in shown
    text, *_ = preview("uset", LABELLED, None, None, "", None, False, AS_LAST)
    assert text == "5 of 5 labelled drawings not yet processed by uset."
    given = parameters(space, "uset", LABELLED, "", None, None, False, "last")["drawings"]
    assert sorted(given) == sorted(str(path.resolve()) for path in space.images.iterdir())


def test_the_url_opens_the_form_with_the_source(context):
    def parts(**query: str):
        found = {getattr(part, "id", None): part for part in layout(**query)._traverse()}
        return found[Inference.DRAWER].hidden, found[Inference.SOURCE].value

    assert RUN_PATH.endswith("?source=labelled") and parts(source="labelled") == (False, LABELLED)
    assert parts() == (True, EVERYTHING) and parts(source="x") == (False, EVERYTHING)
