"""Kill the server at random moments of a review, and let two people review one drawing at once.

Usage: `python benchmarks/review_kills.py [KILLS]`. Clients send gestures one by one, as the page does, and repeat a
gesture until it is acknowledged. After every kill, each acknowledged gesture must be in the journal, and of the others
at most the one in hand may be missing; at the end every gesture must be there. Exits with 1 otherwise.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.spots.detections import DrawingResult, Spot
from sunspot_dash.io.images import content_hash, image_size
from sunspot_dash.io.journals import read_journals
from sunspot_dash.io.results import write_result
from sunspot_dash.services.catalogue.catalogue import key_of
from sunspot_dash.synthetic import write_archive
from sunspot_dash.workspace import Workspace
from tests.web.dashboards import Dashboard, is_indexed, wait_until

KILLS, SPOTS, TOGETHER = 50, 40, 200
LONGEST_SECONDS = 1.5  # between two kills


class Reviewer(threading.Thread):
    """A person who rejects and accepts spots of a drawing, one gesture after the other."""

    def __init__(self, dashboard: Dashboard, key: str, person: str, most: int) -> None:
        super().__init__(daemon=True)
        self.sent: list[str] = []
        self.acknowledged: list[str] = []
        self.ended = threading.Event()
        self._address = f"{dashboard.url}/drawings/{key}/gestures"
        self._person, self._most = person, most

    def run(self) -> None:
        """Send gestures until the end is set."""
        while len(self.acknowledged) < self._most and not self.ended.is_set():
            number = len(self.sent)
            identity = f"g{self._person.lower()}{number:08d}"
            self.sent.append(identity)
            act = "accept" if number % 2 else "reject"
            gesture = {"id": identity, "act": act, "keys": [str(number % SPOTS + 1)]}
            while not self._post(gesture) and not self.ended.is_set():
                time.sleep(0.1)

    def _post(self, gesture: dict[str, object]) -> bool:
        body = json.dumps({"model": "m", "person": self._person, "gestures": [gesture]}).encode()
        try:
            with urllib.request.urlopen(urllib.request.Request(self._address, body), timeout=20) as answer:
                done = json.load(answer)["recorded"] == 1
        except urllib.error.HTTPError as error:
            if error.code < 500:
                raise
            return False
        except (OSError, ValueError):
            return False  # the server is away
        if done:
            self.acknowledged.append(str(gesture["id"]))
        return done


def main(kills: int = KILLS) -> int:
    """Run both trials, print what was lost, and return the exit code."""
    with tempfile.TemporaryDirectory() as folder:
        space, name = _workspace(Path(folder) / "data")
        dashboard = Dashboard(space, "--no-demo", "--no-worker")
        try:
            dashboard.start()
            wait_until(lambda: is_indexed(space), "the index is up to date")
            lost = _killed(dashboard, space, name, kills)
            lost += _together(dashboard, space, name)
        finally:
            dashboard.end()
    return int(lost > 0)


def _killed(dashboard: Dashboard, space: Workspace, name: str, kills: int) -> int:
    """Kill the server again and again while a person reviews; return the number of gestures lost."""
    chance = random.Random(7)
    person = Reviewer(dashboard, key_of(name), "Ada", sys.maxsize)
    person.start()
    lost = in_hand = 0
    for _ in range(kills):
        time.sleep(chance.uniform(0, LONGEST_SECONDS))
        known = list(person.acknowledged)
        dashboard.kill()
        there = _written(space, name)
        lost += len(set(known) - there)
        in_hand = max(in_hand, len(set(person.sent) - there))
        dashboard.start()
    person.ended.set()
    person.join()
    wrong = _wrong(space, name, person)
    print(
        f"{kills} kills, {len(person.acknowledged)} gestures: {lost} acknowledged ones lost after a kill, at most "
        f"{in_hand} in hand; {wrong} missing at the end"
    )
    return lost + wrong + max(0, in_hand - 1)


def _together(dashboard: Dashboard, space: Workspace, name: str) -> int:
    """Let two people review one drawing at once; return the number of gestures lost."""
    people = [Reviewer(dashboard, key_of(name), person, TOGETHER) for person in ("Bea", "Cyd")]
    for person in people:
        person.start()
    for person in people:
        person.join()
    wrong = sum(_wrong(space, name, person) for person in people)
    print(f"two people at once, {TOGETHER} gestures each: {wrong} missing")
    return wrong


def _written(space: Workspace, name: str) -> set[str]:
    """Return the ids of the gestures in the journals."""
    gestures, _ = read_journals(space.reviews, name)
    return {gesture.id for gesture in gestures}


def _wrong(space: Workspace, name: str, person: Reviewer) -> int:
    return len(set(person.acknowledged) - _written(space, name))


def _workspace(root: Path) -> tuple[Workspace, str]:
    """A workspace with one drawing and its result."""
    space = Workspace(root).create()
    write_archive(root / "made", 1, seed=3, scale=0.35)
    (picture,) = (root / "made" / "images").iterdir()
    drawing = picture.rename(space.images / picture.name)
    width, height = image_size(drawing)
    square = np.array([(-4, -4), (4, -4), (4, 4), (-4, 4)])
    spots = tuple(
        Spot.from_outline(square + [width / 2 + 12 * (i % 8), height / 2 + 12 * (i // 8)], 0.9)
        for i in range(SPOTS)
    )
    disk = Disk(width / 2, height / 2, 0.4 * min(width, height), 0.9)
    result = DrawingResult(
        drawing.name, width, height, disk, spots, "m", "h", content_hash(drawing), 0.4, 1.0
    )
    write_result(space.results_of("m"), result)
    return space, drawing.name


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else KILLS))
