"""What the numbers of a pass are in the data: names of inputs and outputs, and how raw values were scaled.

Names of the data stand between ⟪ and ⟫ in equations and notes, so that no letter of theirs is taken for a symbol;
`notation.pretty` and `notation.latex` take the signs away.
"""

from dataclasses import dataclass, field

import numpy as np

from ..arrays import Array
from .numbers import Number


@dataclass(frozen=True)
class Input:
    """One input: `x = (raw - offset) / scale`. kind: "number", "pixel", or an indicator, "category" or "missing"."""

    name: str
    kind: str = "number"
    offset: float = 0.0
    scale: float = 1.0


@dataclass(frozen=True)
class Output:
    """One output: a class's name, or a target with `raw = y · scale + offset` in its unit."""

    name: str
    offset: float = 0.0
    scale: float = 1.0
    unit: str = ""


@dataclass(frozen=True)
class Meaning:
    """inputs and outputs in order, or empty where nothing is known of them.

    classes: the names of the classes, of which a yes/no question has two and one output. measured: whether the
    outputs are quantities, so that they can be said in the data's own unit.
    """

    inputs: tuple[Input, ...] = ()
    outputs: tuple[Output, ...] = ()
    classes: tuple[str, ...] = ()
    measured: bool = field(default=False)

    @property
    def scaled(self) -> bool:
        """Whether any input is not what stood in the data."""
        return any((one.offset, one.scale) != (0.0, 1.0) for one in self.inputs)

    def input(self, k: int) -> str:
        """The name of input k (from 0), marked; empty where there is none."""
        return marked(self.inputs[k].name) if k < len(self.inputs) else ""

    def output(self, k: int) -> str:
        """The name of output k (from 0), marked; empty where there is none."""
        return marked(self.outputs[k].name) if k < len(self.outputs) else ""


def marked(name: str) -> str:
    """A name of the data as it stands in an equation or a note."""
    return f"⟪{name.replace('⟪', '').replace('⟫', '')}⟫"


def raw_values(x: Array, offset: Array, scale: Array) -> Array:
    """What stood in the data, (…, n_0): the shortest decimals of which `scaled_input` makes these very x."""
    as_single = single(x)
    # a batch of pictures has few different numbers: each is looked for once
    each, place = np.unique([x.ravel(), *_alike(x, offset, scale)], axis=1, return_inverse=True)
    x_of, offset_of, scale_of = each
    raw, left = np.asarray(x_of * scale_of + offset_of, float), np.arange(each.shape[1])
    for digits in range(1, 17):
        short = np.array([float(f"{value:.{digits}g}") for value in raw[left]])
        found = scaled_input(short, offset_of[left], scale_of[left], as_single) == x_of[left]
        raw[left[found]] = short[found]
        left = left[~found]
    return np.asarray(raw[place.ravel()].reshape(x.shape))


def _alike(x: Array, *others: Array) -> list[Array]:
    return [np.broadcast_to(other, x.shape).ravel() for other in others]


def single(x: Array) -> bool:
    """Whether these are numbers of single precision, as a network receives them from a data set."""
    return bool((x == x.astype(np.float32)).all())


def scaled_input(raw: Array, offset: Array, scale: Array, as_single: bool) -> Array:
    """`(raw - offset) / scale`, (…, n_0), through single precision where the data was kept so."""
    x = np.asarray((raw - offset) / scale, float)
    return x.astype(np.float32).astype(float) if as_single else x


def spelled_input(meaning: Meaning, x: Array, raw: Array, k: int, symbol: str, number: Number) -> str:
    """How input k came about, with its numbers: `⟪hours⟫: 12 → x_1 = (12 − 41.75)/39.7 = −0.7494`."""
    one, name, value = meaning.inputs[k], meaning.input(k), number.text(x[k])
    if one.kind in ("category", "missing"):
        return f"{marked(one.name.replace('=', ' = ', 1))} → {symbol} = {value}"
    if (one.offset, one.scale) == (0.0, 1.0):
        return f"{name} = {symbol} = {value}"
    following = meaning.inputs[k + 1 : k + 2]
    if following and following[0].kind == "missing" and x[k + 1] == 1:
        return f"{name}: missing, taken as the mean → {symbol} = {value}"
    shown = number.text(raw[k])
    above = shown
    if one.offset:
        above = f"({shown} {'−' if one.offset > 0 else '+'} {number.text(abs(one.offset))})"
    return f"{name}: {shown} → {symbol} = {above}/{number.text(one.scale)} = {value}"
