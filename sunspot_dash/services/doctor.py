"""Check the installation, the workspace, and the models against their cards."""

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
from sunspot_dash.ml.config import DEFAULT_THRESHOLD, read_card
from sunspot_dash.workspace import Workspace, pretrained_dir

CHANGED = "the file does NOT match its card: restore or retrain it"
MIN_FREE_GB = 2.0


@dataclass(frozen=True)
class Finding:
    """The result of one check."""

    ok: bool
    subject: str
    detail: str


def examine(workspace: Workspace) -> list[Finding]:
    """Run all checks without changing anything; problems are returned as findings, not raised."""
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
    """Compare the installed package versions with the pinned ones."""
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
            f"{root} is writable"
            if os.access(root, os.W_OK)
            else f"{root} is not writable: check its permissions",
        ),
        Finding(
            free > MIN_FREE_GB,
            "disk space",
            f"{free:.0f} GB free, at least {MIN_FREE_GB:g} GB required",
        ),
    ]


def _model(weights: Path) -> Finding:
    """Check a model's weights and card, and that they belong together."""
    from sunspot_dash.ml.checkpoint import read_weights

    try:
        card = read_card(weights)
        if card and file_sha256(weights) != card.weights_sha256:
            return Finding(False, f"model {weights.stem}", CHANGED)
        read_weights(weights)
        size = weights.stat().st_size / 1e6
    except (SunspotError, OSError) as error:
        return Finding(False, f"model {weights.stem}", str(error))
    about = "matches its card" if card else f"without a card: its threshold is {DEFAULT_THRESHOLD}"
    return Finding(True, f"model {weights.stem}", f"{size:.1f} MB, {about}")
