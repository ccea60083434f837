"""Programs that tests start, each in its own process, and the state of their workspace."""

from __future__ import annotations

import ctypes
import filecmp
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from jobs.control import prune
from jobs.recovery import open_ledger
from sunspot_dash.domain.labels.coco import load_coco
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.catalogue.sources import OF_MODELS
from sunspot_dash.services.dataset.orientation import orientation_file
from sunspot_dash.workspace import Workspace
from tests.waiting import wait_for

ROOT = Path(__file__).resolve().parents[2]
CALLBACKS = re.compile("/_dash-update-component")  # the address of callbacks, which has a suffix
MINUTES = 5  # the limit of every wait, reached only on failure
# Files that the processes of a workspace own, or that are removed in other ways.
OWN_FILES = ("queue", "output/runs", "output/index.sqlite", "serve.log", "worker.log")
SET_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)


def wait_until(condition: Callable[[], object], what: str) -> None:
    """Wait for a condition; `what` describes it."""
    wait_for(condition, f"not yet: {what};", 60 * MINUTES)


class Program:
    """A command of `app.py` on a workspace. It ends with the tests, even if they are killed."""

    def __init__(self, space: Workspace, command: str, *options: str) -> None:
        self.space = space
        self.log = space.root / f"{command}.log"
        self._command = [sys.executable, "app.py", command, *options, "--workspace", str(space.root)]
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self._command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, preexec_fn=_end_with_tests
            )

    def kill(self) -> None:
        """Kill it, like a power failure."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def end(self) -> None:
        """Ask it to end, and wait."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(60 * MINUTES)
        finally:
            self.kill()


class Dashboard(Program):
    """`python app.py serve` on a workspace."""

    def __init__(self, space: Workspace, *options: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        super().__init__(space, "serve", "--port", str(self.port), *options)

    def start(self) -> None:
        """Start the server and wait until it answers."""
        super().start()
        wait_until(self._answers, "the dashboard answers")

    def _answers(self) -> bool:
        assert self.process is not None and self.process.poll() is None, self.log.read_text()
        try:
            urllib.request.urlopen(f"{self.url}/health", timeout=60 * MINUTES).close()
        except urllib.error.HTTPError:
            return True  # it requires a password
        except OSError:
            return False
        return True

    def reset(self, wanted: Workspace | None) -> None:
        """Make the workspace equal to another one, or empty, without jobs; wait until the index has caught up."""
        ledger = open_ledger(self.space)
        for job in ledger.live():
            ledger.cancel(job.number)
        wait_until(lambda: not ledger.live(), "all jobs have ended")
        prune(ledger, ledger.all())
        _copy_tree(wanted.root if wanted else None, self.space.root)
        self.space.create()
        wait_until(lambda: is_indexed(self.space), "the index is up to date")


def is_indexed(space: Workspace) -> bool:
    """Return whether the index has exactly the drawings, labels, results and orientations of a workspace."""
    catalogue = Catalogue(space)
    drawings = {
        (str(path), _stamp(path))
        for folder in (space.images, space.images_to_run)
        for path in folder.iterdir()
    }
    listed = load_coco(space.annotations_file).images if space.annotations_file.exists() else ()
    labelled = {name for name in listed if (space.images / name).exists()}
    results = {(path.parents[1].name, path.name, _stamp(path)) for path in _result_files(space)}
    files = [space.corrections_file]
    files += [orientation_file(space, folder.parent.name) for folder in space.all_results()]
    marks = dict(map(tuple, catalogue.rows("select name, value from mark")))
    rows = catalogue.rows("select path, modified_ns from drawing")
    if {tuple(row) for row in rows} != drawings:
        return False
    if {row[0] for row in catalogue.rows("select name from drawing where labels is not null")} != labelled:
        return False
    rows = catalogue.rows(f"select model, file, stamp from result where {OF_MODELS}")
    if {tuple(row) for row in rows} != results:
        return False
    found = [marks.get("corrections"), *(marks.get(str(path)) for path in files[1:])]
    return all(int(mark or 0) == _stamp(path) for mark, path in zip(found, files, strict=True))


def _result_files(space: Workspace) -> list[Path]:
    return [path for folder in space.all_results() for path in folder.glob("*.json")]


def _copy_tree(wanted: Path | None, root: Path) -> None:
    """Copy, replace and remove files until `root` equals `wanted`; equal files stay untouched."""
    for path in [path for path in root.rglob("*") if path.is_symlink()]:
        path.unlink(missing_ok=True)  # also one that leads nowhere
    there, target = _files(wanted) if wanted else {}, _files(root)
    for name, path in target.items():
        if name not in there or not filecmp.cmp(path, there[name], shallow=False):
            path.unlink(missing_ok=True)
    for name, path in there.items():
        if not (root / name).exists():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, root / name)
    for folder in sorted((path for path in root.rglob("*") if path.is_dir()), reverse=True):
        if not any(folder.iterdir()) and not _is_own(folder.relative_to(root)):
            folder.rmdir()


def _files(root: Path) -> dict[Path, Path]:
    paths = {path.relative_to(root): path for path in root.rglob("*") if path.is_file()}
    return {name: path for name, path in paths.items() if not _is_own(name)}


def _is_own(name: Path) -> bool:
    return str(name).startswith(OWN_FILES)


def _stamp(path: Path) -> int:
    return path.stat().st_mtime_ns if path.exists() else 0


def _end_with_tests() -> None:
    """Let the kernel end this process when the one that started it has ended."""
    ctypes.CDLL(None).prctl(SET_DEATH_SIGNAL, signal.SIGTERM)
