"""Model files for other programs: safetensors, with everything, and ONNX, with the network alone."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import torch
from pydantic import ValidationError
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from sunspot_dash.errors import ModelError
from sunspot_dash.ml.checkpoint import FORMAT, Model, as_stored, as_tensors, checked_weights
from sunspot_dash.ml.config import ENCODER_DEPTH, STRIDE, ModelCard
from sunspot_dash.ml.inputs import CHANNELS
from sunspot_dash.parameters import first_fault

PROGRAM = "Sunspot Dashboard"
STATE, TREES = "state.", "candidate_classifier."  # prefixes of the names of tensors
OPSET = 18
INCOMPLETE = (
    "This file has the network alone. It lacks the candidate classifier, which scores each candidate again, and the "
    "steps before and after: the limb fit, the input channels and the search for candidates. Its counts therefore "
    "differ from those of the program."
)
CHANNELS_TEXT = "ink, square root of ink, distance from the disk centre in radii, speck level of the drawing"
LOGITS_TEXT = "umbra, centre of an umbra; a sigmoid turns them into probabilities"


def write_safetensors(model: Model, path: Path) -> None:
    """Write a model with its card, which is in the metadata of the file."""
    card = model.card
    tensors = {STATE + name: value for name, value in as_stored(model.network.state_dict()).items()}
    if model.candidate_classifier:
        tensors |= {TREES + name: value for name, value in as_tensors(model.candidate_classifier).items()}
    metadata = {"program": PROGRAM, "format": str(FORMAT), "card": card.model_dump_json()}
    save_file(tensors, path, metadata)


def read_safetensors(path: Path) -> tuple[dict[str, Any], ModelCard]:
    """Read a file of `write_safetensors`: its weights in the form of `checkpoint.read_weights`, and its card.

    Raises:
        ModelError: it is damaged, or was not written by this program.
    """
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  # it is not a dictionary
        card = ModelCard.model_validate_json(metadata["card"])
    except KeyError as error:
        raise ModelError(
            f"'{path.name}' was not exported by this program: it has no model card in its metadata"
        ) from error
    except ValidationError as error:
        raise ModelError(
            f"the card in '{path.name}' is damaged: {first_fault(error, ModelCard)[:300]}"
        ) from error
    except (SafetensorError, OSError, ValueError) as error:
        raise ModelError(
            f"'{path.name}' is not a complete safetensors file ({error}): export it again"
        ) from error
    parts = {
        prefix: {
            name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)
        }
        for prefix in (STATE, TREES)
    }
    content = {
        "format": int(metadata["format"]) if metadata.get("format", "").isdecimal() else None,
        "encoder": card.encoder,
        "radius": card.radius,
        "state": parts[STATE],
        "second_look": parts[TREES] or None,
    }
    return checked_weights(content, path.name), card


def write_onnx(model: Model, path: Path) -> None:
    """Write the network: (n, CHANNELS, height, width) float32 to logits (n, 2, height, width); sides are free.

    The metadata of the file say that the candidate classifier is missing, and hold the card.
    """
    import onnx  # only here: the other format needs no such package

    side = STRIDE * ENCODER_DEPTH
    free = {0: "n", 2: "height", 3: "width"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of this exporter, which the pinned version has
        torch.onnx.export(
            model.network.cpu().eval(),
            (torch.zeros(1, CHANNELS, side, side),),
            path,
            dynamo=False,  # the newer exporter needs another package
            opset_version=OPSET,
            input_names=["tile"],
            output_names=["logits"],
            dynamic_axes={"tile": free, "logits": free},
        )
    written = onnx.load(path)
    written.doc_string = INCOMPLETE
    facts = {
        "program": PROGRAM,
        "incomplete": INCOMPLETE,
        "input": f"{CHANNELS_TEXT}; sides that are multiples of {STRIDE} px",
        "output": LOGITS_TEXT,
        "card": model.card.model_dump_json(),
    }
    onnx.helper.set_model_props(written, facts)
    onnx.save(written, path)
