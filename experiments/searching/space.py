"""A search's space, from what a person types: `1e-4..1` is a range, `relu,tanh` a list, anything else stays fixed.

What may vary, between which ends and on which scale is the one table of settings' to say; nothing of it is written
again here. Ranges of settings that go by factors are searched by factors, where they begin above 0.
"""

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from dnn_tui.mlp.settings import LOSS, SETTINGS, Setting, SettingError, setting

Value = float | int | str | bool
LAYERS, HIDDEN = "layers", "hidden"
MOST_LAYERS = 20
OWN = ("seed", "pace", "engine", "frozen", "class_weights")  # of the whole search, or nothing to choose the best of
GRID = 5  # points of a range in a grid


class SpaceError(ValueError):
    """A space that cannot be searched: one sentence for the user."""


class Suggests(Protocol):
    """What proposes values, as `optuna.Trial` does it."""

    def suggest_float(self, name: str, low: float, high: float, *, log: bool = False) -> float:
        """A number between low and high."""

    def suggest_int(self, name: str, low: int, high: int, *, log: bool = False) -> int:
        """A whole number from low to high."""

    def suggest_categorical(self, name: str, choices: list[Value]) -> Value:
        """One of the choices."""


@dataclass(frozen=True)
class Varied:
    """One dimension of the space: a range low … high, or choices.

    name: of the dimension, a setting's or `hidden_2`; setting: whose values these are. now: the part of the range
    that is searched since it was narrowed.
    """

    name: str
    setting: str
    low: float = 0.0
    high: float = 0.0
    log: bool = False
    integer: bool = False
    choices: tuple[Value, ...] = ()
    now: tuple[float, float] | None = None

    @property
    def ends(self) -> tuple[float, float]:
        """Between which new values are proposed."""
        return self.now or (self.low, self.high)

    def suggest(self, trial: Suggests) -> Value:
        """A value that the trial is to have here."""
        low, high = self.ends
        if self.choices:
            return trial.suggest_categorical(self.name, list(self.choices))
        if self.integer:
            return trial.suggest_int(self.name, int(low), int(high), log=self.log)
        return trial.suggest_float(self.name, low, high, log=self.log)

    def points(self, count: int = GRID) -> tuple[Value, ...]:
        """Its values in a grid: all choices, or so many points of the range, both ends among them."""
        if self.choices:
            return self.choices
        low, high = self.ends
        shares = [k / (count - 1) for k in range(count)]
        values = [low * (high / low) ** share if self.log else low + (high - low) * share for share in shares]
        values[-1] = high  # which rounding may miss
        return tuple(dict.fromkeys(round(value) for value in values)) if self.integer else tuple(values)


