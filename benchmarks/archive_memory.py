"""Time and memory of the archive tables: `python benchmarks/archive_memory.py [DRAWINGS ...]`.

Writes result files for the given numbers of drawings (default 3000 and 30000), each with 30 spots, and publishes them.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.spots.detections import DrawingResult, Spot
from sunspot_dash.io.results import write_result
from sunspot_dash.services.models.publish import publish
from sunspot_dash.workspace import Workspace


def fill(space: Workspace, count: int) -> None:
    """Write result files and empty images for drawings that do not exist."""
    rng = np.random.default_rng(0)
    square = np.array([[0.0, 0], [4, 0], [4, 4], [0, 4]])
    places = rng.uniform(-500, 500, (30, 2))
    spots = tuple(Spot(1500 + x, 1500 + y, 16.0, 0.9, square + (1500 + x, 1500 + y)) for x, y in places)
    disk = Disk(x=1500.0, y=1500.0, radius=900.0, confidence=0.95)
    folder = space.results_of("uset")
    pictures = space.segmented / "uset"
    pictures.mkdir(parents=True)
    for number in range(count):
        name = f"usd{19400101 + number // 24:08d}{number % 24:02d}00.jpg"
        write_result(folder, DrawingResult(name, 3000, 3000, disk, spots, "uset", "m", "i", 0.4, 2.0))
        for what in ("mask", "overlay"):
            (pictures / f"{Path(name).stem}_{what}.png").touch()


def main(counts: list[int]) -> None:
    for count in counts:
        with tempfile.TemporaryDirectory() as folder:
            space = Workspace(Path(folder)).create()
            fill(space, count)
            done = subprocess.run(
                [sys.executable, __file__, "--publish", folder], capture_output=True, text=True, check=True
            )
            rows = (space.inference_results / "sunspot_table.csv").read_text().count("\n") - 1
            assert rows == count
            print(f"{count} drawings, {30 * count} spots: {done.stdout.strip()}", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--publish"]:
        began = time.perf_counter()
        publish(Workspace(Path(sys.argv[2])), "uset")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{time.perf_counter() - began:.1f} s, {peak:.0f} MB at peak")
    else:
        main([int(text) for text in sys.argv[1:]] or [3000, 30_000])
