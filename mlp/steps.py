"""A training step in NumPy, from rows to new weights; and the choice between this and the compiled engine."""

import math
from typing import Protocol

from . import compiled
from .backprop import Workspace, backward, forward_loss
from .batches import NextRows
from .config import TrainingConfig, TrainingError
from .dropout import Dropout
from .losses import Loss
from .network import Network
from .optimizers import Optimizer
from .regularization import Regularizer, clip_gradient

LONG = 3.0  # seconds in NumPy from which the compiled engine is worth starting
# what a step costs in NumPy, roughly: its calls, and its products on one core
CALLS_SECONDS, OPERATIONS_A_SECOND = 40e-6, 8e10


class Engine(Protocol):
    """What trains a network in place, as `NumpySteps` and `compiled.runner.CompiledSteps` do.

    threads: may be set between calls.
    """

    name: str
    threads: int

    def steps_ahead(self) -> int:
        """How many steps a call of `run` should be asked for."""

    def run(self, batches: NextRows, rates: list[float]) -> list[float]:
        """The mean losses of the steps on the next rows, at these learning rates, without penalties.

        As many steps as there are rates, or fewer. A loss that is no number changes no weight.
        """

    def workspace(self, rows: int) -> Workspace:
        """The buffers of batches of that many rows; after a step they hold its h_i."""


class NumpySteps:
    """Trains `network` in place, a step a call. The plain engine: everything that can be configured, works here."""

    name = "numpy"
    threads = 1  # the matrix library's own affair here

    def __init__(
        self, network: Network, loss: Loss, optimizer: Optimizer, config: TrainingConfig, dropout: Dropout | None
    ) -> None:
        self.network, self.loss, self.optimizer, self.config, self.dropout = network, loss, optimizer, config, dropout
        self.regularizer = Regularizer(network, config.l1, config.l2, config.max_norm, config.frozen)
        self._frozen = [network.part(i) for i in config.frozen]
        self._workspaces: dict[int, Workspace] = {}

    def steps_ahead(self) -> int:
        """How many steps a call of `run` should be asked for."""
        return 1

    def run(self, batches: NextRows, rates: list[float]) -> list[float]:
        """Steps on the next rows, at these learning rates: the mean loss of each one's rows, without penalties.

        Here always one step. A loss that is no number changes no weight, so that the layer that broke can be told.
        """
        network, config = self.network, self.config
        workspace = self.workspace(batches.next_size)
        batches.fill(workspace)
        loss = forward_loss(network, workspace, self.loss)
        if not math.isfinite(loss):
            return [loss]
        backward(network, workspace, self.loss)
        if config.l1 or config.l2:
            self.regularizer.add_gradient()
        for part in self._frozen:  # what is not learned has no gradient, nor counts in its length
            network.grad[part] = 0
        if config.clip_norm:
            clip_gradient(network.grad, config.clip_norm)
        self.optimizer.step(network.theta, network.grad, rates[0])
        if config.max_norm:
            self.regularizer.constrain()
        return [loss]

    def workspace(self, rows: int) -> Workspace:
        """The buffers of batches of that many rows; after a step they hold its h_i."""
        if rows not in self._workspaces:
            self._workspaces[rows] = Workspace(self.network, rows, dropout=self.dropout)
        return self._workspaces[rows]


def step_operations(network: Network, batch_size: int) -> int:
    """Floating-point operations of the matrix products of one step: forward, ∂L/∂W, and back to all but the input."""
    products = [n * m for m, n in zip(network.sizes, network.sizes[1:], strict=False)]
    return 2 * batch_size * (3 * sum(products) - products[0])


def make_steps(
    network: Network,
    loss: Loss,
    optimizer: Optimizer,
    config: TrainingConfig,
    dropout: Dropout | None,
    steps: int,
) -> Engine:
    """The engine that `config` asks for; "auto": the compiled one, where it can and the run is long enough.

    steps: of the whole run. Raises TrainingError where "compiled" is asked for and cannot be.
    """
    missing = "" if compiled.is_installed() else f"Numba or SciPy is not installed ({compiled.INSTALL})"
    uncovered = compiled.why_not(network, loss, optimizer)
    if config.engine == "compiled" and (missing or uncovered):
        raise TrainingError(f"The compiled engine cannot train this: {missing or uncovered}. Use the engine numpy.")
    expected = steps * (CALLS_SECONDS + step_operations(network, config.batch_size) / OPERATIONS_A_SECOND)
    wanted = config.engine == "compiled" or (config.engine == "auto" and expected >= LONG)
    if not wanted or missing or uncovered:
        return NumpySteps(network, loss, optimizer, config, dropout)
    from .compiled.runner import CompiledSteps

    return CompiledSteps(network, loss, optimizer, config, dropout)
