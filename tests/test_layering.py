"""Check which part of the program may import which, and that only `ml` imports torch."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "sunspot_dash"
FOLDERS = (PACKAGE, "jobs")

BASE = {"errors", "parameters", "settings", "text"}
EVERYTHING = {PACKAGE, "jobs"}
DOMAIN, SERVICES = "domain", "services"
FILES = {"file_names", "files", "workspace"}
COMPUTES = BASE | FILES | {DOMAIN, "io"}  # what every service may import besides other services
# A part (the longest matching name counts) -> the parts it may import besides itself; without `sunspot_dash.`.
ARROWS = {
    "errors": set(),
    "parameters": set(),
    "text": set(),
    "templates": set(),
    "settings": {"errors", "parameters"},
    "files": BASE,
    "file_names": BASE,
    "workspace": BASE | {"file_names", "files"},
    "eta": BASE,
    "progress": BASE,
    "domain.drawing": BASE,
    "domain.labels": BASE | {"domain.drawing"},
    "domain.sun": BASE | {"domain.drawing"},
    "domain.orientation": BASE | {"domain.drawing", "domain.sun"},
    "domain.spots": BASE | {"domain.drawing", "domain.labels", "domain.sun"},
    "domain.review": BASE | {"domain.drawing", "domain.spots"},
    "domain.scoring": BASE | {"domain.drawing", "domain.spots"},
    "domain.activity": BASE
    | {"domain.drawing", "domain.scoring", "domain.spots", "domain.sun", "domain.review"},
    "io": BASE | FILES | {DOMAIN},
    "ml": BASE | FILES | {DOMAIN, "io", "eta"},
    "ml.config": BASE | {DOMAIN, "file_names"},
    "synthetic": BASE | FILES | {DOMAIN, "io"},
    "services.dataset": COMPUTES | {"eta", "ml.config"},
    "services.catalogue": COMPUTES | {"services.dataset"},
    "services.drawing": COMPUTES | {"services.dataset", "services.catalogue", "ml.config"},
    "services.models": COMPUTES | {"services.dataset", "eta", "ml.config", "progress"},
    "services.analysis": COMPUTES | {"services.dataset", "services.catalogue"},
    "services.review": COMPUTES | {"services.dataset", "services.catalogue", "services.drawing"},
    "services.export": COMPUTES
    | {
        "services.dataset",
        "services.catalogue",
        "services.analysis",
        "services.demo",
        "services.drawing",
        "services.review",
        "figures",
        "ml.config",
    },
    "services.day": COMPUTES
    | {"services.dataset", "services.catalogue", "services.analysis", "services.export", "services.review"},
    "services.demo": COMPUTES
    | {"services.dataset", "services.models", "services.catalogue", "ml.config", "synthetic"},
    "services.watch": COMPUTES | {"services.catalogue"},
    "services.doctor": COMPUTES | {"ml.config"},
    "figures": BASE | {DOMAIN, "templates"},
    "web": BASE | FILES | {DOMAIN, "figures", "ml.config", "progress", "templates", SERVICES, "jobs"},
    "web.pages": BASE
    | FILES
    | {"web.components", "web.context", "web.corrections", "web.demo", "web.ids", "web.pictures"}
    | {"web.readers"}
    | {DOMAIN, "figures", "ml.config", "progress", SERVICES, "jobs"},
    "cli": BASE | FILES | {DOMAIN, "ml.config", "progress", SERVICES, "web", "jobs"},
    "jobs": BASE | FILES | {"progress"},
    "jobs.tasks": BASE | FILES | {"io", "ml.config", "eta", "progress", SERVICES, "jobs"},
}
# Imports allowed only inside a function (or for a type), because they would slow down the start.
DEFERRED = {"services.models": {"ml"}, "services.dataset": {"ml"}, "services.doctor": {"ml"}}

NUMERIC = {"numpy", "scipy", "cv2", "pandas", "pycocotools", "astropy", "pydantic"}
NETWORK = {"torch", "torchvision", "segmentation_models_pytorch", "timm", "albumentations"}
BROWSER = {"dash", "dash_bootstrap_components", "dash_ag_grid", "flask", "gunicorn", "waitress"}


def module_name(path: Path) -> str:
    """`sunspot_dash/ml/config.py` -> `ml.config`; `jobs/tasks.py` -> `jobs.tasks`."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    parts = parts[:-1] if parts[-1] == "__init__" else parts
    return ".".join(parts[1:] if parts[0] == PACKAGE else parts)


def sources() -> dict[str, Path]:
    """Return the path of every module by its short name; '' is the `__init__` of the package itself."""
    return {module_name(path): path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))}


MODULES = sources()
EMPTY = {"", "jobs", DOMAIN, SERVICES}  # packages without code of their own


def part_of(module: str) -> str | None:
    """Return the part in ARROWS that a module belongs to."""
    return max((part for part in ARROWS if within(module, {part})), key=len, default=None)


def within(module: str, parts: set[str]) -> bool:
    """Return whether a module is one of the parts or inside one."""
    return any(module == part or module.startswith(part + ".") for part in parts)


