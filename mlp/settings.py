"""Which settings exist: every choice about a network and its training, once, with symbol, range and sentence.

Options of the command line, what a recipe may say, what is refused, and docs/settings.md are made from this table.
Values where nothing is chosen stand in `TrainingConfig`, an optimizer's own beside its formula in `optimizers.py`.
"""

from collections.abc import Callable, Iterable, Mapping

from .setting import Setting, SettingError, Value

__all__ = ["GROUPS", "NETWORK_SETTINGS", "SETTINGS", "TRAINING_SETTINGS", "Setting", "SettingError", "setting"]

SCHEDULES = ("constant", "step", "exponential", "cosine", "one_cycle", "reduce_on_plateau")
ENGINES = ("auto", "numpy", "compiled")
NETWORK, TRAINING, LOSS, OPTIMIZER, SCHEDULE, AGAINST, AUGMENT = GROUPS = (
    "Network",
    "Training",
    "Loss",
    "Optimizer settings",
    "Learning-rate schedule",
    "Against overfitting",
    "Augmentation of images",
)

# The registries load NumPy, so they are asked when a name is wanted: `dnn-tui --help` needs none.


def _activations() -> Iterable[str]:
    from .activations import HIDDEN

    return HIDDEN


def _outputs() -> Iterable[str]:
    from .activations import OUTPUTS

    return OUTPUTS


def _initializations() -> Iterable[str]:
    from .initialization import INITIALIZATIONS

    return ("auto", *INITIALIZATIONS)


def _scales() -> Mapping[str, Value]:
    from .initialization import INITIALIZATIONS

    return {name: usual for name, (_, usual) in INITIALIZATIONS.items() if usual}


def _losses() -> Iterable[str]:
    from .losses import LOSSES

    return LOSSES


def _optimizers() -> Iterable[str]:
    from .optimizers import OPTIMIZERS

    return OPTIMIZERS


def _usual_lrs() -> Mapping[str, Value]:
    from .optimizers import OPTIMIZERS, usual_lr

    return {name: usual_lr(name) for name in OPTIMIZERS}


def _of_optimizers(setting: str) -> Callable[[], Mapping[str, Value]]:
    """The optimizers that take the setting, each with its default there."""

    def by() -> Mapping[str, Value]:
        from .optimizers import OPTIMIZERS, usual_settings

        found = {name: usual_settings(name) for name in OPTIMIZERS}
        return {name: values[setting] for name, values in found.items() if setting in values}

    return by


def _in(**values: Value) -> Callable[[], Mapping[str, Value]]:
    return lambda: values


NETWORK_SETTINGS = (
    Setting(
        "hidden", tuple, NETWORK, "n_i", "Sizes of the hidden layers, or none.",
        low=1, high=100_000, items=int, span=(4, 1024), scale="log", unit="units",
        words=(("none", ()), ("0", ()), ("", ())), noun="list of layer sizes",
        title="The sizes of the hidden layers", must_be="whole numbers from 1 to 100,000 such as 128,64, or none",
    ),
    Setting(
        "activation", str, NETWORK, "g", "Of the hidden layers, or one each.",
        names=_activations, several=True,
        note="h_i = g(a_i). A network may have step too, but only forwards: its derivative is 0.",
    ),
    Setting(
        "output", str, NETWORK, "O", "Of the last layer; else the task's own.", names=_outputs,
        note="softmax for classes, sigmoid for yes or no, identity for numbers.",
    ),
    Setting(
        "initialization", str, NETWORK, "W⁰", "How weights begin.", names=_initializations, option="--init",
        note="auto: He before ReLU and its kin, else Xavier. Biases begin at 0.",
    ),
    Setting(
        "initialization_scale", float, NETWORK, "s", "The constant, the limit of uniform, the deviation of normal.",
        span=(0.001, 2), scale="log", of="initialization", by=_scales, option="--init-scale",
    ),
)  # fmt: skip

