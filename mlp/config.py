"""`TrainingConfig`: every choice about how to train, flat and plain, so that it can be written to TOML and JSON."""

from dataclasses import dataclass

from .settings import SETTINGS, TRAINING_SETTINGS

#: The fields that are an optimizer's own: which of them it takes, the table says.
OPTIMIZER_SETTINGS = tuple(s.name for s in TRAINING_SETTINGS if s.of == "optimizer" and s.name != "lr")


class TrainingError(ValueError):
    """Data, network and configuration that do not fit each other: one sentence for the user."""


@dataclass(frozen=True)
class TrainingConfig:
    """How to train. What is None is the usual value of the thing it belongs to; what is 0 or () is off.

    Each field is a `Setting` of settings.py, with its symbol, its range and what it does; docs/settings.md shows them
    all. An optimizer's settings are named as in torch.optim.
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
    calibrate: bool = False
    frozen: tuple[int, ...] = ()

    augment_shift: float = 0.0
    augment_rotate: float = 0.0
    augment_scale: float = 0.0
    augment_shear: float = 0.0
    augment_elastic: float = 0.0
    augment_elastic_sigma: float = 4.0

    def __post_init__(self) -> None:
        for name in ("class_weights", "frozen"):
            object.__setattr__(self, name, tuple(getattr(self, name)))  # TOML and JSON have lists only

    @property
    def optimizer_settings(self) -> dict[str, float | bool]:
        """The settings chosen for the optimizer. Raises TrainingError where it does not take one of them."""
        chosen = {name: getattr(self, name) for name in OPTIMIZER_SETTINGS}
        chosen = {name: value for name, value in chosen.items() if value is not None}
        taken = {name for name in OPTIMIZER_SETTINGS if self.optimizer in SETTINGS[name].usual}
        for name in chosen:
            if name not in taken:
                raise TrainingError(
                    f"The optimizer {self.optimizer} has no {name.replace('_', ' ')}; it takes"
                    f" {', '.join(sorted(taken)).replace('_', ' ')}."
                )
        return chosen

    @property
    def augments(self) -> bool:
        """Whether images are deformed anew each time they are shown."""
        return any(
            (self.augment_shift, self.augment_rotate, self.augment_scale, self.augment_shear, self.augment_elastic)
        )


def check_config(config: TrainingConfig) -> None:
    """Refuse values that no data and no network would make sense of. Raises TrainingError."""
    for entry in TRAINING_SETTINGS:
        if sentence := entry.refused(getattr(config, entry.name)):
            raise TrainingError(sentence)
    if config.balance_classes and config.class_weights:
        raise TrainingError("Give class weights or ask for balanced classes, not both.")
    config.optimizer_settings  # noqa: B018 (refuses settings that the optimizer does not take)
