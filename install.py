"""Set up the Sunspot Dashboard, using only Python's standard library.

    python3 install.py               create .venv, install and check the packages, create the workspace
    python3 install.py run [...]     the same, then start the dashboard; [...] are options of 'app.py serve',
                                     such as --port 8060 or --workspace FOLDER
    python3 install.py test [...]    the same with the development tools, then run the tests; [...] goes to pytest
    python3 install.py --dev         the same with the development tools

Each step prints one line. Running it again is quick and changes nothing. An error is one sentence, with exit
code 1.
"""

import sys

# First of all, in syntax that every Python 3 can read: an old one must get this far.
if sys.version_info < (3, 11):
    sys.exit(
        "install.py: this is Python %d.%d, and 3.11 or newer is needed: install a newer Python and use it "
        "to run install.py, for example 'python3.12 install.py'." % sys.version_info[:2]
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
PRETRAINED = tuple(f"data/pretrained/{name}" for name in ("uset.pth", "uset.json", "proposals.pt"))
NEEDED_FILES = ("app.py", "sunspot_dash/cli/__init__.py", *PRETRAINED, RUNTIME, DEVELOPMENT)
INSTALL_GB = 9.5  # measured: 6.2 GB installed, plus 2.7 GB of downloads while they are unpacked
WORK_GB = 0.5  # a new workspace, once everything is installed
PORT = 8050
MAIN_JOB = ("app.py", "serve")
# One process more than cores: tests of processes and pages spend much of their time waiting.
PROCESSES = min(4, (os.cpu_count() or 1) + 1)
IN_PARALLEL = ("-n", str(PROCESSES), "--dist", "loadfile", "--no-loadscope-reorder")
TESTS = ("-m", "pytest", *IN_PARALLEL)

# Patterns in the output of pip, and what they mean. The first match counts: without a network, pip also reports
# that it found no version.
READY = "use Python 3.11 to 3.14 on a 64-bit machine, for which every package has a ready-made build"
COMPILER = "'apt install build-essential python3-dev' on Debian, 'xcode-select --install' on macOS"
PIP_ERRORS = {
    r"No space left on device|Errno 28|not enough space": (
        f"the disk is full; {INSTALL_GB} GB are needed in total: free some space and run this again"
    ),
    r"Failed building wheel|Failed to build|metadata-generation|'\S*(cc|[+][+]|clang)'|Visual C[+][+]": (
        f"a package has no build for this Python and cannot be compiled: install a C compiler ({COMPILER}), or {READY}"
    ),
    r"NewConnectionError|ConnectTimeout|ProxyError|SSLError|Max retries exceeded|Network is unreachable"
    r"|name resolution|Read timed out|ReadTimeoutError|IncompleteRead|Connection (broken|refused|reset)"
    r"|HTTP error|Client Error|Server Error": (
        "the package index cannot be reached: check the network or proxy, and run this again"
    ),
    r"No matching distribution|requires a different Python": f"a package has no build for this Python: {READY}",
    r"Permission denied|Errno 13": "this folder cannot be written: change its owner, or copy the project elsewhere",
}


class SetupError(Exception):
    """The set-up cannot continue; the message is one sentence that says what to do."""


def print_step(step: str, text: str) -> None:
    """Print the line of a step."""
    print(f"{step:<11}{text}", flush=True)


def venv_python() -> str:
    """Return the path of the Python in .venv."""
    return str(VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))


def output_of(command: list[str], message: str) -> str:
    """Return the output of a command.

    Raises:
        SetupError: it failed; `message` and the last line of its output.
    """
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, errors="replace")
    if done.returncode:
        lines = (done.stdout + done.stderr).strip().splitlines() or [f"exit code {done.returncode}"]
        raise SetupError(f"{message} ({lines[-1]})")
    return done.stdout.strip()


def check_files() -> None:
    """Raise SetupError if a needed file is missing or empty."""
    missing = [n for n in NEEDED_FILES if not (ROOT / n).is_file() or not (ROOT / n).stat().st_size]
    if missing:
        raise SetupError(f"missing or empty: {', '.join(missing)}; download the whole project again")
    print_step("Files", f"all {len(NEEDED_FILES)} needed files found")


def check_disk() -> None:
    """Raise SetupError if the project's disk has too little free space."""
    # Once torch is installed, updates are usually small; pip reports a full disk otherwise.
    needed_gb = WORK_GB if any(VENV.glob("installed-*")) else INSTALL_GB
    free_gb = shutil.disk_usage(ROOT).free / 1e9
    if free_gb < needed_gb:
        raise SetupError(
            f"too little disk space: {free_gb:.1f} GB free, {needed_gb:.1f} GB needed in {ROOT} "
            "(torch with its GPU libraries is large): free some space, or move the project to a larger disk"
        )
    print_step("Disk", f"{free_gb:.1f} GB free, {needed_gb:.1f} GB needed")


