"""Options that choose which labels count."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from sunspot_dash.services.dataset.label_choice import store_categories
from sunspot_dash.workspace import Workspace
from tests.coco import HEIGHT, WIDTH, content, encoded, label
from tests.command_line import run


@pytest.fixture
def convert(tmp_path):
    """Run convert-annotations on one drawing with labels of three categories."""
    space = Workspace(tmp_path / "data").create()
    picture = cv2.imencode(".png", np.zeros((HEIGHT, WIDTH), np.uint8))[1].tobytes()
    (space.images / "a.png").write_bytes(picture)
    found = content({"a.png": 4}, ("Fleck", "Hof", "Fackel"))
    found["annotations"] += [label(11, 1, 9, 2), label(12, 1, 9, 3)]
    found["annotations"].append(label(13, 1, 9, 3, segmentation=[], bbox=[1, 1, 2, 2]))
    space.annotations_file.write_bytes(encoded(found))
    store = lambda *names: store_categories(space, names)  # noqa: E731
    given = ["--images-dir", space.images, "--annotations-path", space.annotations_file]

    def command(*options: str):
        masks = ["--masks-dir", tmp_path / "masks", "--workspace", space.root]
        return run("convert-annotations", *given, *masks, *options)

    return command, store


def test_a_file_with_unclear_categories_ends_with_one_sentence(convert):
    command, store = convert
    done = command()
    assert done.code == 1 and done.stderr.count("\n") == 1
    assert (
        "Fleck (4 labels), Fackel (2 labels), Hof (1 label)" in done.stderr
        and '--category "Fleck"' in done.stderr
    )
    store("Fleck")
    done = command()
    assert done.code == 0 and "1 labelled image with 4 annotations" in done.stdout
    assert "counted as spots: Fleck (4 labels); left out: Fackel (2 labels), Hof (1 label)" in done.stdout


def test_a_category_is_given_repeatedly_and_whatever_its_case(convert):
    command, store = convert
    store("Hof")
    done = command("--category", "fleck", "--category", "Hof")
    assert done.code == 0 and "1 labelled image with 5 annotations" in done.stdout
    done = command("--category", "umbra")
    assert done.code == 1 and "no category 'umbra'" in done.stderr


def test_partly_labelled_drawings_are_used_on_request(convert):
    command, _ = convert
    done = command("--category", "Fackel")
    assert (
        done.code == 1 and "left out: a.png: 1 of its 2 labels cannot be used (annotation 13: " in done.stdout
    )
    assert "--keep-partly-labelled" in done.stdout
    done = command("--category", "Fackel", "--keep-partly-labelled")
    assert done.code == 0 and "1 labelled image with 1 annotation," in done.stdout
