"""Bodies that are refused before they are received, and clients that are slow or silent."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest

from sunspot_dash.settings import LIMITS
from sunspot_dash.web import connections
from sunspot_dash.web.app import create_app
from sunspot_dash.web.early import MAX_BODY_BYTES
from sunspot_dash.workspace import Workspace
from tests.waiting import wait_for
from tests.web.dashboards import MINUTES, ROOT

CLIENTS = 20
Connect = Callable[..., socket.socket]


class Served:
    """A server in a thread of the tests."""

    def __init__(self, space: Workspace) -> None:
        app = create_app(space, refresh=False).server
        self.space = space
        self._server = connections.listening(app, threads=2, host="127.0.0.1", port=0)
        self.port = self._server.effective_port
        threading.Thread(target=self._server.run, daemon=True).start()

    @property
    def open_connections(self) -> int:
        return len(self._server.active_channels)

    def close_those_over(self) -> None:
        self._server.maintenance(0.0)

    def end(self) -> None:
        self._server.task_dispatcher.shutdown()


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Iterator[Served]:
    running = Served(Workspace(tmp_path_factory.mktemp("connections") / "data").create())
    yield running
    running.end()


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=60 * MINUTES)


def head(method: str, path: str, *lines: str, host: str = "localhost") -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", f"Host: {host}", *lines, "", ""]).encode()


def answer(port: int, sent: bytes) -> tuple[int, str]:
    """Return the status of the answer to some bytes, and everything received."""
    with connect(port) as client:
        client.sendall(sent)
        with client.makefile("rb") as file:
            received = file.read(1) + file.readline()
            client.shutdown(socket.SHUT_WR)
            return int(received.split()[1]), (received + file.read()).decode()


UPLOAD = "/upload/run?name=a.png"
HEADER = "X-Sunspot: upload"


@pytest.mark.parametrize(
    ("sent", "status", "text"),
    [
        (head("PUT", UPLOAD, HEADER, "Content-Length: 9000000000"), 413, "MB per file"),
        (head("PUT", UPLOAD, HEADER, f"Content-Length: {LIMITS.max_upload_bytes + 1}"), 413, "MB per file"),
        (head("PUT", UPLOAD, "Content-Length: 5000000"), 403, "X-Sunspot is missing"),
        (head("PUT", UPLOAD, HEADER, "Content-Length: 9", host="evil.example.org"), 400, "evil.example.org"),
        (head("PUT", UPLOAD, HEADER, "Origin: http://evil.org", "Content-Length: 9"), 403, "another site"),
        (head("PUT", "/upload/none?name=a.png", HEADER, "Content-Length: 9"), 400, "unknown role"),
        (head("POST", "/none", "Content-Length: 5000000"), 405, ""),
        (head("DELETE", "/_dash-update-component", "Transfer-Encoding: chunked"), 405, ""),
        (head("POST", "/_dash-update-component", f"Content-Length: {MAX_BODY_BYTES + 1}"), 413, "64 MB"),
    ],
)
@pytest.mark.parametrize("expecting", [False, True])
def test_a_request_is_refused_by_its_headers_before_its_body_is_received(
    served, sent, status, text, expecting
):
    if expecting:
        sent = sent.replace(b"\r\n\r\n", b"\r\nExpect: 100-continue\r\n\r\n")
    # The body is never sent, so an answer means that nothing waited for it.
    found, content = answer(served.port, sent)
    assert found == status and text in content and "100 Continue" not in content
    assert "Content-Security-Policy" in content and "Connection: close" in content


def test_the_password_is_checked_before_the_body(tmp_path, monkeypatch):
    monkeypatch.setenv("SUNSPOT_PASSWORD", "sünspot")
    running = Served(Workspace(tmp_path / "data").create())
    status, content = answer(running.port, head("PUT", UPLOAD, HEADER, "Content-Length: 5000000"))
    assert status == 401 and "Basic realm" in content
    running.end()


def test_a_client_that_expects_it_is_asked_to_continue(served):
    with connect(served.port) as client, client.makefile("rb") as file:
        client.sendall(head("PUT", UPLOAD, HEADER, "Content-Length: 7", "Expect: 100-continue"))
        assert file.readline() == b"HTTP/1.1 100 Continue\r\n"
        client.sendall(b"nothing")
        file.readline()
        assert b" 200 " in file.readline()


def test_a_refused_client_that_is_still_sending_sees_the_answer(served):
    body = b"x" * 5_000_000
    status, content = answer(served.port, head("PUT", UPLOAD, f"Content-Length: {len(body)}") + body)
    assert status == 403 and content.count("HTTP/1.1") == 1


def test_a_body_in_chunks_is_bounded(served, monkeypatch):
    monkeypatch.setitem(connections.SETTINGS, "threads", 2)
    piece = b"10000\r\n" + b" " * 2**16 + b"\r\n"
    chunked = "Transfer-Encoding: chunked"
    whole = head("PUT", UPLOAD, HEADER, chunked) + b"4\r\nnone\r\n0\r\n\r\n"
    status, content = answer(served.port, whole)
    assert status == 200 and "not an image" in content
    too_much = head("POST", "/_dash-update-component", chunked) + piece * (MAX_BODY_BYTES // 2**16 + 1)
    status, content = answer(served.port, too_much)
    assert status == 413 and "64 MB" in content


def send_head_only(client: socket.socket) -> None:
    client.sendall(b"GET /health HT")


def send_half_a_body(client: socket.socket) -> None:
    client.sendall(head("PUT", UPLOAD, HEADER, "Content-Length: 200000") + b"x" * 100_000)


def read_nothing(client: socket.socket) -> None:
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.sendall(head("GET", "/vendor/css/bootstrap.min.css") * 20)


@pytest.mark.parametrize("begin", [send_head_only, send_half_a_body, read_nothing])
def test_hung_clients_block_nobody_and_are_closed_after_a_while(served, monkeypatch, begin):
    with ExitStack() as stack:
        hung = [stack.enter_context(closing(connect(served.port))) for _ in range(CLIENTS)]
        for client in hung:
            begin(client)
        urllib.request.urlopen(f"http://127.0.0.1:{served.port}/health", timeout=60 * MINUTES).close()
        wait_for(lambda: served.open_connections >= CLIENTS, "not all are connected")
        served.close_those_over()
        assert served.open_connections >= CLIENTS
        monkeypatch.setattr(connections, "IDLE_SECONDS", 0)

        def closed() -> bool:
            served.close_those_over()
            return served.open_connections == 0

        wait_for(closed, "connections are still open")


def test_a_client_that_sends_a_byte_now_and_then_is_closed(served, monkeypatch):
    with connect(served.port) as client:
        client.sendall(b"G")
        wait_for(lambda: served.open_connections, "it is not connected")
        monkeypatch.setattr(connections, "HEADER_SECONDS", 0.0)

        def closed() -> bool:
            served.close_those_over()
            return served.open_connections == 0

        wait_for(closed, "the connection is still open")


def test_a_client_on_a_unix_socket_has_no_address(tmp_path):
    seen: list[str] = []

    def application(environ, start_response):
        seen.append(environ["REMOTE_ADDR"])
        start_response("204 NO CONTENT", [])
        return []

    with socket.socket(socket.AF_UNIX) as listener, socket.socket(socket.AF_UNIX) as client:
        listener.bind(str(tmp_path / "socket"))
        server = connections.listening(application, threads=1, sockets=[listener])
        threading.Thread(target=server.run, daemon=True).start()
        client.connect(str(tmp_path / "socket"))
        client.sendall(head("GET", "/", "Connection: close"))
        with client.makefile("rb") as file:
            assert b"204" in file.readline()
        server.task_dispatcher.shutdown()
    assert seen == [""]


@pytest.fixture
def gunicorn(tmp_path) -> Iterator[int]:
    """The port of a gunicorn with the settings of the repository."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    code = (
        "from pathlib import Path; from sunspot_dash.web.app import create_app\n"
        "from sunspot_dash.workspace import Workspace\n"
        f"server = create_app(Workspace(Path({str(tmp_path / 'data')!r})).create(), refresh=False).server"
    )
    (tmp_path / "served.py").write_text(code)
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "served:server"]
    path = os.pathsep.join([str(tmp_path), str(ROOT)])
    running = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": path})

    def answers() -> bool:
        assert running.poll() is None
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=60 * MINUTES).close()
        except OSError:
            return False
        return True

    try:
        wait_for(answers, "gunicorn does not answer")
        yield port
    finally:
        running.send_signal(signal.SIGTERM)
        assert running.wait(60 * MINUTES) == 0


def test_gunicorn_refuses_early_and_is_not_blocked_by_hung_clients(gunicorn):
    status, content = answer(gunicorn, head("PUT", UPLOAD, "Content-Length: 5000000"))
    assert status == 403 and "X-Sunspot is missing" in content
    with ExitStack() as stack:
        for begin in (send_head_only, send_half_a_body, read_nothing):
            for _ in range(CLIENTS):
                begin(stack.enter_context(closing(connect(gunicorn))))
        urllib.request.urlopen(f"http://127.0.0.1:{gunicorn}/health", timeout=60 * MINUTES).close()
