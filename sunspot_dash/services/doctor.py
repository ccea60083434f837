"""Is this installation whole, can the workspace be used, are the models what their cards say?"""

from __future__ import annotations

import os
import re
import shutil
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from sunspot_dash.errors import SunspotError
from sunspot_dash.file_names import PRETRAINED
from sunspot_dash.files import file_sha256
from sunspot_dash.ml.config import ModelCard
from sunspot_dash.workspace import Workspace, pretrained_dir

LEAST_FREE_GB = 2.0


@dataclass(frozen=True)
class Finding:
    """One thing looked at."""

    ok: bool
    what: str
    detail: str


def examine(workspace: Workspace) -> list[Finding]:
    """Look at everything; never raises, never changes anything."""
    findings = [Finding(sys.version_info >= (3, 11), "Python", sys.version.split()[0])]
    findings.append(_packages(pretrained_dir().parents[1] / "requirements.txt"))
    findings += _workspace(workspace)
    shipped = pretrained_dir() / f"{PRETRAINED}.pth"
    if not shipped.exists():
        findings.append(
            Finding(False, "shipped model", f"{shipped} is missing: restore it from the repository")
        )
    for weights in sorted([*pretrained_dir().glob("*.pth"), *workspace.trained_models.glob("*.pth")]):
        findings.append(_model(weights))
    return findings


def _packages(requirements: Path) -> Finding:
    """Installed versions against the pinned ones."""
    if not requirements.exists():
        return Finding(False, "packages", f"{requirements} is missing")
    wrong = []
    for line in requirements.read_text("utf-8").splitlines():
        if not (pin := re.match(r"([\w.-]+)==([\w.+]+)", line)):
            continue
        try:
            found = version(pin[1])
        except PackageNotFoundError:
            found = "missing"
        if found.split("+")[0] != pin[2]:
            wrong.append(f"{pin[1]} {found} (pinned {pin[2]})")
    detail = "; ".join(wrong) + ": run python3 install.py" if wrong else "as pinned"
    return Finding(not wrong, "packages", detail)


def _workspace(workspace: Workspace) -> list[Finding]:
    root = workspace.root
    try:
        workspace.existing().check()
    except SunspotError as error:
        return [Finding(False, "workspace", str(error))]
    free = shutil.disk_usage(root).free / 1e9
    return [
        Finding(
            os.access(root, os.W_OK),
            "workspace",
            f"{root} can be written" if os.access(root, os.W_OK) else f"{root} cannot be written",
        ),
        Finding(
            free > LEAST_FREE_GB,
            "disk space",
            f"{free:.0f} GB free, at least {LEAST_FREE_GB:g} GB are needed",
        ),
    ]


def _model(weights: Path) -> Finding:
    """A model's weights against the hash in its card."""
    card_path = weights.with_suffix(".json")
    try:
        card = ModelCard.model_validate_json(card_path.read_bytes())
    except FileNotFoundError:
        return Finding(False, f"model {weights.stem}", f"its card {card_path.name} is missing")
    except ValueError as error:
        return Finding(False, f"model {weights.stem}", f"its card is damaged: {error}")
    same = file_sha256(weights) == card.weights_sha256
    size = weights.stat().st_size / 1e6
    return Finding(
        same,
        f"model {weights.stem}",
        f"{size:.1f} MB, " + ("as its card says" if same else "NOT the file its card tells of"),
    )
