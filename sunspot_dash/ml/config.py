"""Training and inference parameters, and the model card. Does not import torch."""

from __future__ import annotations

from enum import StrEnum
from math import isfinite
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from sunspot_dash.domain.spots.calibration import Calibration
from sunspot_dash.errors import ModelError, ParameterError
from sunspot_dash.file_names import check_model_name
from sunspot_dash.parameters import first_fault

# Encoder stages in use: deeper ones took 70 % of the weights and found no more spots.
ENCODER_DEPTH = 4
STRIDE = 2**ENCODER_DEPTH
DECODER_CHANNELS = (128, 64, 32, 16)
STARTING_WEIGHTS = ("auto", "none", "imagenet")  # anything else is the path of a weights file
ENCODERS = ("resnet18", "resnet34", "resnet50", "efficientnet-b0", "mobilenet_v2")

# Candidates below the floor are discarded; between floor and threshold they are stored but not counted.
FLOOR = 0.10
DEFAULT_THRESHOLD = 0.40
LEAST_FLOOR = 0.01  # below it a drawing has more candidates than ink
LEAST_RADIUS, LARGEST_RADIUS = 128, 2048
# Of the network that proposes where to look (`ml.proposals`): the radius of the disk at which it was trained, px, and
# the least share of a model's candidates that must be in its proposals for the model to look at these alone.
PROPOSAL_RADIUS, LEAST_PROPOSED = 896, 0.999
MAX_CARD_BYTES = 16 * 2**20  # the names of 100 000 drawings


def known_encoder(name: str) -> str:
    """Return the name of an encoder.

    Raises:
        ValueError: the encoder is unknown.
    """
    if name not in ENCODERS:
        raise ValueError(f"unknown encoder '{name}': use one of {', '.join(ENCODERS)}")
    return name


def _model_name(name: str) -> str:
    """Return a name if it can be that of a model; raise ValueError if not."""
    try:
        return check_model_name(name)
    except ParameterError as error:
        raise ValueError(str(error)) from error


# A single name may be given as text.
Categories = Annotated[
    list[str],
    BeforeValidator(lambda value: [value] if isinstance(value, str) else value),
    Field(
        max_length=100,
        description="category of the labels that is a spot, repeated for several; by default as chosen on the Dataset "
        "page, else the only one, or those named spot, sunspot, umbra or nucleus",
    ),
]
KeepPartly = Annotated[
    bool,
    Field(description="also use drawings that have some unusable labels"),
]


class TrainConfig(BaseModel):
    """The parameters of one training, saved in full with it."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    model_name: str = Field(min_length=1, max_length=64, description="name of the new model")
    epochs: int = Field(12, ge=1, le=1000, description="passes over the tiles")
    batch_size: int = Field(8, ge=1, le=256, description="tiles per step")
    learning_rate: float = Field(1e-3, gt=0, le=0.1, description="peak learning rate of AdamW")
    tile_size: int = Field(
        256,
        ge=64,
        le=1024,
        description="side of a tile, px at the model's scale",
        json_schema_extra={"step": STRIDE},
    )
    penalty_weight: float = Field(
        3.0, ge=0.1, le=100, description="weight of a missed spot relative to a false detection"
    )
    encoder: str = Field("resnet18", description=f"backbone of the U-Net: {', '.join(ENCODERS)}")
    encoder_weights: str = Field(
        "auto", description="'auto' (the shipped model where it fits), 'none', 'imagenet' or a .pth file"
    )
    radius: int = Field(
        896, ge=LEAST_RADIUS, le=LARGEST_RADIUS, description="radius of the disk at the model's scale, px"
    )
    seed: int = Field(0, ge=0, le=2**31 - 1, description="random seed; reproduces a training exactly on CPU")
    validation_share: float = Field(
        0.15,
        ge=0,
        le=0.5,
        description="share of the labelled spots used for validation, in whole date blocks",
    )
    patience: int = Field(
        0,
        ge=0,
        le=1000,
        description="stop after this many epochs without a better validation F1; 0: never",
    )
    device: str = Field("auto", pattern=r"^(auto|cpu|cuda(:\d+)?)$", description="auto, cpu or cuda")
    category: Categories = []
    keep_partly_labelled: KeepPartly = False
    parent: str = Field(
        "",
        max_length=64,
        description="model to retrain, instead of 'encoder_weights'; its encoder and radius must be the same",
    )
    reviewed: bool = Field(
        False, description="also train on the drawings that are marked as reviewed; a fifth is kept apart"
    )

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
        return known_encoder(value)

    @field_validator("parent")
    @classmethod
    def _names_a_model(cls, value: str) -> str:
        return _model_name(value) if value else value


class InferConfig(BaseModel):
    """The parameters of one inference run."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    threshold: float | None = Field(
        None, ge=FLOOR, le=1, description="confidence threshold; by default the model's own"
    )
    force: bool = Field(False, description="process drawings again that are already done")
    device: str = Field("auto", pattern=r"^(auto|cpu|cuda(:\d+)?)$", description="auto, cpu or cuda")
    save_crops: bool = Field(False, description="also save the square crop and the darkened crop")
    orientation: str = Field(
        "",
        description="drawing orientation: uset, direct, uset-solar or direct-solar; empty: as in the last run, "
        "initially uset",
    )


