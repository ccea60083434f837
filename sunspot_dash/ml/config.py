"""Everything that a training can be asked for, and the card a model carries. Imports no torch."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

# Stages of the encoder in use: beyond the fourth they cost 70 % of the weights and found no more spots.
ENCODER_DEPTH = 4
STRIDE = 2**ENCODER_DEPTH
DECODER_CHANNELS = (128, 64, 32, 16)
ENCODERS = ("resnet18", "resnet34", "resnet50", "efficientnet-b0", "mobilenet_v2")

# Candidates below the floor are not kept at all; between floor and threshold they are kept, not counted.
FLOOR = 0.10
DEFAULT_THRESHOLD = 0.40


class TrainConfig(BaseModel):
    """The parameters of one training, saved whole with it."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    model_name: str = Field(min_length=1, max_length=64)
    epochs: int = Field(12, ge=1, le=1000, description="passes over the tiles")
    batch_size: int = Field(8, ge=1, le=256, description="tiles a step")
    learning_rate: float = Field(1e-3, gt=0, le=0.1, description="peak step of AdamW")
    tile_size: int = Field(256, ge=64, le=1024, description="side of a tile, px at the model's scale")
    penalty_weight: float = Field(3.0, ge=0.1, le=100, description="weight of class 1: missed sunspots")
    encoder: str = Field("resnet18", description="backbone of the U-Net")
    encoder_weights: str = Field(
        "auto", description="'auto' (the shipped model where it fits), 'none', 'imagenet' or a .pth file"
    )
    radius: int = Field(896, ge=128, le=2048, description="radius of the disk in the network's eyes, px")
    seed: int = Field(0, ge=0, le=2**31 - 1)
    validation_share: float = Field(
        0.15, ge=0, le=0.5, description="share of date blocks kept for validation"
    )
    patience: int = Field(
        0, ge=0, le=1000, description="epochs without a better validation loss; 0: never stop"
    )
    device: str = Field("auto", pattern=r"^(auto|cpu|cuda(:\d+)?)$")

    @field_validator("tile_size")
    @classmethod
    def _multiple_of_stride(cls, value: int) -> int:
        if value % STRIDE:
            low = value // STRIDE * STRIDE
            raise ValueError(
                f"a tile of {value} px does not fit the network, whose stride is {STRIDE}: "
                f"use {low} or {low + STRIDE}"
            )
        return value

    @field_validator("encoder")
    @classmethod
    def _known_encoder(cls, value: str) -> str:
        if value not in ENCODERS:
            raise ValueError(f"unknown encoder '{value}': use one of {', '.join(ENCODERS)}")
        return value


class InferConfig(BaseModel):
    """The parameters of one inference run."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    threshold: float | None = Field(None, ge=FLOOR, le=1, description="least confidence of a counted spot")
    force: bool = Field(False, description="repeat drawings that are done")
    device: str = Field("auto", pattern=r"^(auto|cpu|cuda(:\d+)?)$")
    save_crops: bool = Field(False, description="also save the square crop and the darkened crop")
    orientation: str = Field("uset", description="how the drawings lie on the page: a preset's name")


class ModelCard(BaseModel):
    """What is known of a trained model; a JSON file beside its weights."""

    model_config = ConfigDict(protected_namespaces=(), extra="allow")

    name: str
    encoder: str
    radius: int
    threshold: float = DEFAULT_THRESHOLD
    floor: float = FLOOR
    parameters: dict[str, Any] = {}
    data_hash: str = ""
    split: dict[str, list[str]] = {}
    metrics: dict[str, Any] = {}
    versions: dict[str, str] = {}
    weights_sha256: str = ""
    trained_on: str = ""
    terms: str = ""
