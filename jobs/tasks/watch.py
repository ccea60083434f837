"""Submit jobs for the new scans of the watch folder; a worker asks for it again and again."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import PurePath
from typing import Any

from jobs.job import Job
from jobs.ledger import Ledger
from jobs.tasks.inference import PLAN
from jobs.tasks.parameters import MOST_DRAWINGS
from sunspot_dash.errors import SunspotError
from sunspot_dash.files import locked
from sunspot_dash.services.models.default import default_model
from sunspot_dash.services.watch.folder import WatchFolder, fault_of, has_result
from sunspot_dash.services.watch.state import Batch, now_text, read_watch, set_problem, write_watch
from sunspot_dash.workspace import EVERYTHING

Submit = Callable[[Ledger, str, dict[str, Any]], Job]
Stamps = dict[str, tuple[int, int]]


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
        workspace, model, problem = self._workspace, default_model(self._workspace), ""
        last, live = read_watch(workspace).last, self._ledger.live()
        if last and any(job.number == last.job for job in live):
            return None, ""  # what arrives meanwhile is one job, too
        to_run: Stamps = {}
        done: Stamps = {}
        refused: dict[str, str] = {}
        in_jobs = [_names_in(self._ledger, job) for job in live if job.params.get("model") == model]
        for name, stamp in sorted(complete.items()):
            if len(to_run) == MOST_DRAWINGS or any(names is None or name in names for names in in_jobs):
                continue
            path = workspace.images_to_run / name
            try:
                fault = fault_of(path)
                if fault:
                    refused[name] = fault
                runs = fault == "" and not has_result(workspace, model, path)
                (to_run if runs else done)[name] = stamp
            except FileNotFoundError:
                continue
            except OSError as error:  # tried again in the next round
                problem = f"{name} cannot be read ({error.strerror})"
        with locked(workspace.watch_lock):
            state = read_watch(workspace)  # another watcher may have been faster
            to_run = {name: stamp for name, stamp in to_run.items() if state.seen.get(name) != stamp}
            if state.since != since or not (to_run or done):
                return None, problem
            job = self._submit(model, list(to_run)) if to_run else None
            changes = {
                "seen": {**state.seen, **done, **to_run},
                "refused": {n: why for n, why in state.refused.items() if n not in complete} | refused,
            }
            if job:
                batch = {"job": job.number, "time": now_text(), "model": model}
                changes["last"] = Batch(**batch, drawings=len(to_run), first=next(iter(to_run)))
            write_watch(workspace, state.model_copy(update=changes))
        return job, problem

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
