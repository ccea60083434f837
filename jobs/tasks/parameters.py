"""What each kind of job can be asked for."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from jobs.job import SHORT, TRAINING
from sunspot_dash.file_names import PRETRAINED
from sunspot_dash.ml.config import FLOOR, InferConfig, TrainConfig
from sunspot_dash.workspace import EVERYTHING


class Parameters(BaseModel):
    """Those of one kind of job. Paths inside the workspace are kept relative to it."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Train(TrainConfig):
    overwrite: bool = Field(False, description="replace a model of this name")


class Infer(InferConfig):
    model: str = Field(PRETRAINED, description="name of a trained or shipped model")
    images: str = Field(
        "images_to_run",
        description=f"folder of drawings, name of an imported archive, or '{EVERYTHING}' that the workspace has",
    )
    drawings: list[str] = Field([], max_length=5000, description="files, in place of 'images'")


class Tables(Parameters):
    model: str = Field("", description="name of a model with results; all of them where empty")


class Evaluate(Parameters):
    model: str = Field(PRETRAINED, description="name of a trained or shipped model")
    images_dir: str = Field("dataset/images", description="folder of labelled images")
    annotations_path: str = Field("dataset/annotations/instances_default.json", description="COCO file")
    threshold: float | None = Field(None, ge=FLOOR, le=1, description="least confidence of a counted spot")
    device: str = Field("auto", description="auto, cpu or cuda")


class Convert(Parameters):
    images_dir: str = Field("dataset/images", description="folder of labelled images")
    annotations_path: str = Field("dataset/annotations/instances_default.json", description="COCO file")
    masks_dir: str = Field("dataset/masks", description="folder for the masks")


class Filter(Parameters):
    images_dir: str = Field("dataset/images", description="folder of labelled images")
    annotations_path: str = Field("dataset/annotations/instances_default.json", description="COCO file")


class Import(Parameters):
    images: str = Field(description="folder of drawings, which stay where they are")
    name: str = Field(description="what to call the archive, for the 'images' of an infer job")


class Probe(Parameters):
    steps: int = Field(10, ge=1, le=1_000_000, description="how many to count")
    seconds: float = Field(0.2, ge=0, le=3600, description="of each step")
    lane: str = Field(SHORT, pattern=f"^({SHORT}|{TRAINING})$", description=f"{SHORT} or {TRAINING}")
    fail: str = Field("", description="fail at the end, with this sentence")
