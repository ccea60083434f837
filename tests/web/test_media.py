"""Addresses of pictures and files that lead to nothing."""

from __future__ import annotations

import urllib.error
import urllib.request

import pytest


def test_a_dead_link_leads_to_a_page_that_says_so_and_leads_on(dashboard):
    for path in ("/files/99/weights", "/media/0000000000000000/original", "/results/uset/x"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(dashboard.url + path)
        page = refused.value.read().decode()
        assert refused.value.code == 404 and "Not found" in page and 'href="/"' in page


def test_a_thumbnail_that_cannot_be_made_is_a_placeholder(dashboard):
    answer = urllib.request.urlopen(f"{dashboard.url}/media/0000000000000000/thumb")
    assert answer.headers["Content-Type"].startswith("image/svg")