def make_venv() -> None:
    """Create .venv unless there is one that works with this version of Python."""
    version = "%d.%d" % sys.version_info[:2]
    try:
        code = "import sys, pip; print('%d.%d' % sys.version_info[:2])"
        if output_of([venv_python(), "-c", code], "broken") == version:
            return
    except (OSError, SetupError):
        pass  # missing, incomplete, or its Python is gone: create it again
    if not all(importlib.util.find_spec(module) for module in ("venv", "ensurepip")):
        raise SetupError("this Python has no venv module: install it (Debian: 'apt install python3-venv')")
    if Path(sys.prefix).resolve() == VENV:
        raise SetupError("this Python belongs to .venv, which must be recreated: use the system's python3")
    output_of([sys.executable, "-m", "venv", "--clear", str(VENV)], f"{VENV} could not be created")


def stamp(wanted: tuple[str, ...]) -> tuple[Path, str]:
    """Return the file that records which requirements are installed, and the content it must have."""
    text = b"\0".join((ROOT / name).read_bytes() for name in wanted)
    return VENV / f"installed-{wanted[-1]}", hashlib.sha256(text).hexdigest()


def install_packages(wanted: tuple[str, ...]) -> None:
    """Install the requirement files into .venv, unless the stamp says that they are installed."""
    path, digest = stamp(wanted)
    if path.is_file() and path.read_text() == digest:
        print_step("Packages", f"installed as listed in {wanted[-1]}")
        return
    print_step(
        "Packages", f"installing {wanted[-1]} (the first time: about 2.7 GB to download, some minutes)"
    )
    for old in VENV.glob("installed-*"):
        old.write_text("")  # not valid any more if this is interrupted
    pip_install(wanted[-1])
    code = "import cv2, torch, torchvision"
    output_of([venv_python(), "-c", code], "the new packages do not work: delete .venv and run this again")
    for count in range(1, len(wanted) + 1):  # the development file includes the other
        path, digest = stamp(wanted[:count])
        path.write_text(digest)
    print_step("Packages", "installed")


def pip_install(requirements: str) -> None:
    """Install a requirement file and show slow steps.

    Raises:
        SetupError: pip failed; the message says why.
    """
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
    """Print the steps of pip that take minutes: large downloads and unpacking."""
    download = re.match(r"Downloading (?:\S*/)?([^\s/]+?)-\d\S* \((\d+)(?:\.\d+)? MB\)", line)
    if download and int(download[2]) >= 50:
        print_step("", f"downloading {download[1]} ({download[2]} MB)")
    elif line.startswith("Installing collected packages"):
        print_step("", "unpacking (a few minutes)")


def explain_pip(lines: list[str]) -> str:
    """Explain pip's output in one sentence, followed by its last error lines."""
    text = "\n".join(lines)
    known = (meaning for pattern, meaning in PIP_ERRORS.items() if re.search(pattern, text))
    meaning = next(known, f"pip failed for an unknown reason: see {PIP_LOG}")
    last = [line for line in lines if line.lower().startswith("error")] or lines
    return meaning + "".join(f"\n    pip: {line[:160]}" for line in last[-3:])


def check_device() -> None:
    """Print the device that torch will use."""
    code = "from torch import cuda; print(cuda.get_device_name(0) if cuda.is_available() else '')"
    gpu = output_of([venv_python(), "-c", code], "torch does not work: delete .venv and run this again")
    print_step(
        "Device", f"GPU: {gpu}" if gpu else f"CPU, {os.cpu_count()} cores (torch found no GPU it can use)"
    )


def make_workspace() -> None:
    """Create the folders of the default workspace."""
    code = "import pathlib, sunspot_dash.workspace as w; w.Workspace(pathlib.Path('data')).create()"
    output_of([venv_python(), "-c", code], "the workspace could not be created")
    print_step("Workspace", str(ROOT / "data"))


def check_port() -> None:
    """Print whether the dashboard's port is free; a port in use is not an error."""
    try:
        socket.create_server(("127.0.0.1", PORT)).close()
        print_step("Port", f"{PORT} is free")
    except OSError:
        print_step("Port", f"{PORT} is in use by another program, or the dashboard is already running")


def set_up(wanted: tuple[str, ...]) -> None:
    """Run every step, printing one line for each."""
    print_step("Python", f"{sys.version.split()[0]} ({sys.executable})")
    check_files()
    check_disk()
    make_venv()
    install_packages(wanted)
    check_device()
    make_workspace()


def main(arguments: list[str]) -> int:
    """Set up, then run the requested action; return the exit code."""
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("install.py", description=__doc__, formatter_class=form)
    parser.add_argument(
        "action",
        nargs="?",
        choices=("run", "test"),
        help="what to run after the set-up",
    )
    parser.add_argument("--dev", action="store_true", help="also install the development tools")
    asked, rest = parser.parse_known_args(arguments)
    if rest and not asked.action:
        parser.error(f"unknown arguments: {' '.join(rest)}")
    try:
        set_up((RUNTIME, DEVELOPMENT) if asked.dev or asked.action == "test" else (RUNTIME,))
        if not any(word.startswith("--port") for word in rest):
            check_port()
        if not asked.action:
            return 0
        job = MAIN_JOB if asked.action == "run" else TESTS
        return subprocess.run([venv_python(), *job, *rest], cwd=ROOT).returncode
    except SetupError as error:
        print(f"install.py: {error}", file=sys.stderr)
    except OSError as error:
        print(f"install.py: {error.strerror or error}, {error.filename or ROOT}", file=sys.stderr)
    except KeyboardInterrupt:
        print("install.py: interrupted; run it again to continue", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
