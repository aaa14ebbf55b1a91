"""Noticing trouble while it trains: a loss that is no number, one that grows, layers that are dead or saturated."""

import time
from collections.abc import Iterator

import numpy as np

from .backprop import Workspace
from .events import Alert, Snapshot
from .network import Network

GROWN = 3.0  # times the lowest smoothed loss: more is no noise of the batches
SILENT = 0.9  # share of a layer's units


def blown_up(network: Network, workspace: Workspace, loss: float, step: int, lr: float) -> Alert:
    """Name the first thing, in the order of the forward pass, that is no longer finite."""
    layer, what = network.layers, "the loss itself"
    for i in range(1, network.layers + 1):
        parts = ((f"W_{i}", network.W[i]), (f"b_{i}", network.b[i]), (f"h_{i} = g(a_{i})", workspace.h[i]))
        broken = next((name for name, values in parts if not np.isfinite(values).all()), None)
        if broken:
            layer, what = i, broken
            break
    message = (
        f"The loss is {loss} at step {step}: {what} of layer {layer} is no longer finite."
        f" Try a smaller learning rate than {lr:g}."
    )
    return Alert(time.time(), step, "nonfinite_loss", "error", message, layer)


class Watch:
    """Looks at the losses and the snapshots as they pass; says each thing once."""

    def __init__(self) -> None:
        self._smooth: float | None = None
        self._lowest = np.inf
        self._said: set[tuple[str, int]] = set()

    def losses(self, step: int, losses: tuple[float, ...], lr: float) -> Iterator[Alert]:
        """The losses since the last call; an Alert "diverging" where they grow for good."""
        mean = sum(losses) / len(losses)
        self._smooth = mean if self._smooth is None else 0.8 * self._smooth + 0.2 * mean
        self._lowest = min(self._lowest, self._smooth)
        if self._smooth > GROWN * self._lowest + 0.1 and self._first("diverging", 0):
            message = (
                f"The loss has grown to {self._smooth:.3g} from {self._lowest:.3g} at step {step}:"
                f" the steps overshoot. Try a smaller learning rate than {lr:g}."
            )
            yield Alert(time.time(), step, "diverging", "warning", message)

    def layers(self, snapshot: Snapshot) -> Iterator[Alert]:
        """An Alert for a layer most of whose units are 0 on every row, or saturated on every row."""
        for i, layer in enumerate(snapshot.statistics, start=1):
            for kind, share, means in (
                ("dead_layer", layer.dead, "answer 0 to every row and learn no more"),
                ("saturated_layer", layer.saturated, "sit where their activation is flat and learn hardly any more"),
            ):
                if share >= SILENT and self._first(kind, i):
                    message = f"{share:.0%} of the units of layer {i} ({layer.activation}) {means}."
                    yield Alert(time.time(), snapshot.step, kind, "warning", message, i)

    def _first(self, kind: str, layer: int) -> bool:
        if (kind, layer) in self._said:
            return False
        self._said.add((kind, layer))
        return True
