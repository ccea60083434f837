"""Memory and response times while large files arrive: `python benchmarks/large_uploads.py [--clients N]`.

Sends a drawing of 119 megapixels from each client at once, then looks at drawings from 12 clients, lets 60 clients send
a byte a second, and sends a COCO file of 98 MB. Prints after each the peak memory (resident set, from /proc) of the web
process and of all server processes together, and the slowest answer of /health. Exits with 1 if a file was not kept or
a limit was exceeded.
"""

from __future__ import annotations

import argparse
import http.client
import json
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import psutil
from PIL import Image, ImageDraw, PngImagePlugin

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.workspace import Workspace
from tests.web.dashboards import Dashboard, is_indexed, wait_until

CLIENTS, VIEWERS, DRAWINGS = 14, 12, 57
SLOW_CLIENTS, SLOW_SECONDS = 60, 20
SIDE = 10_908  # px: 119 megapixels
COCO_BYTES = 98_000_000
WEB_MB, ALL_MB, HEALTH_SECONDS, UPLOAD_SECONDS = 400, 2000, 1.0, 300
SAMPLE_SECONDS = 0.05


@dataclass
class Peaks:
    """The largest values seen: memory in MB, and seconds that /health took."""

    web_mb: float = 0.0
    all_mb: float = 0.0
    health: list[float] = field(default_factory=list)

    def good(self) -> bool:
        """Whether all are within the limits."""
        return self.web_mb < WEB_MB and self.all_mb < ALL_MB and max(self.health) < HEALTH_SECONDS

    def __str__(self) -> str:
        slowest = max(self.health)
        return f"web process {self.web_mb:.0f} MB, all {self.all_mb:.0f} MB, /health {slowest:.2f} s at worst"


@contextmanager
def watched(dashboard: Dashboard) -> Iterator[Peaks]:
    """Sample memory and /health while the context lasts."""
    peaks, over = Peaks(), threading.Event()
    assert dashboard.process is not None
    web = psutil.Process(dashboard.process.pid)

    def memory() -> None:
        while not over.wait(SAMPLE_SECONDS):
            sizes = [web.memory_info().rss]
            for child in web.children(recursive=True):
                try:
                    sizes.append(child.memory_info().rss)
                except psutil.NoSuchProcess:
                    continue
            peaks.web_mb = max(peaks.web_mb, sizes[0] / 1e6)
            peaks.all_mb = max(peaks.all_mb, sum(sizes) / 1e6)

    def health() -> None:
        while True:
            began = time.perf_counter()
            request(dashboard.port, "GET", "/health")
            peaks.health.append(time.perf_counter() - began)
            if over.wait(0.2):
                return

    threads = [threading.Thread(target=memory), threading.Thread(target=health)]
    for thread in threads:
        thread.start()
    try:
        yield peaks
    finally:
        over.set()
        for thread in threads:
            thread.join()


