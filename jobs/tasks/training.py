"""A training as a job: from its own checkpoint where an earlier attempt left one."""

from __future__ import annotations

from jobs.tasks.checks import portable
from jobs.tasks.context import Context, Params
from sunspot_dash.errors import Stopped
from sunspot_dash.ml.config import STARTING_WEIGHTS, TrainConfig


def train(context: Context) -> Params:
    from sunspot_dash.services.models.training import train_model
    from sunspot_dash.services.models.training_run import CHECKPOINT, TrainingRun

    values = dict(context.params)
    overwrite = values.pop("overwrite")
    again = context.resumed and (context.folder / CHECKPOINT).exists()
    if values["encoder_weights"] not in STARTING_WEIGHTS:
        values["encoder_weights"] = str(context.workspace.root / values["encoder_weights"])
    outcome = train_model(
        context.workspace,
        TrainConfig(**values),
        "resume" if again else "overwrite" if overwrite else "new",
        context.report,
        context.should_stop,
        TrainingRun(context.folder, context.fence, context.cancelled),
    )
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
