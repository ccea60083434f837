"""`jobs ...`: the queue on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from jobs import control
from jobs.follow import describe, summaries, tail
from jobs.follow import follow as events_of
from jobs.job import DONE, STATES, Job
from jobs.ledger import Ledger
from jobs.liveness import Watch
from jobs.recovery import open_ledger
from jobs.tasks import KINDS
from sunspot_dash.cli.options import WorkspaceOption
from sunspot_dash.errors import ParameterError
from sunspot_dash.progress import ProgressLines
from sunspot_dash.settings import QueueSettings
from sunspot_dash.text import counted
from sunspot_dash.workspace import DEFAULT_ROOT, Workspace

app = typer.Typer(
    no_args_is_help=True,
    help="Submit work to the queue, watch it, cancel it, retry it. A worker (`python app.py worker`) does it.",
)
NumberArgument = Annotated[int, typer.Argument(help="the job's number", min=1, show_default=False)]
NO_WORKER = "no worker runs: nothing happens until `python app.py worker` is started on this workspace"
JsonOption = Annotated[bool, typer.Option("--json", help="for programs")]


@app.command()
def submit(
    kind: Annotated[str, typer.Argument(help=f"one of {', '.join(KINDS)}")],
    param: Annotated[
        list[str], typer.Option(help="NAME=VALUE, as often as needed; `jobs kinds` tells names")
    ] = [],  # noqa: B006
    as_json: JsonOption = False,
    workspace: WorkspaceOption = DEFAULT_ROOT,
) -> None:
    """Put a job in the queue. The last line is its number, alone."""
    ledger = _ledger(workspace)
    job = control.submit(ledger, kind, dict(_split(text) for text in param))
    if as_json:
        _print_job(ledger, job)
        return
    typer.echo(f"{job.kind} job, place {ledger.position(job)} in its lane")
    _tell_no_worker(ledger)
    typer.echo(str(job.number))


@app.command()
def kinds(as_json: JsonOption = False, workspace: WorkspaceOption = DEFAULT_ROOT) -> None:
    """The kinds of jobs, their parameters, and the range of each."""
    if as_json:
        schemas = {name: task.parameters.model_json_schema() for name, task in KINDS.items()}
        lanes = {name: {"lane": task.lane} for name, task in KINDS.items()}
        typer.echo(json.dumps({name: lanes[name] | schemas[name] for name in KINDS}, indent=1))
        return
    for name, task in KINDS.items():
        typer.echo(f"{name} (lane: {task.lane})")
        for key, field in task.parameters.model_fields.items():
            default = "needed" if field.is_required() else f"default {field.default!r}"
            words = f"{field.description or ''} {_range(field)}".strip()
            typer.echo(f"    {key:<17} {default:<24} {words}".rstrip())


@app.command("list")
def list_jobs(
    state: Annotated[str | None, typer.Option(help=f"only one of {', '.join(STATES)}")] = None,
    limit: Annotated[int, typer.Option(help="how many, the newest first", min=1)] = 30,
    before: Annotated[int | None, typer.Option(help="only jobs of lower numbers: the next page")] = None,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = DEFAULT_ROOT,
) -> None:
    """The jobs, newest first."""
    if state is not None and state not in STATES:
        raise ParameterError(f"--state was '{state}': use one of {', '.join(STATES)}")
    ledger = _ledger(workspace)
    if state is None:
        jobs = ledger.page(limit, before)
    else:
        jobs = [job for job in ledger.all() if job.state == state and (not before or job.number < before)][
            :limit
        ]
    rows = summaries(ledger, jobs)
    if as_json:
        typer.echo(json.dumps(rows, indent=1))
        return
    if not rows:
        typer.echo("no jobs: `python app.py jobs submit KIND` puts one in the queue")
        return
    typer.echo(f"{'job':>6}  {'kind':<9}{'state':<12}{'submitted (UTC)':<21}what")
    for row in rows:
        when = row["submitted"][:19].replace("T", " ")
        what = "; ".join(text for text in (row["about"], describe(row)) if text)
        typer.echo(f"{row['number']:>6}  {row['kind']:<9}{row['state']:<12}{when:<21}{what}".rstrip())
    _tell_no_worker(ledger)


@app.command()
def show(
    number: NumberArgument, as_json: JsonOption = False, workspace: WorkspaceOption = DEFAULT_ROOT
) -> None:
    """All that is known of a job: parameters, history, result, the end of its log."""
    ledger = _ledger(workspace)
    job = ledger.get(number)
    (row,) = summaries(ledger, [job])
    folder, log = ledger.folder(number), tail(ledger.folder(number))
    if as_json:
        record = {**row, "params": job.params, "history": job.history}
        typer.echo(json.dumps({**record, "folder": str(folder), "log": log}, indent=1))
        return
    typer.echo(f"job {number}: {job.kind}, {job.state}  {'' if job.result else describe(row)}".rstrip())
    for title, values in (("parameters", job.params), ("result", job.result)):
        if values:
            typer.echo(f"{title}\n" + "\n".join(f"    {key} = {value}" for key, value in values.items()))
    typer.echo("history (UTC)")
    for change in job.history:
        typer.echo(f"    {change['time'][:19].replace('T', ' ')}  {change['state']:<12}{change['cause']}")
    typer.echo(f"folder {folder}")
    if log:
        typer.echo("log\n    " + "\n    ".join(log))
    if not job.ended:
        _tell_no_worker(ledger)


@app.command()
def follow(
    number: NumberArgument, as_json: JsonOption = False, workspace: WorkspaceOption = DEFAULT_ROOT
) -> None:
    """Print what a job does, from its beginning to its end; Ctrl-C leaves it running."""
    ledger = _ledger(workspace)
    lines = ProgressLines(typer.echo)
    _tell_no_worker(ledger)
    for event in events_of(ledger, number):
        if as_json:
            typer.echo(json.dumps(event))
        elif event["kind"] == "state":
            typer.echo(f"{event['state']}: {event['cause']}")
        elif event["kind"] == "position":
            typer.echo(f"place {event['position']} in the queue")
        else:
            lines(event)
    job = ledger.get(number)
    if job.error:
        typer.echo(job.error, err=True)
    elif not as_json and job.result:
        typer.echo("\n".join(f"{key} {value}" for key, value in job.result.items()))
    if job.state != DONE:
        raise typer.Exit(1)


@app.command()
def cancel(
    number: NumberArgument, as_json: JsonOption = False, workspace: WorkspaceOption = DEFAULT_ROOT
) -> None:
    """Cancel a job: at once when it waits, at the next batch or drawing when it runs. Its checkpoint is kept."""
    ledger = _ledger(workspace)
    job = ledger.cancel(number)
    if as_json:
        _print_job(ledger, job)
        return
    typer.echo(f"job {number} is {job.state}; `jobs retry {number}` goes on with it")


@app.command()
def retry(
    number: NumberArgument, as_json: JsonOption = False, workspace: WorkspaceOption = DEFAULT_ROOT
) -> None:
    """Queue a failed or cancelled job again; it goes on from its last checkpoint."""
    ledger = _ledger(workspace)
    job = control.retry(ledger, number)
    if as_json:
        _print_job(ledger, job)
        return
    typer.echo(f"job {number} is queued again, place {ledger.position(job)} in its lane")


@app.command()
def prune(
    keep: Annotated[int, typer.Option(help="how many of the newest ended jobs to keep", min=0)] = 100,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = DEFAULT_ROOT,
) -> None:
    """Forget old jobs that have ended, with their logs and checkpoints. Models and results stay."""
    ledger = _ledger(workspace)
    ended = control.prunable(ledger, keep)
    if ended and not yes:
        question = f"forget {counted(len(ended), 'job')}, the newest of them {ended[0].number}, for good?"
        typer.confirm(question, abort=True, err=True)
    control.prune(ledger, ended)
    if as_json:
        typer.echo(json.dumps({"forgotten": [job.number for job in ended]}))
    else:
        typer.echo(f"{counted(len(ended), 'job')} forgotten" if ended else "nothing to forget")


@app.command()
def workers(as_json: JsonOption = False, workspace: WorkspaceOption = DEFAULT_ROOT) -> None:
    """The workers that run: on which machine, with which devices."""
    found = _watch(_ledger(workspace)).workers()
    if as_json:
        typer.echo(json.dumps(found, indent=1))
        return
    for worker in found:
        typer.echo(f"{worker['id']}  {', '.join(worker.get('devices', []))}")
    if not found:
        typer.echo(NO_WORKER)


def _ledger(workspace: Path) -> Ledger:
    return open_ledger(Workspace(workspace).existing())


def _print_job(ledger: Ledger, job: Job) -> None:
    (row,) = summaries(ledger, [job])
    typer.echo(json.dumps(row, indent=1))


def _watch(ledger: Ledger) -> Watch:
    return Watch(ledger.workspace, ledger.signs, QueueSettings().queue_lease)


def _tell_no_worker(ledger: Ledger) -> None:
    if ledger.live() and not _watch(ledger).workers():
        typer.echo(NO_WORKER)


def _range(field: Any) -> str:
    """'(1 to 1000)' where a parameter has such limits."""
    limits = {
        end: getattr(limit, key)
        for limit in field.metadata
        for key, end in (("ge", "low"), ("gt", "low"), ("le", "high"))
        if getattr(limit, key, None) is not None
    }
    return f"({limits['low']:g} to {limits['high']:g})" if len(limits) == 2 else ""


def _split(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        raise ParameterError(f"--param was '{text}': write NAME=VALUE")
    return name.strip().replace("-", "_"), value