class TruthKind(StrEnum):
    """The drawings on which two models are compared."""

    LABELS = "labels"
    REVIEWED = "reviewed"
    KEPT_APART = "kept-apart"


class CompareConfig(BaseModel):
    """The parameters of a comparison of two models."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    truth: TruthKind = Field(
        TruthKind.LABELS,
        description="labels (the labelled drawings of the dataset), reviewed (all reviewed drawings) or kept-apart "
        "(the reviewed drawings that were kept apart when the second model was retrained)",
    )
    leave_out_trained: bool = Field(
        False, description="leave out drawings that one of the models was trained on"
    )
    only: list[str] = Field(
        [],
        max_length=100_000,
        description="name of a drawing to compare on, repeated for several; by default all",
    )
    device: str = Field("auto", pattern=r"^(auto|cpu|cuda(:\d+)?)$", description="auto, cpu or cuda")


class ModelCard(BaseModel):
    """Metadata of a trained model; a JSON file beside its weights.

    A model that was retrained with corrections also has: `parent` and `parent_sha256`, the name and the hash of the
    weights that it started from; `corrected`, the names of the reviewed drawings that it was trained on, and
    `corrections_hash`, a hash of their corrections; `kept_apart`, the reviewed drawings that were not trained on, for
    the comparison with the parent.
    """

    model_config = ConfigDict(protected_namespaces=(), extra="allow", allow_inf_nan=False)

    name: str = Field(max_length=64)
    encoder: str
    radius: int = Field(ge=LEAST_RADIUS, le=LARGEST_RADIUS)
    threshold: float = Field(DEFAULT_THRESHOLD, gt=0, le=1)
    floor: float = Field(FLOOR, ge=LEAST_FLOOR, le=1)
    parameters: dict[str, Any] = {}
    data_hash: str = ""
    split: dict[str, list[str]] = {}
    labels: dict[str, Any] = {}
    metrics: dict[str, Any] = {}
    calibration: Calibration | None = None
    versions: dict[str, str] = {}
    weights_sha256: str = ""
    trained_on: str = ""
    trained_at: str = ""  # UT, ISO
    terms: str = ""
    parent: str = ""
    parent_sha256: str = ""
    corrected: list[str] = []
    corrections_hash: str = ""
    kept_apart: list[str] = []

    @property
    def proposed(self) -> float | None:
        """Share of its candidates that are in the proposals of `ml.proposals`, None if that was not measured."""
        share = self.metrics.get("proposed")
        return float(share) if isinstance(share, int | float) else None

    @property
    def looks_at_proposals(self) -> bool:
        """Whether the network looks at the proposals alone, and not at the whole disk."""
        return self.radius == PROPOSAL_RADIUS and (self.proposed or 0) >= LEAST_PROPOSED

    @field_validator("name")
    @classmethod
    def _names_a_folder(cls, value: str) -> str:
        return _model_name(value)

    @field_validator("encoder")
    @classmethod
    def _known_encoder(cls, value: str) -> str:
        return known_encoder(value)

    @field_validator("*")
    @classmethod
    def _finite(cls, value: Any) -> Any:
        """Reject numbers that are not finite, however deep: pages and exports could not write them as JSON."""
        if isinstance(value, float) and not isfinite(value):
            raise ValueError("expected finite numbers only")
        if isinstance(value, dict | list):
            for part in value.values() if isinstance(value, dict) else value:
                cls._finite(part)
        return value

    @model_validator(mode="after")
    def _floor_below_threshold(self) -> ModelCard:
        if self.threshold < self.floor:
            raise ValueError(
                f"the threshold {self.threshold:g} is below the floor {self.floor:g}, under which nothing is stored"
            )
        self._finite(self.model_extra or {})
        return self


def read_card(weights: Path) -> ModelCard | None:
    """Return the card of a weights file, None if it has none.

    Raises:
        ModelError: the card cannot be read, is damaged, or contains a value out of range.
    """
    path = weights.with_suffix(".json")
    try:
        if path.stat().st_size > MAX_CARD_BYTES:
            raise ModelError(f"the card '{path.name}' is damaged: it has more than {MAX_CARD_BYTES >> 20} MB")
        return ModelCard.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ModelError(
            f"the card '{path.name}' cannot be read ({error.strerror}): check the file"
        ) from error
    except ValidationError as error:
        raise ModelError(
            f"the card '{path.name}' is damaged: {first_fault(error, ModelCard)[:300]}. Restore it, or delete it to "
            "use the default threshold"
        ) from error