def imports(tree: ast.AST, module: str, deferred: bool = False) -> Iterator[tuple[str, bool]]:
    """Yield (full dotted name, whether it is deferred or only for types) of every import below `tree`."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, deferred) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((name, deferred) for name in targets(node, module))
        else:
            later = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
            typing = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
            yield from imports(node, module, deferred or later or typing)


def targets(node: ast.ImportFrom, module: str) -> list[str]:
    """Return the imported modules: `from a.b import c` imports a.b.c if that is a module, else a.b."""
    base = node.module or ""
    if node.level:
        above = f"{PACKAGE}.{module}".split(".")[: -node.level]
        base = ".".join([*above, base]) if base else ".".join(above)
    known = {f"{base}.{alias.name}".removeprefix(f"{PACKAGE}.") for alias in node.names} & MODULES.keys()
    return [f"{PACKAGE}.{name}" if not name.startswith("jobs") else name for name in known] or [base]


def violations(module: str, source: str) -> list[str]:
    """Return the imports in a module's source that no arrow allows."""
    part = part_of(module)
    if part is None:
        return [f"{module} does not belong to a part: add it to ARROWS"]
    found = []
    for name, deferred in imports(ast.parse(source), module):
        later = DEFERRED.get(part, set()) if deferred else set()
        if within(name, EVERYTHING):
            allowed = within(name.removeprefix(f"{PACKAGE}."), ARROWS[part] | later | {part})
        else:
            allowed = library_allowed(name.split(".")[0], part, later)
        if not allowed:
            found.append(f"{module} imports {name}")
    return found


def library_allowed(library: str, part: str, later: set[str]) -> bool:
    """Return whether a part may import a library: only ml has torch, only web has Dash, domain is numeric."""
    if library in NETWORK:
        return part == "ml" or "ml" in later
    if library in BROWSER:
        return part.startswith("web")
    return not part.startswith(DOMAIN) or library in NUMERIC or library in sys.stdlib_module_names


@pytest.mark.parametrize("module", [name for name in MODULES if name not in EMPTY])
def test_imports_follow_the_arrows(module: str) -> None:
    assert violations(module, MODULES[module].read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("domain.drawing.disk", "from sunspot_dash.io.images import read_rgb"),
        ("domain.drawing.disk", "from ..io import results"),
        ("domain.drawing.disk", "def f():\n    import sunspot_dash.workspace"),
        ("domain.drawing.disk", "import pyarrow"),
        ("io.results", "from sunspot_dash.services import training"),
        ("ml.train", "from sunspot_dash.services.models.training import run"),
        ("ml.config", "from sunspot_dash.ml.model import STRIDE"),
        ("ml.config", "import torch"),
        ("services.models.training", "from sunspot_dash.ml import train"),
        ("services.models.training", "import torch"),
        ("services.models.training", "def f():\n    from sunspot_dash.cli import main"),
        ("cli", "def f():\n    import torch"),
        ("jobs.engine", "from sunspot_dash.ml.config import TrainConfig"),
        ("jobs.engine", "import dash"),
        ("jobs.worker", "from sunspot_dash.services import training"),
        ("services.models.training", "from jobs.control import submit"),
        ("web.pages.train", "from sunspot_dash.io import results"),
        ("domain.drawing.disk", "from sunspot_dash.domain.sun import coordinates"),
        ("services.dataset.uploads", "from sunspot_dash.services.models import inference"),
        ("unknown", "import os"),
    ],
)
def test_a_wrong_import_is_found(module: str, source: str) -> None:
    assert violations(module, source)


@cache
def graph() -> dict[str, set[str]]:
    """Return {module: modules it imports, deferred or not}."""
    found = {}
    for module, path in MODULES.items():
        names = {
            name.removeprefix(f"{PACKAGE}.")
            for name, _ in imports(ast.parse(path.read_text("utf-8")), module)
        }
        found[module] = (names & MODULES.keys()) - {module}
    return found


def cycle(arrows: Mapping[str, Collection[str]]) -> list[str]:
    """Return the members of a circular import, or an empty list."""
    try:
        TopologicalSorter(arrows).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_circular_imports_between_files() -> None:
    assert cycle(graph()) == []


def packages() -> list[str]:
    """Return every package that contains other modules; '' is the top level."""
    return sorted({name.rpartition(".")[0] for name in MODULES if name})


@pytest.mark.parametrize("package", packages())
def test_no_circular_imports_between_packages(package: str) -> None:
    prefix = f"{package}." if package else ""
    imported_by: dict[str, set[str]] = {}
    for module, imported in graph().items():
        for other in imported:
            if module.startswith(prefix) and other.startswith(prefix):
                here, there = (name.removeprefix(prefix).split(".")[0] for name in (module, other))
                if here != there:
                    imported_by.setdefault(here, set()).add(there)
    assert cycle(imported_by) == []


def test_a_cycle_is_found() -> None:
    assert set(cycle({"a": {"b"}, "b": {"c"}, "c": {"a"}})) == {"a", "b", "c"}


def test_a_service_may_load_the_network_when_it_runs() -> None:
    assert (
        violations(
            "services.models.training", "def run():\n    import torch\n    from sunspot_dash.ml import train"
        )
        == []
    )


@pytest.mark.parametrize(("name", "slow"), [("cli", "numpy"), ("web.app", "scipy")])
def test_commands_and_server_start_without_slow_imports(name: str, slow: str) -> None:
    code = f"import sys, {PACKAGE}.{name}\nassert '{slow}' not in sys.modules"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_nothing_but_ml_loads_torch_and_nothing_loads_pandas_at_start() -> None:
    modules = [
        name if within(name, {"jobs"}) else f"{PACKAGE}.{name}"
        for name in MODULES
        if name == "ml.config" or not within(name, {"", "ml"})
    ]
    code = "import importlib, sys\nfor name in sys.argv[1:]:\n    importlib.import_module(name)\n"
    code += "    for heavy in ('torch', 'pandas'):\n"
    code += "        assert heavy not in sys.modules, f'importing {name} loads {heavy}'"
    done = subprocess.run([sys.executable, "-c", code, *modules], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert {"cli", "ml.config", "jobs.tasks", "jobs.worker", "web.app"} <= MODULES.keys()
