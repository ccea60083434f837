"""Time and memory of inference on drawings of the archive's largest size: `python benchmarks/infer_speed.py`.

Prints the seconds for the first (cold) and each later (warm) drawing, and the peak memory after each, which must not
grow with the number of drawings.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sunspot_dash.file_names import PRETRAINED
from sunspot_dash.ml.config import InferConfig
from sunspot_dash.services.models.inference import infer_folder
from sunspot_dash.synthetic import write_archive
from sunspot_dash.workspace import Workspace


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(count: int = 12) -> None:
    with tempfile.TemporaryDirectory() as folder:
        space = Workspace(Path(folder) / "data").create()
        write_archive(space.images_to_run, count, seed=1, styles=("modern",))
        print(f"{count} synthetic drawings of 3330x4248 px; {peak_mb():.0f} MB before the model is loaded")
        began = last = time.monotonic()

        def report(event: dict) -> None:
            nonlocal last
            now = time.monotonic()
            print(f"{event['done']:4d}  {now - last:6.2f} s  peak {peak_mb():.0f} MB", flush=True)
            last = now

        infer_folder(space, PRETRAINED, space.images_to_run / "images", InferConfig(device="cpu"), report)
        print(f"whole run {time.monotonic() - began:.1f} s")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
