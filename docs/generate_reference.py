"""Fill the reference pages from the code: `python docs/generate_reference.py` rewrites those that are out of date.

A page holds `<!-- generated: NAME --> ... <!-- end -->`, between which the Markdown of the function NAME in `GENERATED`
goes. The pages are committed as they are filled, so that they can be read without building the site.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from typer.core import TyperGroup
from typer.main import get_command

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

# Everything that this script reads from the project.
from jobs.job import STATES
from jobs.tasks import KINDS
from sunspot_dash.cli import app
from sunspot_dash.domain.drawing.orientation import ABOUT_PRESETS
from sunspot_dash.io.folders import SUFFIXES
from sunspot_dash.io.images import FORMATS as IMAGE_FORMATS
from sunspot_dash.io.totals import COLUMNS as TOTALS_COLUMNS
from sunspot_dash.io.wide_table import COLUMNS as SPOT_TABLE_COLUMNS
from sunspot_dash.ml.config import InferConfig, TrainConfig
from sunspot_dash.parameters import range_of
from sunspot_dash.services.export.formats import FORMATS, GROUP_COLUMNS, HEADER, IN_BUNDLE, SPOT_COLUMNS
from sunspot_dash.settings import LIMITS, Limits, QueueSettings, WebSettings
from tests.test_layering import ARROWS

DOCS = Path(__file__).resolve().parent
PART = re.compile(r"(<!-- generated: (\w+) -->).*?(<!-- end -->)", re.DOTALL)


def filled(page: str) -> str:
    """Return a page with its generated parts up to date.

    Raises:
        KeyError: a page asks for something that is not in `GENERATED`.
    """

    def part(found: re.Match[str]) -> str:
        begin, name, end = found.groups()
        text = GENERATED[name]()
        # A marker within a sentence stays there; tables and sections need empty lines around them.
        gap = "\n\n" if "\n" in text else ""
        return f"{begin}{gap}{text}{gap}{end}"

    return PART.sub(part, page)


def main() -> None:
    for path in sorted(DOCS.rglob("*.md")):
        page = path.read_text("utf-8")
        if (new := filled(page)) != page:
            path.write_text(new, "utf-8")
            print(path.relative_to(DOCS.parent))


def commands() -> str:
    """Return a section for each command: usage, help, arguments and options."""
    return "\n\n".join(_command(["python app.py"], "", get_command(app)))


def _command(names: list[str], level: str, command: Any) -> list[str]:
    if isinstance(command, TyperGroup):
        parts = [f"## `{names[-1]}`", _flat(command.help)] if level else []
        for name, child in command.commands.items():
            parts += _command([*names, name], f"{level}#" if level else "##", child)
        return parts
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    options = [one for one in command.params if one.param_type_name == "option" and one.name != "help"]
    usage = [*names, *(f"{one.name.upper()}{'...' if one.nargs == -1 else ''}" for one in arguments)]
    needed = [f"{one.opts[0]} {one.name.upper()}" for one in options if one.required]
    more = ["[OPTIONS]"] if len(options) > len(needed) else []
    rows = [(_code(one.name.upper()), _flat(one.help), "required") for one in arguments]
    rows += [(_spelling(one), _flat(one.help), _default(one)) for one in options]
    title = " ".join(names[1:])
    return [
        f"{level} `{title}`",
        _flat(command.help),
        f"```\n{' '.join([*usage, *needed, *more])}\n```",
        table(("option", "meaning", "default"), rows),
    ]


def _spelling(option: Any) -> str:
    return " / ".join(_code(text) for text in [*option.opts, *option.secondary_opts])


def _default(option: Any) -> str:
    if option.required:
        return "required"
    value = option.default
    if option.name == "workspace":
        return _code("data")  # the absolute path of this checkout says nothing to a reader
    if value is None or value in ("", [], ()) or callable(value):
        return ""
    if option.is_flag:
        return "on" if value else "off"
    return _value(value)


def training_parameters() -> str:
    """Return the table of the parameters of a training."""
    return parameters(TrainConfig)


def inference_parameters() -> str:
    """Return the table of the parameters of an inference run."""
    return parameters(InferConfig)


def parameters(model: type[BaseModel], without: Iterable[str] = ()) -> str:
    """Return a table of a configuration's fields: name, default, range, description."""
    rows = [
        (
            _code(name),
            "required" if field.is_required() else _value(field.default),
            range_of(field),
            field.description,
        )
        for name, field in model.model_fields.items()
        if name not in without
    ]
    return table(("parameter", "default", "range", "meaning"), rows) if rows else ""


