"""The workspace: the folder with all data, and the paths in it."""

from __future__ import annotations

import errno
import json
from dataclasses import dataclass
from pathlib import Path

from sunspot_dash.errors import ModelError, WorkspaceError
from sunspot_dash.file_names import MODEL_NAME, PRETRAINED, check_model_name
from sunspot_dash.files import NO_SPACE, atomic_write_text, cannot_write, is_there, leads_outside

FORMAT = 1
DEFAULT_ROOT = Path(__file__).resolve().parents[1] / "data"
EVERYTHING = "everything"  # stands for all drawings, in place of a folder or an archive
DRAWINGS = "drawings"  # folder of a model's result files, one per drawing


def pretrained_dir() -> Path:
    """Return the folder of the shipped models."""
    return DEFAULT_ROOT / "pretrained"


def pretrained_weights() -> Path:
    """Return the weights of the shipped model."""
    return pretrained_dir() / f"{PRETRAINED}.pth"


@dataclass(frozen=True)
class ModelFiles:
    """The files of one trained model."""

    weights: Path
    card: Path
    log: Path
    plot: Path
    history: Path
    notes: Path

    @property
    def every(self) -> tuple[Path, ...]:
        """All files, whether they exist or not; the card comes before the weights."""
        return (self.card, self.weights, self.log, self.plot, self.history, self.notes)


