"""Training and inference parameters, and the model card. Does not import torch."""

from __future__ import annotations

from difflib import get_close_matches
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

from sunspot_dash.errors import ModelError, ParameterError
from sunspot_dash.file_names import check_model_name

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
MAX_CARD_BYTES = 16 * 2**20  # the names of 100 000 drawings


def known_encoder(name: str) -> str:
    """Return the name of an encoder.

    Raises:
        ValueError: the encoder is unknown.
    """
    if name not in ENCODERS:
        raise ValueError(f"unknown encoder '{name}': use one of {', '.join(ENCODERS)}")
    return name


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


class ModelCard(BaseModel):
    """Metadata of a trained model; a JSON file beside its weights."""

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
    versions: dict[str, str] = {}
    weights_sha256: str = ""
    trained_on: str = ""
    terms: str = ""

    @field_validator("name")
    @classmethod
    def _names_a_folder(cls, value: str) -> str:
        try:
            return check_model_name(value)
        except ParameterError as error:
            raise ValueError(str(error)) from error

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
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        fault = _fault(first, ModelCard) if where else first["msg"].removeprefix("Value error, ")
        raise ModelError(
            f"the card '{path.name}' is damaged: {f'{where} {fault}'.strip()[:300]}. Restore it, or delete it to use "
            "the default threshold"
        ) from error


PLAIN_MESSAGES = {
    "bool_parsing": "write true or false",
    "int_parsing": "expected a whole number",
    "int_from_float": "expected a whole number",
    "float_parsing": "expected a number",
    "finite_number": "expected a finite number",
}
# Errors that the range explains.
RANGE_ERRORS = {"greater_than", "greater_than_equal", "less_than", "less_than_equal"}


def explain(error: ValidationError, parameters: type[BaseModel], prefix: str = "") -> str:
    """Describe invalid values, one clause each with the expected range."""
    return "; ".join(
        f"{prefix}{name.replace('_', '-') if prefix else name} {fault}"
        for name, fault in faults(error, parameters).items()
    )


def faults(error: ValidationError, parameters: type[BaseModel]) -> dict[str, str]:
    """Describe the fault of each value, by name: "was 0: use a whole number from 1 to 1000"."""
    return {str(item["loc"][0]): _fault(item, parameters) for item in error.errors()}


def _fault(item: Any, parameters: type[BaseModel]) -> str:
    name = str(item["loc"][0])
    field = parameters.model_fields.get(name)
    if item["type"] == "extra_forbidden":
        near = get_close_matches(name, parameters.model_fields, 1)
        guess = f"did you mean {near[0]}? " if near else ""
        return f"is not a parameter: {guess}Parameters: {', '.join(parameters.model_fields)}"
    about = field.description if field and field.description else ""
    if item["type"] == "missing":
        return f"is required: {about}"
    limits = range_of(field) if field else ""
    if limits and item["input"] in ("", None):
        # Browsers send nothing for a number outside the input's range, so the typed value is unknown.
        return f"must be {_kind(field)} {limits}"
    got = f"was {item['input']!r}"
    if item["type"] in RANGE_ERRORS and limits:
        return f"{got}: use {_kind(field)} {limits}"
    if item["type"] == "string_pattern_mismatch" and about:
        return f"{got}: use {about}"
    message = PLAIN_MESSAGES.get(item["type"], item["msg"].removeprefix("Value error, "))
    return f"{got}: {message}" + (f" ({limits})" if limits else "")


def _kind(field: Any) -> str:
    return "a whole number" if field.annotation is int else "a number"


def step_of(field: Any) -> int | None:
    """Return the number of which a parameter must be a multiple; None without such a condition."""
    return (field.json_schema_extra or {}).get("step")


def range_of(field: Any) -> str:
    """Return the range of a parameter, such as 'above 0 to 0.1' or 'from 1 to 1000'; '' without limits."""
    words = {"ge": "from", "gt": "above", "le": "to", "lt": "below"}
    limits = " ".join(
        f"{word} {_plain(value)}"
        for limit in field.metadata
        for attribute, word in words.items()
        if (value := getattr(limit, attribute, None)) is not None
    )
    step = step_of(field)
    return f"{limits}, a multiple of {step}" if step else limits


def help_text(field: Any) -> str:
    """Return a parameter's description with its range."""
    limits = range_of(field)
    return f"{field.description} ({limits})" if limits else field.description or ""


def _plain(value: float) -> str:
    """Return a limit without an exponent: 2147483647, 0.1."""
    return str(value) if isinstance(value, int) else f"{value:g}"
