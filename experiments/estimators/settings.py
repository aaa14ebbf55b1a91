"""The estimators' settings: which values are allowed, and what they are called in `TrainingConfig`.

A setting that scikit-learn's MLP has keeps its name and its default; those below OURS are added.
"""

from numbers import Integral, Real
from typing import Any

import numpy as np
from sklearn.utils._param_validation import Interval, Options, StrOptions

from dnn_tui.mlp import TrainingConfig
from dnn_tui.mlp.activations import HIDDEN
from dnn_tui.mlp.initialization import INITIALIZATIONS
from dnn_tui.mlp.optimizers import OPTIMIZERS
from dnn_tui.mlp.settings import ENGINES, SCHEDULES

#: scikit-learn's word → ours, where they differ
ACTIVATIONS = {"logistic": "sigmoid"}
LOSSES = {"squared_error": "half_squared_error"}


#: Values of X (rows times features) from which dtype="auto" computes in float32. Below, a fit takes well under a second
#: in float64, and its weights are scikit-learn's to the last digits; above, half the bytes are half the time, and what
#: is rounded is far below what one batch differs from the next.
LARGE = 1_000_000


def _at_least(low: float, kind: type = Real) -> Interval:
    return Interval(kind, low, None, closed="left")


CONSTRAINTS: dict[str, list[Any]] = {
    "hidden_layer_sizes": ["array-like", _at_least(1, Integral)],
    "activation": [StrOptions({*HIDDEN, *ACTIVATIONS})],
    "solver": [StrOptions({*OPTIMIZERS, "lbfgs"})],
    "alpha": [_at_least(0)],
    "batch_size": [StrOptions({"auto"}), _at_least(1, Integral)],
    "learning_rate": [StrOptions({"constant", "invscaling", "adaptive"})],
    "learning_rate_init": [Interval(Real, 0, None, closed="neither")],
    "power_t": [_at_least(0)],
    "max_iter": [_at_least(1, Integral)],
    "shuffle": ["boolean"],
    "random_state": ["random_state"],
    "tol": [_at_least(0)],
    "verbose": ["verbose"],
    "warm_start": ["boolean"],
    "momentum": [Interval(Real, 0, 1, closed="both")],
    "nesterovs_momentum": ["boolean"],
    "early_stopping": ["boolean"],
    "validation_fraction": [Interval(Real, 0, 1, closed="left")],
    "beta_1": [Interval(Real, 0, 1, closed="left")],
    "beta_2": [Interval(Real, 0, 1, closed="left")],
    "epsilon": [Interval(Real, 0, None, closed="neither")],
    "n_iter_no_change": [_at_least(1, Integral), Options(Real, {np.inf})],
    "max_fun": [_at_least(1, Integral)],
    # OURS
    "dropout": [Interval(Real, 0, 1, closed="left")],
    "input_dropout": [Interval(Real, 0, 1, closed="left")],
    "clip_norm": [_at_least(0)],
    "max_norm": [_at_least(0)],
    "schedule": [StrOptions(set(SCHEDULES) - {"reduce_on_plateau"})],
    "warmup": [_at_least(0)],
    "initialization": [StrOptions({"auto", *INITIALIZATIONS})],
    "dtype": [StrOptions({"auto", "float32", "float64"}), None],
    "engine": [StrOptions(set(ENGINES))],
    "threads": [_at_least(1, Integral)],
    "record": ["boolean", StrOptions({"rows"})],
    "run_name": [str, None],
    "runs_dir": [str, None],
}
#: What L-BFGS, which looks at all rows at once, has no use for: setting → its value when it is off.
OF_STEPS = {"dropout": 0, "input_dropout": 0, "clip_norm": 0, "max_norm": 0, "warmup": 0, "schedule": "constant"}


def hidden_sizes(given: Any) -> tuple[int, ...]:
    """The sizes of the hidden layers. Raises ValueError."""
    sizes = [given] if isinstance(given, Integral) else list(given)
    if any(not isinstance(n, Integral) or n <= 0 for n in sizes):
        raise ValueError(f"hidden_layer_sizes must be > 0, got {sizes}.")
    return tuple(int(n) for n in sizes)


def in_its_type(X: Any, wanted: str | None) -> Any:
    """X, dense or sparse, in the type that a new network for it computes in; wanted: the setting `dtype`."""
    if wanted != "auto" or X.dtype == np.float32 or X.shape[0] * X.shape[1] < LARGE:
        return X
    with np.errstate(over="ignore"):
        rounded = X.astype(np.float32)
    values = rounded if isinstance(rounded, np.ndarray) else rounded.data
    return rounded if np.isfinite(values).all() else X  # what float32 cannot hold is left as it is


def check_together(estimator: Any) -> None:
    """Refuse settings that do not go with each other. Raises ValueError."""
    name = type(estimator).__name__
    if estimator.solver == "lbfgs":
        chosen = [key for key, off in OF_STEPS.items() if getattr(estimator, key) != off]
        if chosen:
            raise ValueError(f"solver='lbfgs' of {name} has no {chosen[0]}: choose another solver, such as 'adam'.")
        if estimator.record:
            raise ValueError(f"solver='lbfgs' of {name} makes no steps to record: choose another, such as 'adam'.")
    if estimator.learning_rate != "constant" and estimator.schedule != "constant":
        raise ValueError(
            f"learning_rate={estimator.learning_rate!r} and schedule={estimator.schedule!r} of {name} both move the"
            " learning rate: leave one of them at 'constant'."
        )


#: the settings of adam, ours → scikit-learn's
ADAM = {"beta1": "beta_1", "beta2": "beta_2", "eps": "epsilon"}


def training_config(estimator: Any, loss: str, rows: int, weight: float, epochs: int, seed: int) -> TrainingConfig:
    """How to train on so many rows, of that mean weight.

    scikit-learn's α is a penalty on the sum over a batch, ours on its mean: λ₂ = α / Σ weights of a batch.
    """
    batch = rows if estimator.batch_size == "auto" else int(estimator.batch_size)
    batch = min(batch, 200 if estimator.batch_size == "auto" else rows, rows)
    settings: dict[str, Any] = {}
    solver = estimator.solver
    if solver == "sgd" and estimator.momentum:
        solver = "nesterov" if estimator.nesterovs_momentum else "momentum"
        settings = {"momentum": float(estimator.momentum)}
    elif solver in ("adam", "adamw"):
        settings = {name: float(getattr(estimator, theirs)) for name, theirs in ADAM.items()}
    return TrainingConfig(
        loss=loss,
        optimizer=solver,
        lr=float(estimator.learning_rate_init),
        batch_size=batch,
        epochs=epochs,
        shuffle=bool(estimator.shuffle),
        seed=seed,
        engine=estimator.engine,
        l2=float(estimator.alpha) / (batch * weight),
        dropout=float(estimator.dropout),
        input_dropout=float(estimator.input_dropout),
        label_smoothing=float(getattr(estimator, "label_smoothing", 0.0)),
        clip_norm=float(estimator.clip_norm),
        max_norm=float(estimator.max_norm),
        schedule=estimator.schedule,
        warmup=float(estimator.warmup),
        **settings,
    )
