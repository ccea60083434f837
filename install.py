"""Sets up the Sunspot Dashboard: one command, Python's standard library only.

    python3 install.py               makes .venv, installs the packages, checks everything, makes the workspace
    python3 install.py run [...]     the same, then starts the main job
    python3 install.py test [...]    the same with the development tools, then runs the tests (pytest's options)
    python3 install.py --dev         the first, with the development tools

Each step prints one line. Running it again is quick and changes nothing. What is wrong is said in one
sentence, with exit code 1.
"""

import sys

PYTHON_WANTED = (3, 11)
# Before anything else, in words that every Python 3 can read: an old one must get this far.
if sys.version_info < PYTHON_WANTED:
    sys.exit(
        "install.py: this is Python %d.%d, and Python %d.%d or newer is needed: install one and start "
        "install.py with it, for example 'python3.12 install.py'." % (sys.version_info[:2] + PYTHON_WANTED)
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
NEEDED_FILES = (
    "app.py",
    "sunspot_dash/cli.py",
    "data/pretrained/uset.pth",
    "data/pretrained/uset.json",
    RUNTIME,
    DEVELOPMENT,
)
INSTALL_GB = 9.0  # peak while installing: 6.2 GB in the end, plus the downloads that pip unpacks from
WORK_GB = 0.5  # a first workspace once everything is installed
PORT = 8050
MAIN_JOB = ("app.py", "demo")

# What pip prints -> what it means. The first that matches counts: without a network pip also says that it
# found no version, so the order matters.
PIP_TROUBLE = (
    (
        r"No space left on device|Errno 28|not enough space",
        "the disk is full: about %.0f GB are needed in all; free some space and run this again" % INSTALL_GB,
    ),
    (
        r"NewConnectionError|ConnectTimeout|ProxyError|name resolution|Connection (broken|refused|reset)"
        r"|Read timed out|ReadTimeoutError|IncompleteRead|SSLError|Max retries exceeded|Network is unreachable",
        "the package index cannot be reached: check the network (behind a proxy set HTTPS_PROXY) and run this "
        "again",
    ),
    (
        r"(command|execute) '[^']*(gcc|cc|g\+\+|clang|cl(\.exe)?)'|Unknown compiler|No CMAKE_C\w*_COMPILER"
        r"|Microsoft Visual C\+\+|(gcc|cc|g\+\+|clang): (command )?not found",
        "a package has no ready build for this Python and machine, and there is no working C compiler to make "
        "it: install one (Debian, Ubuntu: 'apt install build-essential python3-dev'; macOS: 'xcode-select "
        "--install'), or use Python 3.11 to 3.13, for which every package comes ready built",
    ),
    (
        r"No matching distribution found|Could not find a version|requires a different Python",
        "a package has no build for this Python and machine: use Python 3.11 to 3.13 on 64-bit Linux, macOS "
        "or Windows",
    ),
    (r"Permission denied|Errno 13", "no permission to write in this folder: make it yours, or copy it elsewhere"),
)


class SetupError(Exception):
    """Why the set-up cannot go on: one sentence that says what to do."""


def say(step: str, text: str) -> None:
    """Prints the one line of a step."""
    print(f"{step:<11}{text}", flush=True)


def venv_python() -> str:
    """Path of the Python inside .venv."""
    return str(VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))


def ask_venv(code: str, trouble: str) -> str:
    """What `code` prints in .venv's Python; SetupError with `trouble` and the last word of the error if it fails."""
    answer = subprocess.run([venv_python(), "-c", code], cwd=ROOT, capture_output=True, text=True, errors="replace")
    if answer.returncode:
        reason = (answer.stderr.strip().splitlines() or [f"exit code {answer.returncode}"])[-1]
        raise SetupError(f"{trouble} ({reason})")
    return answer.stdout.strip()


def check_files() -> None:
    """SetupError unless every needed file is there and not empty."""
    missing = [n for n in NEEDED_FILES if not (ROOT / n).is_file() or not (ROOT / n).stat().st_size]
    if missing:
        raise SetupError(f"this copy is not whole, missing or empty: {', '.join(missing)}; get the project again")
    say("Files", f"all {len(NEEDED_FILES)} needed files are there")


def check_disk(needed_gb: float) -> None:
    """SetupError when fewer than `needed_gb` (10^9 bytes) are free where the project lies."""
    free_gb = shutil.disk_usage(ROOT).free / 1e9
    if free_gb < needed_gb:
        raise SetupError(
            f"too little disk space: {free_gb:.1f} GB free in {ROOT}, {needed_gb:.1f} GB needed (torch with its "
            "GPU libraries is large); free some, or put the project on a larger disk"
        )
    say("Disk", f"{free_gb:.1f} GB free, {needed_gb:.1f} GB needed")


def make_venv() -> None:
    """Makes .venv where there is none that works with this Python's version."""
    version = "%d.%d" % sys.version_info[:2]
    try:
        if ask_venv("import sys, pip; print('%d.%d' % sys.version_info[:2])", "broken") == version:
            return
    except (OSError, SetupError):
        pass  # none there, half made, or its Python is gone: made anew below
    if not all(importlib.util.find_spec(module) for module in ("venv", "ensurepip")):
        raise SetupError(
            "this Python has no venv module: install it (Debian, Ubuntu: 'apt install python3-venv') and run "
            "this again"
        )
    if Path(sys.prefix).resolve() == VENV:
        raise SetupError("this Python is the .venv that must be made anew: start install.py with the system's python3")
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(VENV)], capture_output=True, text=True, errors="replace"
    )
    if made.returncode:
        reason = (made.stderr + made.stdout).strip().splitlines() or ["no reason given"]
        raise SetupError(f"the virtual environment {VENV} could not be made ({reason[-1]})")


