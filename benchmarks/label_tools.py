"""Reviewed drawings through the label readers of CVAT and Label Studio, and back: `python benchmarks/label_tools.py`.

The real labelled drawings (../shared/uset) are taken as reviewed and exported as COCO. datumaro, which CVAT uses, and
label-studio-sdk read the file, each in an environment of its own, and write it again; then the gestures are counted
that `review-labels` would need. Needs a package index and about 1.1 GB in the temporary folder. Exits with 1 if a label
is lost, or an outline changes by more than 0.05 px.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.labels.coco import load_coco, spot_polygons
from sunspot_dash.domain.review.gestures import Act
from sunspot_dash.domain.spots.detections import DrawingResult, Spot
from sunspot_dash.io.results import write_result
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.catalogue.indexer import Indexer
from sunspot_dash.services.review.labels import reviewed_coco, take_labels
from sunspot_dash.services.review.record import Intent, record
from sunspot_dash.workspace import Workspace

LABELS = Path(__file__).resolve().parents[2] / "shared" / "uset" / "labelled" / "annotations"
DATUMARO = """
import sys
from datumaro.components.dataset import Dataset
read = Dataset.import_from(sys.argv[1], "coco")
print("labels:", sum(one.type.name == "polygon" for item in read for one in item.annotations))
read.export(sys.argv[2], "coco_instances", save_media=False)
"""
LABEL_STUDIO = """
import json, sys
from pathlib import Path
from label_studio_sdk.converter import Converter
from label_studio_sdk.converter.imports.coco import convert_coco_to_ls
folder, out = Path(sys.argv[1]), Path(sys.argv[2])
out.mkdir()
file = out / "tasks.json"
convert_coco_to_ls(str(folder / "annotations" / "instances_default.json"), str(file))
tasks = json.loads(file.read_text())
polygons = 0
for number, task in enumerate(tasks, start=1):
    task["id"] = number  # the server numbers them
    for one in task["annotations"]:
        one["result"] = [label for label in one["result"] if label["type"] == "polygonlabels"]
        polygons += len(one["result"])
print("labels:", polygons)
file.write_text(json.dumps(tasks))
made = Converter(str(out / "tasks.label_config.xml"), str(out), download_resources=False)
made.convert_to_coco(str(file), str(out / "coco"), output_image_dir=str(out), is_dir=False)
"""
TOOLS = {"datumaro": DATUMARO, "label-studio-sdk": LABEL_STUDIO}


def main() -> int:
    """Run both tools, print what they kept, and return the exit code."""
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        catalogue, exported = _exported(root)
        number = len(
            json.loads((exported / "annotations" / "instances_default.json").read_text())["annotations"]
        )
        for package, program in TOOLS.items():
            read = _run(root, package, program, exported)
            (back,) = [
                path
                for path in (root / f"{package}-out").rglob("*.json")
                if "annotations" in json.loads(path.read_text())
            ]
            taken = take_labels(catalogue, "m", back, "Ada", apply=False)
            gestures = sum(taken.changed.values())
            print(
                f"{package}: {read} of {number} labels read; back on {len(taken.changed)} drawings, {gestures} changed"
            )
            failed += read != number or gestures > 0 or len(taken.changed) != len(load_coco(back).images)
    return int(failed > 0)


def _exported(root: Path) -> tuple[Catalogue, Path]:
    """Take the real labels as reviewed drawings, and export them as a COCO folder."""
    labels = load_coco(LABELS / "instances_default.json")
    space = Workspace(root / "data").create()
    for name, image in labels.images.items():
        spots = [
            Spot.from_outline(outline, 0.9) for outline in spot_polygons(labels.annotations.get(name, []))
        ]
        size = np.array([image.width, image.height])
        disk = Disk(*(size / 2), 0.4 * size.min(), 0.9)
        made = DrawingResult(name, *size.tolist(), disk, tuple(spots), "m", "h", "i", 0.4, 1.0)
        write_result(space.results_of("m"), made)
        record(space, "m", name, Intent("Ada", Act.FINISH))
    catalogue = Catalogue(space)
    Indexer(catalogue).refresh()
    folder = root / "coco"
    (folder / "annotations").mkdir(parents=True)
    (folder / "images").mkdir()  # datumaro wants the folder, not the images
    (folder / "annotations" / "instances_default.json").write_text(json.dumps(reviewed_coco(catalogue, "m")))
    return catalogue, folder


def _run(root: Path, package: str, program: str, exported: Path) -> int:
    """Run a program in a new environment with a package; return the number of labels that it read."""
    venv.create(root / package, with_pip=True)
    python = root / package / "bin" / "python"
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", package], check=True, stderr=subprocess.DEVNULL
    )
    done = subprocess.run(
        [python, "-c", program, exported, root / f"{package}-out"], check=True, capture_output=True, text=True
    )
    return int(done.stdout.split("labels: ")[1].split()[0])


if __name__ == "__main__":
    sys.exit(main())