@dataclass(frozen=True)
class Space:
    """What varies, and what was fixed beside it. Read by `read_space`.

    fixed: by setting; layers: how many hidden layers there are where their sizes vary and their number does not;
    sizes: of every hidden layer, where their number varies and their size does not; usual: what the settings that
    others hang on (optimizer, schedule …) are where they do not vary.
    """

    varied: tuple[Varied, ...]
    fixed: Mapping[str, Any] = field(default_factory=dict)
    layers: int = 0
    sizes: int = 0
    usual: Mapping[str, str | None] = field(default_factory=dict)

    def suggest(self, trial: Suggests) -> dict[str, Value]:
        """A value for each dimension that this branch of the space has."""
        values: dict[str, Value] = {}
        for one in self.varied:
            if self._has(one, values):
                values[one.name] = one.suggest(trial)
        return values

    def grid(self) -> Iterator[dict[str, Value]]:
        """Every combination of points, those of dimensions that a branch has not only once."""
        seen: set[tuple[tuple[str, Value], ...]] = set()
        for combination in itertools.product(*(one.points() for one in self.varied)):
            values: dict[str, Value] = {}
            for one, value in zip(self.varied, combination, strict=True):
                if self._has(one, values):
                    values[one.name] = value
            key = tuple(values.items())
            if key not in seen:
                seen.add(key)
                yield values

    def settings(self, values: Mapping[str, Value]) -> dict[str, Any]:
        """By setting what a trial with these values is trained with: they, and what was fixed."""
        found = {name: value for name, value in self.fixed.items() if self._takes(name, values)}
        layers = int(values.get(LAYERS, self.layers))
        units = [values[f"{HIDDEN}_{i}"] for i in range(1, layers + 1) if f"{HIDDEN}_{i}" in values]
        if units:
            found[HIDDEN] = tuple(map(int, units))
        elif self.sizes:
            found[HIDDEN] = (self.sizes,) * layers
        for name, value in values.items():
            if name == HIDDEN:
                found[HIDDEN] = _layers_of(str(value))
            elif name in SETTINGS:
                found[name] = value
        return found

    def narrowed(self, name: str, text: str) -> "Space":
        """The space with one range made smaller for the trials to come. Raises SpaceError."""
        chosen = [one for one in self.varied if name in (one.name, one.setting)]
        if not chosen:
            there = ", ".join(one.name for one in self.varied)
            raise SpaceError(f"{name} does not vary in this search: there are {there}.")
        if chosen[0].choices:
            raise SpaceError(f"{name} is one of {_listed(chosen[0].choices)}, which is no range to narrow.")
        first = chosen[0]
        asked = _range(_entry(first.setting), text)
        if asked is None:
            raise SpaceError(f"{text!r} is no range: write it as {first.low:g}..{first.high:g}.")
        if not first.low <= asked.low < asked.high <= first.high:
            raise SpaceError(
                f"{name} goes from {first.low:g} to {first.high:g} in this search: {text} is no smaller part of that."
            )
        now = (asked.low, asked.high)
        return replace(self, varied=tuple(replace(one, now=now) if one in chosen else one for one in self.varied))

    def judged_by_loss(self) -> str:
        """The setting that makes the losses of trials another kind each, so that they cannot be compared; else ""."""
        return next((one.setting for one in self.varied if _entry(one.setting).group == LOSS), "")

    def hanging_on(self, usual: Mapping[str, str | None]) -> "Space":
        """The space where what does not vary is known. Raises SpaceError where a dimension has no use in any branch."""
        space = replace(self, usual=usual)
        for one in self.varied:
            entry = _entry(one.setting)
            owner = next((other for other in self.varied if other.name == entry.of), None)
            named = owner.choices if owner else (usual.get(entry.of),)
            if entry.usual and one.name != LAYERS and not set(named) & set(entry.usual):
                raise SpaceError(
                    f"{entry.flag} is of the {entry.of} {', '.join(entry.usual)} alone: vary it with one of them."
                )
        return space

    def _has(self, one: Varied, values: Mapping[str, Value]) -> bool:
        if one.setting == HIDDEN and one.name != HIDDEN:
            return int(one.name.rpartition("_")[2]) <= int(values.get(LAYERS, self.layers))
        return one.name == LAYERS or self._takes(one.setting, values)

    def _takes(self, name: str, values: Mapping[str, Value]) -> bool:
        """Whether a setting is of any use: whether the optimizer (the schedule …) of these values takes it."""
        entry = SETTINGS[name]
        if not entry.usual or (entry.of not in values and entry.of not in self.usual):
            return True
        return values.get(entry.of, self.usual.get(entry.of)) in entry.usual


# ---- reading


def read_space(texts: Mapping[str, str], hidden: tuple[int, ...] = (64,)) -> Space:
    """The space that was typed, by setting ("layers" is one here). Raises SpaceError and SettingError.

    hidden: sizes of the hidden layers where nothing is said of them.
    """
    varied: list[Varied] = []
    fixed: dict[str, Any] = {}
    for name, text in texts.items():
        if name in (LAYERS, HIDDEN):
            continue
        found = read_choice(name, text)
        if isinstance(found, Varied):
            varied.append(found)
        else:
            fixed[name] = found
    varied.sort(key=lambda one: bool(_entry(one.setting).of and _entry(one.setting).usual))  # what others hang on first
    shape, layers, sizes, whole = _network(texts.get(LAYERS), texts.get(HIDDEN), hidden)
    if whole is not None:
        fixed[HIDDEN] = whole
    if not (varied or shape):
        raise SpaceError(
            "Nothing varies: give a setting a range, such as --lr 1e-4..1, or a list, such as --activation relu,tanh."
        )
    return Space((*shape, *varied), fixed, layers, sizes)


def read_choice(name: str, text: str) -> Varied | Any:
    """What was typed for a setting: a `Varied`, or the value that it always has. Raises SpaceError, SettingError."""
    entry = setting(name)
    found = _range(entry, text)
    parts = [part.strip() for part in text.split(",")]
    if found is None and (len(parts) == 1 or entry.kind is tuple):
        return entry.parse(text)
    if name in OWN:
        raise SpaceError(f"{entry.flag} is the same for all trials: {text!r} would vary it.")
    if found is not None:
        return found if found.low < found.high else entry.kind(found.low)
    choices = tuple(dict.fromkeys(entry.parse(part) for part in parts))
    return Varied(name, name, choices=choices) if len(choices) > 1 else choices[0]


