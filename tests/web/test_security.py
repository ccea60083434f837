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

from sunspot_dash.services.catalogue.indexer import Indexer
from sunspot_dash.settings import LIMITS, WebSettings
from sunspot_dash.web.app import create_app
from sunspot_dash.web.context import NAME
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


HOSTS = {
    "localhost": 200,
    "127.0.0.1:8050": 200,
    "[::1]": 200,
    "[::1]:8050": 200,
    "LOCALHOST:1": 200,
    "evil.example.org": 400,
    "localhost.evil.example.org": 400,
    "": 400,
    " ": 400,
    "[": 400,
    "[]": 400,
    "[::1": 400,
    "::1": 400,
    "a b": 400,
    "x@localhost": 400,
    "localhost:port": 400,
    "localhost,localhost": 400,
    "<script>": 400,
    "\xe4": 400,
}


@pytest.mark.parametrize("host", HOSTS)
def test_a_host_is_right_or_refused_with_the_setting_to_set(client, host):
    _, browser = client
    answered = browser.get("/health", headers={"Host": host})
    assert answered.status_code == HOSTS[host]
    if answered.status_code == 400:
        page = browser.get("/", headers={"Host": host, "Accept": "text/html"})
        assert page.mimetype == "text/html" and b"proxy_set_header Host $http_host;" in page.data
        assert (
            b"<script>" not in page.data and "default-src 'self'" in page.headers["Content-Security-Policy"]
        )
        assert "Host" in answered.get_json()["reason"]


PATHS = {
    "/favicon.ico": 200,
    "/_favicon.ico": 200,
    "/_dash-component-suites/none/x.js": 404,
    "/_dash-component-suites/os/path.py": 404,
    "/_dash-component-suites/dash/x.js": 404,
    "/_dash-component-suites/dash/../dash.py": 404,
    "/_dash-component-suites/plotly/package_data/plotly.js": 404,
    "/assets/../app.py": 404,
    "/assets/%2e%2e/app.py": 404,
    "/assets/none.js": 404,
    "/vendor/%2e%2e/x": 404,
    "//": 308,
    "///": 200,
    "/%00": 404,
    "/assets/%00": 404,
    "/media/%00/view": 404,
    "/media/x%0d%0aSet-Cookie:a/view": 404,
    "/files/99999999999999999999/weights": 404,
    "/exports/uset/csv?from=x": 404,
    "/dataset?drawing=%00&drawing=2&search_=1": 200,
}


@pytest.mark.parametrize("path", PATHS)
def test_an_unusual_path_is_right_or_missing(client, path):
    _, browser = client
    answered = browser.get(path)
    assert answered.status_code == PATHS[path]
    assert PATHS[path] != 404 or not answered.cache_control.max_age


def test_every_script_that_dash_lists_is_served_or_missing(tmp_path):
    app = create_app(Workspace(tmp_path / "data").create(), refresh=False)
    browser = app.server.test_client()
    browser.get("/")
    assert app.registered_paths.keys() >= {"dash", "plotly"}
    for package, paths in app.registered_paths.items():
        for path in paths:
            assert browser.get(f"/_dash-component-suites/{package}/{path}").status_code in (200, 404)


ORIGIN_CASES = [
    ({}, 200),  # not a browser
    ({"Origin": "http://localhost"}, 200),
    ({"Origin": "http://localhost:80"}, 200),
    ({"Origin": "http://localhost:8199"}, 403),
    ({"Origin": "https://localhost"}, 200),  # TLS ends at a proxy
    ({"Origin": "https://localhost", "Host": "localhost:443"}, 200),
    ({"Origin": "http://[::1]:8050", "Host": "[::1]:8050"}, 200),
    ({"Origin": "https://evil.example.org"}, 403),
    ({"Origin": "https://evil.example.org", "Sec-Fetch-Site": "same-origin"}, 403),
    ({"Origin": "null"}, 403),
    ({"Origin": ""}, 200),
    ({"Origin": "x"}, 403),
    # A proxy has changed Host; the browser confirms that page and request have the same origin.
    ({"Origin": "http://127.0.0.1:8199", "Sec-Fetch-Site": "same-origin"}, 200),
    ({"Origin": "http://127.0.0.1:8199", "Sec-Fetch-Site": "same-site"}, 403),
    ({"Origin": "https://sun.example.org", "Sec-Fetch-Site": "same-origin"}, 200),
    ({"Origin": "https://sun.example.org"}, 403),
]


@pytest.mark.parametrize(("headers", "status"), ORIGIN_CASES)
def test_only_pages_of_the_dashboard_may_write(tmp_path, headers, status):
    settings = WebSettings.read(host_names="sun.example.org")
    space = Workspace(tmp_path / "data").create()
    browser = create_app(space, refresh=False, settings=settings).server.test_client()
    given = {"Host": "localhost", "X-Sunspot": "upload"} | headers
    answered = browser.put("/upload/run?name=a.txt", data=b"x", headers=given)
    assert (answered.status_code == 403) == (status == 403)
    if status == 403:
        reason = answered.get_json()["reason"]
        assert "changes Host or Origin" in reason and "proxy_set_header Host $http_host;" in reason


