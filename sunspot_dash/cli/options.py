"""Options shared by several commands, and options generated from the fields of a configuration."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import BaseModel

from sunspot_dash.parameters import help_text
from sunspot_dash.settings import WebSettings

WorkspaceOption = Annotated[
    Path,
    typer.Option(
        "--workspace",
        help="folder of the workspace",
        envvar=f"{WebSettings.model_config['env_prefix']}WORKSPACE",
        show_default=False,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="print JSON")]


def options_of(parameters: type[BaseModel], *names: str) -> Callable[[Any], Any]:
    """Give a command an option for each field of a configuration, or for those named.

    The help and the default of an option are those of the field. The command receives the values as keyword arguments;
    the configuration validates them.
    """

    def add(command: Any) -> Any:
        signature = inspect.signature(command, eval_str=True)
        own = [
            one.replace(kind=one.KEYWORD_ONLY)
            for one in signature.parameters.values()
            if one.kind != one.VAR_KEYWORD
        ]
        generated = [_option(parameters, name) for name in names or parameters.model_fields]
        shared = [one for one in own if one.name == "workspace"]
        every = [*(one for one in own if one not in shared), *generated, *shared]
        every.sort(key=lambda one: one.default is not one.empty)  # required options first
        command.__signature__ = signature.replace(parameters=every)
        command.__annotations__ = {one.name: one.annotation for one in every}
        return command

    return add


def help_of(parameters: type[BaseModel], name: str) -> str:
    """Return the help of an option: a field's description and range."""
    return help_text(parameters.model_fields[name])


def _option(parameters: type[BaseModel], name: str) -> inspect.Parameter:
    field = parameters.model_fields[name]
    declared = [f"--{name.replace('_', '-')}"] if field.annotation is bool else []  # without a --no- twin
    option = typer.Option(*declared, help=help_of(parameters, name))
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=inspect.Parameter.empty if field.is_required() else field.default,
        annotation=Annotated[field.annotation, option],
    )
