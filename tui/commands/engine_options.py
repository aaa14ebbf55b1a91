"""The many options of the engine, made from a table: one line each, the name of its field in `TrainingConfig`."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Annotated, Any

import typer

LOSS, OPTIMIZER, SCHEDULE, AGAINST, AUGMENT = (
    "Loss",
    "Optimizer settings",
    "Learning-rate schedule",
    "Against overfitting",
    "Augmentation of images",
)


@dataclass(frozen=True)
class Field:
    """An option --name (dashes for underscores) of one field; flag: no value, given or not."""

    name: str
    panel: str
    kind: type
    help: str
    metavar: str = "N"


def weights(text: str) -> tuple[float, ...]:
    """ "1,2.5" → (1.0, 2.5)."""
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a list of numbers such as 1,2.5.") from None


FIELDS = (
    Field("engine", "Training", str, "numpy; compiled, which needs the extra `fast`; or auto.", "NAME"),
    Field("shuffle", "Training", bool, "Take the rows in a new order each epoch, or always as they stand."),
    Field("loss", LOSS, str, "cross_entropy, mse, mae, huber, squared_error …; else the task's own.", "NAME"),
    Field("huber_delta", LOSS, float, "Where Huber's loss turns linear.", "δ"),
    Field("label_smoothing", LOSS, float, "Share of the target spread over all classes.", "ε"),
    Field("class_weights", LOSS, tuple, "How much a row of each class counts.", "N,N…"),
    Field("balance_classes", LOSS, bool, "Count rare classes more, each class the same in all."),
    Field("momentum", OPTIMIZER, float, "Of sgd, momentum, nesterov, rmsprop.", "μ"),
    Field("dampening", OPTIMIZER, float, "Of momentum."),
    Field("beta1", OPTIMIZER, float, "Of adam, adamw: how long the mean of ∇ remembers.", "β₁"),
    Field("beta2", OPTIMIZER, float, "Of adam, adamw: how long the mean of ∇² remembers.", "β₂"),
    Field("amsgrad", OPTIMIZER, bool, "Of adam, adamw: divide by the largest mean of ∇² so far."),
    Field("alpha", OPTIMIZER, float, "Of rmsprop: how long the mean of ∇² remembers.", "α"),
    Field("centered", OPTIMIZER, bool, "Of rmsprop: divide by the deviation of ∇."),
    Field("rho", OPTIMIZER, float, "Of adadelta: how long its means remember.", "ρ"),
    Field("lr_decay", OPTIMIZER, float, "Of adagrad."),
    Field("initial_accumulator_value", OPTIMIZER, float, "Of adagrad."),
    Field("eps", OPTIMIZER, float, "Added where the optimizer divides.", "ε"),
    Field("clip_norm", OPTIMIZER, float, "Shorten longer gradients to this length."),
    Field("schedule", SCHEDULE, str, "constant, step, exponential, cosine, one_cycle, reduce_on_plateau.", "NAME"),
    Field("warmup", SCHEDULE, float, "Epochs of linear rise at the start."),
    Field("step_size", SCHEDULE, int, "Epochs between the falls of step."),
    Field("gamma", SCHEDULE, float, "Factor of step and exponential.", "γ"),
    Field("lr_min", SCHEDULE, float, "Where cosine ends; reduce_on_plateau's floor.", "η"),
    Field("pct_start", SCHEDULE, float, "Share of one_cycle that rises.", "SHARE"),
    Field("div_factor", SCHEDULE, float, "one_cycle starts at η divided by this."),
    Field("final_div_factor", SCHEDULE, float, "one_cycle ends at its start divided by this."),
    Field("plateau_factor", SCHEDULE, float, "reduce_on_plateau multiplies by this."),
    Field("plateau_patience", SCHEDULE, int, "Epochs that reduce_on_plateau waits."),
    Field("plateau_threshold", SCHEDULE, float, "Share by which the loss must fall for reduce_on_plateau.", "SHARE"),
    Field("dropout", AGAINST, float, "Probability of dropping a hidden unit.", "P"),
    Field("input_dropout", AGAINST, float, "Probability of dropping an input.", "P"),
    Field("l1", AGAINST, float, "Penalty λ Σ|w|.", "λ"),
    Field("l2", AGAINST, float, "Penalty ½ λ Σ w².", "λ"),
    Field("weight_decay", AGAINST, float, "The optimizer's own; decoupled in adamw.", "λ"),
    Field("max_norm", AGAINST, float, "The longest a unit's weights may be."),
    Field("patience", AGAINST, int, "Stop after N epochs without improvement, back to the best weights."),
    Field("min_delta", AGAINST, float, "What counts as improvement."),
    Field("augment_shift", AUGMENT, float, "At most, in pixels.", "PIXELS"),
    Field("augment_rotate", AUGMENT, float, "At most, in degrees.", "DEGREES"),
    Field("augment_scale", AUGMENT, float, "At most, as a share.", "SHARE"),
    Field("augment_shear", AUGMENT, float, "At most, in degrees.", "DEGREES"),
    Field("augment_elastic", AUGMENT, float, "Strength of bending, in pixels.", "PIXELS"),
    Field("augment_elastic_sigma", AUGMENT, float, "Smoothness of bending, in pixels.", "PIXELS"),
)

ON = ("shuffle",)  # what is done unless it is refused


def _annotation(entry: Field) -> Any:
    settings: dict[str, Any] = {"help": entry.help, "rich_help_panel": entry.panel}
    if entry.kind is bool:
        name = entry.name.replace("_", "-")
        names = f"--{name}/--no-{name}" if entry.name in ON else f"--{name}"
        return Annotated[bool | None, typer.Option(names, **settings)]
    settings["metavar"] = entry.metavar
    if entry.kind is tuple:
        settings["parser"] = weights
    return Annotated[entry.kind | None, typer.Option(**settings)]


def with_engine_options(command: Callable) -> Callable:
    """The command with these options added; it gets those that were given as `engine`, a dict by field."""
    signature = inspect.signature(command)
    own = [parameter for parameter in signature.parameters.values() if parameter.name != "engine"]
    added = [
        inspect.Parameter(entry.name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=_annotation(entry))
        for entry in FIELDS
    ]

    @wraps(command)
    def with_engine(**given: Any) -> Any:
        engine = {entry.name: given.pop(entry.name) for entry in FIELDS}
        return command(**given, engine={name: value for name, value in engine.items() if value is not None})

    with_engine.__signature__ = signature.replace(parameters=[*own, *added])
    with_engine.__annotations__ = {parameter.name: parameter.annotation for parameter in [*own, *added]}
    return with_engine
