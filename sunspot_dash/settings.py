"""Settings from environment variables, and limits that protect against hostile or broken files."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Limits(BaseModel):
    """Limits that are checked before a file is decoded or parsed; real archives stay far below them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_pixels: int = Field(
        120_000_000, gt=0, description="pixels of one drawing; the largest known one has 14 million"
    )
    max_upload_bytes: int = Field(600 * 2**20, gt=0, description="size of one uploaded file")
    max_coco_bytes: int = Field(
        512 * 2**20,
        gt=0,
        description="size of an annotation file; 26 000 drawings with 40 spots each stay below",
    )
    max_coco_images: int = Field(200_000, gt=0, description="images in an annotation file")
    max_coco_annotations: int = Field(2_000_000, gt=0, description="labels in an annotation file")
    max_zip_entries: int = Field(20_000, gt=0, description="entries of an uploaded ZIP")
    max_zip_bytes: int = Field(8 * 2**30, gt=0, description="size of an uploaded ZIP, unpacked")
    max_zip_ratio: int = Field(
        200,
        gt=0,
        description="unpacked size of an entry of a ZIP above 1 MiB, in multiples of its packed size",
    )
    max_outline_turns: int = Field(
        32, gt=0, description="length of one polygon, in multiples of the drawing's perimeter"
    )


LIMITS = Limits()


class WebSettings(BaseSettings):
    """Access to the dashboard, from the environment variables `SUNSPOT_PASSWORD` and `SUNSPOT_HOST_NAMES`."""

    model_config = SettingsConfigDict(frozen=True, env_prefix="SUNSPOT_")

    password: str = Field(
        "", description="required from every browser; without one, the server listens on localhost only"
    )
    host_names: str = Field(
        "", description="host names of the dashboard as used in browsers, separated by commas"
    )


class QueueSettings(BaseSettings):
    """The job queue, from the environment variables `SUNSPOT_QUEUE`, `SUNSPOT_QUEUE_LEASE`, ..."""

    model_config = SettingsConfigDict(frozen=True, env_prefix="SUNSPOT_")

    queue: str = Field("", description="redis://host:port/db; empty for a file in the workspace")
    queue_lease: float = Field(
        15,
        gt=0.2,
        description="seconds without a heartbeat after which a worker on another machine counts as dead",
    )
    queue_grace: float = Field(
        15, gt=0, description="seconds a job has to stop by itself before it is killed"
    )
    queue_interruptions: int = Field(
        5, ge=1, description="crashes of a job in a row, without progress, after which it fails"
    )
    queue_patience: float = Field(
        300,
        ge=0,
        description="seconds that a job, or a command that submits one, waits for a queue that cannot be reached; "
        "the job then returns to its place",
    )
    queue_chunk: int = Field(32, ge=1, description="drawings that a worker processes at a time")
