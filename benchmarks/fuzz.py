"""Feed damaged labels, images, series and requests to the program until the time is over.

`python benchmarks/fuzz.py --minutes 60` runs tests/fuzz and the walk through all callbacks again and again, each
round with other examples.
It prints the rounds, and ends with status 1 and the smallest example at the first failure.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TESTS = ["tests/fuzz", "tests/web/test_callbacks.py"]
EXAMPLES = 500  # of each test in a round


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("tests", nargs="*", default=TESTS, help="files of tests; all by default")
    options = parser.parse_args()
    begin = time.monotonic()
    rounds = 0
    while time.monotonic() - begin < 60 * options.minutes:
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-x",
            "-p",
            "no:cacheprovider",
            "--timeout=0",
            *options.tests,
        ]
        done = subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, "FUZZ_EXAMPLES": str(EXAMPLES), "FUZZ_SEED": str(random.getrandbits(32))},
            capture_output=True,
            text=True,
        )
        if done.returncode:
            print(done.stdout, done.stderr, sep="\n")
            return 1
        rounds += 1
        minutes = (time.monotonic() - begin) / 60
        print(
            f"round {rounds}: {EXAMPLES} examples of each test, nothing found; {minutes:.1f} min", flush=True
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
