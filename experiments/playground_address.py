"""TensorFlow Playground's addresses, read and written: everything after the # says a state, key by key.

Its keys mean here what they mean there (`src/state.ts`): points, noise, inputs, network, SGD. What it cannot say
(another optimizer, dropout, data of one's own) stands in one more key, `dnn`, which the Playground passes over: what
is written here and read again is the same configuration. Where the two differ on purpose: a yes or no is a
probability here (sigmoid and cross-entropy), where the Playground learns ±1 by squared error; biases begin at 0, not
at 0.1; L1 shrinks a weight towards 0 and does not cut it off there.
"""

import json
import math
import re
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import quote, unquote

from dnn_tui.mlp import TrainingConfig
from dnn_tui.runs.config import DatasetConfig, NetworkConfig, RunConfig, RunError

HOME = "https://playground.tensorflow.org/"
ACTIVATIONS = {"relu": "relu", "tanh": "tanh", "sigmoid": "sigmoid", "linear": "identity"}
CLASSES = {"circle": "circle", "xor": "xor", "gauss": "gauss", "spiral": "spiral"}
REGRESSIONS = {"reg-plane": "plane", "reg-gauss": "multi-gauss"}
PROBLEMS = {"classification": CLASSES, "regression": REGRESSIONS}
PENALTIES = {"none": "", "L1": "l1", "L2": "l2"}
#: the input that each key switches on, in the order of the Playground's column
INPUTS = {
    "x": "x1", "y": "x2", "xSquared": "x1^2", "ySquared": "x2^2", "xTimesY": "x1*x2", "sinX": "sin(x1)",
    "sinY": "sin(x2)", "cosX": "cos(x1)", "cosY": "cos(x2)",
}  # fmt: skip
#: keys with no meaning here, and why
NOTHING_HERE = {
    "tutorial": "names a text of the Playground's page; there is none here",
    "collectStats": "asks the Playground to count its visitors; nothing is counted here",
    "hideText": "hides the text of the Playground's page; there is none here",
}
SAMPLES = {"classification": 500, "regression": 1200}
EPOCHS = 1000  # after which what is played rests, and goes on when asked
PACE = 200.0  # steps a second: quick, and slow enough to see units turn
HIDES = "_hide"
EXTRA = "dnn"
LONGEST = 8192  # characters of an address
MOST_UNITS, MOST_LAYERS = 1000, 20
#: what a machine chooses for itself: no part of the state
OWN_CHOICES = ("threads", "kernel", "recipe", "training.engine", "dataset.data_dir")


class AddressError(ValueError):
    """An address that is none of the Playground's: one sentence for the user."""


@dataclass(frozen=True)
class Address:
    """What an address says. test_points, discretize: what is seen; said: a sentence for each key without a meaning."""

    config: RunConfig
    test_points: bool = False
    discretize: bool = False
    said: tuple[str, ...] = ()


def is_address(text: str) -> bool:
    """Whether a text is meant as an address, of the Playground or of whatever else."""
    return bool(re.match(r"(?i)https?://|#\w+=", text.strip()))


def parse(url: str) -> Address:
    """The configuration that an address says, the Playground's usual values where it is silent. Raises AddressError."""
    before, _, after = url.strip().partition("#")
    if len(url) > LONGEST:
        raise AddressError(f"An address has at most {LONGEST:,} characters, not {len(url):,}.")
    if before and not re.match(r"(?i)https?://[^/]*playground[^?]*$", before):
        raise AddressError(f"{before} is no address of the Playground: give one such as {HOME}#activation=tanh.")
    keys = dict(pair.partition("=")[::2] for pair in after.split("&") if pair)
    reader = _Reader(keys)
    config = reader.config()
    config = _with_extra(config, keys[EXTRA]) if keys.get(EXTRA) else config
    return Address(config, reader.flag("showTestData"), reader.flag("discretize"), tuple(reader.all_said()))


