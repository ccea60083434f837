"""Options generated from the fields of a configuration."""

from __future__ import annotations

import typer
from typer.testing import CliRunner

from sunspot_dash.cli import app
from sunspot_dash.cli.options import help_of, options_of
from sunspot_dash.ml.config import InferConfig, TrainConfig
from sunspot_dash.parameters import range_of
from sunspot_dash.settings import WebSettings
from tests.command_line import run

FIELDS = TrainConfig.model_fields


def test_the_range_of_a_field():
    assert range_of(FIELDS["epochs"]) == "from 1 to 1000"
    assert range_of(FIELDS["learning_rate"]) == "above 0 to 0.1"
    assert range_of(FIELDS["tile_size"]) == "from 64 to 1024, a multiple of 16"
    assert range_of(FIELDS["device"]) == ""


def test_train_and_infer_have_an_option_for_every_field_with_its_help_and_default():
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    for name, model in (("train", TrainConfig), ("infer", InferConfig)):
        options = {one.name: one for one in commands[name].params}
        for field_name, field in model.model_fields.items():
            option = options[field_name]
            assert option.help == help_of(model, field_name) and option.required == field.is_required()
            assert option.required or option.default == field.default
        assert "values" not in options and commands[name].params[-1].name == "workspace"


def test_a_command_receives_the_values_and_a_flag_has_no_opposite():
    own = typer.Typer()

    @own.command()
    @options_of(InferConfig, "threshold", "force")
    def show(name: str = "x", **values: object) -> None:
        typer.echo(f"{name} {values}")

    run = CliRunner().invoke
    assert run(own, ["--force", "--threshold", "0.5"]).stdout == "x {'threshold': 0.5, 'force': True}\n"
    assert run(own, ["--name", "y"]).stdout == "y {'threshold': None, 'force': False}\n"
    assert run(own, ["--no-force"]).exit_code == 2


def test_the_workspace_comes_from_the_environment_unless_it_is_given(tmp_path, monkeypatch):
    monkeypatch.setenv("SUNSPOT_WORKSPACE", str(tmp_path / "named"))
    assert WebSettings.read().workspace == str(tmp_path / "named")  # as gunicorn reads it
    assert str(tmp_path / "named") in run("infer").stderr
    given = run("infer", "--workspace", tmp_path / "given").stderr
    assert str(tmp_path / "given") in given and str(tmp_path / "named") not in given


def test_serve_names_a_setting_that_is_not_valid(tmp_path, monkeypatch):
    monkeypatch.setenv("SUNSPOT_TRUSTED_PROXIES", "proxy")
    done = run("serve", "--workspace", tmp_path / "data")
    assert done.code == 1 and done.stderr.startswith("error: SUNSPOT_TRUSTED_PROXIES was 'proxy'")
    assert done.stderr.count("\n") == 1
