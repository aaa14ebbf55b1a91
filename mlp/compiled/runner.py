"""`CompiledSteps`: one network's compiled training, as the trainer uses it."""

import os
import time
from importlib import import_module
from itertools import pairwise

import numba
import numpy as np
import scipy.linalg.cython_blas  # noqa: F401 (Numba's matrix products are its; loaded here to be limited)
from threadpoolctl import ThreadpoolController

from ..arrays import Array
from ..backprop import Workspace
from ..batches import NextRows
from ..config import TrainingConfig
from ..dropout import Dropout
from ..losses import Loss
from ..network import Network
from ..optimizers import SGD, Adadelta, Adagrad, Adam, Optimizer, RMSprop
from . import ACTIVATIONS
from .elementwise import LOSS_CODES
from .rules import ADADELTA, ADAGRAD, ADAM, MOMENTUM, PLAIN, RMSPROP
from .step import ACTIVATION, BLOCKS, DELTA, FROZEN, MASK, PASSED, SIZE, WEIGHTS, H, Job, train

SECONDS = 0.02  # a call lasts about so long: commands are heard between calls, and others get the GIL meanwhile
MOST_STEPS = 4096
MASK_BYTES = 8_000_000  # of dropout, drawn for all steps of a call


def _threading_layer() -> str:
    """Numba's team of threads for a program that has threads of its own: OpenMP's or TBB's; "" where neither is."""
    # GNU's threads spin while they wait. Its default, 300,000 turns, brings two trainings on the same processors to a
    # standstill; this is enough for the other threads' part of a phase, and for a processor that is slow for a moment
    os.environ.setdefault("GOMP_SPINCOUNT", "5000")
    for layer in ("omp", "tbb"):
        try:
            import_module(f"numba.np.ufunc.{layer}pool")
        except ImportError:  # its library is not on this machine
            continue
        return layer
    return ""


PARALLEL = _threading_layer()
if PARALLEL:
    numba.config.THREADING_LAYER = PARALLEL


class Space:
    """The work space of one batch size, and the plan of what lies where in it (step.py's `Job`).

    dropped: (L + 1,) of the layers, whether units are dropped; frozen: the layers whose weights stay.
    """

    def __init__(
        self, network: Network, activations: list[int], dropped: Array, frozen: tuple[int, ...], batch: int
    ) -> None:
        self.plan = plan = np.zeros((9, network.layers + 1), np.int64)
        plan[SIZE], plan[ACTIVATION] = network.sizes, activations
        plan[FROZEN, list(frozen)] = 1
        plan[WEIGHTS, 2:] = np.cumsum([n * m + n for m, n in pairwise(network.sizes)])[:-1]
        size = batch * plan[SIZE]
        # the inputs twice: the next step's are gathered while this one's are still needed
        plan[PASSED, 0] = size[0] * dropped[0]
        self.input_stride = int(plan[PASSED, 0] + size[0])
        end, every = 2 * self.input_stride, np.ones_like(dropped)
        for part, wanted in ((H, every), (PASSED, dropped), (DELTA, every), (BLOCKS, every)):
            ends = end + np.cumsum((size * wanted)[1:])
            plan[part, 1:] = np.where(wanted[1:], ends - size[1:], plan[H, 1:])
            end = int(ends[-1])
        self.sums = end
        self.array = np.empty(end + size[1], network.dtype)
        masks = np.cumsum(size * dropped)
        plan[MASK] = np.where(dropped, masks - size, -1)
        self.mask_size = int(masks[-1])
        self.masks = {int(i): slice(plan[MASK, i], masks[i]) for i in np.flatnonzero(dropped)}


