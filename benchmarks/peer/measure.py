"""One measurement in a process of its own: `python -m benchmarks.peer.measure NAME DRAWINGS DEVICE FOLDER`.

Prints {"value": seconds, "note": ...} as JSON. FOLDER keeps what several measurements need, so that each times its own
work alone. Drawings are read, the limb is fitted and the network loaded before a peer is timed; this program is timed
from the file to the result.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import torch

from benchmarks.peer.geometry import hough, limb, pixels, pycocotools, stara
from benchmarks.peer.network import infer, infer32, monai, nnunet, smp
from benchmarks.peer.setting import Measured, Setting
from benchmarks.peer.training import lightning, smp_train, train

MEASUREMENTS: dict[str, Callable[[Setting], Measured]] = {
    "infer": infer,
    "infer32": infer32,
    "monai": monai,
    "monai_mixed": lambda setting: monai(setting, mixed=True),
    "smp": smp,
    "nnunet": nnunet,
    "train8": lambda setting: train(setting, 8),
    "train32": lambda setting: train(setting, 32),
    "lightning8": lambda setting: lightning(setting, 8),
    "lightning32": lambda setting: lightning(setting, 32),
    "smp_train8": lambda setting: smp_train(setting, 8),
    "limb": limb,
    "hough": hough,
    "pixels": pixels,
    "pycocotools": pycocotools,
    "stara": stara,
}


def main(name: str, drawings: str, device: str, kept: str) -> None:
    """Run one measurement."""
    value, note = MEASUREMENTS[name](Setting(Path(drawings), torch.device(device), Path(kept)))
    print(json.dumps({"value": value, "note": note}))


if __name__ == "__main__":
    main(*sys.argv[1:])
