"""Upload from two threads once a line arrives on standard input: `python -m tests.services.racing WORKSPACE NUMBER`."""

from __future__ import annotations

import io
import json
import sys
import threading
from pathlib import Path

import cv2
import numpy as np

from sunspot_dash.services.dataset.uploads import accept_upload
from sunspot_dash.workspace import Workspace


def main(root: str, racer: int) -> None:
    space, kept = Workspace(Path(root)), []

    def race(thread: int) -> None:
        for number in range(8):
            shade = np.full((20, 30), 16 * number + 2 * racer + thread, np.uint8)
            content = cv2.imencode(".png", shade)[1].tobytes()
            role = ("labelled", "run")[(racer + thread) % 2]
            taken = accept_upload(space, role, f"usd19560{number + 1}010900.png", io.BytesIO(content))
            kept.append((taken.state, taken.name))

    print("ready", flush=True)
    sys.stdin.readline()
    threads = [threading.Thread(target=race, args=(thread,)) for thread in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps(kept))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