class CompiledSteps:
    """Trains `network` in place: the same θ, ∇ and optimizer state that the NumPy steps work on.

    threads: may be set between calls; how the work is divided decides the last bits of a sum.
    """

    name = "compiled"

    def __init__(
        self, network: Network, loss: Loss, optimizer: Optimizer, config: TrainingConfig, dropout: Dropout | None
    ) -> None:
        self.network, self.optimizer, self.dropout, self.dtype = network, optimizer, dropout, network.dtype
        self.threads = 1
        self._rates = [*(dropout.rate if dropout else [0.0] * network.layers), 0.0]  # of dropout, by layer
        names = [activation.name for activation in network.activations]
        states = [_address(getattr(optimizer, name)) for name in optimizer.vectors]
        rule, flag, flag2 = _rule(optimizer)
        self._fixed = {
            "layers": network.layers,
            "loss": LOSS_CODES[names[-1]],
            "value_factor": self.dtype.type(_value_factor(loss, network.sizes[-1])),
            "delta_factor": self.dtype.type(loss.shortcut_factor(network.sizes[-1])),
            "rule": rule,
            "flag": flag,
            "flag2": flag2,
            "decay": 0.0 if optimizer.decoupled else float(optimizer.weight_decay),
            **{name: float(getattr(config, name)) for name in ("l1", "l2", "clip_norm", "max_norm")},
            "theta": _address(network.theta),
            "grad": _address(network.grad),
            **dict(zip(("s", "s2", "s3"), [*states, 0, 0, 0], strict=False)),
        }
        self._activations = [0, *(ACTIVATIONS.index(name) for name in names[:-1]), 0]
        self._frozen = config.frozen
        for i in config.frozen:  # never computed, and nothing of it to be seen
            network.grad[network.part(i)] = 0
        self._spaces: dict[int, Space] = {}
        self._last = 0  # 1 where the last step was an odd one of its call
        self._rate = 0.0  # steps a second
        self._blas = ThreadpoolController().select(user_api="blas")

    @property
    def threads(self) -> int:
        """Threads that a step computes on; at least 1."""
        return self._threads

    @threads.setter
    def threads(self, number: int) -> None:
        self._threads = max(1, number) if PARALLEL else 1

    def steps_ahead(self) -> int:
        """How many steps take about SECONDS."""
        return max(1, min(MOST_STEPS, int(self._rate * SECONDS)))

    def run(self, batches: NextRows, rates: list[float]) -> list[float]:
        """The losses of the steps on the next rows, at these learning rates.

        As many steps as there are rates, or fewer: at the end of what `batches` can give at once, and after a loss
        that is no number, which changes no weight.
        """
        batch = batches.next_size
        space = self._space(batch)
        most = max(1, MASK_BYTES // (space.mask_size * self.dtype.itemsize)) if space.mask_size else MOST_STEPS
        ahead = batches.ahead(min(len(rates), most))
        assert ahead.x.dtype == ahead.targets.dtype == ahead.weight.dtype == self.dtype
        assert ahead.rows.dtype == ahead.target_rows.dtype == np.int64
        steps = len(ahead.rows) // batch
        t = int(self.optimizer.t[0])
        numbers = np.array([self._numbers(t + 1 + k, rates[k]) for k in range(steps)], self.dtype)
        masks, losses = self._masks(steps, space), np.empty(steps)
        job = Job(
            batch=batch,
            plan=_address(space.plan),
            space=_address(space.array),
            input_stride=space.input_stride,
            sums=space.sums,
            x=_address(ahead.x),
            rows=_address(ahead.rows),
            targets=_address(ahead.targets),
            target_rows=_address(ahead.target_rows),
            weight=_address(ahead.weight),
            masks=_address(masks),
            mask_size=space.mask_size,
            numbers=_address(numbers),
            numbers_size=numbers.shape[1],
            **self._fixed,
        )
        begin = time.perf_counter()
        numba.set_num_threads(min(self._threads, numba.config.NUMBA_NUM_THREADS))
        with self._blas.limit(limits=1):  # each of these threads calls it
            done = train(self._threads, job, losses)
        self._last = (done - 1) & 1
        self._rate = done / max(time.perf_counter() - begin, 1e-9)
        self.optimizer.t[0] = t + done - (not np.isfinite(losses[done - 1]))
        batches.position -= (steps - done) * batch
        trained: list[float] = losses[:done].tolist()
        return trained

    def workspace(self, rows: int) -> Workspace:
        """A workspace with h_0 … h_{L-1} and, as h_L, the a_L of the last step, which had that many rows."""
        workspace, space = Workspace(self.network, rows), self._space(rows)
        starts = space.plan[H].copy()
        starts[0] += self._last * space.input_stride
        for start, values in zip(starts, workspace.h, strict=True):
            values[...] = space.array[start : start + values.size].reshape(values.shape)
        return workspace

    def _numbers(self, t: int, lr: float) -> tuple[float, ...]:
        """The optimizer's numbers of step t."""
        numbers = self.optimizer.constants(t, lr)
        if isinstance(self.optimizer, Adam) and not self.optimizer.decoupled:
            return (*numbers[:-1], 1.0)  # decay is added to ∇, θ is not shrunk
        return numbers

    def _masks(self, steps: int, space: Space) -> Array:
        """The masks of the steps, (steps, mask_size), drawn as NumPy's steps draw them."""
        masks = np.empty((steps, space.mask_size), self.dtype)
        if self.dropout and space.mask_size:
            self.dropout.draw_steps(masks, space.masks)
        return masks

    def _space(self, batch: int) -> Space:
        if batch not in self._spaces:
            dropped = np.array(self._rates) > 0
            self._spaces[batch] = Space(self.network, self._activations, dropped, self._frozen, batch)
        return self._spaces[batch]


def _value_factor(loss: Loss, outputs: int) -> float:
    """c in L = c Σ_k …, the sum being the same for all losses of a form."""
    if loss.mean_over_outputs:
        return 1 / outputs
    return 0.5 if loss.name == "half_squared_error" else 1.0


def _rule(optimizer: Optimizer) -> tuple[int, bool, bool]:
    """The optimizer's rule and its flags."""
    match optimizer:
        case SGD():
            return (MOMENTUM if optimizer.momentum else PLAIN), bool(optimizer.nesterov), False
        case Adagrad():
            return ADAGRAD, False, False
        case Adadelta():
            return ADADELTA, False, False
        case RMSprop():
            return RMSPROP, bool(optimizer.centered), bool(optimizer.momentum)
        case Adam():
            return ADAM, bool(optimizer.amsgrad), False
    raise TypeError(f"{type(optimizer).__name__} has no compiled rule")


def _address(array: Array) -> int:
    """Where its elements begin; it must be contiguous, and outlive the call."""
    assert array.flags.c_contiguous
    address: int = array.__array_interface__["data"][0]
    return address
