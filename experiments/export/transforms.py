"""How raw columns become the network's inputs: each transform once, in Python, C and ONNX.

A transform takes one column by name. `PYTHON` and `C` are the source of a function that does it; `python` and `c`
are its call, `onnx` adds the same to a graph. A missing number is NaN, a missing text "" (or a word of MISSING).
"""

import inspect
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from dnn_tui.datasets.tables import dates, numerals
from dnn_tui.datasets.tables.columns import MISSING, parse_number
from dnn_tui.datasets.tables.features import CLIP, YEAR, Feature

from .literals import c_text

if TYPE_CHECKING:
    from .onnx_graph import Graph

# what reads a cell, as the program itself does: the very source of its function
NUMERAL = f"NUMERAL = {numerals.NUMERAL!r}\n\n\n{inspect.getsource(numerals.numeral)}"
DAYS = inspect.getsource(dates.days)


@dataclass(frozen=True)
class Number:
    """(v - offset) / scale in float64, and how far the number has come through each bin; see `Feature`.

    What is missing counts as the mean, that is 0, and may have an indicator. none: numbers that mean missing.
    """

    column: str
    offset: float
    scale: float
    missing: bool
    log: float = 0.0
    clip: bool = False
    edges: tuple[float, ...] = ()
    written: str = ""
    none: tuple[float, ...] = ()

    kind: ClassVar[str] = "double"  # of the field in C
    about: ClassVar[str] = ""  # of the field, in words
    shape: ClassVar[tuple[int, ...]] = ()
    PYTHON: ClassVar[str] = '''
def number(column, offset, scale, log=0, clip=0, edges=(), missing=False, written="", none=()):
    """(v - offset) / scale, v the number or its logarithm, squeezed to ±clip; how far it has come through each bin.

    What is missing counts as the mean, and has an indicator if training had such rows.
    """
    read = (lambda cell: numeral(cell, written[:-1], written[-1])) if written else float
    raw = np.array([np.nan if str(cell).strip() in NO_NUMBER else read(str(cell).strip()) for cell in column])
    raw[np.isinf(raw) | np.isin(raw, none)] = np.nan
    z = ((np.sign(raw) * np.log1p(np.abs(raw) / log) if log else raw) - offset) / scale
    if clip:
        z = z / np.sqrt(1 + (z / clip) ** 2)
    x = [z, *(np.clip((raw - low) / (high - low), 0, 1) for low, high in zip(edges, edges[1:]))]
    absent = np.isnan(raw)
    x = [np.where(absent, 0, part) for part in x]
    return np.stack([*x, absent] if missing else x, axis=1)
'''
    C: ClassVar[str] = """
/* (v - offset) / scale, v the number or its logarithm, squeezed to ±clip; then how far it has come through each bin.
   NaN is missing: it counts as the mean, and has an indicator if training had such rows */
static inline PREFIX_real *PREFIX_number(PREFIX_real *x, double raw, double offset, double scale, double log_unit,
                                         double clip, const double *edges, int bins, int missing)
{
    int absent = isnan(raw) || isinf(raw);
    double v = log_unit > 0 ? (raw < 0 ? -1 : 1) * log1p(fabs(raw) / log_unit) : raw, z = (v - offset) / scale;
    if (clip > 0)
        z /= sqrt(1 + (z / clip) * (z / clip));
    *x++ = absent ? 0 : (float)z;
    for (int k = 0; k < bins; k++) {
        double share = (raw - edges[k]) / (edges[k + 1] - edges[k]);
        *x++ = absent ? 0 : (float)(share < 0 ? 0 : share > 1 ? 1 : share);
    }
    if (missing)
        *x++ = (float)absent;
    return x;
}
"""

    @property
    def width(self) -> int:
        """How many inputs it makes."""
        return 1 + max(0, len(self.edges) - 1) + self.missing

    @property
    def helpers(self) -> tuple[str, ...]:
        """The Python that reads its cells."""
        return (NUMERAL,) if self.written else ()

    def python(self, rows: str) -> str:
        more = f", log={self.log!r}" if self.log else ""
        more += f", clip={CLIP!r}" if self.clip else ""
        more += f", edges={list(self.edges)!r}" if self.edges else ""
        more += ", missing=True" if self.missing else ""
        more += f", written={self.written!r}" if self.written else ""
        more += f", none={list(self.none)!r}" if self.none else ""
        return f"number({rows}[{self.column!r}], {self.offset!r}, {self.scale!r}{more})"

    def c(self, prefix: str, field: str) -> str:
        clip, bins = CLIP if self.clip else 0, max(0, len(self.edges) - 1)
        given = field
        if self.none:
            same = " || ".join(f"{field} == {float(value)!r}" for value in self.none)
            given = f"{same} ? NAN : {field}"
        call = f"{prefix}_number(x, {given}, {self.offset!r}, {self.scale!r}, {self.log!r}, {clip!r}"
        if not bins:
            return f"x = {call}, NULL, 0, {int(self.missing)});"
        edges = ", ".join(repr(edge) for edge in self.edges)
        return f"{{ static const double edges[] = {{{edges}}}; x = {call}, edges, {bins}, {int(self.missing)}); }}"

    def onnx(self, graph: "Graph") -> list[str]:
        def number(value: float) -> str:
            return graph.constant(np.float64(value))

        raw = graph.take(self.column, np.float64, ())
        absent = graph.node("Or", graph.node("IsNaN", raw), graph.node("IsInf", graph.cast(raw, np.float32)))
        for value in self.none:
            absent = graph.node("Or", absent, graph.node("Equal", raw, number(value)))
        raw = graph.node("Where", absent, number(0), raw)
        v = raw
        if self.log:
            grown = graph.node("Add", graph.node("Div", graph.node("Abs", raw), number(self.log)), number(1))
            v = graph.node("Mul", graph.node("Sign", raw), graph.node("Log", grown))
        z = graph.node("Div", graph.node("Sub", v, number(self.offset)), number(self.scale))
        if self.clip:
            part = graph.node("Div", z, number(CLIP))
            root = graph.node("Sqrt", graph.node("Add", graph.node("Mul", part, part), number(1)))
            z = graph.node("Div", z, root)
        found = [graph.column(graph.node("Where", absent, number(0), z))]
        if self.edges:
            low = graph.constant(np.array([self.edges[:-1]]))
            widths = graph.constant(np.diff([self.edges]))
            share = graph.node("Div", graph.node("Sub", graph.column(raw), low), widths)
            share = graph.node("Clip", share, number(0), number(1))
            found.append(graph.node("Where", graph.column(absent), number(0), share))
        found += [graph.column(absent)] if self.missing else []
        return [graph.cast(name, np.float32) for name in found]


