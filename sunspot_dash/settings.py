"""The few limits that keep a hostile or broken file from hurting."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Limits(BaseModel):
    """What is refused before it is decoded or parsed in full; real archives stay far below."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_pixels: int = Field(120_000_000, gt=0, description="of one page; the largest real one has 14 million")
    max_coco_bytes: int = Field(
        512 * 2**20, gt=0, description="of a file of labels; 26 000 drawings of 40 spots stay below"
    )
    max_coco_images: int = Field(200_000, gt=0, description="in a file of labels")
    max_coco_annotations: int = Field(2_000_000, gt=0, description="in a file of labels")
    max_outline_turns: int = Field(32, gt=0, description="length of one polygon, in times around its page")


LIMITS = Limits()
