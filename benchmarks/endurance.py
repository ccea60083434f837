"""The endurance of the queue and of the server: `python benchmarks/endurance.py [--only PART] [--kills N] ...`

Kills processes and Redis at random on both engines, uploads in races, sends thousands of requests, and uploads large
drawings from many clients at once. Prints a table; exits with 1 if something was lost or doubled, a request failed, or
file descriptors or memory grew.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.kills import KILLS, run_kills
from benchmarks.server_load import flood, upload_large
from benchmarks.upload_races import race_uploads
from sunspot_dash.workspace import Workspace
from tests.web.dashboards import Dashboard

PARTS = ("kills", "uploads", "requests", "memory")
MORE_FILES, MORE_MB = 10, 30.0  # a server may use that much more after the requests than before
Row = tuple[str, str, bool]


@contextmanager
def dashboard() -> Iterator[tuple[Dashboard, int]]:
    """Start a server on an empty workspace; yield it and its process number."""
    with tempfile.TemporaryDirectory() as folder:
        server = Dashboard(Workspace(Path(folder) / "data").create(), "--no-demo")
        try:
            server.start()
            assert server.process is not None
            yield server, server.process.pid
        finally:
            server.end()


def kills(options: argparse.Namespace) -> Iterator[Row]:
    for engine in ("SQLite", "Redis"):
        lost, doubled = run_kills(options.kills, engine == "Redis", options.seed)
        yield (
            f"{options.kills} kills on {engine}",
            f"{lost} lost, {doubled} doubled",
            not lost and not doubled,
        )


def uploads(options: argparse.Namespace) -> Iterator[Row]:
    with dashboard() as (server, _):
        faults = race_uploads(server.space, server.port, options.uploads, options.seed)
        for fault in faults[:10]:
            print(f"  {fault}")
        yield f"{options.uploads} uploads in races of 2 to 10", f"{len(faults)} lost or rejected", not faults


def requests(options: argparse.Namespace) -> Iterator[Row]:
    with dashboard() as (server, pid):
        before, after, failures = flood(pid, server.port, options.requests)
        yield f"{options.requests} requests", f"{failures} failed", not failures
        files = after.files - before.files
        yield "  file descriptors", f"{before.files} before, {after.files} after", files <= MORE_FILES
        more = after.own_mb - before.own_mb
        yield "  memory of the web process", f"{before.own_mb:.0f} MB, {after.own_mb:.0f} MB", more <= MORE_MB
        yield "  memory of all its processes", f"{before.all_mb:.0f} MB, {after.all_mb:.0f} MB", True


def memory(options: argparse.Namespace) -> Iterator[Row]:
    with dashboard() as (server, pid):
        before, highest, answers = upload_large(pid, server.port, options.clients)
        counts = ", ".join(f"{answers.count(answer)} x {answer}" for answer in sorted(set(answers)))
        title = f"{options.clients} clients upload 119 megapixels at once"
        yield title, counts, not any(answer.startswith("no answer") for answer in answers)
        yield "  memory of the web process", f"{before.own_mb:.0f} MB, at peak {highest.own_mb:.0f} MB", True
        yield (
            "  memory of all its processes",
            f"{before.all_mb:.0f} MB, at peak {highest.all_mb:.0f} MB",
            True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", choices=PARTS, action="append", help="run this part; may be repeated")
    parser.add_argument("--kills", type=int, default=KILLS, help="on each engine (default %(default)s)")
    parser.add_argument("--uploads", type=int, default=2000, help="default %(default)s")
    parser.add_argument("--requests", type=int, default=5000, help="default %(default)s")
    parser.add_argument("--clients", type=int, default=14, help="that upload at once (default %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the kills and the races")
    options = parser.parse_args()
    rows: list[Row] = []
    for part in options.only or PARTS:
        rows += list(
            {"kills": kills, "uploads": uploads, "requests": requests, "memory": memory}[part](options)
        )
    for what, figures, good in rows:
        print(f"{what:<48}{figures:<48}{'' if good else 'FAULT'}".rstrip())
    sys.exit(not all(good for _, _, good in rows))


if __name__ == "__main__":
    main()
