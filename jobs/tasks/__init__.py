"""The kinds of jobs and what each one does: the only part of `jobs` that uses the services."""

from __future__ import annotations

import errno
from collections.abc import Callable
from dataclasses import dataclass

from pydantic import BaseModel, ValidationError

from jobs.job import SHORT, TRAINING
from jobs.tasks import checks
from jobs.tasks.context import Context, Params
from jobs.tasks.inference import help_infer, infer
from jobs.tasks.parameters import Compare, Convert, Evaluate, Filter, Import, Infer, Probe, Tables, Train
from jobs.tasks.short import compare_job, convert_job, evaluate_job, filter_job, import_job, probe, tables_job
from jobs.tasks.training import train
from sunspot_dash.errors import ParameterError
from sunspot_dash.files import NO_SPACE, disk_fault
from sunspot_dash.parameters import explain
from sunspot_dash.workspace import Workspace


@dataclass(frozen=True)
class Task:
    """A kind of job.

    Attributes:
        network: whether it needs the network's libraries.
    """

    parameters: type[BaseModel]
    lane: str
    check: Callable[[Params, Workspace], Params]
    run: Callable[[Context], Params]
    help: Callable[[Context], None] | None = None
    network: bool = False


KINDS = {
    "train": Task(Train, TRAINING, checks.check_train, train, network=True),
    "infer": Task(Infer, SHORT, checks.check_infer, infer, help_infer, network=True),
    "evaluate": Task(Evaluate, SHORT, checks.check_evaluate, evaluate_job, network=True),
    "compare": Task(Compare, SHORT, checks.check_compare, compare_job, network=True),
    "convert": Task(Convert, SHORT, checks.check_convert, convert_job),
    "filter": Task(Filter, SHORT, checks.check_filter, filter_job),
    "tables": Task(Tables, SHORT, checks.check_tables, tables_job),
    "import": Task(Import, SHORT, checks.check_import, import_job),
    "probe": Task(Probe, SHORT, lambda values, workspace: {}, probe),
}


def check(kind: str, params: Params, workspace: Workspace) -> tuple[str, Params]:
    """Return the lane of a new job and its complete, validated parameters.

    Raises:
        ParameterError: the kind is unknown, a value is out of range, or a file it refers to is missing.
        ModelError: the model does not exist.
    """
    if kind not in KINDS:
        raise ParameterError(f"unknown kind of job '{kind}': use one of {', '.join(KINDS)}")
    parameters = KINDS[kind].parameters
    try:
        found = parameters(**params)
    except ValidationError as error:
        raise ParameterError(explain(error, parameters)) from error
    values = found.model_dump()
    if values.get("device", "auto") not in ("auto", "cpu", "cuda"):
        raise ParameterError("device must be auto, cpu or cuda: the worker chooses among several GPUs")
    values |= KINDS[kind].check(values, workspace)
    return values.get("lane") or KINDS[kind].lane, values


def prepare(kind: str) -> None:
    """Import what takes long to import and jobs of a kind need."""
    if KINDS[kind].network:
        from sunspot_dash.services.models.libraries import load_network

        load_network()


def run(kind: str, context: Context) -> Params:
    """Run a job and return the result for its record.

    Raises:
        Stopped: it was asked to stop; the next attempt resumes it.
        Exception: any error (see `sentence`).
    """
    return KINDS[kind].run(context)


def help_with(kind: str, context: Context) -> None:
    """Process chunks of a job that another worker runs."""
    if (share := KINDS[kind].help) is not None:
        share(context)


def sentence(error: BaseException, params: Params) -> str:
    """Describe an error to the user who submitted the job, and say what to do."""
    text = str(error)
    full = isinstance(error, OSError) and error.errno in NO_SPACE
    if full or "No space left" in text or "disk is full" in text:
        return "the disk is full: free some space and retry; finished work is kept"
    if (
        type(error).__name__ == "OutOfMemoryError"
        or "out of memory" in text
        or isinstance(error, MemoryError)
    ):
        batch = params.get("batch_size", 1)
        smaller = f"batch size {batch // 2}" if batch > 1 else "a smaller tile size, or the device cpu"
        return f"out of memory: try {smaller if 'batch_size' in params else 'the device cpu'}"
    if isinstance(error, OSError) and error.errno in (errno.EROFS, errno.EIO):
        return f"{disk_fault(error)}; finished work is kept"
    if isinstance(error, PermissionError):
        return f"{error.filename} cannot be read or written by the worker: change its permissions and retry"
    return f"unexpected {type(error).__name__}: {text[:300] or 'no message'}; see the job's log for details"
