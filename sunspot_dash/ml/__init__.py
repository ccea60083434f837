"""The network: configuration, inputs, training, validation, inference, checkpoints."""
