"""What a setting is: a name, a symbol, what it may be, and one sentence. Text is read and values are checked here."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any, Literal

Value = Any  # bool, int, float, str, or a tuple of one of these
_YES, _NO = ("yes", "on", "true", "1"), ("no", "off", "false", "0")


class SettingError(ValueError):
    """A value that a setting cannot have: one sentence for the user."""


@dataclass(frozen=True)
class Setting:
    """One setting of the network or of the training. None always stands for the usual value and is never refused.

    name: its field in TrainingConfig or in a network's description. kind: the type of a value; tuple: several, of
    type `items`. symbol: as the lectures write it, else a word. sentence: what it does; note: what else to know.
    low, high: the ends of its range, and which of them belong to it, as pandas and scikit-learn say it: "both",
    "left" (low alone), "neither"; ±inf never does. span: where values mostly lie, for sliders and searches, and
    scale: whether its steps are equal differences or equal factors.
    names: what it can be where it is a name, asked only when needed, since the registries load NumPy.
    of: what its use hangs on ("optimizer", "schedule", "loss", "initialization"), and by: for each name that takes
    it, the value it has there unless another is chosen. words: what else can be typed, and what that means.
    command: what the trainer is told to change it while it runs; "": a new trainer is needed.
    title, refusal, noun, must_be: texts where the ones made from the name and the range would not do.
    """

    name: str
    kind: type
    group: str
    symbol: str
    sentence: str
    note: str = ""
    low: float = -math.inf
    high: float = math.inf
    closed: Literal["both", "left", "neither"] = "both"
    span: tuple[float, float] | None = None
    scale: Literal["linear", "log"] = "linear"
    unit: str = ""
    items: type = float
    names: Callable[[], Iterable[str]] | None = None
    several: bool = False
    of: str = ""
    by: Callable[[], Mapping[str, Value]] | None = None
    words: tuple[tuple[str, Value], ...] = ()
    command: str = ""
    option: str = ""
    title: str = ""
    refusal: str = ""
    noun: str = ""
    must_be: str = ""

    @property
    def flag(self) -> str:
        """Its option on the command line."""
        return self.option or "--" + self.name.replace("_", "-")

    @property
    def choices(self) -> tuple[str, ...]:
        """The names it can be; () where it is no name."""
        return tuple(self.names()) if self.names else ()

    @property
    def usual(self) -> Mapping[str, Value]:
        """By the name of what takes it (an optimizer …) its value there unless chosen; {}: it hangs on nothing."""
        return self.by() if self.by else {}

    @property
    def live(self) -> bool:
        """Whether a running trainer can be told to change it, between two steps."""
        return bool(self.command)

    @property
    def range(self) -> str:
        """What it may be, in words: "a number from 0 to below 1"."""
        if self.must_be:
            return self.must_be
        if self.names:
            return f"one of {', '.join(self.choices)}" + (", or one a layer" if self.several else "")
        if self.kind is bool:
            return "yes or no"
        text = "a whole number" if self.kind is int else "a number"
        if self.low > -math.inf:
            text += f" {'above' if self.closed == 'neither' else 'from'} {self.low:,}"
        if self.high < math.inf:
            below = {"both": " to", "left": " to below", "neither": " and below"}[self.closed]
            text += f"{below} {self.high:,}"
        return text + "".join(f", or {word}" for word, _ in self.words if word)

    def refused(self, value: Value) -> str:
        """Why it cannot have this value, as one sentence; "" where it can."""
        if value is None or value in (meant for _, meant in self.words):
            return ""
        if self.names:
            return self._no_name(value)
        if self.kind is tuple:
            return self._no_tuple(value)
        if not _is(value, self.kind):
            return f"{self._title} must be {self.range}, not {value!r}."
        if self._inside(value):
            return ""
        return self.refusal.format(value=value) or f"{self._title} must be {self._limits}, not {value}."

    def check(self, value: Value) -> None:
        """Raises SettingError where it cannot have this value."""
        if sentence := self.refused(value):
            raise SettingError(sentence)

    def parse(self, text: str) -> Value:
        """The value that a person typed: "1e-3", "all", "yes", "128,64". Raises SettingError."""
        typed, words = text.strip(), dict(self.words)
        if typed.lower() in words:
            return words[typed.lower()]
        if self.kind is str:
            self.check(typed)
            return typed
        try:
            value = self._read(typed.replace("−", "-"))
        except (ValueError, OverflowError):
            value = None
        if value is None or not all(map(self._inside, value if self.kind is tuple else (value,))):
            raise SettingError(f"{text!r} is no {self.noun or self.name.replace('_', ' ')}: give {self.range}.")
        return value

    def _read(self, text: str) -> Value:
        if self.kind is bool:
            return {**dict.fromkeys(_YES, True), **dict.fromkeys(_NO, False)}.get(text.lower())
        if self.kind is tuple:
            return tuple(self.items(part) for part in text.split(","))
        return self.kind(text)

    def _no_name(self, value: Value) -> str:
        names = str(value).split(",") if self.several else [value]
        unknown = [name for name in names if name not in self.choices]
        if not unknown:
            return ""
        return f"There is no {self.noun or self.name} {unknown[0]!r}: choose one of {', '.join(self.choices)}."

    def _no_tuple(self, value: Value) -> str:
        if isinstance(value, (list, tuple)) and all(_is(v, self.items) and self._inside(v) for v in value):
            return ""
        return f"{self._title} must be {self.range}, not {value!r}."

    def _inside(self, value: float) -> bool:
        if self.kind is bool or self.low < value < self.high or (self.kind is tuple and self.low == -math.inf):
            return True
        ends = {"both": (self.low, self.high), "left": (self.low,), "neither": ()}[self.closed]
        return value in ends and math.isfinite(value)

    @property
    def _title(self) -> str:
        return self.title or self.name.replace("_", " ").capitalize()

    @property
    def _limits(self) -> str:
        text = f"{'above' if self.closed == 'neither' else 'at least'} {self.low}"
        if self.high < math.inf:
            text += f" and {'at most' if self.closed == 'both' else 'below'} {self.high}"
        return text


def _is(value: Value, kind: type) -> bool:
    """Whether a value is of a kind: NumPy's numbers count, and whole numbers are numbers, but yes and no are not."""
    if kind is bool or isinstance(value, bool):
        return kind is bool and isinstance(value, bool)
    wider: dict[type, type] = {int: Integral, float: Real}
    return isinstance(value, wider.get(kind, kind))