@dataclass(frozen=True)
class Workspace:
    """A workspace folder; only `create` writes to it."""

    root: Path = DEFAULT_ROOT

    @property
    def format_file(self) -> Path:
        """The file that identifies a workspace and contains its format."""
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
    def label_versions(self) -> Path:
        """Earlier versions of the labels."""
        return self.annotations_file.parent / "versions"

    @property
    def waiting_labels(self) -> Path:
        """Uploaded labels that wait for a decision."""
        return self.annotations_file.parent / "waiting"

    @property
    def categories_file(self) -> Path:
        """The categories of the labels that are spots."""
        return self.annotations_file.parent / "categories.json"

    @property
    def archives(self) -> Path:
        """Records of the archives that were imported by reference."""
        return self.dataset / "archives"

    @property
    def corrections_file(self) -> Path:
        """Manual corrections of single drawings."""
        return self.dataset / "corrections.json"

    @property
    def corrections_log(self) -> Path:
        """Who changed which correction, and when; only ever appended."""
        return self.dataset / "corrections.log"

    @property
    def tags_file(self) -> Path:
        """Tags of single drawings."""
        return self.dataset / "tags.json"

    @property
    def references(self) -> Path:
        """Imported reference series, SILSO's and observers'."""
        return self.root / "references"

    @property
    def trash(self) -> Path:
        """Deleted files that can be restored."""
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
    def model_notes(self) -> Path:
        """What people noted about models, a file for each."""
        return self.root / "output" / "model_notes"

    @property
    def models_file(self) -> Path:
        """The name of the default model, and of a model whose renaming was interrupted."""
        return self.root / "output" / "models.json"

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
    def reviews(self) -> Path:
        """Journals of reviews, a folder for each drawing."""
        return self.root / "output" / "reviews"

    @property
    def days(self) -> Path:
        """Folder of the files written on the page Today, one folder a date."""
        return self.root / "output" / "days"

    @property
    def evaluations(self) -> Path:
        return self.root / "output" / "evaluations"

    @property
    def comparisons(self) -> Path:
        """Comparisons of models, and the results that only they needed."""
        return self.root / "output" / "comparisons"

    @property
    def runs(self) -> Path:
        return self.root / "output" / "runs"

    @property
    def queue(self) -> Path:
        """Files of the job queue: the ledger, a secret, locks."""
        return self.root / "queue"

    @property
    def dataset_lock(self) -> Path:
        """Lock file that is held while drawings, labels or corrections change (see `locked`)."""
        return self.queue / "dataset.lock"

    @property
    def models_lock(self) -> Path:
        """Lock file that is held while models are renamed, imported or marked."""
        return self.queue / "models.lock"

    @property
    def watch_file(self) -> Path:
        """Whether the default model runs on new scans in `images_to_run`, and which files need no run."""
        return self.root / "output" / "watch.json"

    @property
    def watch_lock(self) -> Path:
        """Lock file that is held while the watch file changes."""
        return self.queue / "watch.lock"

    @property
    def labels_lock(self) -> Path:
        """Lock file that is held while the label file is checked."""
        return self.queue / "labels.lock"

    @property
    def segmented(self) -> Path:
        return self.root / "segmented_dataset"

    @property
    def labelled(self) -> Path:
        """Exported copies of the labelled drawings (see `filter_labelled`)."""
        return self.segmented / "labelled"

    @property
    def folders(self) -> tuple[Path, ...]:
        """All folders of a workspace."""
        return (
            self.images, self.annotations_file.parent, self.masks, self.images_to_run, self.trained_models,
            self.logs, self.training_plots, self.inference_results, self.evaluations, self.comparisons,
            self.runs, self.queue, self.segmented, self.references,
        )  # fmt: skip

    def create(self) -> Workspace:
        """Create missing folders and the format file; return self.

        Raises:
            WorkspaceError: as `check`, or a folder cannot be created.
        """
        self.check()
        try:
            for folder in self.folders:
                folder.mkdir(parents=True, exist_ok=True)
            self.dataset_lock.touch()
        except OSError as error:
            if error.errno in (*NO_SPACE, errno.EROFS):
                raise WorkspaceError(cannot_write(self.root, error)) from error
            raise WorkspaceError(
                f"the workspace {self.root} cannot be created ({error.strerror}): choose another with --workspace"
            ) from error
        if not self.format_file.exists():
            atomic_write_text(self.format_file, json.dumps({"format": FORMAT}) + "\n")
        return self

    def existing(self) -> Workspace:
        """Return self if the workspace, or an empty folder, exists.

        Raises:
            WorkspaceError: neither exists, perhaps because of a typing error.
        """
        begun = self.format_file.exists() or any(folder.is_dir() for folder in self.folders)
        empty = self.root.is_dir() and not any(self.root.iterdir())
        if not (begun or empty or self.root == DEFAULT_ROOT):
            raise WorkspaceError(
                f"there is no workspace at {self.root}: check --workspace, or create an empty folder for a new one"
            )
        return self

    def check(self) -> None:
        """Check the format of the workspace, and that no folder is a link out of it.

        Raises:
            WorkspaceError: a check failed, or the format file is damaged.
        """
        try:
            str(self.root).encode()
        except UnicodeEncodeError as error:
            raise WorkspaceError(
                f"the path of the workspace {str(self.root)!a} is not UTF-8: rename the folder"
            ) from error
        root = _resolved(self.root)
        copies = (self.labelled, self.labelled / "images", self.labelled / "annotations")
        labels = (self.annotations_file, self.label_versions, self.waiting_labels, self.categories_file)
        for path in (*self.folders, *labels, *copies):
            if not _resolved(path).is_relative_to(root):
                raise WorkspaceError(
                    f"{path} is a link out of the workspace: replace it with the files themselves"
                )
        try:
            found = json.loads(self.format_file.read_text("utf-8"))["format"]
        except FileNotFoundError:
            return
        except OSError as error:
            raise WorkspaceError(f"{self.format_file} cannot be read ({error.strerror})") from error
        except (ValueError, LookupError, TypeError, RecursionError) as error:
            raise WorkspaceError(
                f"{self.format_file} is damaged: restore it, or delete it to have it recreated"
            ) from error
        if found != FORMAT:
            raise WorkspaceError(
                f"the workspace {self.root} has format {found!r}, not {FORMAT}: use the program version that created it"
            )

    def model(self, name: str) -> ModelFiles:
        """Return the paths of a model's files.

        Raises:
            ParameterError: the name is not valid.
        """
        check_model_name(name)
        return ModelFiles(
            self.trained_models / f"{name}.pth",
            self.trained_models / f"{name}.json",
            self.logs / f"{name}_training.log",
            self.training_plots / f"{name}_learning_curve.png",
            self.training_plots / f"{name}_history.json",
            self.model_notes / f"{name}.json",
        )

    def results_of(self, model: str) -> Path:
        """Return the folder of a model's result files, one per drawing."""
        return self.inference_results / model / DRAWINGS

    def all_results(self) -> list[Path]:
        """Return the result folders of all models."""
        return sorted(self.inference_results.glob(f"*/{DRAWINGS}"))

    def find_model(self, name: str) -> Path:
        """Return the weights of a trained or shipped model; `name` may also be a path to a .pth file.

        Raises:
            ModelError: there is no such model; the message lists the known ones.
        """
        if name.endswith(".pth") and is_there(Path(name)):
            return Path(name)
        folders = (self.trained_models, pretrained_dir())
        if MODEL_NAME.fullmatch(name):
            for folder in folders:
                path = folder / f"{name}.pth"
                if path.is_file() and not leads_outside(path):
                    return path
        elif "/" not in name and any(is_there(folder / f"{name}.pth") for folder in folders):
            raise ModelError(
                f"'{name}.pth' cannot be used under this name: rename it with 1 to 64 letters (a to z), digits, '-', "
                "'_' and '.'"
            )
        known = ", ".join(self.known_models()) or "none; train one first"
        raise ModelError(f"there is no model '{name}': available models are {known}")

    def known_models(self) -> list[str]:
        """Return the names of the trained and shipped models."""
        folders = (self.trained_models, pretrained_dir())
        return sorted({path.stem for folder in folders for path in folder.glob("*.pth")})


def _resolved(path: Path) -> Path:
    """Return a path without links; raise WorkspaceError if they form a loop."""
    try:
        return path.resolve()
    except (OSError, RuntimeError) as error:
        raise WorkspaceError(f"{path} is a link to itself: replace it with a folder") from error
