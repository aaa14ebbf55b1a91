"""From a run's configuration to its data, network and trainer: where the three packages meet."""

import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import partial
from typing import Any

import numpy as np

from dnn_tui import datasets
from dnn_tui.datasets.dataset import Dataset, Defaults
from dnn_tui.datasets.joined import joined
from dnn_tui.mlp import Command, Network, Trainer, TrainingConfig
from dnn_tui.mlp.kernel import loaded_kernel
from dnn_tui.mlp.losses import DEFAULT_PAIR
from dnn_tui.mlp.settings import SETTINGS
from dnn_tui.mlp.threads import choose_threads, rehearsal
from dnn_tui.mlp.tuning import Choice, Tuner, can_be_compiled, fastest, use
from dnn_tui.runs.config import NetworkConfig, RunConfig

from .compiling import compile_elsewhere, is_compiled, note_compiled
from .kept import load_kept
from .recipes import Recipe

ShowProgress = Callable[[str, int, int | None], None]  # (what, done, total), while something long runs
NO_DATA = "no data"  # the data of a run whose network was imported without any
COMPILING = "dnn-tui: compiling the engine, once on this machine: some twenty seconds …"


def load_data(config: RunConfig, progress: ShowProgress | None = None, offline: bool = False) -> Dataset:
    """The data set as the run was told to load it. Raises datasets.DataError."""
    wanted = config.dataset
    if wanted.joined:
        return joined(load_data(replace(config, dataset=replace(wanted, joined=False)), progress, offline))
    if wanted.rows:
        return load_kept(wanted)
    if wanted.name == NO_DATA:
        raise datasets.DataError("This run's network was imported without data: import it again with --data.")
    return datasets.load(
        wanted.name,
        seed=config.data_seed,
        validation=wanted.validation,
        data_dir=wanted.data_dir,
        progress=progress,
        offline=offline,
        **wanted.options,
    )


def build_network(config: RunConfig, data: Dataset, dtype: type = np.float32) -> Network:
    """The untrained network for the data. Raises mlp.NetworkError."""
    wanted = config.network
    return Network(
        (data.n_features, *wanted.hidden, data.n_outputs),
        wanted.activations,
        wanted.output or DEFAULT_PAIR[data.task][0],
        initialization=wanted.initialization,
        initialization_scale=wanted.initialization_scale,
        seed=config.training.seed,
        dtype=dtype,
    )


def build_trainer(config: RunConfig, data: Dataset, run: str = "") -> Trainer:
    """A trainer ready to start, in the type that the rows are of. Raises mlp.NetworkError or mlp.TrainingError."""
    return Trainer(build_network(config, data, data.train.x.dtype.type), data, config.training, run)


def configured(
    config: RunConfig, defaults: Defaults, recipe: Recipe, network: dict[str, Any], training: dict[str, Any]
) -> RunConfig:
    """`config` with its network and training filled in: what was asked for (None: nothing), else what the recipe

    says, else the data set's defaults. An optimizer that was chosen without a learning rate gets its usual one.
    """
    own = asdict(defaults)
    asked = {key: value for key, value in network.items() if value is not None}
    layers = {"hidden": own.pop("hidden"), "activation": own.pop("activation"), **recipe.network, **asked}
    hidden, names = tuple(layers.pop("hidden")), str(layers.pop("activation")).split(",")
    asked = {key: value for key, value in training.items() if value is not None}
    settings = {**own, **recipe.training, **asked, "seed": config.training.seed}
    optimizer = settings["optimizer"]
    if optimizer != own["optimizer"] and not {"weight_decay"} & (asked.keys() | recipe.training.keys()):
        settings["weight_decay"] = None  # of the other optimizer, it would mean another thing
    told = "lr" in asked or ("lr" in recipe.training and "optimizer" not in asked)
    rates = SETTINGS["lr"].usual
    if not told and optimizer != own["optimizer"] and optimizer in rates:
        settings["lr"] = rates[optimizer]
    return replace(
        config,
        network=NetworkConfig(hidden, tuple(names * len(hidden) if len(names) == 1 else names), **layers),
        training=TrainingConfig(**settings),
        recipe=recipe.name,
    )


def with_engine(config: RunConfig, trainer: Trainer, at_once: bool = False) -> RunConfig:
    """`config` with the engine, the number of threads and the kernel that train it: what was asked for, else chosen.

    All belong to the run: they decide the last bits of its weights. at_once: as in `prepare_engine`.
    """
    tuned = config.training.engine == "auto" and not config.threads and trainer.engine.name == "compiled"
    config = replace(config, tuned=tuned)
    if prepare_engine(trainer, tuned, at_once) and tuned:
        use(trainer, fastest(trainer))
    elif not tuned:
        trainer.engine.threads = config.threads or choose_threads(trainer)
    training = replace(config.training, engine=trainer.engine.name)
    return replace(config, threads=trainer.engine.threads, kernel=loaded_kernel(), training=training)


def prepare_engine(trainer: Trainer, tuned: bool = False, at_once: bool = False) -> bool:
    """Make ready the engine that trains; gives whether it is.

    tuned: the program may choose another while it trains. at_once: then what is not yet compiled is compiled elsewhere,
    NumPy's engine begins, and the compiled one takes over; otherwise this waits, and says so on standard error.
    """
    if tuned:
        trainer.tuner = Tuner()
    plain, dtype = trainer.engine.name == "numpy", trainer.network.dtype
    if plain and not (tuned and can_be_compiled(trainer)):
        return True
    tune = Command("tune", by="the program")
    if tuned and (at_once or plain) and not is_compiled(dtype):
        use(trainer, Choice("numpy", 1))
        use(trainer, Choice("numpy", choose_threads(trainer)))
        trainer.tuner = Tuner(waits=True)
        compile_elsewhere(dtype, lambda: trainer.send(tune))
        return False
    if plain:  # a run that had not come to the compiled engine
        trainer.send(tune)
        return True
    from dnn_tui.mlp.compiled.jit import announced

    with announced(partial(print, COMPILING, file=sys.stderr, flush=True)):
        rehearsal(trainer)(1)
    if not is_compiled(dtype):
        note_compiled(dtype)
    return True
