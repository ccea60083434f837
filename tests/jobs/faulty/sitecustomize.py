"""Python runs this at the start of every process with this folder in PYTHONPATH.

In the process of a job it makes the loss fail in the way that the file SUNSPOT_TEST_FAULT says: "memory" or "nan".
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

if "jobs.runner" in sys.orig_argv:
    import torch

    from sunspot_dash.ml import losses

    real, told = losses.total_loss, Path(os.environ["SUNSPOT_TEST_FAULT"])

    def total_loss(*values: torch.Tensor | float) -> torch.Tensor:
        fault = told.read_text() if told.exists() else ""
        if fault == "memory":
            raise torch.cuda.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB")
        return real(*values) * (float("nan") if fault == "nan" else 1)

    losses.total_loss = total_loss
