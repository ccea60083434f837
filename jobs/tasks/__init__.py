"""What each kind of job does: the only part of jobs that knows the domain."""

from __future__ import annotations

import errno
from collections.abc import Callable
from dataclasses import dataclass

from pydantic import BaseModel, ValidationError

from jobs.job import SHORT, TRAINING
from jobs.tasks import checks
from jobs.tasks.context import Context, Params
from jobs.tasks.inference import help_infer, infer
from jobs.tasks.parameters import Convert, Evaluate, Filter, Import, Infer, Probe, Tables, Train
from jobs.tasks.short import convert_job, evaluate_job, filter_job, import_job, probe, tables_job
from jobs.tasks.training import train
from sunspot_dash.errors import ParameterError
from sunspot_dash.ml.config import explain
from sunspot_dash.workspace import Workspace


@dataclass(frozen=True)
class Task:
    """A kind of job."""

    parameters: type[BaseModel]
    lane: str
    check: Callable[[Params, Workspace], Params]
    run: Callable[[Context], Params]
    help: Callable[[Context], None] | None = None


KINDS = {
    "train": Task(Train, TRAINING, checks.check_train, train),
    "infer": Task(Infer, SHORT, checks.check_infer, infer, help_infer),
    "evaluate": Task(Evaluate, SHORT, checks.check_evaluate, evaluate_job),
    "convert": Task(Convert, SHORT, checks.check_convert, convert_job),
    "filter": Task(Filter, SHORT, checks.check_filter, filter_job),
    "tables": Task(Tables, SHORT, checks.check_tables, tables_job),
    "import": Task(Import, SHORT, checks.check_import, import_job),
    "probe": Task(Probe, SHORT, lambda values, workspace: {}, probe),
}


def check(kind: str, params: Params, workspace: Workspace) -> tuple[str, Params]:
    """The lane of a new job and its parameters, whole and validated.

    Raises:
        ParameterError: the kind is unknown, a value is out of its range, or what it names is not there.
        ModelError: there is no such model.
    """
    if kind not in KINDS:
        raise ParameterError(f"there is no kind of job '{kind}': use one of {', '.join(KINDS)}")
    parameters = KINDS[kind].parameters
    try:
        found = parameters(**params)
    except ValidationError as error:
        raise ParameterError(explain(error, parameters)) from error
    values = found.model_dump()
    if values.get("device", "auto") not in ("auto", "cpu", "cuda"):
        raise ParameterError("device was not auto, cpu or cuda: the worker chooses among several GPUs")
    values |= KINDS[kind].check(values, workspace)
    return values.get("lane") or KINDS[kind].lane, values


def run(kind: str, context: Context) -> Params:
    """Do a job; the result is what its record keeps.

    Raises:
        Stopped: it was asked to stop; the next attempt goes on.
        Exception: whatever went wrong (see `sentence`).
    """
    return KINDS[kind].run(context)


def help_with(kind: str, context: Context) -> None:
    """Take a share in a job that another worker runs."""
    if (share := KINDS[kind].help) is not None:
        share(context)


def sentence(error: BaseException, params: Params) -> str:
    """What went wrong in a job and what to do, for the one who submitted it."""
    text = str(error)
    full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    if full or "No space left" in text:
        return "the disk is full: free some space and retry; what was finished is kept"
    if (
        type(error).__name__ == "OutOfMemoryError"
        or "out of memory" in text
        or isinstance(error, MemoryError)
    ):
        batch = params.get("batch_size", 1)
        smaller = f"batch size {batch // 2}" if batch > 1 else "a smaller tile size, or the device cpu"
        return f"out of memory: try {smaller if 'batch_size' in params else 'the device cpu'}"
    if isinstance(error, PermissionError):
        return f"{error.filename} may not be read or written by the worker: change its permissions and retry"
    return f"unexpected {type(error).__name__}: {text[:300] or 'no message'}; the job's log has the details"
