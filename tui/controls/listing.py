"""Which controls a run has now: made from its configuration and the table of settings, grouped."""

from typing import Any

from dnn_tui.datasets.catalogue import ENTRIES
from dnn_tui.datasets.derived import USUAL, read_inputs
from dnn_tui.mlp.settings import SETTINGS
from dnn_tui.runs.config import RunConfig

from .columns import column_rows
from .control import Control, Row

PLANAR = ("circle", "xor", "gauss", "spiral", "moons", "plane", "multi-gauss")
DATA = (*PLANAR, *(name for name in ENTRIES if name not in PLANAR and name != "formula"))
OWN_OF_OPTIMIZER = ("momentum", "nesterov", "beta1", "beta2", "alpha", "rho", "weight_decay")
LEARNING = ("optimizer", "lr", "schedule", "batch_size", "clip_norm")
AGAINST = ("l1", "l2", "dropout")
LABELS = {"lr": "η", "batch_size": "batch", "l1": "L1", "l2": "L2", "clip_norm": "clip ‖∇‖", "weight_decay": "decay",
          "beta1": "β₁", "beta2": "β₂", "alpha": "α", "rho": "ρ"}  # fmt: skip
STEPS = {"dropout": 0.1, "momentum": 0.1, "beta1": 0.05, "beta2": 0.005, "alpha": 0.05, "rho": 0.05}
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
SAMPLES = 600  # of generated data where nothing is chosen


def rows_of(
    config: RunConfig, data: dict[str, Any], network: dict[str, Any], paused: bool, column: str = ""
) -> tuple[Row, ...]:
    """All controls of a run; data, network: what its start told of them. column: the one chosen among very many."""
    return (
        *_doing(paused),
        *_data(config, data),
        *_inputs(config),
        *_components(config, data),
        *column_rows(config, data, column),
        *_network(config, network),
        *_learning(config),
        *_sharing(),
    )


def _doing(paused: bool) -> tuple[Row, ...]:
    go_on = Control("run", "", "▶ run" if paused else "‖ pause", "do", "Go on, or pause (Space).",
                    command="resume" if paused else "pause", on=not paused)  # fmt: skip
    return (
        Row((
            go_on,
            Control("step", "", "step", "do", "Take one step, then pause (n).", command="step"),
            Control("reset", "", "reset", "do", "Begin again from the same start.", change="reset"),
            Control("reseed", "", "other start", "do", "Begin again from another start: the next seed.",
                    command="app:reseed"),
        )),
        Row((
            Control("undo", "", "undo", "do", "Take the last change back (u).", command="undo"),
            Control("redo", "", "redo", "do", "Make it again (U).", command="redo"),
            Control("slower", "", "slower", "do", "Fewer steps a second (-).", command="app:slower"),
            Control("faster", "", "faster", "do", "More steps a second (+).", command="app:faster"),
        )),
    )  # fmt: skip


def _data(config: RunConfig, data: dict[str, Any]) -> tuple[Row, ...]:
    wanted, options = config.dataset, config.dataset.options
    found = ENTRIES.get(wanted.name)
    choices = DATA if wanted.name in DATA else (wanted.name, *DATA)
    rows = [
        Row(heading="Data"),
        Row((Control("data", "data", wanted.name, "choice", "A data set by name, or a file or folder of your own.",
                     "data={}", choices=choices, free=True),)),
    ]  # fmt: skip
    if found and "formula" in found.options:
        rows.append(Row((Control("formula", "formula", str(options.get("formula", "")), "text",
                                 "Any function of x1, x2 …, such as sin(3*x1) > x2.", "formula={}"),)))  # fmt: skip
    if found and "noise" in found.options:
        noise = float(options.get("noise", 0))
        samples = int(options.get("samples", found.rows or SAMPLES))
        rows += [
            Row((Control("noise", "noise", f"{noise:g}", "number", "From 0 to 0.5, the Playground's 0 to 50 %.",
                         "noise={}", step=0.05, low=0, high=0.5),)),
            Row((Control("samples", "samples", f"{samples}", "number", "Rows that are made, before the split.",
                         "samples={}", step=50, low=10, high=1e6, whole=True),)),
        ]  # fmt: skip
    rest = sum(int(data.get(split) or 0) for split in ("train", "validation"))
    share = 1 - wanted.validation if wanted.validation is not None else None
    if share is None and rest:
        share = round(int(data.get("train") or 0) / rest, 2)
    if share is not None:
        rows.append(Row((Control("train_share", "train share", f"{share:.12g}", "number",
                                 "Of the rows that are not test rows; the others judge each epoch.", "validation={}",
                                 step=0.1, low=0.1, high=1.0, rest=True),)))  # fmt: skip
    if found and found.where == "generated":
        rows.append(Row((Control("regenerate", "", "new points", "do", "The same data set, drawn anew.",
                                 change="regenerate"),)))  # fmt: skip
    return tuple(rows)


