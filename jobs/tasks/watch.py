"""Submit jobs for the new scans of the watch folder; a worker asks for it again and again."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from jobs.job import Job
from jobs.ledger import Ledger
from jobs.tasks.inference import PLAN
from sunspot_dash.errors import SunspotError
from sunspot_dash.files import locked
from sunspot_dash.services.models.default import default_model
from sunspot_dash.services.watch.folder import WatchFolder, fault_of, has_result
from sunspot_dash.services.watch.state import Batch, now_text, read_watch, set_problem, write_watch
from sunspot_dash.workspace import EVERYTHING

Submit = Callable[[Ledger, str, dict[str, Any]], Job]
Stamps = dict[str, tuple[int, int]]

MOST_SCANS = 500  # of a job: decoding more would delay the first result


@dataclass
class Checked:
    """Complete scans that were checked; those in none of the parts are checked again.

    Attributes:
        to_run: scans without a result; done: those that need no run, or are refused.
        refused: why scans cannot be run, by name.
        problem: why a scan could not be read now, "" if all could.
    """

    to_run: Stamps = field(default_factory=dict)
    done: Stamps = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    problem: str = ""


class Watcher:
    """Runs the default model on new scans. Several in a workspace submit no scan twice.

    Args:
        submit: accepts a job (`jobs.control.submit`).
    """

    def __init__(self, ledger: Ledger, submit: Submit) -> None:
        self._ledger, self._submit_job = ledger, submit
        self._workspace = ledger.workspace
        self._folder = WatchFolder(self._workspace.images_to_run)

    def look(self, now: float | None = None) -> Job | None:
        """Submit one job for all new and complete scans; return it, None if there are none or the watching is off.

        Args:
            now: time in s on a clock that never goes back; by default the system's.

        Raises:
            SunspotError: the folder, the queue or the state cannot be used; the state has the reason if possible.
        """
        state = read_watch(self._workspace)
        if not state.since:
            return None
        job, problem = None, ""
        try:
            if complete := self._folder.complete(state.seen, now):
                job, problem = self._run(complete, state.since)
        except SunspotError as error:
            with suppress(SunspotError):  # a full disk
                set_problem(self._workspace, str(error))
            raise
        set_problem(self._workspace, problem)
        return job

    def _run(self, complete: Stamps, since: str) -> tuple[Job | None, str]:
        """Submit the scans that can be run; return the job, and why others could not be read now."""
        model, last, live = (
            default_model(self._workspace),
            read_watch(self._workspace).last,
            self._ledger.live(),
        )
        if last and any(job.number == last.job for job in live):
            return None, ""  # what arrives meanwhile is one job, too
        in_jobs = [_names_in(self._ledger, job) for job in live if job.params.get("model") == model]
        free = [
            name for name in sorted(complete) if not any(names is None or name in names for names in in_jobs)
        ]
        checked = self._check({name: complete[name] for name in free[:MOST_SCANS]}, model)
        with locked(self._workspace.watch_lock):
            state = read_watch(self._workspace)
            if state.since != since:
                return None, ""
            # Another watcher may have been faster.
            to_run = {name: stamp for name, stamp in checked.to_run.items() if state.seen.get(name) != stamp}
            job = self._submit(model, list(to_run)) if to_run else None
            refused = {name: why for name, why in state.refused.items() if name not in complete}
            changes = {"seen": {**state.seen, **checked.done, **to_run}, "refused": refused | checked.refused}
            if job:
                changes["last"] = Batch(
                    job=job.number, time=now_text(), drawings=len(to_run), first=next(iter(to_run))
                )
            if (after := state.model_copy(update=changes)) != state:
                write_watch(self._workspace, after)
        return job, checked.problem

    def _check(self, scans: Stamps, model: str) -> Checked:
        """Decode scans, to see which of them can and need to be run."""
        found = Checked()
        for name, stamp in scans.items():
            path = self._workspace.images_to_run / name
            try:
                fault = fault_of(path)
                if fault:
                    found.refused[name] = fault
                runs = fault == "" and not has_result(self._workspace, model, path)
                (found.to_run if runs else found.done)[name] = stamp
            except FileNotFoundError:
                continue
            except OSError as error:
                found.problem = f"{name} cannot be read ({error.strerror})"
        return found

    def _submit(self, model: str, names: list[str]) -> Job:
        folder = self._workspace.images_to_run.relative_to(self._workspace.root)
        drawings = [str(folder / name) for name in names]
        return self._submit_job(self._ledger, "infer", {"model": model, "drawings": drawings})


def _names_in(ledger: Ledger, job: Job) -> set[str] | None:
    """Return the names of the drawings of a job that has not ended, None if it will still look for them."""
    if job.kind != "infer":
        return set()
    paths = job.params["drawings"]
    if not paths:
        try:
            paths = json.loads((ledger.folder(job.number) / PLAN).read_text("utf-8"))["paths"]
        except FileNotFoundError:
            images = job.params["images"]
            looks = images == EVERYTHING or ledger.workspace.root / images == ledger.workspace.images_to_run
            return None if looks else set()
    return {PurePath(path).name for path in paths}