def request(port: int, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
    """Return status and body of an answer; like the pages, send again after a 503."""
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
        connection.request(method, path, body, {"X-Sunspot": "upload"})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        if answer.status != 503:
            return answer.status, content
        time.sleep(float(answer.headers["Retry-After"]))


def large_drawings(number: int) -> list[bytes]:
    """Return PNG files of a disk, of 119 megapixels each; they differ in a comment only."""
    page = Image.new("RGB", (SIDE, SIDE), "white")
    ImageDraw.Draw(page).ellipse((1000, 1000, SIDE - 1000, SIDE - 1000), outline="black", width=9)
    files = []
    file = BytesIO()
    page.save(file, "PNG", compress_level=1)
    start, rest = file.getvalue()[:33], file.getvalue()[33:]  # signature and header
    for index in range(number):
        comment = BytesIO()
        PngImagePlugin.putchunk(comment, b"tEXt", b"Comment\0" + str(index).encode())
        files.append(start + comment.getvalue() + rest)
    return files


def coco(size: int) -> bytes:
    """Return a COCO file of about this size in bytes."""
    outline = [round(500 + 3.1 * step % 41, 2) for step in range(40)]
    images, annotations, length = [], [], 0
    while length < size:
        number = len(images) + 1
        name = f"usd{1900 + number // 12000:04}{number // 1000 % 12 + 1:02}{number % 28 + 1:02}{number % 24:02}00.jpg"
        images.append({"id": number, "file_name": f"{number}-{name}", "width": 2000, "height": 2000})
        for _ in range(40):
            spot = {
                "id": len(annotations) + 1,
                "image_id": number,
                "segmentation": [outline],
                "category_id": 1,
            }
            annotations.append(spot)
        length += 40 * len(json.dumps(annotations[-1]))
    categories = [{"id": 1, "name": "spot"}]
    return json.dumps({"images": images, "annotations": annotations, "categories": categories}).encode()


def at_once(port: int, clients: int, work: list[tuple[str, str, bytes | None]]) -> list[tuple[int, bytes]]:
    """Return the answers to requests (method, path, body) from this number of clients."""
    with ThreadPoolExecutor(clients) as pool:
        return list(pool.map(lambda one: request(port, *one), work))


def dawdle(port: int) -> bool:
    """Send a byte a second from many clients."""
    clients = [socket.create_connection(("127.0.0.1", port)) for _ in range(SLOW_CLIENTS)]
    begin = b"PUT /upload/run?name=a.png HTTP/1.1\r\nHost: localhost\r\nX-Sunspot: upload\r\n"
    for client in clients:
        client.sendall(begin + b"Content-Length: 999\r\n\r\n")
    for _ in range(SLOW_SECONDS):
        for client in clients:
            client.sendall(b"x")
        time.sleep(1)
    for client in clients:
        client.close()
    return True


def step(dashboard: Dashboard, title: str, work: Callable[[], bool], seconds: float) -> bool:
    """Print what a piece of work needed; return whether it succeeded within the limits."""
    began = time.perf_counter()
    with watched(dashboard) as peaks:
        done = work()
    took = time.perf_counter() - began
    print(f"{title}: {'all' if done else 'NOT ALL'} answered in {took:.1f} s; {peaks}", flush=True)
    return done and took < seconds and peaks.good()


def measure(space: Workspace, clients: int) -> bool:
    """Measure and print everything; return whether it stayed within the limits."""
    dashboard = Dashboard(space, "--no-demo", "--no-worker")
    port = dashboard.port
    small = Image.effect_noise((3000, 3600), 30)
    for number in range(DRAWINGS):
        small.save(space.images_to_run / f"usd19{10 + number}01010900.jpg", quality=80 + number % 10)
    pictures, labels = large_drawings(clients), coco(COCO_BYTES)

    def uploads() -> bool:
        work = [
            ("PUT", f"/upload/run?name=usd18{10 + n}01010900.png", file) for n, file in enumerate(pictures)
        ]
        answers = at_once(port, clients, work)  # type: ignore[arg-type]
        return all(status == 200 and json.loads(body)["state"] == "accepted" for status, body in answers)

    def views() -> bool:
        keys = [row["key"] for row in Catalogue(space).rows("select key from drawing")]
        work = [("GET", f"/media/{key}/{size}", None) for key in keys for size in ("thumb", "view", "crop")]
        return all(status in (200, 404) for status, _ in at_once(port, VIEWERS, work))

    def label_file() -> bool:
        status, body = request(port, "PUT", "/upload/labelled?name=instances_default.json", labels)
        print(f"  {body[:200]!r}")
        return status == 200 and json.loads(body)["state"] == "accepted"

    try:
        dashboard.start()
        wait_until(lambda: is_indexed(space), "the index is up to date")
        good = [
            step(dashboard, f"{clients} uploads of {SIDE**2 / 1e6:.0f} megapixels", uploads, UPLOAD_SECONDS),
            step(dashboard, f"{DRAWINGS} drawings viewed by {VIEWERS} clients", views, UPLOAD_SECONDS),
            step(dashboard, f"{SLOW_CLIENTS} slow clients", lambda: dawdle(port), UPLOAD_SECONDS),
            step(dashboard, f"COCO file of {len(labels) / 1e6:.0f} MB", label_file, UPLOAD_SECONDS),
        ]
    finally:
        dashboard.end()
    return all(good)


if __name__ == "__main__":
    asked = argparse.ArgumentParser()
    asked.add_argument("--clients", type=int, default=CLIENTS)
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(not measure(Workspace(Path(folder)).create(), options.clients))
