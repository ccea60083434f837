"""`jobs ...`: submit, list, follow, cancel, retry and prune jobs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from jobs import control
from jobs.follow import describe, result_lines, summaries, tail
from jobs.follow import follow as events_of
from jobs.job import DONE, STATES, Job
from jobs.ledger import Ledger
from jobs.link import Patience
from jobs.liveness import Watch
from jobs.recovery import open_ledger, warn
from jobs.tasks import KINDS
from sunspot_dash.cli.options import JsonOption, WorkspaceOption, help_of
from sunspot_dash.cli.output import Column, print_table
from sunspot_dash.errors import ParameterError
from sunspot_dash.progress import ProgressLines
from sunspot_dash.settings import QueueSettings
from sunspot_dash.text import counted
from sunspot_dash.workspace import DEFAULT_ROOT, Workspace

app = typer.Typer(
    no_args_is_help=True,
    help="Submit jobs to the queue, follow, cancel and retry them. A worker (`python app.py worker`) runs them.",
)
NumberArgument = Annotated[int, typer.Argument(help="number of the job", min=1, show_default=False)]
JOB_COLUMNS = (
    *(Column("job", 6, right=True, gap=2), Column("kind", 9), Column("state", 12)),
    *(Column("submitted (UTC)", 21), Column("details")),
)
KIND_COLUMNS = (Column("parameter", 21, gap=1), Column("default", 24, gap=1), Column("meaning"))
WORKER_COLUMNS = (Column("worker", gap=2), Column("devices"))
NO_WORKER = "no worker is running: start `python app.py worker` on this workspace to run the jobs"


@app.command()
def submit(
    kind: Annotated[str, typer.Argument(help=f"one of {', '.join(KINDS)}")],
    param: Annotated[
        list[str], typer.Option(help="parameter as NAME=VALUE, may be repeated; `jobs kinds` lists the names")
    ] = [],  # noqa: B006
    as_json: JsonOption = False,
    workspace: WorkspaceOption = DEFAULT_ROOT,
) -> None:
    """Add a job to the queue. The last line of the output is its number."""
    ledger = _ledger(workspace, waits=True)
    job = control.submit(ledger, kind, _parameters(param))
    if as_json:
        _print_job(ledger, job)
        return
    typer.echo(f"{job.kind} job: position {ledger.position(job)} in the queue")
    _warn_without_worker(ledger)
    typer.echo(str(job.number))


@app.command()
def kinds(as_json: JsonOption = False, workspace: WorkspaceOption = DEFAULT_ROOT) -> None:
    """List the kinds of jobs with their parameters, defaults and ranges."""
    if as_json:
        schemas = {name: task.parameters.model_json_schema() for name, task in KINDS.items()}
        lanes = {name: {"lane": task.lane} for name, task in KINDS.items()}
        typer.echo(json.dumps({name: lanes[name] | schemas[name] for name in KINDS}, indent=1))
        return
    for name, task in KINDS.items():
        rows = [
            (
                f"    {key}",
                "required" if field.is_required() else f"default {field.default!r}",
                help_of(task.parameters, key),
            )
            for key, field in task.parameters.model_fields.items()
        ]
        print_table(KIND_COLUMNS, rows, title=f"{name} (lane: {task.lane})", plain_heading=False)


@app.command("list")
def list_jobs(
    state: Annotated[str | None, typer.Option(help=f"only jobs in this state: {', '.join(STATES)}")] = None,
    limit: Annotated[int, typer.Option(help="number of jobs to list", min=1)] = 30,
    before: Annotated[int | None, typer.Option(help="only jobs with lower numbers: the next page")] = None,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = DEFAULT_ROOT,
) -> None:
    """List jobs, newest first."""
    if state is not None and state not in STATES:
        raise ParameterError(f"--state was '{state}': use one of {', '.join(STATES)}")
    ledger = _ledger(workspace)
    if state is None:
        jobs = ledger.page(limit, before)
    else:
        end = before or ledger.last() + 1
        jobs = [job for job in ledger.all() if job.state == state and job.number < end]
    rows = summaries(ledger, jobs[:limit])
    if as_json:
        typer.echo(json.dumps(rows, indent=1))
        return
    if not rows:
        typer.echo("no jobs: `python app.py jobs submit KIND` adds one to the queue")
        return
    cells = [
        (
            str(row["number"]),
            row["kind"],
            row["state"],
            row["submitted"][:19].replace("T", " "),
            "  ".join(text for text in (row["about"], describe(row)) if text),
        )
        for row in rows
    ]
    print_table(JOB_COLUMNS, cells)
    _warn_without_worker(ledger)


@app.command()
def show(
    number: NumberArgument, as_json: JsonOption = False, workspace: WorkspaceOption = DEFAULT_ROOT
) -> None:
    """Show a job: parameters, history, result, and the end of its log."""
    ledger = _ledger(workspace)
    job = ledger.get(number)
    (row,) = summaries(ledger, [job])
    folder = ledger.folder(number)
    log = tail(folder)
    if as_json:
        record = {**row, "params": job.params, "history": job.history}
        typer.echo(json.dumps({**record, "folder": str(folder), "log": log}, indent=1))
        return
    typer.echo(f"job {number}: {job.kind}, {job.state}  {'' if job.result else describe(row)}".rstrip())
    for title, values in (("parameters", job.params), ("result", job.result)):
        if values:
            typer.echo(f"{title}\n" + "\n".join(f"    {line}" for line in result_lines(values, " = ")))
    typer.echo("history (UTC)")
    for change in job.history:
        typer.echo(f"    {change['time'][:19].replace('T', ' ')}  {change['state']:<12}{change['cause']}")
    typer.echo(f"folder {folder}")
    if log:
        typer.echo("log\n    " + "\n    ".join(log))
    if not job.ended:
        _warn_without_worker(ledger)


@app.command()
def follow(
    number: NumberArgument, as_json: JsonOption = False, workspace: WorkspaceOption = DEFAULT_ROOT
) -> None:
    """Print the events of a job from start to end; Ctrl-C stops printing, not the job."""
    ledger = _ledger(workspace, waits=True)
    lines = ProgressLines(typer.echo)
    _warn_without_worker(ledger)
    for event in events_of(ledger, number):
        if as_json:
            typer.echo(json.dumps(event))
        elif event["kind"] == "state":
            typer.echo(f"{event['state']}: {event['cause']}")
        elif event["kind"] == "unavailable":
            typer.echo(event["text"], err=True)
        elif event["kind"] == "position":
            typer.echo(f"position {event['position']} in the queue")
        else:
            lines(event)
    job = ledger.get(number)
    if job.error:
        typer.echo(job.error, err=True)
    elif not as_json and job.result:
        typer.echo("\n".join(result_lines(job.result)))
    if job.state != DONE:
        raise typer.Exit(1)


@app.command()
def cancel(
    number: NumberArgument, as_json: JsonOption = False, workspace: WorkspaceOption = DEFAULT_ROOT
) -> None:
    """Cancel a job: at once if it waits, after the current batch or drawing if it runs. Its checkpoint is kept."""
    ledger = _ledger(workspace, waits=True)
    job = ledger.cancel(number)
    if as_json:
        _print_job(ledger, job)
        return
    typer.echo(f"job {number} is {job.state}; `jobs retry {number}` resumes it")


@app.command()
def retry(
    number: NumberArgument, as_json: JsonOption = False, workspace: WorkspaceOption = DEFAULT_ROOT
) -> None:
    """Queue a failed or cancelled job again; it resumes from its last checkpoint."""
    ledger = _ledger(workspace, waits=True)
    job = control.retry(ledger, number)
    if as_json:
        _print_job(ledger, job)
        return
    typer.echo(f"job {number} is queued again: position {ledger.position(job)} in the queue")


@app.command()
def prune(
    keep: Annotated[int, typer.Option(help="number of ended jobs to keep, the newest ones", min=0)] = 100,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask for confirmation")] = False,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = DEFAULT_ROOT,
) -> None:
    """Delete old jobs that have ended, with their logs and checkpoints. Models and results remain."""
    ledger = _ledger(workspace)
    ended = control.prunable(ledger, keep)
    if ended and not yes:
        question = f"permanently delete {counted(len(ended), 'job')}, up to number {ended[0].number}?"
        typer.confirm(question, abort=True, err=True)
    control.prune(ledger, ended)
    if as_json:
        typer.echo(json.dumps({"forgotten": [job.number for job in ended]}))
    else:
        typer.echo(f"{counted(len(ended), 'job')} deleted" if ended else "nothing to delete")


@app.command()
def workers(as_json: JsonOption = False, workspace: WorkspaceOption = DEFAULT_ROOT) -> None:
    """List the running workers and their devices."""
    found = _watch(_ledger(workspace)).workers()
    if as_json:
        typer.echo(json.dumps(found, indent=1))
        return
    if found:
        rows = [(worker["id"], ", ".join(worker.get("devices", []))) for worker in found]
        print_table(WORKER_COLUMNS, rows, plain_heading=False)
    else:
        typer.echo(NO_WORKER)


def _ledger(workspace: Path, waits: bool = False) -> Ledger:
    """Open the ledger; with `waits`, its calls wait while the queue cannot be reached, and say so."""
    settings = QueueSettings()
    patience = Patience(settings.queue_patience if waits else 0, warn)
    return open_ledger(Workspace(workspace).existing(), settings, warn, patience)


def _print_job(ledger: Ledger, job: Job) -> None:
    (row,) = summaries(ledger, [job])
    typer.echo(json.dumps(row, indent=1))


def _watch(ledger: Ledger) -> Watch:
    return Watch(ledger.workspace, ledger.signs, QueueSettings().queue_lease)


def _warn_without_worker(ledger: Ledger) -> None:
    if ledger.live() and not _watch(ledger).workers():
        typer.echo(NO_WORKER)


def _parameters(texts: list[str]) -> dict[str, str | list[str]]:
    """Return the parameters of a job; a name that is repeated has a list of values."""
    values: dict[str, list[str]] = {}
    for name, value in map(_split, texts):
        values.setdefault(name, []).append(value)
    return {name: found[0] if len(found) == 1 else found for name, found in values.items()}


def _split(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        raise ParameterError(f"--param was '{text}': write NAME=VALUE")
    return name.strip().replace("-", "_"), value
