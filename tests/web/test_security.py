"""Access to the dashboard: passwords, host names, headers, and files inside the workspace only."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import urllib.error
import urllib.request
from email.message import Message
from pathlib import Path

import pytest

from sunspot_dash.settings import LIMITS
from sunspot_dash.web.app import create_app
from sunspot_dash.workspace import Workspace
from tests.web.dashboards import MINUTES, ROOT


def answer(url: str, **headers: str) -> tuple[int, Message]:
    try:
        with urllib.request.urlopen(
            urllib.request.Request(url, headers=headers), timeout=60 * MINUTES
        ) as response:
            return response.status, response.headers
    except urllib.error.HTTPError as error:
        return error.code, error.headers


def password(text: str) -> dict[str, str]:
    """The header with a password."""
    return {"Authorization": f"Basic {base64.b64encode(f'any:{text}'.encode()).decode()}"}


def test_every_answer_forbids_framing_sniffing_and_foreign_scripts(dashboard):
    for path in ("/", "/health", "/assets/theme.js", "/vendor/css/bootstrap.min.css", "/none/x"):
        _, headers = answer(dashboard.url + path)
        assert headers["X-Frame-Options"] == "DENY" and headers["X-Content-Type-Options"] == "nosniff"
        policy = headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy
        assert "http:" not in policy and "https:" not in policy and "unsafe-eval" not in policy


def test_a_public_address_needs_a_password(tmp_path):
    command = [sys.executable, "app.py", "serve", "--host", "0.0.0.0", "--no-worker", "--no-demo"]
    environment = {name: value for name, value in os.environ.items() if name != "SUNSPOT_PASSWORD"}
    done = subprocess.run(
        [*command, "--workspace", str(tmp_path / "data")],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60 * MINUTES,
    )
    assert done.returncode != 0 and "SUNSPOT_PASSWORD" in done.stderr and "Traceback" not in done.stderr


def test_the_app_asks_for_the_password_whichever_server_runs_it(tmp_path, monkeypatch):
    monkeypatch.setenv("SUNSPOT_PASSWORD", "sünspot")
    browser = create_app(Workspace(tmp_path / "data").create(), refresh=False).server.test_client()
    for path in ("/", "/health", "/media/0/view", "/assets/theme.js"):
        assert browser.get(path).status_code == 401
        assert browser.get(path, headers=password("moonspot")).status_code == 401
        assert browser.get(path, headers=password("sünspot")).status_code != 401


@pytest.mark.parametrize(
    ("peer", "status"), [("127.0.0.1", 200), ("::1", 200), ("", 200), ("192.0.2.7", 403)]
)
def test_without_a_password_only_localhost_is_served(client, peer, status):
    _, browser = client
    answered = browser.get("/health", headers={"Host": "localhost"}, environ_overrides={"REMOTE_ADDR": peer})
    assert answered.status_code == status


def test_the_settings_allow_further_hosts(tmp_path, monkeypatch):
    monkeypatch.setenv("SUNSPOT_HOST_NAMES", "sun.example.org, Sun2.example.org")
    browser = create_app(Workspace(tmp_path / "data").create(), refresh=False).server.test_client()
    hosts = ("sun.example.org", "sun2.example.org:443", "localhost", "[::1]:8050", "evil.example.org")
    assert [browser.get("/health", headers={"Host": host}).status_code for host in hosts] == [200] * 4 + [400]


def test_the_environment_sets_the_password_and_opens_nothing_else(serve, monkeypatch):
    monkeypatch.setenv("SUNSPOT_PASSWORD", "sünspot")
    for name, value in {"HOST": "0.0.0.0", "DASH_DEBUG": "true", "DASH_MCP_ENABLED": "true"}.items():
        monkeypatch.setenv(name, value)
    running = serve("--no-worker", "--no-demo")
    for path in ("/", "/health", "/media/0/view", "/assets/theme.js"):
        assert answer(running.url + path)[0] == 401
        assert answer(running.url + path, **password("moonspot"))[0] == 401
    assert answer(running.url + "/health", **password("sünspot"))[0] == 200
    status, headers = answer(running.url + "/_mcp", **password("sünspot"))
    # Dash answers an unknown path with its single page.
    assert status == 404 or headers["Content-Type"].startswith("text/html")
    sockets = Path(f"/proc/{running.process.pid}/net/tcp").read_text().splitlines()[1:]
    mine = [line.split()[1] for line in sockets if line.split()[1].endswith(f":{running.port:04X}")]
    assert mine and all(address.startswith("0100007F") for address in mine)


@pytest.fixture
def client(tmp_path):
    space = Workspace(tmp_path / "data").create()
    return space, create_app(space, refresh=False).server.test_client()


def test_an_upload_that_is_too_large_is_rejected_before_it_is_read(client):
    _, browser = client
    headers = {"X-Sunspot": "upload", "Host": "localhost"}
    claimed = {"CONTENT_LENGTH": str(LIMITS.max_upload_bytes + 1)}
    answered = browser.put("/upload/run?name=a.jpg", headers=headers, environ_overrides=claimed)
    assert (
        answered.status_code == 413 and f"{LIMITS.max_upload_bytes >> 20} MB" in answered.get_json()["reason"]
    )


def test_an_unsafe_name_stays_inside_the_workspace(client):
    space, browser = client
    picture = (ROOT / "docs" / "images" / "result.png").read_bytes()
    for name in ("../../evil.png", "/etc/evil.png", "a\\b.png", "nul%00.png"):
        answered = browser.put(
            f"/upload/run?name={name}", data=picture, headers={"X-Sunspot": "upload", "Host": "localhost"}
        )
        assert answered.status_code == 200, answered.get_json()
    outside = [path for path in space.root.parent.rglob("*evil*") if path.parent != space.images_to_run]
    assert outside == [] and len(list(space.images_to_run.iterdir())) >= 1


def test_a_name_that_is_not_utf8_is_replaced_and_reported(client):
    space, browser = client
    picture = (ROOT / "docs" / "images" / "result.png").read_bytes()
    answered = browser.put(
        "/upload/run?name=caf%E9.png", data=picture, headers={"X-Sunspot": "upload", "Host": "localhost"}
    )
    stored = answered.get_json()
    assert stored["state"] == "accepted" and "it is not UTF-8" in stored["reason"]
    assert [path.name for path in space.images_to_run.iterdir()] == [stored["name"]]


def test_a_link_out_of_the_workspace_is_not_served(client, tmp_path):
    space, browser = client
    secret = tmp_path / "secret.csv"
    secret.write_text("secret")
    folder = space.inference_results / "uset"
    (folder / "drawings").mkdir(parents=True)
    (folder / "sunspot_table.csv").symlink_to(secret)
    answered = browser.get("/results/uset/sunspot_table.csv", headers={"Host": "localhost"})
    assert answered.status_code == 404 and b"secret" not in answered.data
