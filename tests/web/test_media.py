"""Addresses of missing images and files."""

from __future__ import annotations

import urllib.error
import urllib.request

import pytest


def test_a_dead_link_opens_a_page_with_an_explanation_and_links(dashboard):
    for path in ("/files/99/weights", "/media/0000000000000000/original", "/results/uset/x"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(dashboard.url + path)
        page = refused.value.read().decode()
        assert refused.value.code == 404 and "Not found" in page and 'href="/"' in page


def test_a_thumbnail_that_cannot_be_created_is_a_placeholder(dashboard):
    answer = urllib.request.urlopen(f"{dashboard.url}/media/0000000000000000/thumb")
    assert answer.headers["Content-Type"].startswith("image/svg")
