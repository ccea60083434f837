"""Run a model on many drawings as a job: chunk by chunk, on every free worker."""

from __future__ import annotations

import json
import platform
import time
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Any

from jobs.chunks import DONE
from jobs.tasks.context import Context, Params
from sunspot_dash.errors import ParameterError, Stopped, SunspotError, WorkspaceError
from sunspot_dash.eta import RemainingTime
from sunspot_dash.files import atomic_write_text
from sunspot_dash.ml.config import InferConfig
from sunspot_dash.workspace import EVERYTHING

PLAN = "drawings.json"
MOST_REASONS = 5  # failed drawings that the result of the job names


def infer(context: Context) -> Params:
    """Run a model on drawings, then publish its results.

    Raises:
        ParameterError: there are no drawings.
        Stopped: it was asked to stop.
    """
    from sunspot_dash.services.dataset.notes import run_notes, undated
    from sunspot_dash.services.models.publish import publish, write_failed

    plan = context.folder / PLAN
    if not plan.exists():
        paths, rejected, left_out = _drawings(context)
        root = context.workspace.root  # other machines may mount it elsewhere
        kept = [str(path.relative_to(root) if path.is_relative_to(root) else path) for path in paths]
        first = {"paths": kept, "refused": rejected, "left_out": left_out, "chunk": context.chunk_size}
        atomic_write_text(plan, json.dumps(first))
    content = _plan(context)
    total = len(content["paths"])
    if not total:
        raise ParameterError(f"there are no drawings in {context.params['images']}")
    count = -(-total // content["chunk"])
    context.chunks.create(count)
    inference: Any = None
    records: list[dict[str, Any]] = []
    while len(records) < count:  # fewer, if the queue was lost
        inference = _process_chunks(context, inference)
        while context.chunks.wait(context.watch, context.should_stop):
            inference = _process_chunks(context, inference)
        if context.should_stop():
            raise Stopped("stopped between two drawings")
        records = [record for record in context.chunks.records() if record["state"] == DONE]
    context.fence()
    context.report({"kind": "publish"})
    publish(context.workspace, inference.name, context.params["orientation"])
    failed = list(chain(content["refused"], *(record["failed"] for record in records)))
    write_failed(context.workspace.inference_results / inference.name, ((name, why) for name, why in failed))
    sums = {key: sum(record[key] for record in records) for key in ("new", "skipped", "spots")}
    several_pages = [name for record in records for name in record.get("several_pages", [])]
    without_date = undated(map(Path, content["paths"]), inference.corrections, failed)
    notes = run_notes(content.get("left_out", ""), several_pages, without_date)
    reasons = [f"{name} failed: {why}" for name, why in failed]
    for line in (*notes, *reasons):
        print(line)
    if len(reasons) > MOST_REASONS:
        reasons[MOST_REASONS:] = [
            f"{len(reasons) - MOST_REASONS:,} more failed: the log and the page Dataset say why"
        ]
    context.chunks.remove()
    return {
        "drawings": total,
        **sums,
        "failed": len(failed),
        "model": inference.name,
        "notes": [*notes, *reasons],
    }


def _drawings(context: Context) -> tuple[list[Path], list[tuple[str, str]], str]:
    """Return the files to run on, (name, reason) of those that cannot be used, and what else was left out, in words."""
    from sunspot_dash.services.dataset.archive_records import (
        archive_drawings,
        archive_left_out,
        archive_refused,
    )
    from sunspot_dash.services.dataset.archives import drawings_in
    from sunspot_dash.services.dataset.inventory import holdings, left_out

    images, workspace = context.params["images"], context.workspace
    if context.params["drawings"]:
        return [workspace.root / path for path in context.params["drawings"]], [], ""
    if images == EVERYTHING:
        refused: list[tuple[str, str]] = []
        found = {held.path.name: held.path for held in holdings(workspace, refused)}
        # An archive may be one of the workspace's own folders.
        return [found[name] for name in sorted(found)], list(dict.fromkeys(refused)), left_out(workspace)
    if (paths := archive_drawings(workspace, images)) is not None:
        return paths, archive_refused(workspace, images), archive_left_out(workspace, images)
    content = drawings_in(workspace.root / images)
    return content.images, content.refused, content.left_out()


def _plan(context: Context) -> dict[str, Any]:
    """Return the drawings that the job's first attempt found, and the size of a chunk."""
    return dict(json.loads((context.folder / PLAN).read_text("utf-8")))


def _begin(context: Context) -> Any:
    """Return the `Inference` with the loaded model."""
    from sunspot_dash.services.models.inference import Inference

    values = {key: context.params[key] for key in InferConfig.model_fields}
    return Inference.begin(context.workspace, context.params["model"], InferConfig(**values))


def _process_chunks(context: Context, inference: Any = None) -> Any:
    """Process chunks until none is open; return the `Inference` with the loaded model."""
    from sunspot_dash.io.pictures import picture_stems

    chunks = context.chunks
    inference = inference or _begin(context)
    content = _plan(context)
    paths, size = [context.workspace.root / path for path in content["paths"]], content["chunk"]
    total = len(paths)
    stems = picture_stems(path.name for path in paths)
    remaining, reported_at = RemainingTime(), 0.0
    while not context.should_stop() and (chunk := chunks.take()) is not None:

        def report(event: dict[str, Any], chunk: int = chunk) -> None:
            nonlocal reported_at
            if time.monotonic() - reported_at < 1 and event["done"] < event["of"]:
                return
            reported_at = time.monotonic()
            chunks.set_progress(chunk, drawings=event["done"], worked=event["worked"])
            records = list(chunks.records())
            done, worked = (sum(record.get(key, 0) for record in records) for key in ("drawings", "worked"))
            # Drawings done earlier take no time and do not count for the estimate.
            left = remaining.left(worked, worked + total - done) if worked else None
            context.report({**event, "done": done, "of": total, "seconds_left": left})

        part = paths[chunk * size : (chunk + 1) * size]
        try:
            outcome = inference.run(part, stems, report, context.should_stop)
            if outcome.failed:
                _check_reachable(part, paths)
        except BaseException:
            with suppress(SunspotError):  # the worker does it later
                chunks.give_back(chunk)
            raise
        if outcome.stopped:
            chunks.give_back(chunk)
            break
        sums = {"new": len(outcome.done), "skipped": outcome.skipped, "spots": outcome.spots}
        worked = len(outcome.done) + len(outcome.failed)
        lists = {"failed": outcome.failed, "several_pages": outcome.several_pages}
        chunks.finish(chunk, drawings=worked + outcome.skipped, worked=worked, **lists, **sums)
    return inference


def _check_reachable(part: list[Path], paths: list[Path]) -> None:
    """Distinguish an unreachable folder from one in which single drawings are missing.

    Raises:
        WorkspaceError: none of the drawings of a folder can be reached.
    """
    for folder in {path.parent for path in part if not _exists(path)}:
        if not any(_exists(path) for path in paths if path.parent == folder):
            raise WorkspaceError(
                f"no drawing in {folder} can be reached from {platform.node()}: make the folder readable there, then "
                "retry; finished drawings are kept"
            )


def _exists(path: Path) -> bool:
    try:
        path.stat()
    except OSError:
        return False
    return True


def help_infer(context: Context) -> None:
    """Process open chunks of a job that another worker runs."""
    if context.chunks.count() and context.chunks.any_open():
        _process_chunks(context)
