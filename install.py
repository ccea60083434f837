"""Sets up the Sunspot Dashboard with Python's standard library only.

    python3 install.py               makes .venv, installs the packages, checks them, makes the workspace
    python3 install.py run [...]     the same, then starts the main job
    python3 install.py test [...]    the same with the development tools, then runs the tests by pytest
    python3 install.py --dev         the first, with the development tools

Each step prints one line. Running it again is quick and changes nothing. What is wrong is said in one
sentence, with exit code 1.
"""

import sys

# Before anything else, in words that every Python 3 can read: an old one must get this far.
if sys.version_info < (3, 11):
    sys.exit(
        "install.py: this is Python %d.%d, and 3.11 or newer is needed: install one and start install.py "
        "with it, for example 'python3.12 install.py'." % sys.version_info[:2]
    )

import argparse
import hashlib
import importlib.util
import os
import re
import shutil
import socket
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PIP_LOG = VENV / "install.log"
RUNTIME, DEVELOPMENT = "requirements.txt", "requirements-dev.txt"
PRETRAINED = ("data/pretrained/uset.pth", "data/pretrained/uset.json")
NEEDED_FILES = ("app.py", "sunspot_dash/cli/__init__.py", *PRETRAINED, RUNTIME, DEVELOPMENT)
INSTALL_GB = 9.5  # measured: 6.2 GB in the end, and 2.7 GB of downloads beside it while they are unpacked
WORK_GB = 0.5  # a first workspace, once everything is installed
PORT = 8050
MAIN_JOB = ("app.py", "serve")
# One process more than there are cores: much of a test of processes or pages is waiting.
PROCESSES = min(4, (os.cpu_count() or 1) + 1)
SIDE_BY_SIDE = ("-n", str(PROCESSES), "--dist", "loadfile", "--no-loadscope-reorder")
TESTS = ("-m", "pytest", *SIDE_BY_SIDE)

# What pip prints, and what it means. The first that matches counts: without a network pip also says that it
# found no version, so the order matters.
READY = "use Python 3.11 to 3.14 on a 64-bit machine, where every package comes ready built"
COMPILER = "'apt install build-essential python3-dev' on Debian, 'xcode-select --install' on macOS"
PIP_TROUBLE = {
    r"No space left on device|Errno 28|not enough space": (
        f"the disk is full, {INSTALL_GB} GB are needed in all: free some space and run this again"
    ),
    r"Failed building wheel|Failed to build|metadata-generation|'\S*(cc|[+][+]|clang)'|Visual C[+][+]": (
        f"a package must be compiled for this Python and cannot be: get a C compiler ({COMPILER}), or {READY}"
    ),
    r"NewConnectionError|ConnectTimeout|ProxyError|SSLError|Max retries exceeded|Network is unreachable"
    r"|name resolution|Read timed out|ReadTimeoutError|IncompleteRead|Connection (broken|refused|reset)"
    r"|HTTP error|Client Error|Server Error": (
        "the package index cannot be reached: check the network or proxy, and run this again"
    ),
    r"No matching distribution|requires a different Python": f"no build of a package fits: {READY}",
    r"Permission denied|Errno 13": "this folder may not be written to: make it yours, or copy it elsewhere",
}


class SetupError(Exception):
    """Why the set-up cannot go on: one sentence that says what to do."""


def say(step: str, text: str) -> None:
    """Prints the one line of a step."""
    print(f"{step:<11}{text}", flush=True)


def venv_python() -> str:
    """Path of the Python inside .venv."""
    return str(VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))


def output_of(command: list[str], trouble: str) -> str:
    """What a command prints; SetupError with `trouble` and the last word of its error when it fails."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, errors="replace")
    if done.returncode:
        words = (done.stdout + done.stderr).strip().splitlines() or [f"exit code {done.returncode}"]
        raise SetupError(f"{trouble} ({words[-1]})")
    return done.stdout.strip()


def check_files() -> None:
    """SetupError unless every needed file is there and not empty."""
    missing = [n for n in NEEDED_FILES if not (ROOT / n).is_file() or not (ROOT / n).stat().st_size]
    if missing:
        raise SetupError(f"missing or empty: {', '.join(missing)}; get the whole project again")
    say("Files", f"all {len(NEEDED_FILES)} needed files are there")


def check_disk() -> None:
    """SetupError when too little is free where the project lies."""
    # Once torch is there, what changes is small, and pip says so where it is not.
    needed_gb = WORK_GB if any(VENV.glob("installed-*")) else INSTALL_GB
    free_gb = shutil.disk_usage(ROOT).free / 1e9
    if free_gb < needed_gb:
        raise SetupError(
            f"too little disk space, {free_gb:.1f} GB free and {needed_gb:.1f} GB needed in {ROOT} "
            "(torch with its GPU libraries is large): free some, or put the project on a larger disk"
        )
    say("Disk", f"{free_gb:.1f} GB free, {needed_gb:.1f} GB needed")


def make_venv() -> None:
    """Makes .venv where there is none that works with this Python's version."""
    version = "%d.%d" % sys.version_info[:2]
    try:
        code = "import sys, pip; print('%d.%d' % sys.version_info[:2])"
        if output_of([venv_python(), "-c", code], "broken") == version:
            return
    except (OSError, SetupError):
        pass  # none there, half made, or its Python is gone: made anew
    if not all(importlib.util.find_spec(module) for module in ("venv", "ensurepip")):
        raise SetupError("this Python has no venv module: install it (Debian: 'apt install python3-venv')")
    if Path(sys.prefix).resolve() == VENV:
        raise SetupError("this Python is that of .venv, which must be made anew: use the system's python3")
    output_of([sys.executable, "-m", "venv", "--clear", str(VENV)], f"{VENV} could not be made")


