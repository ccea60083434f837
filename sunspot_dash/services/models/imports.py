"""Import a model from files: everything is checked before it is accepted, and nothing is overwritten."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from sunspot_dash.errors import ModelError, ParameterError
from sunspot_dash.file_names import check_model_name
from sunspot_dash.files import atomic_write_text, file_sha256, locked, place_new, writing
from sunspot_dash.io.results import safe_name
from sunspot_dash.ml.config import ModelCard, read_card
from sunspot_dash.services.dataset.zip_files import Unpacker, members_of, opened_zip
from sunspot_dash.services.models.training_run import check_name_available
from sunspot_dash.workspace import Workspace

MOST_BYTES = 1 << 30  # of a file; the largest network that a training can make has 30 MB
WEIGHTS, CARD, PLAIN, ARCHIVE = ".pth", ".json", ".safetensors", ".zip"
CHOICES = "choose a ZIP or .safetensors file of an export, or a .pth file with or without its card (.json)"


def import_model(workspace: Workspace, files: Sequence[Path], name: str = "") -> str:
    """Add a model from the files of an export, or from a weights file with or without its card; return its name.

    Loads torch, which the web server must not: it lets another process do this.

    Args:
        name: of the new model; by default as on its card, else as its file.

    Raises:
        ParameterError: these are not the files of one model, or the name is invalid or taken.
        ModelError: the weights or the card cannot be used, or do not belong together.
        WorkspaceError: the files cannot be stored.
    """
    with (
        writing(workspace.queue),
        tempfile.TemporaryDirectory(dir=workspace.queue, prefix="import-") as folder,
    ):
        parts = _parts(list(files), Path(folder))
        card = _card(parts)
        name = check_model_name(name.strip() or _own_name(card, parts))
        _check_taken(workspace, name)
        weights = Path(folder) / "checked" / f"{name}{WEIGHTS}"
        weights.parent.mkdir()
        _accept(parts, card, weights)
        with locked(workspace.models_lock):
            _check_taken(workspace, name)
            _place(workspace, weights, name)
    return name


def put_files(folder: Path, files: Sequence[tuple[str, bytes]]) -> list[Path]:
    """Write received files, given by name and content, to a folder under safe names; return their paths."""
    paths = [folder / safe_name(name) for name, _ in files]
    for path, (_, content) in zip(paths, files, strict=True):
        path.write_bytes(content)
    return paths


def _parts(files: list[Path], folder: Path) -> dict[str, Path]:
    """Return the files of a model by their endings, those of a ZIP unpacked to a folder."""
    if len(files) == 1 and files[0].suffix.lower() == ARCHIVE:
        files = _unpacked(files[0], folder)
    parts = {path.suffix.lower(): path for path in files}
    if len(parts) != len(files) or parts.keys() not in ({WEIGHTS}, {WEIGHTS, CARD}, {PLAIN}):
        raise ParameterError(f"{', '.join(path.name for path in files) or 'nothing'} was given: {CHOICES}")
    for path in files:
        if path.stat().st_size > MOST_BYTES:
            raise ParameterError(f"{path.name} has {path.stat().st_size >> 20} MB: no model is that large")
    return parts


def _unpacked(archive: Path, folder: Path) -> list[Path]:
    found: list[Path] = []
    with opened_zip(archive, archive.name) as opened:
        members, refused = members_of(opened)
        if refused:
            raise ParameterError(f"{refused[0][0]}: {refused[0][1]}")
        unpacker = Unpacker(opened)
        for member in members[:3]:  # one more than a model has
            path = folder / str(len(found)) / safe_name(Path(member.filename).name)
            path.parent.mkdir()
            unpacker.unpack(member, path)
            found.append(path)
    return found


def _card(parts: dict[str, Path]) -> ModelCard | None:
    """Read the card that was given as a file."""
    return read_card(parts[CARD]) if CARD in parts else None


def _own_name(card: ModelCard | None, parts: dict[str, Path]) -> str:
    if PLAIN in parts:
        from sunspot_dash.ml.formats import read_safetensors

        return read_safetensors(parts[PLAIN])[1].name
    return card.name if card else parts[WEIGHTS].stem


def _check_taken(workspace: Workspace, name: str) -> None:
    if name in workspace.known_models():
        raise ParameterError(f"there is a model '{name}' already: enter another name")
    check_name_available(workspace, name, overwrite=False)


def _accept(parts: dict[str, Path], card: ModelCard | None, weights: Path) -> None:
    """Write the weights and the card under their new name, and load them as a run would."""
    from sunspot_dash.ml.checkpoint import load_model, save_weights
    from sunspot_dash.ml.formats import read_safetensors

    if PLAIN in parts:
        content, card = read_safetensors(parts[PLAIN])
        save_weights(content["state"], content["encoder"], content["radius"], weights, content["second_look"])
        card = card.model_copy(update={"weights_sha256": file_sha256(weights)})
    else:
        shutil.copyfile(parts[WEIGHTS], weights)
        if card and card.weights_sha256 and card.weights_sha256 != file_sha256(weights):
            raise ModelError(
                f"the card of '{card.name}' belongs to other weights than these: choose the files of one model"
            )
    if card:
        card = card.model_copy(update={"name": weights.stem})
        atomic_write_text(weights.with_suffix(CARD), card.model_dump_json(indent=1) + "\n")
    load_model(weights)


def _place(workspace: Workspace, weights: Path, name: str) -> None:
    """Move the checked files into the workspace; the weights, which make it a model, come last."""
    target = workspace.model(name)
    card = weights.with_suffix(CARD)
    target.card.unlink(missing_ok=True)  # left by a model whose weights were deleted by hand
    if card.exists():
        card.replace(target.card)
    if not place_new(weights, target.weights):
        raise ParameterError(f"there is a model '{name}' already: enter another name")
