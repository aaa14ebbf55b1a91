"""From one training to the next: everything that both networks have in common is carried over.

A unit that remains keeps its weights, its bias and what the optimizer knows of them: an input by its name, an output
by its class's or target's name, hidden units from the first on, in the layer that goes on from theirs. What is new has
the value that it would have at the start of a new run. With the same network and the same rows the training goes on
bit for bit as if nothing but the changed setting had changed.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from dnn_tui.datasets.dataset import Dataset
from dnn_tui.mlp import Network, Trainer
from dnn_tui.mlp.arrays import Array
from dnn_tui.mlp.data import Data, Rows
from dnn_tui.mlp.optimizers import Adam, Optimizer
from dnn_tui.runs.config import RunConfig

from ..building import build_network

#: Fields that only say how η goes with the steps.
SCHEDULE_FIELDS = (
    *("schedule", "warmup", "step_size", "gamma", "lr_min", "pct_start", "div_factor", "final_div_factor"),
    *("plateau_factor", "plateau_patience", "plateau_threshold", "epochs"),
)
Pairs = tuple[Array, Array]  # indices of units after and before, of those that remain


class Common:
    """What two networks have in common. layers: for each hidden layer the index of the old one it goes on from.

    kept: for each, from which of its units those of the layer go on (-1: from none), or None: in their order.
    """

    def __init__(
        self,
        old: Trainer,
        network: Network,
        data: Data,
        layers: Sequence[int | None],
        kept: Sequence[Sequence[int] | None] = (),
    ) -> None:
        self.old, self.new = old.network, network
        # of each layer of the new network, the input's and the output's included, the layer it goes on from
        partners = [0, *(None if k is None else k + 1 for k in layers), self.old.layers]
        units: list[Pairs | None] = []
        for j, i in enumerate(partners):
            if i is None:
                units.append(None)
            elif j == 0:
                units.append(_named(_inputs(old.data, self.old), _inputs(data, network)))
            elif j == network.layers:
                units.append(_named(_outputs(old.data), _outputs(data)))
            else:
                units.append(_remaining(self.old.sizes[i], network.sizes[j], kept[j - 1] if kept else None))
        self.partners, self.units = partners, units

    def carry(self, old: Array, new: Array) -> None:
        """Copy what is in common from a vector as long as the old θ into one as long as the new, in place."""
        (W_old, b_old), (W, b) = self._parts(self.old, old), self._parts(self.new, new)
        for j in range(1, self.new.layers + 1):
            i, rows, columns = self.partners[j], self.units[j], self.units[j - 1]
            if i is None or rows is None:
                continue
            b[j][rows[0]] = b_old[i][rows[1]]
            if columns is not None and self.partners[j - 1] == i - 1:  # its inputs are still those of the same layer
                W[j][np.ix_(rows[0], columns[0])] = W_old[i][np.ix_(rows[1], columns[1])]

    @staticmethod
    def _parts(network: Network, vector: Array) -> tuple[list[Array], list[Array]]:
        return network._views(vector, [W.shape for W in network.W[1:]])


def carried_over(
    old: Trainer,
    config: RunConfig,
    data: Dataset,
    layers: Sequence[int | None] | None = None,
    lost: Array | None = None,
    units: Sequence[Sequence[int] | None] = (),
) -> Trainer:
    """A trainer of the changed configuration that goes on where `old` stands.

    layers: of each hidden layer, the index of the one it goes on from (None here: each from the same place, as far as
    there are such). lost: a θ of the new network's shape, whose values are taken for what both have not in common.
    units: of each hidden layer, from which units of that one its own go on, as `Change` says it.
    Raises mlp.NetworkError or mlp.TrainingError; `old` stays as it is.
    """
    network = build_network(config, data, old.network.dtype.type)
    if lost is not None and lost.shape == network.theta.shape:
        network.theta[...] = lost
    if layers is None:
        before = old.network.layers - 1
        layers = [k if k < before else None for k in range(network.layers - 1)]
    new = Trainer(network, data, config.training, old.run)
    common = Common(old, network, data, layers, units)
    common.carry(old.network.theta, network.theta)
    _carry_optimizer(common, old.optimizer, new.optimizer)
    new.load_state_dict(_state(old, new, data))
    new.engine.threads = old.engine.threads
    return new


def begun_anew(old: Trainer, config: RunConfig, data: Dataset) -> Trainer:
    """A trainer that does from here on what a new run of the configuration would do; steps and epochs count on."""
    new = Trainer(build_network(config, data, old.network.dtype.type), data, config.training, old.run)
    state, was = new.state_dict(), old.state_dict()
    epoch = old.epoch - old.in_epoch  # one that had not ended begins anew
    state |= {
        "step": old.step,
        "epoch": epoch,
        "epochs": epoch + new.config.epochs,
        "begun": [old.step, epoch],
        "schedule_begun": old.step,
        **{key: was[key] for key in ("elapsed", "epoch_start", "pace")},
        "sample": was["sample"] % len(new.shown),
    }
    new.load_state_dict(state)
    new.engine.threads = old.engine.threads
    return new


def taken_up(old: Trainer, config: RunConfig, data: Dataset, state: dict[str, Any]) -> Trainer:
    """A trainer that goes on from a state of before, as undoing a reset does; steps and epochs count on."""
    new = Trainer(build_network(config, data, old.network.dtype.type), data, config.training, old.run)
    epoch, done = old.epoch - old.in_epoch, state["epoch"] - state["in_epoch"]
    begun_step, begun_epoch = state["begun"]
    new.load_state_dict(
        state
        | {
            **{"order": None, "position": 0, "step": old.step, "epoch": epoch},
            "epochs": epoch + max(1, state["epochs"] - done),
            "begun": [begun_step, epoch - (done - begun_epoch)],
            "schedule_begun": old.step - (state["step"] - state["schedule_begun"]),
            "elapsed": old.elapsed,
            **{"best_epoch": 0, "best_loss": float("inf"), "waited": 0},
        }
    )
    new.engine.threads = old.engine.threads
    return new


def _carry_optimizer(common: Common, old: Optimizer, new: Optimizer) -> None:
    """What the optimizer has gathered, where the new one gathers the same."""
    if not (isinstance(old, type(new)) or isinstance(new, type(old))):
        return
    new.t[...] = old.t
    for name in set(old.vectors) & set(new.vectors):
        vector = getattr(old, name)
        if isinstance(old, Adam) and isinstance(new, Adam):  # its vectors are kept without their factors
            was, now = (1 - getattr(kind, "beta1" if name == "m" else "beta2") for kind in (old, new))
            vector = vector if was == now else vector * vector.dtype.type(was / now)
        common.carry(vector, getattr(new, name))


def _state(old: Trainer, new: Trainer, data: Dataset) -> dict[str, Any]:
    """The new trainer's state where the old one stands; its weights and its optimizer are as they shall be."""
    was, state = old.state_dict(), new.state_dict()
    before, after = old.config, new.config
    same_order = _same_rows(old.data.train, data.train) and len(old.data.train) == len(data.train)
    # deformed rows come in chunks of whole batches: with others, the chunks begin anew
    goes_on = same_order and not (after.augments and after.batch_size != before.batch_size)
    keys = ("step", "epoch", "epochs", "begun", "schedule_begun", "lr_set", "pace", "elapsed", "epoch_start")
    state |= {key: was[key] for key in keys}
    if goes_on and old.in_epoch:
        state |= {"order": was["order"], "position": was["position"]}
    elif old.in_epoch:
        state["epoch"] -= 1
    if before.seed == after.seed:
        state["streams"] = {**state["streams"], **{k: v for k, v in was["streams"].items() if k in state["streams"]}}
    if before.epochs != after.epochs:
        state["epochs"] = old.begun_epoch + after.epochs
    if before.pace != after.pace:
        state["pace"] = after.pace
    state |= _schedule(old, new, state)
    state |= _best(old, new, data)
    state["sample"] = was["sample"] % len(new.shown)
    return state