def _inputs(config: RunConfig) -> tuple[Row, ...]:
    """A switch for each of the Playground's inputs, and for those that were typed."""
    found = ENTRIES.get(config.dataset.name)
    if not found or "inputs" not in found.options or found.features != 2:
        return ()
    on = read_inputs(config.dataset.options.get("inputs") or USUAL[:2])
    known = (*USUAL, *(formula for formula in on if formula not in USUAL))
    switches = []
    for formula in known:
        wanted = [f for f in known if (f in on) != (f == formula)]
        switches.append(
            Control(f"input {formula}", "", formula, "switch", f"Whether the network gets {formula}.",
                    change=f"inputs={','.join(wanted)}" if wanted else "", on=formula in on)
        )  # fmt: skip
    rest = Control("inputs", "inputs", ",".join(on), "text", "Any formulas of x1 and x2, such as x1,x2,cos(2*x1).",
                   "inputs={}")  # fmt: skip
    return Row(heading="Inputs"), Row(tuple(switches)), Row((rest,))


def _components(config: RunConfig, data: dict[str, Any]) -> tuple[Row, ...]:
    """For wide data, how many principal components stand for the inputs; 0: the inputs themselves."""
    count = int(config.dataset.options.get("components") or 0)
    if not count and int(data.get("features") or 0) <= 2:
        return ()
    control = Control("components", "components", str(count), "number",
                      "Principal components in place of the inputs; two make a plane. 0: the inputs themselves.",
                      "components={}", low=0, high=100_000, whole=True)  # fmt: skip
    return (Row((control,)),)


def _network(config: RunConfig, network: dict[str, Any]) -> tuple[Row, ...]:
    hidden, activations = config.network.hidden, config.network.activations
    known = (*SETTINGS["activation"].choices, "step")
    rows = [Row(heading="Network")]
    for k, (units, activation) in enumerate(zip(hidden, activations, strict=False), 1):
        frozen = k in getattr(config.training, "frozen", ())
        mark = " ❄" if frozen else ""
        names = ["{}" if j == k else name for j, name in enumerate(activations, 1)]
        number = str(k).translate(SUBSCRIPTS)
        rows += [
            Row((Control(f"units {k}", f"n{number} units{mark}", str(units), "number", f"Units of hidden layer {k}.",
                         f"units layer={k} units={{}}", low=1, high=100_000, whole=True),)),
            Row((Control(f"activation {k}", f"g{number}", activation, "choice",
                         f"Activation of hidden layer {k}.", f"activation={','.join(names)}", choices=known),)),
        ]  # fmt: skip
    last = hidden[-1] if hidden else 4
    rows.append(
        Row((
            Control("more", "", "+ layer", "do", "One more hidden layer, before the output.",
                    change=f"insert layer={len(hidden) + 1} units={last}"),
            Control("fewer", "", "− layer", "do", "Without the last hidden layer.",
                    change=f"remove layer={len(hidden)}" if hidden else ""),
        ))
    )  # fmt: skip
    output = config.network.output or str((network.get("activations") or ["?"])[-1])
    rows.append(_choice("output", output))
    rows.append(_choice("loss", str(config.training.loss or "usual"), ("usual", *SETTINGS["loss"].choices)))
    return tuple(rows)


def _learning(config: RunConfig) -> tuple[Row, ...]:
    training = config.training
    taken = [name for name in OWN_OF_OPTIMIZER if training.optimizer in SETTINGS[name].usual]
    names = [name for name in (*LEARNING, *AGAINST) if name != "clip_norm" or training.clip_norm]
    rows = [Row(heading="Learning")]
    for name in (*names, *taken):
        rows.append(_setting(config, name))
    rows.append(_setting(config, "seed"))
    return tuple(rows)


def _setting(config: RunConfig, name: str) -> Row:
    """A row of the table of settings."""
    entry, value = SETTINGS[name], getattr(config.training, name)
    if value is None:
        value = entry.usual.get(config.training.optimizer, 0)
    if entry.names:
        return _choice(name, str(value))
    if entry.kind is bool:
        text = "yes" if value else "no"
        control = Control(name, LABELS.get(name, name), text, "choice", entry.sentence, f"{name}={{}}",
                          choices=("no", "yes"))  # fmt: skip
        return Row((control,))
    whole = entry.kind is int
    linear = name in STEPS or name == "seed"
    control = Control(
        name, LABELS.get(name, name.replace("_", " ")), f"{value:.12g}", "number", entry.sentence, f"{name}={{}}",
        low=1 if whole and not linear else max(entry.low, 0), high=entry.high, scale="linear" if linear else "log",
        step=STEPS.get(name, 1.0),
        whole=whole,
    )  # fmt: skip
    return Row((control,))


def _choice(name: str, value: str, choices: tuple[str, ...] = ()) -> Row:
    entry = SETTINGS[name]
    control = Control(name, LABELS.get(name, name), value, "choice", entry.sentence, f"{name}={{}}",
                      choices=choices or entry.choices)  # fmt: skip
    return Row((control,))


def _sharing() -> tuple[Row, ...]:
    return (
        Row(heading="Keep"),
        Row((
            Control("share", "", "share", "do", "The command and the address that give this state (y).",
                    command="app:share"),
            Control("recipe", "", "as recipe", "do", "Keep how it trains as a recipe of your own.",
                    command="app:keep_recipe"),
            Control("lesson", "", "as lesson", "do", "Keep it as a lesson of your own.", command="app:keep_lesson"),
        )),
    )  # fmt: skip