def _range(entry: Setting, text: str) -> Varied | None:
    """The range that a text means, or None where it means none. Raises SpaceError and SettingError."""
    typed, colon, scale = text.strip().partition(":")
    low, dots, high = typed.partition("..")
    if not dots:
        return None
    if colon and scale not in ("log", "linear"):
        raise SpaceError(f"{text!r} ends with no scale: write :log or :linear behind the range.")
    if entry.kind not in (int, float) and entry.name != HIDDEN:
        raise SpaceError(f"{entry.flag} is {entry.range}: {text!r} is a range; list them as a,b.")
    try:
        first, last = (_end(entry, part) for part in (low, high))
    except SettingError as error:
        raise SpaceError(f"The range {text} of {entry.flag} cannot be: {error}") from None
    if first > last:
        raise SpaceError(f"The range {text} of {entry.flag} is the other way round: write {high}..{low}.")
    by_factors = scale == "log" if scale else entry.scale == "log" and first > 0
    if by_factors and first <= 0:
        raise SpaceError(f"The range {text} of {entry.flag} goes by factors, so it must begin above 0.")
    return Varied(entry.name, entry.name, first, last, by_factors, entry.kind is int or entry.items is int)


def _end(entry: Setting, text: str) -> float:
    value = entry.parse(text)
    if isinstance(value, tuple):
        if len(value) != 1:
            raise SettingError(f"{text!r} is no number of units.")
        return float(value[0])
    if not math.isfinite(value):
        raise SettingError(f"{text!r} is no end of a range.")
    return int(value) if entry.kind is int else float(value)


# ---- the network's layers

_LAYERS = Setting("layers", int, SETTINGS[HIDDEN].group, "L", "How many hidden layers.", low=0, high=MOST_LAYERS,
                  noun="number of layers")  # fmt: skip


def _entry(name: str) -> Setting:
    """A setting, the number of layers among them, which is one of searches alone."""
    return _LAYERS if name == LAYERS else setting(name)


def _network(
    layers: str | None, units: str | None, usual: tuple[int, ...]
) -> tuple[list[Varied], int, int, tuple[int, ...] | None]:
    """The dimensions of the hidden layers, their number, their size, and the layers where none of that varies."""
    entry = SETTINGS[HIDDEN]
    of_units = _range(entry, units) if units is not None else None
    if layers is None and of_units is None:
        if units is None:
            return [], 0, 0, None
        if "-" not in units:
            return [], 0, 0, entry.parse(units)
        whole = tuple(dict.fromkeys("-".join(map(str, _layers_of(part))) for part in units.split(",")))
        if len(whole) == 1:
            return [], 0, 0, _layers_of(whole[0])
        return [Varied(HIDDEN, HIDDEN, choices=whole)], 0, 0, None
    count = _count_of_layers(layers, len(usual) or 1)
    most = count if isinstance(count, int) else int(max(count.choices or (count.high,)))
    if of_units is None and units is not None:
        sizes = tuple(dict.fromkeys(entry.parse(units)))
        of_units = Varied(HIDDEN, HIDDEN, choices=sizes) if len(sizes) > 1 else None
        single = sizes[0] if sizes else 0
    else:
        single = usual[0] if usual else 64
    number = [] if isinstance(count, int) else [count]
    fixed = count if isinstance(count, int) else 0
    if of_units is not None and (of_units.choices or of_units.low < of_units.high):
        return [*number, *(replace(of_units, name=f"{HIDDEN}_{i}") for i in range(1, most + 1))], fixed, 0, None
    single = int(of_units.low) if of_units is not None else single
    return number, fixed, single, (single,) * fixed if not number else None


def _count_of_layers(text: str | None, usual: int) -> Varied | int:
    if text is None:
        return usual
    found = _range(_LAYERS, text)
    if found is not None:
        return replace(found, log=False) if found.low < found.high else int(found.low)
    counts = tuple(dict.fromkeys(_LAYERS.parse(part) for part in text.split(",")))
    return Varied(LAYERS, LAYERS, choices=counts) if len(counts) > 1 else int(counts[0])


def _layers_of(text: str) -> tuple[int, ...]:
    """The layers' sizes of "128-64"."""
    try:
        return tuple(SETTINGS[HIDDEN].parse(text.strip().replace("-", ",")))
    except SettingError:
        raise SpaceError(f"{text!r} are no layers: write their sizes as 128-64.") from None


def _listed(values: tuple[Value, ...]) -> str:
    return ", ".join(map(str, values))