def stamp(names: tuple[str, ...]) -> tuple[Path, str]:
    """File that says what is installed from the requirement files `names`, and what it must say."""
    text = b"\0".join((ROOT / name).read_bytes() for name in names)
    return VENV / f"installed-{names[-1]}", hashlib.sha256(text).hexdigest()


def is_installed(names: tuple[str, ...]) -> bool:
    """Whether the requirement files `names` are installed as they are now."""
    path, digest = stamp(names)
    return path.is_file() and path.read_text() == digest


def pip_install(requirements: str) -> None:
    """Installs a requirement file, showing what takes long; SetupError says why pip failed."""
    unpack = VENV / "tmp"  # beside the packages: /tmp is often a small disk of its own
    unpack.mkdir(exist_ok=True)
    command = [venv_python(), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    command += ["--progress-bar", "off", "-r", requirements]
    environment = dict(os.environ, TMPDIR=str(unpack), TEMP=str(unpack), TMP=str(unpack))
    lines = []
    pip = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    )
    with pip, PIP_LOG.open("w", encoding="utf-8") as log:
        for line in pip.stdout or ():
            log.write(line)
            lines.append(line.rstrip())
            show_progress(line)
    shutil.rmtree(unpack, ignore_errors=True)
    if pip.returncode:
        raise SetupError(explain_pip(lines))


def show_progress(line: str) -> None:
    """Of pip's many lines, the large downloads and the unpacking: where minutes go by."""
    download = re.match(r"\s*Downloading (?:\S*/)?([^\s/]+?)-\d\S* \((\d+)(?:\.\d+)? MB\)", line)
    if download and int(download[2]) >= 50:
        say("", f"downloading {download[1]} ({download[2]} MB)")
    elif line.startswith("Installing collected packages"):
        say("", "unpacking (a few minutes)")


def explain_pip(lines: list[str]) -> str:
    """One sentence from pip's output, followed by its last lines in short."""
    text = "\n".join(lines)
    meaning = next((said for pattern, said in PIP_TROUBLE if re.search(pattern, text)), "pip could not install them")
    errors = [line.strip() for line in lines if "error" in line.lower()] or lines
    last = "".join(f"\n    {line.strip()[:160]}" for line in errors[-3:])
    return f"the packages are not installed: {meaning}.\n  pip's last words (all of them in {PIP_LOG}):{last}"


def install_packages(wanted: tuple[str, ...]) -> None:
    """Brings .venv to what the requirement files say; quick where a stamp says that it is so already."""
    if is_installed(wanted):
        say("Packages", f"installed as {wanted[-1]} says")
        return
    say("Packages", f"installing {wanted[-1]} (torch with its GPU libraries is several GB: this can take minutes)")
    pip_install(wanted[-1])
    for count in range(1, len(wanted) + 1):  # the development file includes the other
        path, digest = stamp(wanted[:count])
        path.write_text(digest)
    say("Packages", "installed")


def check_device() -> None:
    """Says what torch will compute on; SetupError when the installed torch cannot be imported."""
    code = "import torch, torchvision, cv2; c = torch.cuda; print(c.get_device_name(0) if c.is_available() else '')"
    gpu = ask_venv(code, "the installed packages do not work: delete the folder .venv and run this again")
    say("Device", f"GPU: {gpu}" if gpu else f"CPU, {os.cpu_count()} cores (no GPU that torch can use: training is slow)")


def make_workspace() -> None:
    """Creates the folders of the default workspace."""
    code = "from pathlib import Path; from sunspot_dash.workspace import Workspace; Workspace(Path('data')).create()"
    ask_venv(code, "the workspace could not be made")
    say("Workspace", str(ROOT / "data"))


def check_port() -> None:
    """Says whether the dashboard's port is free: a busy one is no reason to stop."""
    try:
        socket.create_server(("127.0.0.1", PORT)).close()
        say("Port", f"{PORT} is free")
    except OSError:
        say("Port", f"{PORT} is in use by another program (or by a dashboard that runs already)")


def set_up(development: bool) -> None:
    """Every step in turn."""
    say("Python", f"{sys.version.split()[0]} ({sys.executable})")
    check_files()
    make_venv()
    wanted = (RUNTIME, DEVELOPMENT) if development else (RUNTIME,)
    check_disk(WORK_GB if is_installed(wanted) else INSTALL_GB)
    install_packages(wanted)
    check_device()
    make_workspace()
    check_port()


def main(arguments: list[str]) -> int:
    """Sets up, then does what was asked; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="install.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("action", nargs="?", choices=("run", "test"), help="what to do once everything is set up")
    parser.add_argument("--dev", action="store_true", help="install the development tools too")
    asked, rest = parser.parse_known_args(arguments)
    if rest and not asked.action:
        parser.error(f"unknown: {' '.join(rest)}")
    try:
        set_up(development=asked.dev or asked.action == "test")
        if not asked.action:
            return 0
        job = MAIN_JOB if asked.action == "run" else ("-m", "pytest")
        return subprocess.run([venv_python(), *job, *rest], cwd=ROOT).returncode
    except SetupError as error:
        print(f"install.py: {error}", file=sys.stderr)
    except OSError as error:
        print(f"install.py: {error.strerror}: {error.filename}", file=sys.stderr)
    except KeyboardInterrupt:
        print("install.py: interrupted; run it again to go on", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
