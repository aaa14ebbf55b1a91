"""`TrainingConfig`: every choice about how to train, flat and plain, so that it can be written to TOML and JSON."""

import math
from dataclasses import dataclass, fields

from .losses import LOSSES
from .optimizers import OPTIMIZERS, settings_of

ENGINES = ("auto", "numpy", "compiled")
SCHEDULES = ("constant", "step", "exponential", "cosine", "one_cycle", "reduce_on_plateau")


class TrainingError(ValueError):
    """Data, network and configuration that do not fit each other: one sentence for the user."""


@dataclass(frozen=True)
class TrainingConfig:
    """How to train. What is None is the usual value of the thing it belongs to; what is 0 or () is off.

    loss: a name of LOSSES; None: the task's own. huber_delta: where Huber's loss turns linear.
    label_smoothing ε: the target of the true class is 1 - ε + ε/K, of the others ε/K.
    class_weights: one a class; balance_classes: n / (K n_k) instead. A row's loss counts with its class's weight,
    and the mean is divided by the sum of the weights (torch's `weight`).

    optimizer: a name of OPTIMIZERS; momentum … amsgrad are its settings, named as in torch.optim.
    batch_size 0: all training rows at once (batch gradient descent); 1: one-sample SGD. shuffle: take the rows in a
    new order each epoch; else always as they stand.
    clip_norm: the gradient is shortened to this Euclidean length (torch's clip_grad_norm_).

    schedule: of the learning rate, a name of SCHEDULES; lr is its start, and the peak of one_cycle.
    step_size, gamma: every so many epochs × gamma ("step"), every epoch × gamma ("exponential"). lr_min: where
    cosine ends, and the floor of reduce_on_plateau. pct_start, div_factor, final_div_factor: one_cycle's.
    plateau_factor, plateau_patience, plateau_threshold: reduce_on_plateau's. warmup: epochs of linear rise before.

    l1, l2: λ₁ Σ|w| + ½ λ₂ Σw² over the weights W (not b) is added to what is minimised; the loss shown is without.
    weight_decay: the optimizer's own (torch's): every parameter; decoupled in adamw, added to the gradient elsewhere.
    dropout, input_dropout: the probability of dropping a hidden unit, an input. max_norm: the longest a unit's row
    of W may be. patience: stop after so many epochs without a validation loss lower by min_delta, and go back to the
    weights of the best epoch; 0: never.

    augment_shift (pixels), augment_rotate, augment_shear (degrees), augment_scale (share): the most that an image is
    moved, turned, slanted, stretched, drawn anew each time it is shown. augment_elastic: strength of elastic
    deformation in pixels, augment_elastic_sigma its smoothness.

    pace: at most so many steps a second, for watching; 0: as fast as it goes.

    engine: "numpy", "compiled" (mlp/compiled, which needs Numba), or "auto": the compiled one for long runs that it
    can train. Their weights agree but for rounding.
    """

    loss: str | None = None
    optimizer: str = "adam"
    lr: float = 0.001
    batch_size: int = 32
    epochs: int = 10
    shuffle: bool = True
    seed: int = 0
    pace: float = 0.0
    engine: str = "auto"

    huber_delta: float = 1.0
    label_smoothing: float = 0.0
    class_weights: tuple[float, ...] = ()
    balance_classes: bool = False

    momentum: float | None = None
    dampening: float | None = None
    nesterov: bool | None = None
    beta1: float | None = None
    beta2: float | None = None
    eps: float | None = None
    alpha: float | None = None
    centered: bool | None = None
    rho: float | None = None
    lr_decay: float | None = None
    initial_accumulator_value: float | None = None
    amsgrad: bool | None = None
    weight_decay: float | None = None
    clip_norm: float = 0.0

    schedule: str = "constant"
    warmup: float = 0.0
    step_size: int = 10
    gamma: float | None = None
    lr_min: float = 0.0
    pct_start: float = 0.3
    div_factor: float = 25.0
    final_div_factor: float = 10000.0
    plateau_factor: float = 0.1
    plateau_patience: int = 10
    plateau_threshold: float = 0.0001

    l1: float = 0.0
    l2: float = 0.0
    dropout: float = 0.0
    input_dropout: float = 0.0
    max_norm: float = 0.0
    patience: int = 0
    min_delta: float = 0.0

    augment_shift: float = 0.0
    augment_rotate: float = 0.0
    augment_scale: float = 0.0
    augment_shear: float = 0.0
    augment_elastic: float = 0.0
    augment_elastic_sigma: float = 4.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "class_weights", tuple(self.class_weights))  # TOML and JSON have lists only

    @property
    def optimizer_settings(self) -> dict[str, float | bool]:
        """The settings chosen for the optimizer. Raises TrainingError where it does not take one of them."""
        chosen = {name: getattr(self, name) for name in OPTIMIZER_SETTINGS}
        chosen = {name: value for name, value in chosen.items() if value is not None}
        taken = settings_of(self.optimizer)
        for name in chosen:
            if name not in taken:
                raise TrainingError(
                    f"The optimizer {self.optimizer} has no {name.replace('_', ' ')}; it takes"
                    f" {', '.join(sorted(taken)).replace('_', ' ')}."
                )
        return chosen

    @property
    def augments(self) -> bool:
        return any(
            (self.augment_shift, self.augment_rotate, self.augment_scale, self.augment_shear, self.augment_elastic)
        )


