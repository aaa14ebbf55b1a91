"""What a file was found to hold: the layers of a network, and what it says of itself."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from dnn_tui.mlp import Network
from dnn_tui.runs.config import RunError


@dataclass(frozen=True, eq=False)
class Found:
    """W: (n_i, n_{i-1}) and b: (n_i,) of each layer; activations: of each layer, None where the file cannot say.

    facts: what `dnn-tui export` wrote of the run, or {}.
    """

    path: Path
    W: list[np.ndarray]
    b: list[np.ndarray]
    activations: list[str | None]
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def sizes(self) -> tuple[int, ...]:
        """(n_0, n_1, …, n_L)."""
        return (self.W[0].shape[1], *(len(b) for b in self.b))

    def network(self, activations: list[str]) -> Network:
        """The network with these activations, bit for bit. Raises NetworkError."""
        dtype = np.float64 if any(array.dtype == np.float64 for array in (*self.W, *self.b)) else np.float32
        *hidden, output = activations
        network = Network(self.sizes, hidden, output, "zeros", dtype=dtype)
        for i, (W, b) in enumerate(zip(self.W, self.b, strict=True), 1):
            network.W[i][...], network.b[i][...] = W, b
        if not np.isfinite(network.theta).all():
            raise RunError(f"{self.path} has weights that are no finite numbers.")
        return network


def check_chain(path: Path, names: list[str], W: list[np.ndarray], b: list[np.ndarray]) -> None:
    """Raise RunError where a layer does not fit the one before it."""
    for k, name in enumerate(names):
        if W[k].ndim != 2 or not W[k].size:
            raise no_mlp(path, f"{name} is of shape {W[k].shape}, and a layer's weights are a matrix")
        if b[k].shape != (len(W[k]),):
            raise no_mlp(path, f"{name} has {len(W[k])} units, but its bias is of shape {b[k].shape}")
        if k and W[k].shape[1] != len(W[k - 1]):
            raise no_mlp(path, f"{name} takes {W[k].shape[1]} inputs, but {names[k - 1]} gives {len(W[k - 1])}")


def no_mlp(path: Path, why: str) -> RunError:
    """The refusal of a file, to be raised: why is a clause."""
    return RunError(f"{path} is no multilayer perceptron: {why}.")


def facts_of(path: Path, metadata: dict[str, str]) -> dict[str, Any]:
    """What `dnn-tui export` wrote into the file, or {}. Raises RunError."""
    if "dnn-tui" not in metadata:
        return {}
    try:
        facts = json.loads(metadata["dnn-tui"])
        if not isinstance(facts, dict) or not isinstance(facts["preparation"], dict):
            raise KeyError("preparation")
    except (ValueError, KeyError) as error:
        raise RunError(f"{path}: what it says of the run it is of is damaged ({error!r}).") from None
    return facts