@dataclass(frozen=True)
class Date:
    """Days since 1970-01-01, scaled, and the time of the year, the week and the day as sine and cosine.

    C and ONNX take the date as that number of days; a Python file reads it as it is written.
    """

    column: str
    offset: float
    scale: float
    parts: tuple[str, ...]
    missing: bool
    written: str

    kind: ClassVar[str] = "double"
    about: ClassVar[str] = "days since 1970-01-01"
    shape: ClassVar[tuple[int, ...]] = ()
    PYTHON: ClassVar[str] = f'''
def date(column, written, offset, scale, parts, missing=False):
    """Days since 1970-01-01, scaled; the phase of the year, the week and the day as sine and cosine."""
    raw = np.array([np.nan if str(cell).strip() in NO_NUMBER else days(str(cell), written) for cell in column])
    absent = np.isnan(raw)
    turns = {{"time of year": raw / {YEAR}, "week": np.floor(raw) / 7, "hour": raw}}
    x = []
    for part in parts:
        turn = 2 * np.pi * (turns[part] - np.floor(turns[part])) if part in turns else None
        x += [(raw - offset) / scale] if turn is None else [np.sin(turn), np.cos(turn)]
    x = [np.where(absent, 0, part) for part in x]
    return np.stack([*x, absent] if missing else x, axis=1)
'''
    C: ClassVar[str] = """
/* the phase of a year, a week or a day as sine and cosine; NaN is missing */
static inline PREFIX_real *PREFIX_phase(PREFIX_real *x, double turns)
{
    double turn = 6.283185307179586 * (turns - floor(turns));
    *x++ = isnan(turns) ? 0 : (float)sin(turn);
    *x++ = isnan(turns) ? 0 : (float)cos(turn);
    return x;
}
"""

    @property
    def width(self) -> int:
        """How many inputs it makes."""
        return sum(1 if part == "days" else 2 for part in self.parts) + self.missing

    @property
    def helpers(self) -> tuple[str, ...]:
        """The Python that reads its cells."""
        return (DAYS,)

    def python(self, rows: str) -> str:
        more = ", missing=True" if self.missing else ""
        told = f"{self.written!r}, {self.offset!r}, {self.scale!r}, {list(self.parts)!r}{more}"
        return f"date({rows}[{self.column!r}], {told})"

    def c(self, prefix: str, field: str) -> str:
        turns = {"time of year": f"{field} / {YEAR!r}", "week": f"floor({field}) / 7", "hour": field}
        lines = [
            f"*x++ = isnan({field}) ? 0 : (float)(({field} - {self.offset!r}) / {self.scale!r});"
            if part == "days"
            else f"x = {prefix}_phase(x, {turns[part]});"
            for part in self.parts
        ]
        return " ".join([*lines, *([f"*x++ = (float)(isnan({field}) != 0);"] if self.missing else [])])

    def onnx(self, graph: "Graph") -> list[str]:
        def number(value: float) -> str:
            return graph.constant(np.float64(value))

        raw = graph.take(self.column, np.float64, ())
        absent = graph.node("IsNaN", raw)
        d = graph.node("Where", absent, number(0), raw)
        found = []
        for part in self.parts:
            if part == "days":
                scaled = graph.node("Div", graph.node("Sub", d, number(self.offset)), number(self.scale))
                found.append(graph.cast(graph.node("Where", absent, number(0), scaled), np.float32))
                continue
            turns = d
            if part != "hour":
                whole = graph.node("Floor", d) if part == "week" else d
                turns = graph.node("Div", whole, number(7 if part == "week" else YEAR))
            turn = graph.node("Mul", graph.node("Sub", turns, graph.node("Floor", turns)), number(2 * math.pi))
            narrow = graph.cast(turn, np.float32)
            zero = graph.constant(np.float32(0))
            found += [graph.node("Where", absent, zero, graph.node(wave, narrow)) for wave in ("Sin", "Cos")]
        found += [graph.cast(absent, np.float32)] if self.missing else []
        return [graph.column(name) for name in found]


