"""The requirement files list every imported package once, with an exact version."""

from __future__ import annotations

import ast
import re
import sys
from importlib.metadata import packages_distributions, version
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
RUNTIME, DEVELOPMENT = "requirements.txt", "requirements-dev.txt"
PEERS = "benchmarks/requirements-peers.txt"  # installed by a benchmark, not here
OWN = {"sunspot_dash", "jobs", "app", "install", "tests", "benchmarks", "docs"}
# segmentation_models_pytorch imports torchvision, and Dash psutil.
NOT_IMPORTED = {"torchvision", "psutil"}
DISTRIBUTIONS = {"skimage": "scikit-image"}  # of modules that are not installed here


def plain(name: str) -> str:
    """Return a distribution's name as the index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(name: str) -> dict[str, str]:
    """Return {plain name: version} of a requirement file, without the files that it includes."""
    lines = [line.split("#")[0].strip() for line in (ROOT / name).read_text("utf-8").splitlines()]
    found = [line.partition("==") for line in lines if line and not line.startswith("-r ")]
    return {plain(package): number for package, _, number in found}


def imported(*folders: str) -> set[str]:
    """Return the plain names of the distributions that the code in these folders imports anywhere."""
    modules: set[str] = set()
    for path in (path for folder in folders for path in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                modules |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                modules.add((node.module or "").split(".")[0])
    modules -= OWN | sys.stdlib_module_names
    names = packages_distributions()
    return {plain(names.get(module, [DISTRIBUTIONS.get(module, module)])[0]) for module in modules}


def test_every_import_of_the_program_is_pinned_and_nothing_else() -> None:
    assert imported("sunspot_dash", "jobs") == pins(RUNTIME).keys() - NOT_IMPORTED


def test_every_import_of_the_tests_is_pinned() -> None:
    assert (
        imported("tests", "benchmarks")
        <= pins(RUNTIME).keys() | pins(DEVELOPMENT).keys() | pins(PEERS).keys()
    )


@pytest.mark.parametrize("name", [RUNTIME, DEVELOPMENT])
def test_every_pin_is_one_exact_version_and_installed(name: str) -> None:
    for package, pinned in pins(name).items():
        assert re.fullmatch(r"\d+(\.\d+)*", pinned), f"{package} is not pinned to one version"
        assert version(package).split("+")[0] == pinned


def test_there_is_one_opencv_and_the_development_file_includes_the_other() -> None:
    assert [name for name in pins(RUNTIME) if "opencv" in name] == ["opencv-python-headless"]
    assert f"-r {RUNTIME}" in (ROOT / DEVELOPMENT).read_text("utf-8").splitlines()