TRAINING_SETTINGS = (
    Setting("optimizer", str, TRAINING, "optimizer", "How weights follow the gradient.", names=_optimizers,
            note="Definitions and defaults are those of torch.optim."),
    Setting("lr", float, TRAINING, "η", "The learning rate.", low=0, closed="neither", span=(1e-5, 1), scale="log",
            of="optimizer", by=_usual_lrs, title="The learning rate", noun="learning rate", command="set_lr",
            note="The schedule's start, and the peak of one_cycle."),
    Setting("batch_size", int, TRAINING, "B", "Rows a step, or all.", low=1, span=(8, 512), scale="log", unit="rows",
            words=(("all", 0),), note="0 or all is batch gradient descent, 1 is one-sample SGD."),
    Setting("epochs", int, TRAINING, "epochs", "Times through the training rows.", low=1, span=(1, 200), scale="log",
            unit="epochs", refusal="Training needs at least one epoch.", noun="number of epochs", command="prolong"),
    Setting("shuffle", bool, TRAINING, "shuffle", "Take the rows in a new order each epoch, or always as they stand."),
    Setting("seed", int, TRAINING, "seed", "Of everything random: same seed, same run.", low=0, span=(0, 99)),
    Setting("frozen", tuple, TRAINING, "i", "Layers of weights that stay as they are, from 1.", low=1, high=1000,
            items=int, span=(1, 10), unit="layers", words=(("none", ()), ("", ())), noun="list of layers",
            title="The frozen layers", must_be="whole numbers from 1 such as 1,2, or none",
            note="As parameters without a gradient in torch: neither optimizer nor weight decay touches them."),
    Setting("pace", float, TRAINING, "pace", "At most N steps a second, to watch; 0 is full speed.", low=0,
            span=(1, 1000), scale="log", unit="steps/s", command="pace"),
    Setting("engine", str, TRAINING, "engine", "What computes; compiled needs the extra `fast`.",
            names=lambda: ENGINES, note="auto: for long runs the faster one, as measured at the start and when the pace"
            " changes. Weights agree but for rounding."),

    Setting("loss", str, LOSS, "L", "What is made small; else the task's own.", names=_losses),
    Setting("huber_delta", float, LOSS, "δ", "Where it turns linear.", low=0, closed="neither",
            span=(0.01, 10), scale="log", of="loss", by=_in(huber=1.0)),
    Setting("label_smoothing", float, LOSS, "ε", "Share of the target spread over all classes.", low=0, high=1,
            span=(0, 0.3), unit="share", note="The true class's target is 1 − ε + ε/K, the others' ε/K."),
    Setting("class_weights", tuple, LOSS, "w_k", "How much a row of each class counts.", span=(0, 10),
            noun="list of numbers", must_be="numbers such as 1,2.5, one a class",
            note="The mean is divided by the sum of the weights, as torch's `weight` does."),
    Setting("balance_classes", bool, LOSS, "n / (K n_k)", "Count rare classes more, each class the same in all."),

    Setting("momentum", float, OPTIMIZER, "μ", "How much of the last step goes on.", low=0, high=1,
            span=(0, 0.99), of="optimizer", by=_of_optimizers("momentum")),
    Setting("dampening", float, OPTIMIZER, "τ", "What momentum takes from each new gradient.", low=0, high=1,
            span=(0, 1), of="optimizer", by=_of_optimizers("dampening"), note="v ← μ v + (1 − τ) ∇."),
    Setting("nesterov", bool, OPTIMIZER, "nesterov", "Step from where momentum leads.", of="optimizer",
            by=_of_optimizers("nesterov"), note="θ ← θ − η (∇ + μ v)."),
    Setting("beta1", float, OPTIMIZER, "β₁", "How long the mean of ∇ remembers.", low=0, high=1, closed="left",
            span=(0, 0.999), of="optimizer", by=_of_optimizers("beta1")),
    Setting("beta2", float, OPTIMIZER, "β₂", "How long the mean of ∇² remembers.", low=0, high=1, closed="left",
            span=(0.9, 0.9999), of="optimizer", by=_of_optimizers("beta2")),
    Setting("amsgrad", bool, OPTIMIZER, "v_max", "Divide by the largest mean of ∇² so far.", of="optimizer",
            by=_of_optimizers("amsgrad")),
    Setting("alpha", float, OPTIMIZER, "α", "How long the mean of ∇² remembers.", low=0, high=1,
            span=(0.5, 0.999), of="optimizer", by=_of_optimizers("alpha")),
    Setting("centered", bool, OPTIMIZER, "v − m²", "Divide by the deviation of ∇.", of="optimizer",
            by=_of_optimizers("centered")),
    Setting("rho", float, OPTIMIZER, "ρ", "How long its means remember.", low=0, high=1, span=(0.5, 0.999),
            of="optimizer", by=_of_optimizers("rho")),
    Setting("lr_decay", float, OPTIMIZER, "κ", "How fast η falls with the steps.", low=0, span=(1e-6, 0.1),
            scale="log", of="optimizer", by=_of_optimizers("lr_decay"), note="η / (1 + (t − 1) κ) in step t."),
    Setting("initial_accumulator_value", float, OPTIMIZER, "v₀", "Where the sum of ∇² begins.", low=0,
            span=(1e-6, 1), scale="log", of="optimizer", by=_of_optimizers("initial_accumulator_value")),
    Setting("eps", float, OPTIMIZER, "ε", "Added where the optimizer divides.", low=0, span=(1e-12, 1e-2),
            scale="log", of="optimizer", by=_of_optimizers("eps")),
    Setting("clip_norm", float, OPTIMIZER, "‖∇‖", "Shorten longer gradients to this length; 0: never.", low=0,
            span=(0.01, 100), scale="log", note="The Euclidean length of the whole gradient."),

    Setting("schedule", str, SCHEDULE, "η(t)", "How the learning rate goes.", names=lambda: SCHEDULES,
            note="Definitions are those of torch.optim.lr_scheduler."),
    Setting("warmup", float, SCHEDULE, "warmup", "Epochs of linear rise at the start.", low=0, span=(0, 10),
            unit="epochs"),
    Setting("step_size", int, SCHEDULE, "k", "Epochs between its falls.", low=1, span=(1, 100), scale="log",
            unit="epochs", of="schedule", by=_in(step=10)),
    Setting("gamma", float, SCHEDULE, "γ", "What η is multiplied by at each fall.", low=0, closed="neither",
            span=(0.05, 1), scale="log", of="schedule", by=_in(step=0.1, exponential=0.95)),
    Setting("lr_min", float, SCHEDULE, "η_min", "Where cosine ends; reduce_on_plateau's floor.", low=0,
            span=(1e-7, 0.01), scale="log", of="schedule", by=_in(cosine=0.0, reduce_on_plateau=0.0)),
    Setting("pct_start", float, SCHEDULE, "share", "Share of the steps that rise.", low=0, high=1, closed="neither",
            span=(0.05, 0.95), unit="share", of="schedule", by=_in(one_cycle=0.3)),
    Setting("div_factor", float, SCHEDULE, "η/η₀", "It starts at η divided by this.", low=0, closed="neither",
            span=(2, 100), scale="log", of="schedule", by=_in(one_cycle=25.0)),
    Setting("final_div_factor", float, SCHEDULE, "η₀/η_T", "It ends at its start divided by this.", low=0,
            closed="neither", span=(10, 1e6), scale="log", of="schedule", by=_in(one_cycle=10000.0)),
    Setting("plateau_factor", float, SCHEDULE, "factor", "What η is multiplied by on a plateau.", low=0, high=1,
            closed="neither", span=(0.05, 0.95), of="schedule", by=_in(reduce_on_plateau=0.1)),
    Setting("plateau_patience", int, SCHEDULE, "epochs", "Epochs without a fall of the loss before it acts.", low=0,
            span=(0, 50), unit="epochs", of="schedule", by=_in(reduce_on_plateau=10)),
    Setting("plateau_threshold", float, SCHEDULE, "share", "Share by which the loss must fall to count.", low=0,
            high=1, span=(1e-5, 0.1), scale="log", unit="share", of="schedule", by=_in(reduce_on_plateau=0.0001)),

    Setting("dropout", float, AGAINST, "p", "Probability of dropping a hidden unit.", low=0, high=1, closed="left",
            span=(0, 0.8), unit="share"),
    Setting("input_dropout", float, AGAINST, "p₀", "Probability of dropping an input.", low=0, high=1,
            closed="left", span=(0, 0.5), unit="share"),
    Setting("l1", float, AGAINST, "λ₁", "Penalty λ₁ Σ|w|.", low=0, span=(1e-7, 0.1), scale="log",
            note="Over the weights, not the biases; the loss shown is without."),
    Setting("l2", float, AGAINST, "λ₂", "Penalty ½ λ₂ Σ w².", low=0, span=(1e-7, 0.1), scale="log",
            note="Over the weights, not the biases; the loss shown is without."),
    Setting("weight_decay", float, AGAINST, "λ", "The optimizer's own; decoupled in adamw.", low=0,
            span=(1e-6, 0.1), scale="log", of="optimizer", by=_of_optimizers("weight_decay"),
            note="Of every parameter: λθ is added to ∇; in adamw θ shrinks by ηλθ instead."),
    Setting("max_norm", float, AGAINST, "‖w‖", "The longest a unit's weights may be; 0: any.", low=0, span=(0.5, 10),
            scale="log", note="The Euclidean length of a row of W."),
    Setting("patience", int, AGAINST, "epochs", "Stop after N epochs without improvement, back to the best weights.",
            low=0, span=(1, 100), unit="epochs", note="0: never. Judged by the validation loss."),
    Setting("min_delta", float, AGAINST, "Δ", "What counts as improvement.", low=0, span=(1e-6, 0.1), scale="log"),
    Setting("calibrate", bool, AGAINST, "a_L / T", "At the end, make probabilities as sure as they are right.",
            note="A temperature T found on the validation rows divides the last layer, so that exports have it too."),

    Setting("augment_shift", float, AUGMENT, "shift", "At most, in pixels.", low=0, span=(0, 4), unit="pixels",
            note="Drawn anew each time an image is shown, as are those below."),
    Setting("augment_rotate", float, AUGMENT, "angle", "At most, in degrees.", low=0, high=180, span=(0, 30),
            unit="degrees"),
    Setting("augment_scale", float, AUGMENT, "stretch", "At most, as a share.", low=0, high=1, closed="left",
            span=(0, 0.3), unit="share"),
    Setting("augment_shear", float, AUGMENT, "slant", "At most, in degrees.", low=0, high=80, span=(0, 30),
            unit="degrees"),
    Setting("augment_elastic", float, AUGMENT, "strength", "Strength of bending, in pixels.", low=0, span=(0, 4),
            unit="pixels"),
    Setting("augment_elastic_sigma", float, AUGMENT, "σ", "Smoothness of bending, in pixels.", low=0,
            closed="neither", span=(1, 10), unit="pixels"),
)  # fmt: skip
SETTINGS = {entry.name: entry for entry in (*NETWORK_SETTINGS, *TRAINING_SETTINGS)}


def setting(name: str) -> Setting:
    """The setting of that name. Raises SettingError, which names those there are."""
    if name not in SETTINGS:
        raise SettingError(f"There is no setting {name!r}: there are {', '.join(SETTINGS)}.")
    return SETTINGS[name]