class _Reader:
    """Takes the keys one by one, and collects what is to be said of them."""

    def __init__(self, keys: Mapping[str, str]) -> None:
        self.keys, self.said, self._known = keys, list[str](), {EXTRA}

    def _text(self, key: str) -> str:
        self._known.add(key)
        return unquote(self.keys.get(key, "")).strip()

    def flag(self, key: str, usual: bool = False) -> bool:
        """As the Playground reads it: whatever is not "false" is true."""
        text = self._text(key)
        return text != "false" if text else usual

    def name(self, key: str, names: Mapping[str, str], usual: str) -> str:
        """One of the names it can be; the usual one where it is another."""
        text = self._text(key)
        if text and text not in names:
            self.said.append(f"{key}={text[:30]} is none of {', '.join(names)}: {usual} is taken.")
        return text if text in names else usual

    def number(self, key: str, usual: float, low: float, high: float, whole: bool = False) -> float:
        """A number in its range, else the nearest; the usual one where it is none."""
        text = self._text(key)
        if not text:
            return usual
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            self.said.append(f"{key}={text[:30]} is no number: {usual:g} is taken.")
            return usual
        taken = min(max(value, low), high)
        taken = float(round(taken)) if whole else taken
        if taken != value:
            self.said.append(f"{key}={value:g} is outside {low:g} to {high:g}: {taken:g} is taken.")
        return taken

    def config(self) -> RunConfig:
        """The configuration of all keys."""
        problem = self.name("problem", PROBLEMS_BY_NAME, "classification")
        classes = self.name("dataset", CLASSES, "circle")
        regression = self.name("regDataset", REGRESSIONS, "reg-plane")
        data = CLASSES[classes] if problem == "classification" else REGRESSIONS[regression]
        share = self.number("percTrainData", 50, 10, 90)
        options: dict[str, Any] = {
            "samples": SAMPLES[problem],
            "noise": self.number("noise", 0, 0, 50) / 100,
            "test": 0.0,
        }
        if inputs := self._inputs():
            options["inputs"] = inputs
        penalty = PENALTIES[self.name("regularization", PENALTIES, "none")]
        rate = self.number("regularizationRate", 0, 0, 1e6)
        activation = ACTIVATIONS[self.name("activation", ACTIVATIONS, "tanh")]
        shape, zero = self._shape(), self.flag("initZero")
        training: dict[str, Any] = {
            "optimizer": "sgd",
            "lr": self.number("learningRate", 0.03, 1e-9, 1e6),
            "batch_size": int(self.number("batchSize", 10, 1, 1e6, whole=True)),
            "epochs": EPOCHS,
            "pace": PACE,
            "seed": seed_of(self._text("seed")),
        }
        if penalty and rate:
            training[penalty] = rate
        return RunConfig(
            DatasetConfig(data, round(1 - share / 100, 12), options=options),
            NetworkConfig(
                shape,
                (activation,) * len(shape),
                None,
                "zeros" if zero else "uniform",
                None if zero else 0.5,
            ),
            TrainingConfig(**training),
        )

    def _inputs(self) -> str:
        """The formulas of the inputs that are on; "" for the two coordinates alone."""
        on = [formula for key, formula in INPUTS.items() if self.flag(key, key in "xy")]
        if not on:
            self.said.append("No input is on: x1 and x2 are taken.")
        return "" if on in ([], ["x1", "x2"]) else ",".join(on)

    def _shape(self) -> tuple[int, ...]:
        text = self._text("networkShape")
        if "networkShape" not in self.keys:
            return 4, 2
        parts = text.split(",") if text else []
        shape = tuple(int(part) for part in parts if re.fullmatch(r"\s*\d{1,6}\s*", part))
        if len(shape) < len(parts) or len(shape) > MOST_LAYERS or not all(1 <= n <= MOST_UNITS for n in shape):
            self.said.append(f"networkShape={text[:30]} is no list of layer sizes: 4,2 is taken.")
            return 4, 2
        return shape

    def all_said(self) -> list[str]:
        """What was said of values, then of keys that mean nothing here."""
        said = list(self.said)
        for key in self.keys:
            if key in self._known:
                continue
            if key in NOTHING_HERE:
                said.append(f"{key} {NOTHING_HERE[key]}.")
            elif key.endswith(HIDES):
                said.append(f"{key} hides a part of the Playground's page; here all parts are shown.")
            else:
                said.append(f"{unquote(key)[:30]!r} is no key of the Playground, and is passed over.")
        return said