OPTIMIZER_SETTINGS = (
    "momentum", "dampening", "nesterov", "beta1", "beta2", "eps", "alpha", "centered", "rho", "lr_decay",
    "initial_accumulator_value", "amsgrad", "weight_decay",
)  # fmt: skip
#: field → (lowest, highest, whether these themselves are allowed)
_BOUNDS = {
    "huber_delta": (0, math.inf, False),
    "label_smoothing": (0, 1, True),
    "momentum": (0, 1, True),
    "dampening": (0, 1, True),
    "eps": (0, math.inf, True),
    "alpha": (0, 1, True),
    "rho": (0, 1, True),
    "lr_decay": (0, math.inf, True),
    "initial_accumulator_value": (0, math.inf, True),
    "weight_decay": (0, math.inf, True),
    "clip_norm": (0, math.inf, True),
    "warmup": (0, math.inf, True),
    "step_size": (1, math.inf, True),
    "gamma": (0, math.inf, False),
    "lr_min": (0, math.inf, True),
    "pct_start": (0, 1, False),
    "div_factor": (0, math.inf, False),
    "final_div_factor": (0, math.inf, False),
    "plateau_factor": (0, 1, False),
    "plateau_patience": (0, math.inf, True),
    "plateau_threshold": (0, 1, True),
    "l1": (0, math.inf, True),
    "l2": (0, math.inf, True),
    "max_norm": (0, math.inf, True),
    "patience": (0, math.inf, True),
    "min_delta": (0, math.inf, True),
    "pace": (0, math.inf, True),
    "augment_shift": (0, math.inf, True),
    "augment_rotate": (0, 180, True),
    "augment_shear": (0, 80, True),
    "augment_elastic": (0, math.inf, True),
    "augment_elastic_sigma": (0, math.inf, False),
}


def check_config(config: TrainingConfig) -> None:
    """Refuse values that no data and no network would make sense of. Raises TrainingError."""
    known = (("loss", LOSSES), ("optimizer", OPTIMIZERS), ("schedule", SCHEDULES), ("engine", ENGINES))
    for name, names in known:
        value = getattr(config, name)
        if value is not None and value not in names:
            raise TrainingError(f"There is no {name} {value!r}: choose one of {', '.join(names)}.")
    if config.epochs < 1:
        raise TrainingError("Training needs at least one epoch.")
    if not (config.lr > 0 and math.isfinite(config.lr)):
        raise TrainingError(f"The learning rate must be above 0, not {config.lr}.")
    for name, (low, high, closed) in _BOUNDS.items():
        value = getattr(config, name)
        if value is None or (low < value < high) or (closed and value in (low, high) and math.isfinite(value)):
            continue
        limits = f"{'at least' if closed else 'above'} {low}"
        if high < math.inf:
            limits += f" and {'at most' if closed else 'below'} {high}"
        raise TrainingError(f"{name.replace('_', ' ').capitalize()} must be {limits}, not {value}.")
    for name in ("beta1", "beta2", "dropout", "input_dropout", "augment_scale"):
        if not 0 <= (getattr(config, name) or 0) < 1:
            raise TrainingError(
                f"{name.replace('_', ' ').capitalize()} must be at least 0 and below 1, not {getattr(config, name)}."
            )
    if config.balance_classes and config.class_weights:
        raise TrainingError("Give class weights or ask for balanced classes, not both.")
    config.optimizer_settings  # noqa: B018 (refuses settings that the optimizer does not take)


assert set(OPTIMIZER_SETTINGS) | set(_BOUNDS) <= {f.name for f in fields(TrainingConfig)}
