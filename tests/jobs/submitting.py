"""Submits probes one after the other and prints the number of each that was accepted: `... WORKSPACE COUNT`."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from jobs.control import submit
from jobs.recovery import open_ledger
from sunspot_dash.workspace import Workspace


def main(root: str, count: str) -> None:
    ledger = open_ledger(Workspace(Path(root)))
    for _ in range(int(count)):
        time.sleep(0.4)
        print(submit(ledger, "probe", {"steps": 6, "seconds": 0.05}).number, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