def stamp(wanted: tuple[str, ...]) -> tuple[Path, str]:
    """The file that says from which requirement files .venv was installed, and what it must say."""
    text = b"\0".join((ROOT / name).read_bytes() for name in wanted)
    return VENV / f"installed-{wanted[-1]}", hashlib.sha256(text).hexdigest()


def install_packages(wanted: tuple[str, ...]) -> None:
    """Brings .venv to what the requirement files say; nothing to do where a stamp says that it is so."""
    path, digest = stamp(wanted)
    if path.is_file() and path.read_text() == digest:
        say("Packages", f"installed as {wanted[-1]} says")
        return
    say("Packages", f"installing {wanted[-1]} (about 2.7 GB to download the first time: some minutes)")
    for old in VENV.glob("installed-*"):
        old.write_text("")  # true no longer, should this be interrupted
    pip_install(wanted[-1])
    code = "import cv2, torch, torchvision"
    output_of([venv_python(), "-c", code], "the new packages do not work: delete .venv and run this again")
    for count in range(1, len(wanted) + 1):  # the development file includes the other
        path, digest = stamp(wanted[:count])
        path.write_text(digest)
    say("Packages", "installed")


def pip_install(requirements: str) -> None:
    """Installs a requirement file, showing what takes long; SetupError says why pip failed."""
    unpack = VENV / "tmp"  # beside the packages: /tmp is often a small disk of its own
    unpack.mkdir(exist_ok=True)
    # No cache: it would fill the home directory with a second copy of every download.
    options = ["--disable-pip-version-check", "--no-input", "--no-cache-dir", "--progress-bar", "off"]
    pip = subprocess.Popen(
        [venv_python(), "-m", "pip", "install", *options, "-r", requirements],
        cwd=ROOT,
        env=os.environ | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(unpack)),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    lines = []
    with pip, PIP_LOG.open("w", encoding="utf-8") as log:
        for line in pip.stdout or ():
            log.write(line)
            lines.append(line.strip())
            show_progress(line.strip())
    shutil.rmtree(unpack, ignore_errors=True)
    if pip.returncode:
        raise SetupError(explain_pip(lines))


def show_progress(line: str) -> None:
    """Of pip's many lines, the large downloads and the unpacking: where minutes go by."""
    download = re.match(r"Downloading (?:\S*/)?([^\s/]+?)-\d\S* \((\d+)(?:\.\d+)? MB\)", line)
    if download and int(download[2]) >= 50:
        say("", f"downloading {download[1]} ({download[2]} MB)")
    elif line.startswith("Installing collected packages"):
        say("", "unpacking (a few minutes)")


def explain_pip(lines: list[str]) -> str:
    """One sentence from pip's output, and its last words in short."""
    text = "\n".join(lines)
    known = (meaning for pattern, meaning in PIP_TROUBLE.items() if re.search(pattern, text))
    meaning = next(known, f"pip failed for a reason that only its output tells, see {PIP_LOG}")
    last = [line for line in lines if line.lower().startswith("error")] or lines
    return meaning + "".join(f"\n    pip: {line[:160]}" for line in last[-3:])


def check_device() -> None:
    """Says what torch will compute on."""
    code = "from torch import cuda; print(cuda.get_device_name(0) if cuda.is_available() else '')"
    gpu = output_of([venv_python(), "-c", code], "torch does not work: delete .venv and run this again")
    say("Device", f"GPU: {gpu}" if gpu else f"CPU, {os.cpu_count()} cores (no GPU found that torch can use)")


def make_workspace() -> None:
    """Creates the folders of the default workspace."""
    code = "import pathlib, sunspot_dash.workspace as w; w.Workspace(pathlib.Path('data')).create()"
    output_of([venv_python(), "-c", code], "the workspace could not be made")
    say("Workspace", str(ROOT / "data"))


def check_port() -> None:
    """Says whether the dashboard's port is free: a busy one is no reason to stop."""
    try:
        socket.create_server(("127.0.0.1", PORT)).close()
        say("Port", f"{PORT} is free")
    except OSError:
        say("Port", f"{PORT} is in use, by another program or by a dashboard that runs already")


def set_up(wanted: tuple[str, ...]) -> None:
    """Every step in turn, one line each."""
    say("Python", f"{sys.version.split()[0]} ({sys.executable})")
    check_files()
    check_disk()
    make_venv()
    install_packages(wanted)
    check_device()
    make_workspace()
    check_port()


def main(arguments: list[str]) -> int:
    """Sets up, then does what was asked; returns the exit code."""
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("install.py", description=__doc__, formatter_class=form)
    parser.add_argument("action", nargs="?", choices=("run", "test"), help="what to do when all is set up")
    parser.add_argument("--dev", action="store_true", help="install the development tools too")
    asked, rest = parser.parse_known_args(arguments)
    if rest and not asked.action:
        parser.error(f"unknown: {' '.join(rest)}")
    try:
        set_up((RUNTIME, DEVELOPMENT) if asked.dev or asked.action == "test" else (RUNTIME,))
        if not asked.action:
            return 0
        job = MAIN_JOB if asked.action == "run" else TESTS
        return subprocess.run([venv_python(), *job, *rest], cwd=ROOT).returncode
    except SetupError as error:
        print(f"install.py: {error}", file=sys.stderr)
    except OSError as error:
        print(f"install.py: {error.strerror or error}, {error.filename or ROOT}", file=sys.stderr)
    except KeyboardInterrupt:
        print("install.py: interrupted, run it again to go on", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