PROBLEMS_BY_NAME = {name: name for name in PROBLEMS}


def seed_of(text: str) -> int:
    """The seed that the Playground's text stands for: "0.12345" is 12345; a text that is no number, its checksum."""
    if found := re.fullmatch(r"(?:0?\.)?(\d{1,18})", text):
        return int(found[1])
    return zlib.crc32(text.encode()) if text else 0


def write(config: RunConfig, test_points: bool = False, discretize: bool = False) -> str:
    """The address of a configuration; the Playground shows what it can of it, and `parse` gives it back whole."""
    data, network, training = config.dataset, config.network, config.training
    options = data.options
    regression = data.name in REGRESSIONS.values()
    names = {ours: theirs for table in PROBLEMS.values() for theirs, ours in table.items()}
    shown = {ours: theirs for theirs, ours in ACTIVATIONS.items()}
    penalty = "L1" if training.l1 else "L2" if training.l2 else "none"
    activation = network.activations[0] if network.activations else "tanh"
    on = str(options.get("inputs") or "x1,x2").split(",")
    keys: dict[str, Any] = {
        "activation": shown.get(activation, "tanh"),
        "regularization": penalty,
        "batchSize": max(1, training.batch_size),
        "dataset": names.get(data.name, "circle") if not regression else "circle",
        "regDataset": names[data.name] if regression else "reg-plane",
        "learningRate": repr(float(training.lr)),
        "regularizationRate": repr(float(training.l1 or training.l2)),
        "noise": f"{100 * float(options.get('noise') or 0):.12g}",
        "networkShape": ",".join(map(str, network.hidden)),
        "seed": training.seed,
        "showTestData": str(test_points).lower(),
        "discretize": str(discretize).lower(),
        "percTrainData": f"{100 * (1 - (0.5 if data.validation is None else data.validation)):.12g}",
        **{key: str(formula in on).lower() for key, formula in INPUTS.items()},
        "problem": "regression" if regression else "classification",
        "initZero": str(network.initialization == "zeros").lower(),
    }
    address = f"{HOME}#" + "&".join(f"{key}={value}" for key, value in keys.items())
    theirs, ours = _flat(parse(address).config), _flat(config)
    more = {key: value for key, value in ours.items() if key not in OWN_CHOICES and theirs.get(key) != value}
    return address + (f"&{EXTRA}={quote(json.dumps(more, separators=(',', ':')), safe='')}" if more else "")


def _flat(config: RunConfig) -> dict[str, Any]:
    """The configuration with one key a value: "training.lr"; lists for tuples, as JSON has them."""
    flat: dict[str, Any] = {}
    for section, part in json.loads(json.dumps(asdict(config))).items():
        if isinstance(part, dict):
            flat |= {f"{section}.{key}": value for key, value in part.items()}
        else:
            flat[section] = part
    return flat


def _with_extra(config: RunConfig, text: str) -> RunConfig:
    """The configuration with what the Playground cannot say. Raises AddressError."""
    try:
        more = json.loads(unquote(text))
        record: dict[str, Any] = asdict(config)
        for key, value in more.items():
            section, _, name = key.partition(".")
            if name:
                record[section][name] = value
            else:
                record[section] = value
        return RunConfig.from_dict(record)
    except (RunError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise AddressError(
            f"The address's part {EXTRA}={text[:30]} says nothing that is understood: {error}."
        ) from None