def test_a_page_that_a_proxy_brings_under_another_name_reads_nothing(client):
    _, browser = client
    foreign = {"Host": "127.0.0.1:8050", "Referer": "https://sun.example.org/"}
    assert browser.get("/", headers=foreign).status_code == 200  # a link on another site
    assert (
        browser.get("/assets/theme.js", headers=foreign).status_code == 200
    )  # the page must show the reason
    assert browser.get("/_dash-layout", headers=foreign).status_code == 403
    attested = foreign | {"Sec-Fetch-Site": "same-origin"}
    assert browser.get("/media/0/view", headers=attested).status_code == 403
    own = {"Host": "127.0.0.1:8050", "Referer": "http://127.0.0.1:8050/", "Sec-Fetch-Site": "same-origin"}
    assert browser.get("/_dash-layout", headers=own).status_code == 200


FORWARDED = {"X-Forwarded-For": "198.51.100.7"}


@pytest.mark.parametrize(
    ("peer", "settings", "headers", "status"),
    [
        ("127.0.0.1", {}, {}, 200),
        ("127.0.0.1", {}, FORWARDED, 403),
        ("127.0.0.1", {}, {"Forwarded": "for=198.51.100.7"}, 403),
        ("127.0.0.1", {}, {"Via": "1.1 x"}, 403),
        ("", {}, FORWARDED, 403),
        ("127.0.0.1", {"trusted_proxies": "127.0.0.1"}, FORWARDED, 200),
        ("", {"trusted_proxies": "unix"}, FORWARDED, 200),
        ("192.0.2.1", {"trusted_proxies": "192.0.2.1"}, FORWARDED, 403),
        ("192.0.2.1", {"trusted_proxies": "192.0.2.1"}, {"X-Forwarded-For": "127.0.0.1"}, 403),
        ("192.0.2.1", {}, {"X-Forwarded-For": "127.0.0.1"}, 403),
        ("192.0.2.1", {"password": "x"}, FORWARDED, 401),
        ("127.0.0.1", {"password": "x"}, FORWARDED, 401),
    ],
)
def test_a_proxy_never_opens_the_dashboard_by_accident(tmp_path, peer, settings, headers, status):
    space = Workspace(tmp_path / "data").create()
    browser = create_app(space, refresh=False, settings=WebSettings.read(**settings)).server.test_client()
    for path in ("/", "/health", "/media/0/view", "/assets/theme.js", "/_dash-layout"):
        answered = browser.get(
            path, headers={"Host": "localhost", **headers}, environ_overrides={"REMOTE_ADDR": peer}
        )
        assert (answered.status_code == status) if status != 200 else answered.status_code in (200, 404)
        if status == 403 and peer in ("127.0.0.1", ""):
            reason = answered.get_json()["reason"]
            assert "SUNSPOT_PASSWORD" in reason and f"SUNSPOT_TRUSTED_PROXIES={peer or 'unix'}" in reason


def test_nothing_may_be_kept_by_a_proxy(tmp_path, filled):
    for settings in ({}, {"password": "x"}):
        app = create_app(filled, refresh=False, settings=WebSettings.read(**settings))
        Indexer(app.server.extensions[NAME].catalogue).refresh()
        key = app.server.extensions[NAME].catalogue.rows("select key from drawing")[0]["key"]
        browser = app.server.test_client()
        for path in (
            *(
                "/",
                "/health",
                "/_dash-layout",
                "/_dash-dependencies",
                "/assets/theme.js?m=1",
                "/none",
                "/media/0/view",
            ),
            *(
                "/vendor/css/bootstrap.min.css",
                "/_favicon.ico",
                f"/media/{key}/thumb?v=1",
                f"/media/{key}/original",
            ),
            *(
                f"/found/uset/{key}?v=1",
                "/results/uset/sunspot_table.csv",
                "/exports/uset/csv",
                "/files/1/log",
            ),
        ):
            for headers in ({}, password("x")):
                kept = browser.get(path, headers=headers).cache_control
                assert kept.private and not kept.public, path


def test_wrong_passwords_are_slowed_and_the_right_one_from_elsewhere_is_not(tmp_path):
    settings = WebSettings.read(password="right", trusted_proxies="127.0.0.1")
    space = Workspace(tmp_path / "data").create()
    browsers = [create_app(space, refresh=False, settings=settings).server.test_client() for _ in range(2)]

    def ask(number: int, given: str, client: str):
        headers = {"Host": "localhost", "X-Forwarded-For": client} | password(given)
        return browsers[number % 2].get("/health", headers=headers)

    statuses = [ask(number, "wrong", "198.51.100.7").status_code for number in range(40)]
    assert statuses[:5] == [401] * 5 and statuses[-20:] == [429] * 20  # over both processes
    refused = ask(0, "right", "198.51.100.7")  # not compared, so that the answer reveals nothing
    assert refused.status_code == 429 and 0 < int(refused.headers["Retry-After"]) <= 60
    assert "try again in" in refused.get_json()["reason"]
    assert ask(0, "right", "198.51.100.8").status_code == 200
    assert ask(0, "right", "2001:db8::1").status_code == 200
    without = browsers[0].get("/health", headers={"Host": "localhost", "X-Forwarded-For": "198.51.100.9"})
    assert without.status_code == 401  # asking for the password is not a guess


@pytest.mark.parametrize(
    "given", ["Basic", "Basic %", "Basic eA==", "Bearer x", "Basic \xff", "Basic " + "A" * 10_000]
)
def test_a_malformed_password_is_a_wrong_one(tmp_path, given):
    settings = WebSettings.read(password="right")
    space = Workspace(tmp_path / "data").create()
    browser = create_app(space, refresh=False, settings=settings).server.test_client()
    assert browser.get("/", headers={"Host": "localhost", "Authorization": given}).status_code == 401


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
