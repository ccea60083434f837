"""Races of uploads: whatever is accepted is stored, byte by byte, under the name that the answer gives."""

from __future__ import annotations

import http.client
import io
import json
import multiprocessing
import random
import threading
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np

from sunspot_dash.services.dataset.labels import ACCEPTED, DUPLICATE
from sunspot_dash.services.dataset.uploads import ROLES, accept_upload
from sunspot_dash.workspace import Workspace

LEAST, MOST = 2, 10  # uploads at once
WAYS = ("threads", "processes", "http")


def race_uploads(space: Workspace, port: int, count: int, seed: int = 1) -> list[str]:
    """Upload `count` drawings in races of LEAST to MOST; return a line for each that was lost or rejected.

    A third of the races each goes through threads and processes that call `accept_upload`, and over HTTP. In a race,
    the names are all the same or all different, and some drawings are identical.
    """
    rng = random.Random(seed)
    faults: list[str] = []
    done = 0
    spawning = multiprocessing.get_context("forkserver")
    with ThreadPoolExecutor(MOST) as threads, ProcessPoolExecutor(MOST, spawning) as processes:
        senders: dict[str, tuple[Executor, Callable[..., tuple[str, str, str]]]] = {
            "threads": (threads, _call),
            "processes": (processes, _call),
            "http": (threads, _put),
        }
        race = 0
        while done < count:
            size = min(rng.randint(LEAST, MOST), count - done)
            executor, send = senders[WAYS[race % len(WAYS)]]
            target = port if send is _put else str(space.root)
            faults += _race(executor, send, target, space, _drawings(rng, race, size), rng.choice(ROLES))
            done, race = done + size, race + 1
    return faults


def _drawings(rng: random.Random, race: int, size: int) -> list[tuple[str, bytes]]:
    """Return names and contents of the uploads of one race."""
    same_name = rng.random() < 0.5
    contents = [_png(rng.getrandbits(32)) for _ in range(size)]
    if size > LEAST and rng.random() < 0.3:
        contents[-1] = contents[0]
    day = f"{1900 + race // 300}{race // 25 % 12 + 1:02}{race % 25 + 1:02}"
    return [
        (f"usd{day}0900.png" if same_name else f"usd{day}{number + 8:02}00.png", content)
        for number, content in enumerate(contents)
    ]


def _png(seed: int) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 256, (48, 48), np.uint8)
    return bytes(cv2.imencode(".png", pixels)[1])


def _race(
    executor: Executor,
    send: Callable[..., tuple[str, str, str]],
    target: int | str,
    space: Workspace,
    drawings: list[tuple[str, bytes]],
    role: str,
) -> list[str]:
    answers = [executor.submit(send, target, role, name, content) for name, content in drawings]
    faults, accepted = [], []
    for (name, content), answer in zip(drawings, answers, strict=True):
        state, stored, reason = answer.result()
        found = [path for path in (space.images / stored, space.images_to_run / stored) if path.is_file()]
        if state not in (ACCEPTED, DUPLICATE):
            faults.append(f"{name} was {state}: {reason}")
        elif not any(path.read_bytes() == content for path in found):
            faults.append(f"{name} was {state} as {stored}, which does not hold it")
        if state == ACCEPTED:
            accepted.append(stored)
    if len(set(accepted)) < len(accepted):
        faults.append(f"one name was given twice: {sorted(accepted)}")
    return faults


def _call(root: str, role: str, name: str, content: bytes) -> tuple[str, str, str]:
    taken = accept_upload(Workspace(Path(root)), role, name, io.BytesIO(content))
    return taken.state, taken.name, taken.reason


def _put(port: int, role: str, name: str, content: bytes) -> tuple[str, str, str]:
    answer = put_drawing(port, role, name, content)
    return answer["state"], answer["name"], answer["reason"]


def put_drawing(port: int, role: str, name: str, content: bytes) -> dict[str, str]:
    """Upload a drawing to a server as the Dataset page does; return its answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    try:
        connection.request("PUT", f"/upload/{role}?name={name}", content, {"X-Sunspot": "1"})
        answer: dict[str, str] = json.loads(connection.getresponse().read())
        return answer
    finally:
        connection.close()


def together(senders: list[Callable[[], object]]) -> None:
    """Call all at the same moment, each in a thread of its own; return when all have ended."""
    gate = threading.Barrier(len(senders))

    def send(call: Callable[[], object]) -> None:
        gate.wait()
        call()

    threads = [threading.Thread(target=send, args=(call,)) for call in senders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
