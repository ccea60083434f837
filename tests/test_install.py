"""install.py on a small stand-in project: nothing is downloaded; .venv is real."""

from __future__ import annotations

import ast
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parents[1]
STEPS = ["Python", "Files", "Disk", "Packages", "Device", "Workspace", "Port"]
# Modules in the project folder that stand in for the installed ones.
STAND_INS = {
    "app.py": "import sys\nprint('main job', *sys.argv[1:])\nsys.exit(7)\n",
    "pytest.py": "import sys\nprint('tests', *sys.argv[1:])\nsys.exit(3)\n",
    "torch.py": "class cuda:\n    is_available = staticmethod(lambda: False)\n",
    "torchvision.py": "",
    "cv2.py": "",
    "sunspot_dash/cli/__init__.py": "# commands\n",
    "sunspot_dash/workspace.py": "class Workspace:\n    def __init__(self, root):\n        self.root = root\n"
    "    def create(self):\n        (self.root / 'images_to_run').mkdir(parents=True, exist_ok=True)\n",
    "data/pretrained/uset.pth": "weights",
    "data/pretrained/uset.json": "{}",
    "data/pretrained/proposals.pt": "weights",
    "requirements.txt": "# nothing\n",
    "requirements-dev.txt": "-r requirements.txt\n",
}
# An index that refuses every connection, whatever pip's configuration on this machine.
NO_INDEX = {
    "PIP_CONFIG_FILE": os.devnull,
    "PIP_INDEX_URL": "http://127.0.0.1:9/",
    "PIP_EXTRA_INDEX_URL": "",
    "PIP_FIND_LINKS": "",
    "PIP_RETRIES": "1",
}


def make_project(root: Path) -> Path:
    for name, text in STAND_INS.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    shutil.copy(ROOT / "install.py", root)
    return root


def install(project: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "install.py", *arguments],
        cwd=project,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **environment},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )


def state(project: Path) -> dict[str, int]:
    """Return the modification time of each file."""
    return {str(path): path.stat().st_mtime_ns for path in project.rglob("*") if path.is_file()}


