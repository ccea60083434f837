"""The section Compare without a browser: what it proposes, and what it says if something is missing."""

from __future__ import annotations

import shutil

import pytest

from jobs import control
from sunspot_dash.services.models.compare import compare_models
from sunspot_dash.web.app import create_app
from sunspot_dash.web.context import current_context
from sunspot_dash.web.pages.models.compare import layout, parameters, progress, result
from sunspot_dash.workspace import Workspace
from tests.compared import CHILD, NAMES, PARENT, put_drawings, put_models


@pytest.fixture
def space(tmp_path) -> Workspace:
    return Workspace(tmp_path / "data").create()


@pytest.fixture
def context(space):
    with create_app(space, refresh=False).server.app_context():
        yield


def values(part) -> dict[str, str]:
    return {field.id: field.value for field in part._traverse() if getattr(field, "value", None)}


def test_one_model_alone_cannot_be_compared(context):
    assert "Comparing needs a second model" in str(layout())


def test_a_retrained_model_is_proposed_with_its_parent_and_the_drawings_kept_apart(space, context):
    put_models(space, kept_apart=NAMES[:2])
    assert list(values(layout()).values()) == [PARENT, CHILD, "kept-apart"]


def test_a_comparison_that_is_out_of_date_or_damaged_is_reported(space, context):
    put_models(space)
    put_drawings(space)
    compare_models(space, PARENT, CHILD)
    shown, state = result(None, PARENT, CHILD, "labels", "light", None)
    assert "ompare again" not in str(shown)
    space.model(CHILD).weights.write_bytes(b"PK other")
    shown, _ = result(None, PARENT, CHILD, "labels", "light", state)
    assert "Changed or deleted since this comparison: child. Compare again." in str(shown)
    (space.comparisons / PARENT / f"{CHILD}.labels.json").write_text("[]")
    shown, _ = result(None, PARENT, CHILD, "labels", "light", state)
    assert "cannot be read: compare the models again" in str(shown)


def test_identical_weights_are_said_before_and_beside_the_comparison(space, context):
    put_models(space)
    shutil.copyfile(space.model(PARENT).weights, space.model(CHILD).weights)
    shown, state = result(None, PARENT, CHILD, "labels", "light", None)
    assert "parent and child are identical" in str(shown) and "not compared yet" in str(shown)
    put_drawings(space)
    compare_models(space, PARENT, CHILD)
    shown, _ = result(None, PARENT, CHILD, "labels", "light", state)
    assert "parent and child are identical" in str(shown) and "By years" in str(shown)


def test_a_queued_comparison_waits_for_the_worker(space, context):
    put_models(space)
    put_drawings(space)
    control.submit(current_context().ledger, "compare", parameters(PARENT, CHILD, "labels", False))
    shown, disabled = progress(None)
    assert "waiting for the worker" in str(shown) and not disabled
