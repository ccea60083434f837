"""The end of the web server."""

from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace
from typing import cast

import pytest
from dash import Dash

from sunspot_dash.errors import SunspotError
from sunspot_dash.web import server
from sunspot_dash.web.server import serve_app
from tests.web.dashboards import ROOT


def test_a_server_that_stops_by_itself_is_an_error(monkeypatch):
    began: list[bool] = []
    monkeypatch.setattr(server, "listening", lambda *_, **__: SimpleNamespace(run=lambda: None))
    with pytest.raises(SunspotError, match="stopped by itself"):
        app = cast(Dash, SimpleNamespace(server=None))
        serve_app(app, "127.0.0.1", 8050, "", lambda: began.append(True), lambda _: False)
    assert began == [True]


def test_pandas_is_imported_before_the_first_request(tmp_path):
    # Plotly fails on a pandas that another request is still importing.
    code = (
        "import sys; from pathlib import Path\n"
        "from sunspot_dash.web.app import create_app; from sunspot_dash.workspace import Workspace\n"
        "assert 'pandas' not in sys.modules, 'it slows down every command'\n"
        f"create_app(Workspace(Path({str(tmp_path / 'data')!r})).create())\n"
        "assert 'pandas' in sys.modules and 'torch' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