def load(project: Path) -> ModuleType:
    """Load a project's install.py as a module, to call its functions."""
    spec = importlib.util.spec_from_file_location("install_under_test", project / "install.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_needed_files_exist() -> None:
    needed = load(ROOT).NEEDED_FILES
    assert not [name for name in needed if not (ROOT / name).is_file()]
    assert set(needed) <= set(STAND_INS)  # otherwise the stand-in project would lack a file


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """A project after the first run, and the output of that run."""
    project = make_project(tmp_path_factory.mktemp("installed"))
    module = (project / "install.py").read_text().replace("INSTALL_GB = 9.5", "INSTALL_GB = 0.2")
    (project / "install.py").write_text(module)  # the stand-ins need little space
    return project, install(project)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project before the first run."""
    return make_project(tmp_path)


Installed = tuple[Path, subprocess.CompletedProcess[str]]


def test_the_first_run_prints_one_line_per_step(installed: Installed) -> None:
    project, first = installed
    assert first.returncode == 0, first.stderr
    steps = [line.split()[0] for line in first.stdout.splitlines()]
    assert list(dict.fromkeys(steps)) == STEPS
    assert (project / ".venv/pyvenv.cfg").is_file()
    assert (project / "data/images_to_run").is_dir()


def test_second_run_changes_nothing(installed: Installed) -> None:
    project, _ = installed
    before = state(project)
    again = install(project)
    assert again.returncode == 0, again.stderr
    assert [line.split()[0] for line in again.stdout.splitlines()] == STEPS
    assert "installed as listed in requirements.txt" in again.stdout
    assert state(project) == before


def test_changed_requirements_are_installed_again(installed: Installed) -> None:
    project, _ = installed
    (project / "requirements.txt").write_text("# something else\n")
    assert "installing requirements.txt" in install(project).stdout
    assert "installed as listed in requirements.txt" in install(project).stdout


def test_run_and_test_pass_on_arguments_and_exit_code(installed: Installed) -> None:
    project, _ = installed
    ran = install(project, "run", "--drawings", "2")
    assert (ran.returncode, ran.stdout.splitlines()[-1]) == (7, "main job serve --drawings 2")
    tested = install(project, "test", "-k", "disk")
    assert (tested.returncode, tested.stdout.splitlines()[-1]) == (
        3,
        f"tests -n {load(project).PROCESSES} --dist loadfile --no-loadscope-reorder -k disk",
    )


def test_unknown_arguments_are_rejected_before_anything_is_created(project: Path) -> None:
    assert install(project, "tets").returncode == 2
    assert install(project, "--force").returncode == 2
    assert not (project / ".venv").exists()


def test_a_broken_venv_is_recreated(installed: Installed) -> None:
    project, _ = installed
    python = project / ".venv/bin/python"
    python.unlink()
    python.symlink_to("/nowhere/python3")
    assert install(project).returncode == 0


def test_no_network_is_one_sentence(installed: Installed) -> None:
    project, _ = installed
    (project / "requirements.txt").write_text("sunspot-dash-no-such-package==1.0\n")
    failed = install(project, **NO_INDEX)
    assert failed.returncode == 1
    assert "install.py: the package index cannot be reached" in failed.stderr
    assert "Traceback" not in failed.stderr + failed.stdout
    # The failure left no stamp, so the earlier requirements are installed again.
    (project / "requirements.txt").write_text("# something else\n")
    assert "installing requirements.txt" in install(project).stdout


def test_a_missing_compiler_is_one_sentence(installed: Installed) -> None:
    project, _ = installed
    package = project / "needs_compiler"
    package.mkdir()
    (package / "pyproject.toml").write_text(
        "[build-system]\nrequires = []\nbuild-backend = 'backend'\nbackend-path = ['.']\n"
    )
    (package / "backend.py").write_text(
        "def build_wheel(*_, **__):\n    raise SystemExit(\"error: command 'gcc' failed: No such file\")\n"
    )
    (project / "requirements.txt").write_text("./needs_compiler\n")
    failed = install(project, **NO_INDEX)
    assert failed.returncode == 1
    assert "a package has no build for this Python and cannot be compiled" in failed.stderr
    assert "Traceback" not in failed.stderr
    (project / "requirements.txt").write_text("# nothing\n")


def test_a_missing_file_is_named(project: Path) -> None:
    (project / "data/pretrained/uset.pth").write_text("")
    failed = install(project)
    assert failed.returncode == 1
    assert "install.py: missing or empty: data/pretrained/uset.pth" in failed.stderr
    assert not (project / ".venv").exists()


def test_too_little_disk(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    module = load(project)
    monkeypatch.setattr(module.shutil, "disk_usage", lambda path: SimpleNamespace(free=2_300_000_000))
    assert module.main([]) == 1
    assert "too little disk space: 2.3 GB free, 9.5 GB needed" in capsys.readouterr().err


def test_missing_venv_module(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    module = load(project)
    monkeypatch.setattr(
        module.importlib.util, "find_spec", lambda name: None if name == "ensurepip" else True
    )
    assert module.main([]) == 1
    assert "no venv module: install it (Debian: 'apt install python3-venv')" in capsys.readouterr().err


def test_a_port_in_use_is_reported_but_not_an_error(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    module = load(project)
    with socket.create_server(("127.0.0.1", 0)) as busy:
        module.PORT = busy.getsockname()[1]
        module.check_port()
    assert "in use" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("output", "meant"),
    [
        (
            "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
            "disk is full",
        ),
        (
            "WARNING: Retrying ... NewConnectionError('...')\nERROR: No matching distribution found for x",
            "reached",
        ),
        (
            "WARNING: Retrying ... ReadTimeoutError(...)\nerror: command 'gcc' failed: No such file",
            "compiled",
        ),
        (
            "error: [Errno 2] No such file or directory: 'gcc'\nERROR: Failed building wheel for lz4",
            "compiled",
        ),
        ("error: Microsoft Visual C++ 14.0 or greater is required.", "compiled"),
        ("ERROR: No matching distribution found for torch==2.15.0", "a package has no build for this Python"),
        ("ERROR: Could not install packages: [Errno 13] Permission denied: '/x'", "cannot be written"),
        ("ERROR: something nobody expected", "see"),
    ],
)
def test_the_output_of_pip_becomes_a_sentence(output: str, meant: str) -> None:
    sentence, *last = load(ROOT).explain_pip(output.splitlines()).splitlines()
    assert meant in sentence
    assert last[-1] == f"    pip: {output.splitlines()[-1]}"


def test_large_downloads_are_shown_and_small_ones_not(capsys: pytest.CaptureFixture[str]) -> None:
    show = load(ROOT).show_progress
    show("Downloading torch-2.15.0-cp311-cp311-manylinux_2_28_x86_64.whl (539.4 MB)")
    show("Downloading idna-3.20-py3-none-any.whl (75 kB)")
    show("Downloading pillow-13.0.0-cp311-cp311-manylinux_2_28_x86_64.whl (7.1 MB)")
    assert capsys.readouterr().out.split() == ["downloading", "torch", "(539", "MB)"]


def test_an_old_python_can_read_it() -> None:
    ast.parse((ROOT / "install.py").read_text("utf-8"), feature_version=(3, 7))


@pytest.mark.parametrize("version", ["3.6", "3.8", "3.10"])
def test_an_old_python_gets_a_clear_message(version: str, project: Path) -> None:
    here = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
    python = shutil.which(f"python{version}") if not here else str(here[0])
    if python is None:
        pytest.skip(f"no Python {version} here to try")
    done = subprocess.run([python, "install.py"], cwd=project, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith(f"install.py: this is Python {version}, and 3.11 or newer is needed")
    assert "Traceback" not in done.stderr and not (project / ".venv").exists()
