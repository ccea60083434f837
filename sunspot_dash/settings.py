"""Settings from environment variables, and limits that protect against hostile or broken files."""

from __future__ import annotations

import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from sunspot_dash.errors import ParameterError

Network = IPv4Network | IPv6Network


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


PREFIX = re.compile(r"/(?:[A-Za-z0-9._~@%+:-]+/)*")
UNIX = "unix"  # stands for a proxy that connects through a Unix socket


class WebSettings(BaseSettings):
    """The dashboard, from the environment variables `SUNSPOT_PASSWORD`, `SUNSPOT_HOST_NAMES`, ..."""

    model_config = SettingsConfigDict(frozen=True, env_prefix="SUNSPOT_")

    workspace: str = Field(
        "", description="folder of the workspace, for gunicorn and as default of `--workspace`; unset: `data`"
    )
    password: str = Field(
        "",
        description="required from every browser; without one, only clients on the same machine are served",
    )
    host_names: str = Field(
        "", description="host names of the dashboard as used in browsers, separated by commas"
    )
    url_prefix: str = Field(
        "",
        description="path under which browsers reach the dashboard if a proxy serves it below its root, such as "
        "`/user/ana/proxy/8050/`; the proxy may remove it or pass it on",
    )
    trusted_proxies: str = Field(
        "",
        description="addresses and networks of the proxies whose forwarding headers (`X-Forwarded-For`, `-Host`, "
        f"`-Proto`, `-Prefix`, `Forwarded`) count, separated by commas; `{UNIX}` for a Unix socket",
    )

    demo_days: int = Field(
        30, ge=1, le=60, description="synthetic drawings that are added to an empty workspace, one per day"
    )

    @classmethod
    def read(cls, **given: Any) -> WebSettings:
        """Return the settings from the environment; values that are given and not empty replace them.

        Raises:
            ParameterError: a setting is not valid.
        """
        try:
            return cls(**{name: value for name, value in given.items() if value})
        except ValidationError as error:
            first = error.errors()[0]
            name = f"{cls.model_config['env_prefix']}{first['loc'][0]}".upper()
            raise ParameterError(f"{name} {first['msg'].removeprefix('Value error, ')}") from error

    @field_validator("url_prefix")
    @classmethod
    def _path(cls, value: str) -> str:
        """Return the prefix with a slash at both ends."""
        path = f"/{value.strip().strip('/')}/".replace("//", "/")
        if "://" in value or not PREFIX.fullmatch(path) or {"..", "."} & set(path.split("/")):
            raise ValueError(
                f"was '{value}': use the path in the address bar of a browser, such as /sunspots/"
            )
        return path

    @field_validator("trusted_proxies")
    @classmethod
    def _networks_only(cls, value: str) -> str:
        for part in separated(value):
            try:
                if part != UNIX:
                    ip_network(part)
            except ValueError as error:
                raise ValueError(
                    f"was '{value}': '{part}' is not an address such as 127.0.0.1 or a network such as 10.0.0.0/8"
                ) from error
        return value

    @property
    def networks(self) -> list[Network]:
        """The networks of the trusted proxies."""
        return [ip_network(part) for part in separated(self.trusted_proxies) if part != UNIX]

    @property
    def names(self) -> list[str]:
        """The host names as used in browsers, in lower case, without brackets and ports."""
        names = [name.lower() for name in separated(self.host_names)]
        return [re.sub(r"^\[(.*)\](:\d+)?$|^([^:]+):\d+$", r"\1\3", name) for name in names]


def separated(text: str) -> list[str]:
    """Return the parts of a list separated by commas."""
    return [part.strip() for part in text.split(",") if part.strip()]


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