def job_kinds() -> str:
    """Return a section for each kind of job: its lane, and the parameters of its own."""
    parts = []
    for kind, task in KINDS.items():
        inherited = {TrainConfig: "training", InferConfig: "inference"}
        bases = [base for base in inherited if issubclass(task.parameters, base)]
        parts += [f"### `{kind}`", f"Lane: {task.lane}."]
        for base in bases:
            name = inherited[base]
            parts.append(f"Takes all [parameters of {name}](parameters.md#{name}), and:")
        parts.append(parameters(task.parameters, [name for base in bases for name in base.model_fields]))
    return "\n\n".join(parts)


def job_states() -> str:
    """Return the states of a job as one line."""
    return ", ".join(map(_code, STATES))


def web_settings() -> str:
    """Return the environment variables of the web server."""
    return _environment(WebSettings)


def queue_settings() -> str:
    """Return the environment variables of the queue."""
    return _environment(QueueSettings)


def _environment(settings: Any) -> str:
    prefix = settings.model_config["env_prefix"]
    rows = [
        (
            _code(f"{prefix}{name}".upper()),
            _value(field.default) if field.default else "unset",
            field.description,
        )
        for name, field in settings.model_fields.items()
    ]
    return table(("variable", "default", "meaning"), rows)


def limits() -> str:
    """Return the limits on what comes in."""
    rows = []
    for name, field in Limits.model_fields.items():
        number = getattr(LIMITS, name)
        text = f"{number >> 20} MiB" if name.endswith("_bytes") else f"{number:,}"
        rows.append((_code(name), text, field.description))
    return table(("limit", "value", "meaning"), rows)


def export_formats() -> str:
    """Return the forms of export."""
    rows = [(_code(name), one.description, _code(f"*{one.suffix}")) for name, one in FORMATS.items()]
    return table(("format", "content", "file"), rows)


def bundle_files() -> str:
    """Return the files of a bundle that are made for it."""
    return table(("file", "format"), [(_code(name), _code(form)) for form, name in IN_BUNDLE.items()])


def csv_columns() -> str:
    """Return the columns of the CSV export."""
    return ", ".join(map(_code, HEADER))


def json_spot_fields() -> str:
    """Return the fields of a spot in the JSON export."""
    return ", ".join(map(_code, SPOT_COLUMNS))


def json_group_fields() -> str:
    """Return the fields of a group in the JSON export."""
    return ", ".join(map(_code, GROUP_COLUMNS))


def spot_columns() -> str:
    """Return the columns of the table of spots, CSV and Parquet."""
    rows = [(_code(name), str(kind), about) for name, (kind, about) in SPOT_TABLE_COLUMNS.items()]
    return table(("column", "type", "meaning"), rows)


def totals_columns() -> str:
    """Return the columns of a table of observers' totals, with the spellings that are understood."""
    rows = [
        (meaning, ", ".join(_code(one) for one in sorted(names))) for meaning, names in TOTALS_COLUMNS.items()
    ]
    return table(("column", "spellings"), rows)


def image_formats() -> str:
    """Return the image formats and file-name endings."""
    return f"{', '.join([*IMAGE_FORMATS, 'FITS'])} ({', '.join(map(_code, SUFFIXES))})"


def orientation_presets() -> str:
    """Return the presets of a drawing's orientation."""
    return table(("preset", "meaning"), [(_code(name), about) for name, about in ABOUT_PRESETS.items()])


def arrows() -> str:
    """Return which part of the program may import which."""
    rows = [
        (_code(part), ", ".join(map(_code, sorted(allowed))) or "nothing") for part, allowed in ARROWS.items()
    ]
    return table(("part", "may import"), rows)


def table(titles: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return a Markdown table."""
    lines = [titles, ["---"] * len(titles), *rows]
    return "\n".join(
        f"| {' | '.join(_flat(cell).replace('|', '&#124;') for cell in line)} |" for line in lines
    )


def _value(value: Any) -> str:
    if value is None or value in ("", [], ()):
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _code(_plain(value))


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _code(text: str) -> str:
    return f"`{text}`"


def _flat(text: str | None) -> str:
    """Return a text in one line."""
    return " ".join((text or "").split())


GENERATED: dict[str, Callable[[], str]] = {
    one.__name__: one
    for one in (
        commands, training_parameters, inference_parameters, job_kinds, job_states, web_settings, queue_settings,
        limits, export_formats, bundle_files, csv_columns, json_spot_fields, json_group_fields, spot_columns,
        totals_columns, image_formats, orientation_presets, arrows,
    )
}  # fmt: skip


if __name__ == "__main__":
    main()
