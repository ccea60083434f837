"""Several processes that train one model together, each on its own GPU or cores, started by torchrun.

    torchrun --nproc-per-node 2 app.py train --model-name NAME ...

Each process takes its part of every batch, and their gradients are averaged before each step (DistributedDataParallel).
The first one does all the rest: it reads the drawings, validates, reports and writes; the others `follow` it.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import torch
from torch import distributed, nn
from torch.nn.parallel import DistributedDataParallel

from sunspot_dash.errors import ParameterError

Some = TypeVar("Some")


@dataclass(frozen=True)
class Team:
    """The place of this process among those that train together.

    Attributes:
        rank: 0 for the first; size: number of processes; device: of this one.
    """

    rank: int
    size: int
    device: torch.device

    @classmethod
    def joined(cls, device: torch.device) -> Team:
        """Join the processes that torchrun started, if it did.

        Each takes the GPU of its number on its computer, unless `device` is the CPU.
        """
        size = int(os.environ.get("WORLD_SIZE", "1"))
        if size == 1:
            return cls(0, 1, device)
        if device.type == "cuda":
            device = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
            torch.cuda.set_device(device)
        distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
        return cls(distributed.get_rank(), size, device)

    def __enter__(self) -> Team:
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the other processes; one that still waits for this one ends with an error."""
        if self.size > 1:
            distributed.destroy_process_group()

    def check(self, batch_size: int) -> None:
        """Check that each process has a part of a batch.

        Raises:
            ParameterError: the batch is too small.
        """
        if batch_size % self.size:
            raise ParameterError(
                f"a batch of {batch_size} tiles cannot be divided evenly among {self.size} processes"
            )

    def together(self, model: nn.Module) -> nn.Module:
        """Return the model, whose gradients are those of all processes."""
        if self.size == 1:
            return model
        if self.device.type == "cuda":
            model = nn.SyncBatchNorm.convert_sync_batchnorm(model)
        return DistributedDataParallel(model)

    def part(self, batch: Sequence[Some]) -> list[Some]:
        """Return the part of a batch that is for this process."""
        return list(batch[self.rank :: self.size])

    def any(self, flag: bool) -> bool:
        """Return whether the flag is set in any process."""
        if self.size == 1:
            return flag
        flags = torch.tensor(int(flag), device=self.device)
        distributed.all_reduce(flags, distributed.ReduceOp.MAX)
        return bool(flags.item())

    def from_first(self, value: Any) -> Any:
        """Return what the first process passes, in all of them."""
        if self.size == 1:
            return value
        box = [value]
        distributed.broadcast_object_list(box, device=self.device if self.device.type == "cuda" else None)
        return box[0]
