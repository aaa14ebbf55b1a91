"""A run on disk: configuration, event log, checkpoints, and the state that viewers read. Knows `mlp`."""