def _schedule(old: Trainer, new: Trainer, state: dict[str, Any]) -> dict[str, Any]:
    """Where the schedule stands: after as many epochs as before, however many steps these are now."""
    begun, before, after = old.rate.begun, old.config, new.config
    again = old.in_epoch and state["order"] is None
    if again or old.steps_per_epoch != new.steps_per_epoch:
        done = (old.step - begun) / old.steps_per_epoch
        if again:
            done -= old.batches.position / old.batches.rows
        begun = old.step - max(0, round(done * new.steps_per_epoch))
    lr_set = state["lr_set"]
    if before.lr != after.lr:
        lr_set = None
    elif lr_set and any(getattr(before, name) != getattr(after, name) for name in SCHEDULE_FIELDS):
        lr_set = [old.lr, new.rate.schedule.lr(old.step - begun)]  # it goes on from the η there is, as the new one goes
    return {"schedule_begun": begun, "lr_set": lr_set, "schedule": old.rate.schedule.state()}


def _best(old: Trainer, new: Trainer, data: Dataset) -> dict[str, Any]:
    """The best epoch so far, as long as losses before and after can be compared."""
    comparable = (
        old.loss.name == new.loss.name
        and old.config.huber_delta == new.config.huber_delta
        and old.data.task == data.task
        and all(_same_rows(getattr(old.data, part), getattr(data, part)) for part in ("train", "validation"))
        and (not new.config.patience or old.network.theta.shape == new.network.theta.shape)
    )
    was = old.state_dict()
    if not comparable:
        fresh = {"reduced": was["schedule"]["reduced"], "best": float("inf"), "waited": 0}
        return {"best_epoch": 0, "best_loss": float("inf"), "waited": 0, "schedule": fresh}
    best = {key: was[key] for key in ("best_epoch", "best_loss", "waited")}
    if "best_theta" in was and new.config.patience:
        best["best_theta"] = was["best_theta"]
    return best


