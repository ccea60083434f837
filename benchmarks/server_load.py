"""What a server uses before and after many requests, and while large drawings are uploaded to it."""

from __future__ import annotations

import http.client
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from benchmarks.processes import Use, use_of
from benchmarks.upload_races import put_drawing, together
from sunspot_dash.web.shell import PAGES

THREADS = 8
ROUTES = (
    *[path for path, _ in PAGES],
    "/_dash-layout",
    "/_dash-dependencies",
    "/health",
    "/assets/style.css",
)
WARM = 300  # requests before the first figures: modules and caches are filled
SIDE = 10_900  # 119 megapixels
PNG_MB = 2.0
SAMPLE_SECONDS = 0.05


@dataclass
class Peak:
    """The highest memory of a server while something runs, MB."""

    own_mb: float = 0.0
    all_mb: float = 0.0


def flood(pid: int, port: int, count: int) -> tuple[Use, Use, int]:
    """Send `count` requests; return the use before and after, and the number of failures."""
    failures = _send(port, min(WARM, count))
    before = use_of(pid)
    failures += _send(port, count)
    return before, use_of(pid), failures


def _send(port: int, count: int) -> int:
    failures = []
    numbers = iter(range(count))
    lock = threading.Lock()

    def connection() -> None:
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                link.close()
                return
            try:
                link.request("GET", ROUTES[number % len(ROUTES)])
                answer = link.getresponse()
                answer.read()
                if answer.status != 200:
                    failures.append(number)
            except (OSError, http.client.HTTPException):
                failures.append(number)
                link.close()
            if number % 10 == 0:  # a new connection now and then, as browsers do
                link.close()

    together([connection] * THREADS)
    return len(failures)


def upload_large(pid: int, port: int, clients: int) -> tuple[Use, Peak, list[str]]:
    """Upload a PNG of 119 megapixels from each client at once; return the use before, the peak, and the answers."""
    before = use_of(pid)
    answers: list[str] = []

    def put(number: int) -> None:
        content = large_png(number)
        try:
            answer = put_drawing(port, "run", f"usd19{number:02}01010900.png", content)
            answers.append(f"{answer['state']} {answer['reason']}".strip())
        except (OSError, ValueError, http.client.HTTPException) as error:
            answers.append(f"no answer: {error!r}")

    with peak(pid) as highest:
        together([partial(put, number) for number in range(clients)])
    return before, highest, answers


@contextmanager
def peak(pid: int) -> Iterator[Peak]:
    """Watch the memory of a server and its processes within the context."""
    highest, ended = Peak(), threading.Event()

    def watch() -> None:
        while not ended.wait(SAMPLE_SECONDS):
            now = use_of(pid)
            highest.own_mb = max(highest.own_mb, now.own_mb)
            highest.all_mb = max(highest.all_mb, now.all_mb)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield highest
    finally:
        ended.set()
        thread.join()


def large_png(seed: int) -> bytes:
    """Return a grey PNG of SIDE x SIDE pixels and about PNG_MB, different for each seed, without holding its pixels."""
    packer = zlib.compressobj(9)
    noise = (seed + 1).to_bytes(4, "big")
    data = bytearray()
    for number in range(SIDE):
        data += packer.compress(bytes([0]) + (noise + number.to_bytes(4, "big")).ljust(SIDE, b"\xff"))
    data += packer.flush()
    header = SIDE.to_bytes(4, "big") * 2 + bytes([8, 0, 0, 0, 0])
    padding = b"tEXt", b"Comment\0" + b" " * max(0, int(PNG_MB * 1e6) - len(data) - 200)
    chunks = [(b"IHDR", header), padding, (b"IDAT", bytes(data)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*one) for one in chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return len(content).to_bytes(4, "big") + kind + content + zlib.crc32(kind + content).to_bytes(4, "big")
