"""Finding the spots: this program from file to result, and sliding windows around the same network alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack, nullcontext
from types import SimpleNamespace
from unittest.mock import patch

import torch

from benchmarks.peer.setting import Measured, Setting
from sunspot_dash.io.pictures import picture_stems
from sunspot_dash.ml.config import InferConfig
from sunspot_dash.ml.device import mixed_precision
from sunspot_dash.services.models.inference import Inference
from sunspot_dash.workspace import Workspace

WINDOW, OVERLAP = 256, 0.25


def infer32(setting: Setting) -> Measured:
    """`infer` in float32, as on a processor without bfloat16."""
    modules = ("infer", "proposals")
    with ExitStack() as stack:
        for name in modules:
            stack.enter_context(
                patch(f"sunspot_dash.ml.{name}.mixed_precision", lambda device: nullcontext())
            )
        return infer(setting)


def infer(setting: Setting) -> Measured:
    """This program over all drawings: files to result files and pictures."""
    space = Workspace(setting.kept / f"run{time.time_ns()}").create()
    inference = Inference.begin(space, "uset", InferConfig(device=str(setting.device), force=True))
    stems = picture_stems(path.name for path in setting.paths)
    inference.run(setting.few, stems)
    began = time.perf_counter()
    outcome = inference.run(setting.paths, stems)
    assert len(outcome.done) == len(setting.paths), outcome.failed
    return (time.perf_counter() - began) / len(setting.paths), f"mean of {len(setting.paths)} drawings"


def both_views(setting: Setting, run: Callable[[torch.Tensor], object]) -> Measured:
    """Run a predictor on the few drawings, upright and turned, after one to warm up."""
    batches = [torch.from_numpy(channels)[None].to(setting.device) for channels in setting.inputs]
    run(batches[0])
    setting.wait()
    began = time.perf_counter()
    for batch in batches:
        for view in (batch, batch.flip((2, 3))):
            run(view)
    setting.wait()
    return (time.perf_counter() - began) / len(batches), f"the other: mean of {len(batches)} drawings"


def monai(setting: Setting, mixed: bool = False) -> Measured:
    """MONAI's sliding window, 4 tiles at once."""
    from monai.inferers import sliding_window_inference

    network = setting.network

    @torch.inference_mode()
    def run(batch: torch.Tensor) -> None:
        if mixed:
            with mixed_precision(setting.device):
                sliding_window_inference(batch, WINDOW, 4, network, overlap=OVERLAP)
        else:
            sliding_window_inference(batch, WINDOW, 4, network, overlap=OVERLAP)

    return both_views(setting, run)


def smp(setting: Setting) -> Measured:
    """Tile by tile, without overlap, as most scripts do it."""
    network = setting.network

    @torch.inference_mode()
    def run(batch: torch.Tensor) -> None:
        side = batch.shape[2]
        for top in range(0, side, WINDOW):
            for left in range(0, side, WINDOW):
                tile = batch[:, :, top : top + WINDOW, left : left + WINDOW]
                short = (0, WINDOW - tile.shape[3], 0, WINDOW - tile.shape[2])
                network(torch.nn.functional.pad(tile, short)).sigmoid().cpu()

    return both_views(setting, run)


def nnunet(setting: Setting) -> Measured:
    """The predictor of nnU-Net with its own steps of half a tile, around the same network."""
    from nnunetv2.inference.predict_from_raw_data import nnUNetPredictor

    predictor = nnUNetPredictor(use_mirroring=False, device=setting.device, allow_tqdm=False)
    predictor.network = setting.network
    predictor.configuration_manager = SimpleNamespace(patch_size=(WINDOW, WINDOW))
    predictor.label_manager = SimpleNamespace(num_segmentation_heads=2)
    return both_views(
        setting, lambda batch: predictor.predict_sliding_window_return_logits(batch[0][:, None].cpu())
    )
