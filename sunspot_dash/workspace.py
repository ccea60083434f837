"""The folder that is the truth: where everything lies, and how files get there whole or not at all."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from sunspot_dash.errors import ModelError, WorkspaceError
from sunspot_dash.file_names import MODEL_NAME, PRETRAINED, check_model_name
from sunspot_dash.files import atomic_write_text, leads_outside

FORMAT = 1
DEFAULT_ROOT = Path(__file__).resolve().parents[1] / "data"
EVERYTHING = "everything"  # names all drawings where a folder or an archive could be named
DRAWINGS = "drawings"  # what a model found, a file for each drawing


def pretrained_dir() -> Path:
    """The folder of the shipped models."""
    return DEFAULT_ROOT / "pretrained"


def pretrained_weights() -> Path:
    """The shipped model's weights."""
    return pretrained_dir() / f"{PRETRAINED}.pth"


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
    def mark(self) -> Path:
        """The file that makes a folder a workspace and tells its format."""
        return self.root / "workspace.json"

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
    def archives(self) -> Path:
        """Records of the archives that were imported by reference."""
        return self.dataset / "archives"

    @property
    def corrections_file(self) -> Path:
        """Manual corrections of single drawings."""
        return self.dataset / "corrections.json"

    @property
    def references(self) -> Path:
        """Imported series to compare with: SILSO's, and what observers counted."""
        return self.root / "references"

    @property
    def trash(self) -> Path:
        """What was deleted, to be taken back."""
        return self.root / "trash"

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
    def evaluations(self) -> Path:
        return self.root / "output" / "evaluations"

    @property
    def runs(self) -> Path:
        return self.root / "output" / "runs"

    @property
    def queue(self) -> Path:
        """The job queue's own files: the ledger, a secret, locks."""
        return self.root / "queue"

    @property
    def dataset_lock(self) -> Path:
        """Held while drawings, labels or corrections change: see `locked`."""
        return self.queue / "dataset.lock"

    @property
    def segmented(self) -> Path:
        return self.root / "segmented_dataset"

    @property
    def labelled(self) -> Path:
        """Copies of the labelled drawings, as `filter_labelled` makes them."""
        return self.segmented / "labelled"

    @property
    def folders(self) -> tuple[Path, ...]:
        """Every folder that a workspace has."""
        return (
            self.images, self.annotations_file.parent, self.masks, self.images_to_run, self.trained_models,
            self.logs, self.training_plots, self.inference_results, self.evaluations, self.runs, self.queue,
            self.segmented, self.references,
        )  # fmt: skip

    def create(self) -> Workspace:
        """Make the folders that are missing and mark the format; returns itself.

        Raises:
            WorkspaceError: as `check`, or they cannot be made.
        """
        self.check()
        try:
            for folder in self.folders:
                folder.mkdir(parents=True, exist_ok=True)
            self.dataset_lock.touch()
        except OSError as error:
            raise WorkspaceError(
                f"the workspace {self.root} cannot be made ({error.strerror}): name another with --workspace"
            ) from error
        if not self.mark.exists():
            atomic_write_text(self.mark, json.dumps({"format": FORMAT}) + "\n")
        return self

    def existing(self) -> Workspace:
        """Itself, when it is there or an empty folder is: what works on a workspace makes no place for one.

        Raises:
            WorkspaceError: it is not, perhaps for a slip of the pen.
        """
        begun = self.mark.exists() or any(folder.is_dir() for folder in self.folders)
        empty = self.root.is_dir() and not any(self.root.iterdir())
        if not (begun or empty or self.root == DEFAULT_ROOT):
            raise WorkspaceError(
                f"there is no workspace at {self.root}: check --workspace, or make an empty folder to begin one in"
            )
        return self

    def check(self) -> None:
        """Refuse a workspace of another format, or one whose folders are links that lead out of it.

        Raises:
            WorkspaceError: it is one of these, or its mark is damaged.
        """
        root = self.root.resolve()
        copies = (self.labelled, self.labelled / "images", self.labelled / "annotations")
        for path in (*self.folders, self.annotations_file, *copies):
            if not path.resolve().is_relative_to(root):
                raise WorkspaceError(
                    f"{path} is a link out of the workspace: put what it leads to in its place"
                )
        try:
            found = json.loads(self.mark.read_text("utf-8"))["format"]
        except FileNotFoundError:
            return
        except OSError as error:
            raise WorkspaceError(f"{self.mark} cannot be read ({error.strerror})") from error
        except (ValueError, LookupError, TypeError, RecursionError) as error:
            raise WorkspaceError(
                f"{self.mark} is damaged: restore it, or delete it to have it made anew"
            ) from error
        if found != FORMAT:
            raise WorkspaceError(
                f"the workspace {self.root} has format {found!r}, not {FORMAT}: use the program that made it"
            )

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

    def results_of(self, model: str) -> Path:
        """The folder with what a model found, a file for each drawing."""
        return self.inference_results / model / DRAWINGS

    def all_results(self) -> list[Path]:
        """The folders of all models that have results."""
        return sorted(self.inference_results.glob(f"*/{DRAWINGS}"))

    def find_model(self, name: str) -> Path:
        """The weights of a model: trained here, shipped, or a path to a .pth file.

        Raises:
            ModelError: there is none; the message names those there are.
        """
        if name.endswith(".pth") and Path(name).is_file():
            return Path(name)
        folders = (self.trained_models, pretrained_dir())
        if MODEL_NAME.fullmatch(name):
            for folder in folders:
                path = folder / f"{name}.pth"
                if path.is_file() and not leads_outside(path):
                    return path
        known = ", ".join(self.known_models()) or "none; train one first"
        raise ModelError(f"there is no model '{name}': known are {known}")

    def known_models(self) -> list[str]:
        """Names of the models that were trained here or are shipped."""
        folders = (self.trained_models, pretrained_dir())
        return sorted({path.stem for folder in folders for path in folder.glob("*.pth")})
