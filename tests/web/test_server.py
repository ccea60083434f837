"""The end of the web server."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest
from dash import Dash

from sunspot_dash.errors import SunspotError
from sunspot_dash.web import server
from sunspot_dash.web.server import serve_app


def test_a_server_that_stops_by_itself_is_an_error(monkeypatch):
    began: list[bool] = []
    monkeypatch.setattr(server, "create_server", lambda *_, **__: SimpleNamespace(run=lambda: None))
    with pytest.raises(SunspotError, match="stopped by itself"):
        app = cast(Dash, SimpleNamespace(server=None))
        serve_app(app, "127.0.0.1", 8050, "", lambda: began.append(True), lambda _: False)
    assert began == [True]
