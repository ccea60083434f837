"""Make the loss fail in the processes of jobs, as the file SUNSPOT_TEST_FAULT says: "memory" or "nan".

Python runs this at the start of every process with this folder in PYTHONPATH.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

if "jobs.runner" in sys.orig_argv:
    import torch

    from sunspot_dash.ml import losses

    real, fault_file = losses.total_loss, Path(os.environ["SUNSPOT_TEST_FAULT"])

    def total_loss(*values: torch.Tensor | float) -> torch.Tensor:
        fault = fault_file.read_text() if fault_file.exists() else ""
        if fault == "memory":
            raise torch.cuda.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB")
        return real(*values) * (float("nan") if fault == "nan" else 1)

    losses.total_loss = total_loss