@dataclass(frozen=True)
class Statistic:
    """What training rows of the same value had in the mean: a row of `means` each, the last for any other value."""

    column: str
    values: tuple[str, ...]
    means: tuple[tuple[float, ...], ...]
    missing: bool
    none: tuple[str, ...] = ()

    kind: ClassVar[str] = "const char *"
    about: ClassVar[str] = ""
    shape: ClassVar[tuple[int, ...]] = ()
    helpers: ClassVar[tuple[str, ...]] = ()
    PYTHON: ClassVar[str] = '''
def statistic(column, values, means, missing=False):
    """What training rows of the same value had in the mean; the last row of means is for any other value."""
    place = {value: k for k, value in enumerate(values)}
    texts = ["" if str(cell).strip() in MISSING else str(cell).strip() for cell in column]
    x = np.array(means)[[place.get(text, len(values)) for text in texts]]
    absent = np.array([[text == ""] for text in texts])
    return np.concatenate([x, absent], axis=1) if missing else x
'''
    C: ClassVar[str] = """
/* what training rows of the same value had in the mean; the last row of means is for any other value */
static inline PREFIX_real *PREFIX_statistic(PREFIX_real *x, const char *raw, const char *const *values, int count,
                                            const double *means, int width, int missing)
{
    static const char *const nothing[] = {NOTHING};
    int absent = raw == NULL, at = count;
    for (size_t k = 0; !absent && k < sizeof nothing / sizeof *nothing; k++)
        absent = strcmp(raw, nothing[k]) == 0;
    for (int k = 0; !absent && k < count; k++)
        if (strcmp(raw, values[k]) == 0)
            at = k;
    for (int k = 0; k < width; k++)
        *x++ = (float)means[at * width + k];
    if (missing)
        *x++ = (float)absent;
    return x;
}
"""

    @property
    def width(self) -> int:
        """How many inputs it makes."""
        return len(self.means[0]) + self.missing

    def python(self, rows: str) -> str:
        more = ", missing=True" if self.missing else ""
        means = [list(row) for row in self.means]
        return f"statistic({rows}[{self.column!r}], {list(self.values)!r}, {means!r}{more})"

    def c(self, prefix: str, field: str) -> str:
        values = ", ".join(c_text(value) for value in self.values)
        means = ", ".join(repr(value) for row in self.means for value in row)
        call = f"{prefix}_statistic(x, {field}, values, {len(self.values)}, means, {len(self.means[0])}"
        return (
            f"{{ static const char *const values[] = {{{values}}}; static const double means[] = {{{means}}}; "
            f"x = {call}, {int(self.missing)}); }}"
        )

    def onnx(self, graph: "Graph") -> list[str]:
        raw = graph.take(self.column, np.str_, ())
        slots = {value: k for k, value in enumerate(self.values)}
        words = dict.fromkeys(sorted(MISSING | set(self.none)), 1)
        slot, absent = (
            graph.node(
                "LabelEncoder",
                raw,
                domain="ai.onnx.ml",
                keys_strings=list(table),
                values_int64s=list(table.values()),
                default_int64=default,
            )
            for table, default in ((slots, len(slots)), (words, 0))
        )
        found = [graph.node("Gather", graph.constant(np.array(self.means, np.float32)), slot, axis=0)]
        return [*found, *([graph.cast(graph.column(absent), np.float32)] if self.missing else [])]


