"""The end of the web server."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from dash import Dash

from sunspot_dash.errors import SunspotError
from sunspot_dash.services.demo.sample_data import DAYS, demo_due
from sunspot_dash.web import server
from sunspot_dash.web.server import serve_app
from sunspot_dash.workspace import Workspace
from tests.web.dashboards import MINUTES, ROOT, Dashboard, Program, wait_until


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


def test_a_server_stopped_while_it_makes_the_demo_ends_cleanly_and_the_next_one_continues(tmp_path):
    space = Workspace(tmp_path / "data").create()
    dashboard = Dashboard(space, "--no-worker")
    try:
        dashboard.start()
        wait_until(lambda: any(space.images.glob("*.jpg")), "the first drawing is made")
        dashboard.process.terminate()
        assert dashboard.process.wait(60 * MINUTES) == 0
    finally:
        dashboard.kill()
    assert "terminate called" not in dashboard.log.read_text()
    made = [path for path in space.images.iterdir() if path.suffix == ".jpg"]
    assert 0 < len(made) < DAYS and demo_due(space)


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_a_signal_while_a_command_starts_ends_it_cleanly(tmp_path, command):
    program = Program(Workspace(tmp_path / "data").create(), command)
    try:
        program.start()
        wait_until(lambda: _catches(program.process.pid, signal.SIGTERM), "the process catches the signal")
        program.process.terminate()
        assert program.process.wait(60 * MINUTES) == 0
    finally:
        program.kill()


def _catches(pid: int, number: signal.Signals) -> bool:
    (caught,) = re.findall(r"SigCgt:\t(\w+)", Path(f"/proc/{pid}/status").read_text())
    return bool(int(caught, 16) >> (number - 1) & 1)


def test_a_thread_in_a_library_does_not_abort_the_end(tmp_path):
    code = (
        "import threading, cv2, numpy as np\n"
        "from sunspot_dash.cli.signals import end_without_finalizing\n"
        "stopped, paper = end_without_finalizing(), np.zeros((2000, 2000), np.float32)\n"
        "def blur():\n"
        "    while True: cv2.GaussianBlur(paper, (0, 0), 2)\n"
        "threading.Thread(target=blur, daemon=True).start()\n"
        "import atexit; atexit.register(print, 'handlers run')\n"
        "stopped()"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "handlers run\n", "")