def _same_rows(old: Rows, new: Rows) -> bool:
    """Whether the rows are the same things, in the same order, though other inputs may be made of them."""
    if old is new or (old.x is new.x and old.y is new.y):
        return True
    if len(old) != len(new) or old.y.shape != new.y.shape or not np.array_equal(old.y, new.y):
        return False
    if old.x.shape == new.x.shape and np.array_equal(old.x, new.x):
        return True
    # of other inputs it cannot be told from the values: from which rows of the source they are made says it
    before, after = getattr(old, "rows", None), getattr(new, "rows", None)
    if before is None or after is None or old.x.shape == new.x.shape:
        return False
    return np.array_equal(before, after)


def _inputs(data: Data, network: Network) -> list[str]:
    names = list(data.feature_names)
    return names if len(set(names)) == network.sizes[0] else [str(k) for k in range(network.sizes[0])]


def _outputs(data: Data) -> list[str]:
    if data.task == "binary":
        return ["binary"]
    names = list(data.class_names if data.task == "classes" else data.target_names)
    names = names if len(set(names)) == data.n_outputs else [str(k) for k in range(data.n_outputs)]
    return [f"{data.task} {name}" for name in names]


def _remaining(old: int, new: int, kept: Sequence[int] | None) -> Pairs:
    """The units of a layer of size `new` that go on from units of one of size `old`."""
    if kept is None:
        both = np.arange(min(old, new))
        return both, both
    before = np.array(kept, np.intp)
    there = np.flatnonzero((before >= 0) & (before < old))
    return there, before[there]


def _named(old: list[str], new: list[str]) -> Pairs:
    """The units whose names both have."""
    places = {name: k for k, name in enumerate(old)}
    kept = [(k, places[name]) for k, name in enumerate(new) if name in places]
    return np.array([k for k, _ in kept], np.intp), np.array([k for _, k in kept], np.intp)
