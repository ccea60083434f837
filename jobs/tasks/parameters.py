"""The parameters of each kind of job."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from jobs.job import LANES, SHORT
from sunspot_dash.ml.config import FLOOR, Categories, InferConfig, KeepPartly, TrainConfig
from sunspot_dash.workspace import EVERYTHING

MODEL = "name of a trained or shipped model; by default the workspace's default model"
LABELLED_IMAGES = "folder of the labelled images"
COCO_FILE = "COCO file (instances_default.json)"
MASKS_FOLDER = "folder for the masks; created if missing"


class Parameters(BaseModel):
    """Parameters of one kind of job. Paths inside the workspace are stored relative to it."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Train(TrainConfig):
    overwrite: bool = Field(False, description="replace an existing model with this name")


class Infer(InferConfig):
    model: str = Field("", description=MODEL)
    images: str = Field(
        "images_to_run",
        description=f"folder of drawings, name of an imported archive, or '{EVERYTHING}' for all drawings of the "
        "workspace",
    )
    drawings: list[str] = Field([], max_length=5000, description="files to run on, instead of 'images'")


class Tables(Parameters):
    model: str = Field("", description="name of a model with results; empty: all models with results")


class Evaluate(Parameters):
    model: str = Field("", description=MODEL)
    images_dir: str = Field("dataset/images", description=LABELLED_IMAGES)
    annotations_path: str = Field("dataset/annotations/instances_default.json", description=COCO_FILE)
    threshold: float | None = Field(
        None, ge=FLOOR, le=1, description=InferConfig.model_fields["threshold"].description
    )
    device: str = Field("auto", description=InferConfig.model_fields["device"].description)
    category: Categories = []
    keep_partly_labelled: KeepPartly = False


class Convert(Parameters):
    images_dir: str = Field("dataset/images", description=LABELLED_IMAGES)
    annotations_path: str = Field("dataset/annotations/instances_default.json", description=COCO_FILE)
    masks_dir: str = Field("dataset/masks", description=MASKS_FOLDER)
    category: Categories = []
    keep_partly_labelled: KeepPartly = False


class Filter(Parameters):
    images_dir: str = Field("dataset/images", description=LABELLED_IMAGES)
    annotations_path: str = Field("dataset/annotations/instances_default.json", description=COCO_FILE)
    category: Categories = []
    keep_partly_labelled: KeepPartly = False


class Import(Parameters):
    images: str = Field(description="folder of drawings; the files stay where they are")
    name: str = Field(description="name of the archive, to use as 'images' of an infer job")


class Probe(Parameters):
    steps: int = Field(10, ge=1, le=1_000_000, description="number of steps")
    seconds: float = Field(0.2, ge=0, le=3600, description="duration of each step, in seconds")
    lane: str = Field(SHORT, pattern=f"^({'|'.join(LANES)})$", description=" or ".join(LANES))
    fail: str = Field("", description="fail at the end with this message")
