"""The folder that is the truth: where everything lies, and how files get there whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sunspot_dash.errors import ModelError, ParameterError, WorkspaceError

FORMAT = 1
REPOSITORY = Path(__file__).resolve().parents[1]
DEFAULT_ROOT = REPOSITORY / "data"
PRETRAINED = "uset"
MODEL_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
# Names that some systems keep for devices.
RESERVED = {"con", "prn", "aux", "nul", *(f"{device}{n}" for device in ("com", "lpt") for n in range(1, 10))}


def pretrained_dir() -> Path:
    """The folder of the shipped models."""
    return DEFAULT_ROOT / "pretrained"


def pretrained_weights() -> Path:
    """The shipped model's weights."""
    return pretrained_dir() / f"{PRETRAINED}.pth"


def check_model_name(name: str) -> str:
    """The name, when it can name files everywhere.

    Raises:
        ParameterError: it cannot.
    """
    if not MODEL_NAME.fullmatch(name) or name.endswith(".") or name.split(".")[0].lower() in RESERVED:
        raise ParameterError(
            f"'{name}' cannot name a model: use 1 to 64 letters, digits, '-', '_' or '.', beginning with a letter or digit"
        )
    return name


@dataclass(frozen=True)
class ModelFiles:
    """The files of one trained model."""

    weights: Path
    card: Path
    log: Path
    plot: Path
    history: Path


@dataclass(frozen=True)
class Workspace:
    """A workspace; only `create` writes."""

    root: Path = DEFAULT_ROOT

    @property
    def dataset(self) -> Path:
        return self.root / "dataset"

    @property
    def images(self) -> Path:
        return self.dataset / "images"

    @property
    def annotations_file(self) -> Path:
        return self.dataset / "annotations" / "instances_default.json"

    @property
    def masks(self) -> Path:
        return self.dataset / "masks"

    @property
    def images_to_run(self) -> Path:
        return self.root / "images_to_run"

    @property
    def trained_models(self) -> Path:
        return self.root / "output" / "trained_models"

    @property
    def logs(self) -> Path:
        return self.root / "output" / "logs"

    @property
    def training_plots(self) -> Path:
        return self.root / "output" / "training_plots"

    @property
    def inference_results(self) -> Path:
        return self.root / "output" / "inference_results"

    @property
    def runs(self) -> Path:
        return self.root / "output" / "runs"

    @property
    def segmented(self) -> Path:
        return self.root / "segmented_dataset"

    def create(self) -> Workspace:
        """Make the folders that are missing and mark the format; returns itself.

        Raises:
            WorkspaceError: they cannot be made, or the workspace is of a newer format.
        """
        folders = (
            self.images, self.annotations_file.parent, self.masks, self.images_to_run, self.trained_models,
            self.logs, self.training_plots, self.inference_results, self.runs, self.segmented,
        )  # fmt: skip
        try:
            for folder in folders:
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise WorkspaceError(f"the workspace {self.root} cannot be made: {error.strerror}") from error
        if not (self.root / "workspace.json").exists():
            atomic_write_text(self.root / "workspace.json", json.dumps({"format": FORMAT}) + "\n")
        self.check()
        return self

    def check(self) -> None:
        """Refuse a workspace of a format that this program does not know.

        Raises:
            WorkspaceError: it is newer, or its mark is damaged.
        """
        mark = self.root / "workspace.json"
        try:
            found = json.loads(mark.read_text("utf-8"))["format"]
        except FileNotFoundError:
            return
        except (ValueError, KeyError, TypeError, OSError) as error:
            raise WorkspaceError(f"{mark} is damaged ({error}): restore it, or delete it to have it made anew") from error
        if found != FORMAT:
            raise WorkspaceError(f"the workspace {self.root} has format {found}, this program writes {FORMAT}: update it")

    def model(self, name: str) -> ModelFiles:
        """The files of a model of this name.

        Raises:
            ParameterError: the name is no good.
        """
        check_model_name(name)
        return ModelFiles(
            self.trained_models / f"{name}.pth",
            self.trained_models / f"{name}.json",
            self.logs / f"{name}_training.log",
            self.training_plots / f"{name}_learning_curve.png",
            self.training_plots / f"{name}_history.json",
        )

    def find_model(self, name: str) -> Path:
        """The weights of a model: trained here, shipped, or a path to a .pth file.

        Raises:
            ModelError: there is none; the message names those there are.
        """
        if name.endswith(".pth") and Path(name).is_file():
            return Path(name)
        if MODEL_NAME.fullmatch(name):
            for folder in (self.trained_models, pretrained_dir()):
                if (folder / f"{name}.pth").is_file():
                    return folder / f"{name}.pth"
        known = sorted({p.stem for folder in (self.trained_models, pretrained_dir()) for p in folder.glob("*.pth")})
        raise ModelError(f"there is no model '{name}': known are {', '.join(known) or 'none; train one first'}")


def atomic_write(path: Path, write: Callable[[Path], None]) -> None:
    """Let `write` fill a temporary file beside `path`, then rename it into place.

    A reader sees the old file or the new one, also after a crash at any moment.

    Raises:
        WorkspaceError: the disk is full, or the place cannot be written; the old file is untouched.
    """
    temporary: Path | None = None
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:80]}.", suffix=".tmp", dir=path.parent)
        os.close(handle)
        temporary = Path(name)
        write(temporary)
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        os.replace(temporary, path)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise WorkspaceError(f"the disk is full: {path.name} was not written; free some space and run again") from error
        raise WorkspaceError(f"{path} cannot be written: {error.strerror or error}") from error
    except RuntimeError as error:
        # torch reports a full disk as a RuntimeError of its own.
        if "write" in str(error) or "PytorchStreamWriter" in str(error):
            raise WorkspaceError(f"{path.name} was not written ({error}): is the disk full?") from error
        raise
    finally:
        if temporary is not None:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)


def atomic_write_bytes(path: Path, content: bytes) -> None:
    """Write bytes, whole or not at all."""
    atomic_write(path, lambda temporary: temporary.write_bytes(content) and None)


def atomic_write_text(path: Path, content: str) -> None:
    """Write UTF-8 text, whole or not at all."""
    atomic_write_bytes(path, content.encode("utf-8"))


def file_sha256(path: Path) -> str:
    """Hash of a file's bytes, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
