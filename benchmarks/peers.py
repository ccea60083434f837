"""Time this program against others, in pairs: `python benchmarks/peers.py DRAWINGS [--rounds 3] [--device cpu]`.

DRAWINGS is a folder with `labelled/images`, `labelled/annotations/instances_default.json`, and other drawings beside
them. The others (`requirements-peers.txt`) are installed from the package index into a virtual environment of their
own, which sees the packages of this one, torch above all, so that both run on the same build; without a connection,
those that are there are used and the rest is named. Each measurement is a process of its own (`peer/measure.py`): the
settings with which this program starts torch are not those of the others. In each round every side runs once, one
after the other; a row shows the mean of each side, and the mean, least and greatest of the ratios.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PEERS = HERE / "requirements-peers.txt"
# The settings that `sunspot_dash/__init__.py` would make, at the defaults of the libraries.
UNTUNED = {"OPENBLAS_NUM_THREADS": str(os.cpu_count()), "GOMP_SPINCOUNT": "300000"}
INSTRUCTIONS = ("avx2", "avx512_f", "avx512_vnni", "avx512_bf16", "amx_bf16", "bf16")


@dataclass(frozen=True)
class Row:
    """Two measurements of `peer/measure.py`, and what they do."""

    title: str
    ours: str
    peer: str
    unit: str


ROWS = (
    Row("one drawing, file to results, against MONAI's sliding window alone, float32", "infer", "monai", "s"),
    Row("the same, this program in float32, too", "infer32", "monai", "s"),
    Row("the same, MONAI in the precision that this program takes", "infer", "monai_mixed", "s"),
    Row("the same, a plain loop over tiles with segmentation_models_pytorch, float32", "infer", "smp", "s"),
    Row("the same, nnU-Net's predictor, float32 on a CPU", "infer", "nnunet", "s"),
    Row(
        "training, per tile, batch 8, against Lightning; same network, loss, precision",
        "train8",
        "lightning8",
        "s",
    ),
    Row("the same, batch 32", "train32", "lightning32", "s"),
    Row(
        "the same, batch 8, a plain loop with U-Net and losses of segmentation_models_pytorch, float32",
        "train8",
        "smp_train8",
        "s",
    ),
    Row("the limb of a drawing, against scikit-image's Hough transform", "limb", "hough", "s"),
    Row("the pixels of a drawing's labels, against pycocotools", "pixels", "pycocotools", "s"),
    Row("the spots of a drawing, against STARA (sunkit-image)", "infer", "stara", "s"),
)


def interpreter(folder: Path) -> Path:
    """Return the Python of the environment of the peers, which is made if it is missing."""
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        (packages,) = folder.glob("lib/python*/site-packages")
        (packages / "this_program.pth").write_text(
            "\n".join(p for p in sys.path if p.endswith("site-packages"))
        )
        done = subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", PEERS], check=False)
        if done.returncode:
            print("not all peers could be installed: rows without theirs say so")
    return python


def measure(name: str, python: Path, asked: argparse.Namespace, kept: Path) -> dict[str, Any]:
    """Run one measurement; return {"value", "note"}, or {"error"}."""
    ours = name in {row.ours for row in ROWS}
    done = subprocess.run(
        [
            sys.executable if ours else python,
            "-m",
            "benchmarks.peer.measure",
            name,
            asked.drawings.resolve(),
            asked.device,
            kept,
        ],
        cwd=HERE.parent,
        env=os.environ | ({} if ours else UNTUNED),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        return {"error": (done.stderr.strip().splitlines() or ["ended"])[-1][:200]}
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def machine(device: str) -> str:
    """Return the processor, its cores and the device in words."""
    import torch

    model = next(
        (line.split(":")[1].strip() for line in _cpu_lines() if line.startswith("model name")),
        platform.machine(),
    )
    has = ", ".join(name for name in INSTRUCTIONS if torch.cpu.get_capabilities().get(name))
    gpu = f"; {torch.cuda.get_device_name()}" if device.startswith("cuda") else ""
    return f"{model}, {os.cpu_count()} cores ({has}){gpu}; torch {torch.__version__}"


def _cpu_lines() -> list[str]:
    try:
        return Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return []


def main() -> None:
    """Measure the rows asked for, in rounds, and print a table in Markdown."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("drawings", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--environment", type=Path, default=HERE / "output" / "peers")
    parser.add_argument("--rows", default="", help="only rows whose title or names contain this")
    asked = parser.parse_args()
    python = interpreter(asked.environment.resolve())
    rows = [row for row in ROWS if asked.rows in f"{row.title} {row.ours} {row.peer}"]
    print(f"{machine(asked.device)}; {asked.rounds} rounds\n", flush=True)
    names = list(dict.fromkeys(name for row in rows for name in (row.ours, row.peer)))
    with tempfile.TemporaryDirectory() as folder:
        rounds = [
            {name: measure(name, python, asked, Path(folder)) for name in names} for _ in range(asked.rounds)
        ]
    print("| | this program | the other | times as fast (least to greatest) | |\n|---|---|---|---|---|")
    for row in rows:
        print(line(row, [(found[row.ours], found[row.peer]) for found in rounds]))


def line(row: Row, pairs: list[tuple[dict[str, Any], dict[str, Any]]]) -> str:
    """Return a row of the table from the measurements of both sides in each round."""
    errors = [side["error"] for pair in pairs for side in pair if "error" in side]
    if errors:
        return f"| {row.title} | | | not measured: {errors[0]} | |"
    mine, other = ([pair[side]["value"] for pair in pairs] for side in (0, 1))
    ratios = [theirs / own for own, theirs in zip(mine, other, strict=True)]
    spread = f"**{sum(ratios) / len(ratios):.1f}** ({min(ratios):.1f} to {max(ratios):.1f})"
    means = " | ".join(f"{sum(side) / len(side):.3g} {row.unit}" for side in (mine, other))
    notes = "; ".join(filter(None, (pairs[-1][0]["note"], pairs[-1][1]["note"])))
    return f"| {row.title} | {means} | {spread} | {notes} |"


if __name__ == "__main__":
    main()
