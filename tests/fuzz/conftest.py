"""How long the fuzz tests search: a moment in the suite, as long as they are asked to by `benchmarks/fuzz.py`."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

EXAMPLES = (
    "FUZZ_EXAMPLES"  # environment variable: examples of each test, at random; without it few, always the same
)
_asked = os.environ.get(EXAMPLES, "")
settings.register_profile(
    "fuzz",
    max_examples=int(_asked or 60),
    derandomize=not _asked,
    deadline=None,  # no test depends on how fast the machine is
    database=None,
    suppress_health_check=list(HealthCheck),
)
settings.load_profile("fuzz")
