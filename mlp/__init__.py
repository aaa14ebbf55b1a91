"""The multilayer perceptron: network, training loop, explanation. Knows NumPy, and Numba in `compiled`; never files,
sockets or terminals."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .commands import Command
    from .config import TrainingConfig, TrainingError
    from .network import Network, NetworkError
    from .trainer import Trainer

__all__ = ["Command", "Network", "NetworkError", "Trainer", "TrainingConfig", "TrainingError"]
_HOME = {
    "Command": ".commands",
    "Network": ".network",
    "NetworkError": ".network",
    "Trainer": ".trainer",
    "TrainingConfig": ".config",
    "TrainingError": ".config",
}


def __getattr__(name: str) -> Any:
    """The public names, each loaded when it is first asked for: the table of settings alone needs no NumPy."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name], __name__), name)
