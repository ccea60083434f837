"""Time to list jobs: `python benchmarks/queue_speed.py [JOBS] [REDIS-URL]` (default 10000, SQLite)."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from jobs.follow import summaries
from jobs.job import Job, entry, pack
from jobs.recovery import open_ledger
from sunspot_dash.settings import QueueSettings
from sunspot_dash.workspace import Workspace


def median_ms(call: Callable[[], object], times: int = 9) -> float:
    """Return the median duration of a call, ms."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        call()
        taken.append(time.perf_counter() - began)
    return 1000 * sorted(taken)[times // 2]


def main(count: int = 10_000, url: str = "") -> None:
    with tempfile.TemporaryDirectory() as folder:
        space = Workspace(Path(folder)).create()
        settings = QueueSettings(queue=url)
        ledger = open_ledger(space, settings)
        history = tuple(entry(state, "benchmark") for state in ("queued", "running", "done"))
        params = {
            "model": "uset",
            "images": "images_to_run",
            "threshold": None,
            "device": "auto",
            "force": False,
        }
        result = {"drawings": 100, "new": 100, "skipped": 0, "spots": 4021, "failed": 0, "seconds": 312.5}
        for number in range(1, count + 1):
            state = "failed" if number % 10 == 0 else "done"
            job = Job(number, "infer", "short", params, number, state, 1, "worker", "cpu", result=result)
            ledger._jobs.put(str(number), pack(Job(**{**vars(job), "history": history})))
        ledger._jobs.count("number", count)
        print(f"{count} finished jobs, {'Redis' if url else 'SQLite'}; median of 9, ms")
        page = {
            "newest 50": lambda: summaries(ledger, ledger.page(50)),
            "a page in the middle": lambda: summaries(ledger, ledger.page(50, before=count // 2)),
            "all of one state": lambda: [job for job in ledger.all() if job.state == "failed"],
            "active jobs": ledger.live,
            "open and check": lambda: open_ledger(space, settings),
        }
        for name, call in page.items():
            print(f"  {name:<22}{median_ms(call):8.1f}")
        ledger.clear()


if __name__ == "__main__":
    main(*(int(text) if text.isdigit() else text for text in sys.argv[1:]))  # type: ignore[arg-type]
