"""Train a model as a job, resuming from the checkpoint of an earlier attempt if there is one."""

from __future__ import annotations

from jobs.tasks.checks import portable
from jobs.tasks.context import Context, Params
from sunspot_dash.errors import Stopped
from sunspot_dash.ml.config import STARTING_WEIGHTS, TrainConfig


def train(context: Context) -> Params:
    """Train a model.

    Raises:
        Stopped: it was asked to stop; the next attempt resumes from the checkpoint.
    """
    from sunspot_dash.services.models.training import train_model
    from sunspot_dash.services.models.training_run import CHECKPOINT, TrainingRun

    values = dict(context.params)
    overwrite = values.pop("overwrite")
    resume = context.resumed and (context.folder / CHECKPOINT).exists()
    if values["encoder_weights"] not in STARTING_WEIGHTS:
        values["encoder_weights"] = str(context.workspace.root / values["encoder_weights"])
    outcome = train_model(
        context.workspace,
        TrainConfig(**values),
        "resume" if resume else "overwrite" if overwrite else "new",
        context.report,
        context.should_stop,
        TrainingRun(context.folder, context.fence, context.cancelled),
    )
    for line in outcome.left_out():
        print(line)
    if outcome.status == "stopped":
        raise Stopped(f"stopped after {outcome.epochs} of {values['epochs']} epochs")
    return {
        "epochs": outcome.epochs,
        **({} if outcome.f1 is None else {"f1": outcome.f1}),
        "left_out": len(outcome.failed),
        **{
            name: portable(context.workspace, getattr(outcome, name))
            for name in ("weights", "card", "log", "plot")
        },
    }
