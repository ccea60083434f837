"""Training, inference and evaluation of a model, with a preview and an estimate of the time."""
