"""Make the loss fail in the processes of jobs, as the file SUNSPOT_TEST_FAULT says: "memory" or "nan".

Python runs this at the start of every process with this folder in PYTHONPATH; the loss is changed once it is imported.
"""

from __future__ import annotations

import os
import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

LOSSES = "sunspot_dash.ml.losses"


class Faulty(MetaPathFinder, Loader):
    """Finds the module of the losses, and changes it after its import."""

    def find_spec(self, name: str, path: Any, target: ModuleType | None = None) -> ModuleSpec | None:
        if name != LOSSES or (found := PathFinder.find_spec(name, path)) is None:
            return None
        assert found.loader is not None
        self._real, found.loader = found.loader, self
        return found

    def exec_module(self, module: ModuleType) -> None:
        self._real.exec_module(module)
        real, fault_file = module.total_loss, Path(os.environ["SUNSPOT_TEST_FAULT"])

        def total_loss(*values: Any) -> Any:
            fault = fault_file.read_text() if fault_file.exists() else ""
            if fault == "memory":
                import torch

                raise torch.cuda.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB")
            return real(*values) * (float("nan") if fault == "nan" else 1)

        module.total_loss = total_loss  # type: ignore[attr-defined]


sys.meta_path.insert(0, Faulty())
