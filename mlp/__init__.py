"""The multilayer perceptron: network, training loop, explanation. Knows NumPy; never files, sockets or terminals."""

from .network import Network, NetworkError
from .trainer import Command, Trainer, TrainingConfig, TrainingError

__all__ = ["Command", "Network", "NetworkError", "Trainer", "TrainingConfig", "TrainingError"]
