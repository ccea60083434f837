"""ZIPs as CVAT exports them, and ZIPs that must not be unpacked."""

from __future__ import annotations

import io
import stat
import zipfile

import cv2
import numpy as np
import pytest

from sunspot_dash.services.dataset import zip_files
from sunspot_dash.services.dataset.labels import label_report
from sunspot_dash.services.dataset.uploads import accept_upload
from sunspot_dash.workspace import Workspace
from tests.coco import HEIGHT, WIDTH, content, encoded

LABELS = "annotations/instances_default.json"


@pytest.fixture
def space(tmp_path) -> Workspace:
    return Workspace(tmp_path / "data").create()


def picture(shade: int) -> bytes:
    return cv2.imencode(".png", np.full((HEIGHT, WIDTH), shade, np.uint8))[1].tobytes()


def zipped(files: dict[str | zipfile.ZipInfo, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def upload(space, data: bytes, name: str = "task.zip", role: str = "labelled"):
    return accept_upload(space, role, name, io.BytesIO(data))


def stored(space) -> set[str]:
    return {path.name for path in space.images.iterdir()}


def test_an_export_of_cvat_is_stored_as_it_comes(space):
    names = ["usd202409181115.png", "usd202409191115.png"]
    files = {LABELS: encoded(content({f"Data/{name}": 2 for name in names}))}
    files |= {f"images/Data/{name}": picture(number) for number, name in enumerate(names)}
    result = upload(space, zipped(files))
    assert (result.state, result.details) == ("accepted", [])
    assert result.reason == f"files of the ZIP: 3 accepted; {LABELS}: 2 drawings with 4 labels"
    assert stored(space) == set(names)
    report = label_report(space)
    assert (report.listed, report.here, report.labels, report.left_out) == (2, 2, 4, [])
    again = upload(space, zipped(files))
    assert again.state == "duplicate" and again.reason.startswith("files of the ZIP: 3 duplicate")


def test_drawings_of_one_name_in_different_folders_are_not_mixed_up(space):
    name = "usd202409181115.png"
    files = {
        f"2001/{name}": picture(1),
        f"2002/{name}": picture(2),
        f"copy/{name}": picture(1),
        "b.png": picture(3),
    }
    result = upload(space, zipped(files))
    assert stored(space) == {"b.png"} and result.reason == "files of the ZIP: 1 accepted, 3 rejected"
    assert all("another file of the ZIP has this name" in line for line in result.details if name in line)
    same = {f"2001/{name}": picture(1), f"copy/{name}": picture(1)}
    assert upload(space, zipped(same)).reason == "files of the ZIP: 1 accepted, 1 duplicate"


def test_names_in_a_zip_are_treated_like_those_of_single_uploads(space):
    files = {
        "with\\back\\usd202409181115.png": picture(1),
        f"{'a' * 300}.png": picture(2),
        "x\ny.png": picture(3),
    }
    result = upload(space, zipped(files))
    assert result.reason == "files of the ZIP: 3 accepted" and len(result.details) == 2
    assert "usd202409181115.png" in stored(space) and len(stored(space)) == 3
    assert sum(name.startswith("upload-") for name in stored(space)) == 2


def test_rejected_files_are_listed_and_the_others_are_stored(space):
    link = zipfile.ZipInfo("images/link.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    files = {
        "images/usd202409181115.png": picture(1),
        "images/text.png": b"no image",
        "../usd202409191115.png": picture(2),
        "inner.zip": zipped({"a.png": picture(3)}),
        link: b"/etc/passwd",
        "__MACOSX/images/._usd.png": b"x",
        "images/": b"",
    }
    result = upload(space, zipped(files))
    assert result.reason == "files of the ZIP: 1 accepted, 4 rejected" and stored(space) == {
        "usd202409181115.png"
    }
    lines = {line.partition(": ")[0]: line for line in result.details}
    assert set(lines) == {"images/text.png", "../usd202409191115.png", "inner.zip", "images/link.png"}
    assert "'..'" in lines["../usd202409191115.png"] and "archive inside the ZIP" in lines["inner.zip"]
    assert "it is a link" in lines["images/link.png"]
    assert not (space.dataset / "usd202409191115.png").exists()


@pytest.mark.parametrize("name", ["annotations.xml", "task.zip"])
def test_the_own_format_of_cvat_gets_the_export_to_choose(space, name):
    data = b"<annotations/>"
    result = upload(space, data if name.endswith("xml") else zipped({"annotations.xml": data}), name)
    assert (
        result.state == "rejected"
        and "'COCO 1.0'" in result.reason
        and "Export task dataset" in result.reason
    )


def test_a_table_is_directed_to_explore(space):
    result = upload(space, b"2024;1;2\n", "SN_ms_tot_V2.0.csv")
    assert (
        result.state == "rejected" and "reference series" in result.reason and "page Explore" in result.reason
    )


def test_an_encrypted_zip_is_rejected(space):
    data = bytearray(zipped({"a.png": picture(1)}))
    for start, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        data[data.index(start) + offset] |= 1
    result = upload(space, bytes(data))
    assert result.reason == "task.zip is encrypted: create it without a password" and not stored(space)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"no zip at all"])
def test_a_damaged_zip_is_rejected(space, data):
    result = upload(space, data)
    assert result.state == "rejected" and "is not a readable ZIP" in result.reason


def test_an_entry_with_damaged_bytes_is_rejected(space):
    data = zipped({"a.png": picture(1), "b.png": picture(2)})
    at = data.index(b"a.png") + 20
    result = upload(space, data[:at] + bytes(8) + data[at + 8 :])
    assert stored(space) == {"b.png"} and "a.png: rejected, it cannot be unpacked" in result.details[0]


def test_an_empty_zip_is_rejected(space):
    assert upload(space, zipped({})).reason == "it holds no file: add drawings and their COCO file"


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        ({"max_zip_entries": 1}, "task.zip has 2 entries, above the limit of 1"),
        ({"max_zip_bytes": 1 << 20}, "task.zip has 2 MB unpacked, above the limit of 1 MB"),
        ({"max_zip_ratio": 10}, "a.png: rejected, it is more than 10 times as large unpacked"),
        ({"max_upload_bytes": 1 << 20}, "a.png: rejected, it exceeds the limit of 1 MB"),
    ],
)
def test_a_bomb_is_not_unpacked(space, monkeypatch, limits, reason):
    monkeypatch.setattr(zip_files, "LIMITS", zip_files.LIMITS.model_copy(update=limits))
    result = upload(space, zipped({"a.png": bytes(range(256)) * 10240, "b.txt": b""}))
    assert any(line.startswith(reason) for line in [result.reason, *result.details]), result
    assert not stored(space)


def test_the_bytes_are_counted_and_not_believed(space, monkeypatch):
    monkeypatch.setattr(zip_files, "LIMITS", zip_files.LIMITS.model_copy(update={"max_zip_bytes": 1 << 20}))
    data = zipped({"a.png": bytes(5 << 19)})
    size = (5 << 19).to_bytes(4, "little")
    result = upload(space, data.replace(size, (1000).to_bytes(4, "little")))
    assert result.state == "rejected" and not stored(space)


def test_a_zip_may_also_hold_drawings_to_run(space):
    assert upload(space, zipped({"usd202409181115.png": picture(1)}), role="run").state == "accepted"
    assert {path.name for path in space.images_to_run.iterdir()} == {"usd202409181115.png"}
