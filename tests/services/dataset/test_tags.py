"""Free tags on drawings."""

from __future__ import annotations

import pytest

from sunspot_dash.errors import ParameterError, WorkspaceError
from sunspot_dash.io.tags import read_tags
from sunspot_dash.services.dataset.tags import LONGEST_TAG, MOST_TAGS, add_tag, all_tags, remove_tag, tags_of
from sunspot_dash.workspace import Workspace


@pytest.fixture
def space(tmp_path) -> Workspace:
    return Workspace(tmp_path / "data").create()


def test_tags_are_added_once_in_one_spelling_and_removed(space):
    assert add_tag(space, ["a.png", "b.png"], "  bad   scan ") == 2
    assert add_tag(space, ["a.png", "c.png"], "Bad Scan") == 1
    assert add_tag(space, ["a.png"], "Aurora") == 1
    assert tags_of(space, "a.png") == ("Aurora", "bad scan") and tags_of(space, "x.png") == ()
    assert all_tags(space) == ["Aurora", "bad scan"]
    assert remove_tag(space, ["a.png", "b.png", "x.png"], "BAD scan") == 2
    assert read_tags(space.tags_file) == {"a.png": ("Aurora",), "c.png": ("bad scan",)}


@pytest.mark.parametrize("tag", ["", "  ", "a, b", "x" * (LONGEST_TAG + 1), "a\0b"])
def test_a_tag_that_cannot_be_listed_is_refused(space, tag):
    with pytest.raises(ParameterError, match="tag"):
        add_tag(space, ["a.png"], tag)
    assert not space.tags_file.exists()


def test_too_many_tags_on_one_drawing_change_nothing(space):
    for number in range(MOST_TAGS):
        add_tag(space, ["a.png"], f"tag {number}")
    with pytest.raises(ParameterError, match=r"a\.png has 20 tags already"):
        add_tag(space, ["b.png", "a.png"], "one more")
    assert tags_of(space, "b.png") == ()


def test_a_damaged_file_is_reported_and_not_replaced(space):
    space.tags_file.write_text("[1]")
    with pytest.raises(WorkspaceError, match="restore it, or delete it"):
        add_tag(space, ["a.png"], "bad scan")
    assert space.tags_file.read_text() == "[1]"
