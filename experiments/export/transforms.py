"""How raw columns become the network's inputs: each transform once, in Python, C and ONNX.

A transform takes one column by name. `PYTHON` and `C` are the source of a function that does it; `python` and `c`
are its call, `onnx` adds the same to a graph. A missing number is NaN, a missing text "" (or a word of MISSING).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from dnn_tui.datasets.tables.columns import MISSING
from dnn_tui.datasets.tables.features import Feature

from .literals import c_text

if TYPE_CHECKING:
    from .onnx_graph import Graph


@dataclass(frozen=True)
class Number:
    """(raw - offset) / scale in float64; what is missing counts as the mean, that is 0, and may have an indicator."""

    column: str
    offset: float
    scale: float
    missing: bool

    kind: ClassVar[str] = "double"  # of the field in C
    shape: ClassVar[tuple[int, ...]] = ()
    PYTHON: ClassVar[str] = '''
def number(column, offset, scale, missing=False):
    """(raw - offset) / scale; what is missing counts as the mean, and has an indicator if training had such rows."""
    raw = np.array([np.nan if str(cell).strip() in MISSING else float(cell) for cell in column])
    x = (raw - offset) / scale
    absent = np.isnan(x)
    x = np.where(absent, 0, x)
    return np.stack([x, absent] if missing else [x], axis=1)
'''
    C: ClassVar[str] = """
/* (raw - offset) / scale; NaN is missing: it counts as the mean, and has an indicator if training had such rows */
static inline PREFIX_real *PREFIX_number(PREFIX_real *x, double raw, double offset, double scale, int missing)
{
    double scaled = (raw - offset) / scale;
    int absent = isnan(scaled) != 0;
    *x++ = absent ? 0 : (float)scaled;
    if (missing)
        *x++ = (float)absent;
    return x;
}
"""

    @property
    def width(self) -> int:
        """How many inputs it makes."""
        return 1 + self.missing

    def python(self, rows: str) -> str:
        more = ", missing=True" if self.missing else ""
        return f"number({rows}[{self.column!r}], {self.offset!r}, {self.scale!r}{more})"

    def c(self, prefix: str, field: str) -> str:
        return f"x = {prefix}_number(x, {field}, {self.offset!r}, {self.scale!r}, {int(self.missing)});"

    def onnx(self, graph: "Graph") -> list[str]:
        raw = graph.take(self.column, np.float64, ())
        moved = graph.node("Sub", raw, graph.constant(np.float64(self.offset)))
        scaled = graph.node("Div", moved, graph.constant(np.float64(self.scale)))
        absent = graph.node("IsNaN", scaled)
        known = graph.node("Where", absent, graph.constant(np.float64(0)), scaled)
        found = [known, absent] if self.missing else [known]
        return [graph.column(graph.cast(name, np.float32)) for name in found]


@dataclass(frozen=True)
class Category:
    """An indicator for each of the values, then perhaps one for any other value, then perhaps one for none."""

    column: str
    values: tuple[str, ...]
    other: bool
    missing: bool

    kind: ClassVar[str] = "const char *"
    shape: ClassVar[tuple[int, ...]] = ()
    PYTHON: ClassVar[str] = '''
def category(column, values, other=False, missing=False):
    """An indicator for each value; then for any other, and for a missing one, if training had such rows."""
    texts = np.array(["" if str(cell).strip() in MISSING else str(cell).strip() for cell in column])
    x = [texts == value for value in values]
    if other:
        x.append((texts != "") & ~np.isin(texts, values))
    if missing:
        x.append(texts == "")
    return np.stack(x, axis=1)
'''
    C: ClassVar[str] = """
