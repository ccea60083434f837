"""Scripts and answers are sent compressed, pictures and downloads as they are."""

from __future__ import annotations

import gzip

import pytest

from sunspot_dash.web.app import create_app
from sunspot_dash.workspace import Workspace


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    space = Workspace(tmp_path_factory.mktemp("compressed") / "data").create()
    return create_app(space, refresh=False).server.test_client()


def test_scripts_are_compressed_if_the_browser_accepts_it(client):
    page = client.get("/").text
    script = next(
        part.split('"')[0] for part in page.split('src="') if "/dash_renderer" in part.split('"')[0]
    )
    plain = client.get(script)
    answer = client.get(script, headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers and answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.data) == plain.data and len(answer.data) < len(plain.data) / 2


def test_fonts_are_sent_as_they_are(client):
    answer = client.get("/vendor/css/font/fonts/bootstrap-icons.woff2", headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200 and "Content-Encoding" not in answer.headers
