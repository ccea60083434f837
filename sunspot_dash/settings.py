"""What an administrator may set, and the few limits that keep a hostile or broken file from hurting."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Limits(BaseModel):
    """What is refused before it is decoded or parsed in full; real archives stay far below."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_pixels: int = Field(120_000_000, gt=0, description="of one page; the largest real one has 14 million")
    max_upload_bytes: int = Field(600 * 2**20, gt=0, description="of one file from a browser")
    max_coco_bytes: int = Field(
        512 * 2**20, gt=0, description="of a file of labels; 26 000 drawings of 40 spots stay below"
    )
    max_coco_images: int = Field(200_000, gt=0, description="in a file of labels")
    max_coco_annotations: int = Field(2_000_000, gt=0, description="in a file of labels")
    max_outline_turns: int = Field(32, gt=0, description="length of one polygon, in times around its page")


LIMITS = Limits()


class WebSettings(BaseSettings):
    """Who may reach the dashboard, from environment variables `SUNSPOT_PASSWORD`, `SUNSPOT_HOST_NAMES`."""

    model_config = SettingsConfigDict(frozen=True, env_prefix="SUNSPOT_")

    password: str = Field("", description="asked of every browser; without one only this machine is served")
    host_names: str = Field(
        "", description="names under which browsers reach the dashboard, separated by commas"
    )


class QueueSettings(BaseSettings):
    """The job queue, from environment variables `SUNSPOT_QUEUE`, `SUNSPOT_QUEUE_LEASE`, ..."""

    model_config = SettingsConfigDict(frozen=True, env_prefix="SUNSPOT_")

    queue: str = Field("", description="redis://host:port/db, or nothing: a file in the workspace")
    queue_lease: float = Field(
        15, gt=0.2, description="seconds without a sign of life after which a worker elsewhere counts as dead"
    )
    queue_grace: float = Field(
        15, gt=0, description="seconds that a job has to end by itself before it is killed"
    )
    queue_interruptions: int = Field(
        5, ge=1, description="deaths of a job's process in a row, without any progress, before it is given up"
    )
    queue_chunk: int = Field(32, ge=1, description="drawings that a worker claims at a time")