/* an indicator for each value; then for any other, and for a missing one ("" or NULL), if training had such rows */
static inline PREFIX_real *PREFIX_category(PREFIX_real *x, const char *raw, const char *const *values, int count,
                                           int other, int missing)
{
    static const char *const nothing[] = {NOTHING};
    int absent = raw == NULL, known = 0;
    for (size_t k = 0; !absent && k < sizeof nothing / sizeof *nothing; k++)
        absent = strcmp(raw, nothing[k]) == 0;
    for (int k = 0; k < count; k++) {
        int here = !absent && strcmp(raw, values[k]) == 0;
        *x++ = (float)here;
        known |= here;
    }
    if (other)
        *x++ = (float)(!absent && !known);
    if (missing)
        *x++ = (float)absent;
    return x;
}
""".replace("NOTHING", ", ".join(c_text(word) for word in sorted(MISSING)))

    @property
    def width(self) -> int:
        """How many inputs it makes."""
        return len(self.values) + self.other + self.missing

    def python(self, rows: str) -> str:
        more = "".join(f", {name}=True" for name in ("other", "missing") if getattr(self, name))
        return f"category({rows}[{self.column!r}], {list(self.values)!r}{more})"

    def c(self, prefix: str, field: str) -> str:
        values, count = ", ".join(c_text(value) for value in self.values), len(self.values)
        call = f"{prefix}_category(x, {field}, values, {count}, {int(self.other)}, {int(self.missing)})"
        return f"{{ static const char *const values[] = {{{values}}}; x = {call}; }}"

    def onnx(self, graph: "Graph") -> list[str]:
        slots = {value: k for k, value in enumerate(self.values)}
        slots |= dict.fromkeys(sorted(MISSING), self.width - 1 if self.missing else -1)
        slot = graph.node(
            "LabelEncoder",
            graph.take(self.column, np.str_, ()),
            domain="ai.onnx.ml",
            keys_strings=list(slots),
            values_int64s=list(slots.values()),
            default_int64=len(self.values) if self.other else -1,
        )
        every = graph.constant(np.arange(self.width, dtype=np.int64)[None])
        return [graph.cast(graph.node("Equal", graph.column(slot), every), np.float32)]


@dataclass(frozen=True)
class Pixels:
    """A whole picture in one column: (raw - lowest) / (highest - lowest) in float32, row by row."""

    column: str
    pixels: tuple[int, ...]  # (height, width[, channels])
    lowest: float
    highest: float

    kind: ClassVar[str] = "float"
    PYTHON: ClassVar[str] = '''
def pixels(pictures, lowest, highest):
    """Pixel values from lowest to highest brought to 0 to 1, each picture row by row."""
    raw = np.asarray(pictures, np.float32).reshape(len(pictures), -1)
    return (raw - np.float32(lowest)) / np.float32(highest - lowest)
'''
    C: ClassVar[str] = """
/* pixel values from lowest to highest brought to 0 to 1 */
static inline PREFIX_real *PREFIX_pixels(PREFIX_real *x, const float *raw, int count, float lowest, float range)
{
    for (int k = 0; k < count; k++)
        *x++ = (raw[k] - lowest) / range;
    return x;
}
"""

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one row's value."""
        return self.pixels

    @property
    def width(self) -> int:
        """How many inputs it makes."""
        return int(np.prod(self.pixels))

    def python(self, rows: str) -> str:
        return f"pixels({rows}[{self.column!r}], {self.lowest!r}, {self.highest!r})"

    def c(self, prefix: str, field: str) -> str:
        low, range_ = (f"(float){value!r}" for value in (self.lowest, self.highest - self.lowest))
        return f"x = {prefix}_pixels(x, {field}, {self.width}, {low}, {range_});"

    def onnx(self, graph: "Graph") -> list[str]:
        raw = graph.take(self.column, np.float32, self.pixels)
        flat = graph.node("Reshape", raw, graph.constant(np.array([-1, self.width], np.int64)))
        moved = graph.node("Sub", flat, graph.constant(np.float32(self.lowest)))
        return [graph.node("Div", moved, graph.constant(np.float32(self.highest - self.lowest)))]


Transform = Number | Category | Pixels


def of_feature(feature: Feature) -> Transform:
    """The transform that does what `Feature.encode` does."""
    if feature.kind == "number":
        return Number(feature.name, feature.offset, feature.scale, feature.missing)
    return Category(feature.name, feature.categories, feature.other, feature.missing)
