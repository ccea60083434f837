"""Streamed ZIP files, and series in the columns of SILSO."""

from __future__ import annotations

import hashlib
import io
import json
import tracemalloc
from zipfile import ZipFile

import numpy as np

from sunspot_dash.io.exports import silso_daily, silso_hemispheric
from sunspot_dash.io.stream import ZipStream

NOW = (2026, 1, 2, 3, 4, 6)


def test_the_manifest_lists_files_and_pieces_with_their_hashes(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"abc" * 1000)
    archive = ZipStream("all", NOW)
    pieces = [
        *archive.file(tmp_path / "a.txt", "a.txt"),
        *archive.file(tmp_path / "deleted.png", "deleted.png"),
        *archive.pieces("b/c.csv", [b"1,2\n", b"3,4\n"]),
        *archive.finish({"model": "m"}),
    ]
    with ZipFile(io.BytesIO(b"".join(pieces))) as read:
        assert read.testzip() is None and read.namelist() == ["all/a.txt", "all/b/c.csv", "all/manifest.json"]
        manifest = json.loads(read.read("all/manifest.json"))
        assert manifest["model"] == "m" and [entry["bytes"] for entry in manifest["files"]] == [3000, 8]
        assert manifest["files"][1]["sha256"] == hashlib.sha256(b"1,2\n3,4\n").hexdigest()


def test_memory_does_not_grow_with_the_size():
    archive = ZipStream("all", NOW)
    random = np.random.default_rng(0)
    tracemalloc.start()
    sent = sum(map(len, archive.pieces("big.png", (random.bytes(1 << 20) for _ in range(60)))))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sent > 60 << 20 and peak < 10 << 20


def test_the_columns_are_those_of_silso():
    days = np.array(["2023-12-31", "2024-01-02"], "datetime64[D]")
    one, none = np.array([12.0, 101.0]), np.array([np.nan, 3.25])
    lines = b"".join(silso_daily(days, one, none, np.array([1, 2]))).decode().splitlines()
    assert lines == [
        "2023;12;31;2023.999;  12; -1.0;   1;0",
        "2024;01;01;2024.001;  -1; -1.0;   0;0",
        "2024;01;02;2024.004; 101;  3.2;   2;0",
    ]
    lines = b"".join(silso_hemispheric(days, [one] * 3, [none] * 3, np.array([1, 2]))).decode().splitlines()
    assert lines[0] == "2023;12;31;2023.999;  12; 12; 12; -1.0; -1.0; -1.0;  1;  1;  1;0"
    none_at_all = np.zeros(0, "datetime64[D]")
    assert b"".join(silso_daily(none_at_all, one[:0], one[:0], one[:0])) == b""