@dataclass(frozen=True)
class Category:
    """An indicator for each of the values, then perhaps one for any other value, then perhaps one for none."""

    column: str
    values: tuple[str, ...]
    other: bool
    missing: bool
    none: tuple[str, ...] = ()

    kind: ClassVar[str] = "const char *"
    about: ClassVar[str] = ""
    helpers: ClassVar[tuple[str, ...]] = ()
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
"""

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
        slots |= dict.fromkeys(sorted(MISSING | set(self.none)), self.width - 1 if self.missing else -1)
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
    about: ClassVar[str] = ""
    helpers: ClassVar[tuple[str, ...]] = ()
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


Transform = Number | Date | Category | Statistic | Pixels


def of_feature(feature: Feature, missing: tuple[str, ...] = ()) -> Transform:
    """The transform that does what `Feature.encode` does. missing: the run's own words for a missing cell."""
    name, absent = feature.name, feature.missing
    if feature.kind == "number":
        none = tuple(value for word in missing if (value := parse_number(word)) is not None)
        scaled = (feature.offset, feature.scale)
        return Number(name, *scaled, absent, feature.log, feature.clip, feature.edges, feature.written, none)
    if feature.kind == "date":
        return Date(name, feature.offset, feature.scale, feature.parts, absent, feature.written)
    if feature.kind == "statistic":
        width = len(feature.outcomes)
        rows = [feature.means[k : k + width] for k in range(0, len(feature.means), width)]
        return Statistic(name, feature.categories, tuple(rows), absent, missing)
    return Category(name, feature.categories, feature.other, absent, missing)
