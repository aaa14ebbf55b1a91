"""The multilayer perceptron: network, training loop, explanation. Knows NumPy, and Numba in `compiled`; never files,
sockets or terminals."""

from .config import TrainingConfig, TrainingError
from .network import Network, NetworkError
from .trainer import Command, Trainer

__all__ = ["Command", "Network", "NetworkError", "Trainer", "TrainingConfig", "TrainingError"]
