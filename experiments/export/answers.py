"""What is said of the network's output ŷ: a class and its probability, or a number in its unit; each format's words.

As in `transforms`: `PYTHON`, `python`, `c` and `onnx` of each, in one place.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .literals import c_text, one_line

if TYPE_CHECKING:
    from .onnx_graph import Graph


@dataclass(frozen=True)
class Classes:
    """The class of the largest score. binary: ŷ is the one score of the second class, which is the answer above the

    threshold; probable: scores are probabilities.
    """

    names: tuple[str, ...]
    binary: bool
    probable: bool
    threshold: float = 0.5

    @property
    def best(self) -> str:
        """Python for each row's class in `scores`, a whole number."""
        if self.binary and self.threshold != 0.5:
            return f"(scores[:, 1] > {self.threshold!r}).astype(int)"
        return "scores.argmax(axis=1)"

    def python(self) -> str:
        """Python that turns yhat into answers, and answers into the lines of predict."""
        what = "its probability" if self.probable else "its score"
        scores = "np.stack([1 - yhat[:, 0], yhat[:, 0]], axis=1)" if self.binary else "yhat"
        header = ["row", "predicted", "probability" if self.probable else "score"]
        header += [f"P({name})" if self.probable else f"score {name}" for name in self.names]
        return f'''
CLASSES = {list(self.names)!r}


def answer(yhat):
    """The class of each row, and of every class {what}: (n,) texts, (n, {len(self.names)})."""
    scores = {scores}
    return np.array(CLASSES)[{self.best}], scores


def lines(answers):
    """The answers as `dnn-tui predict` prints them."""
    yield {header!r}
    for k, (name, scores) in enumerate(zip(*answers), 1):
        yield [k, name, *(f"{{score:.6f}}" for score in (scores[CLASSES.index(name)], *scores))]
'''

    def c(self, prefix: str) -> str:
        """The answer in C99: the names of the classes, and what turns y into scores."""
        names = ", ".join(c_text(name) for name in self.names)
        count = len(self.names)
        scores = (
            "scores[0] = 1 - y[0];\n    scores[1] = y[0];"
            if self.binary
            else f"for (int k = 0; k < {count}; k++)\n        scores[k] = y[k];"
        )
        what = "probability" if self.probable else "score"
        best = f"""    for (int k = 1; k < {count}; k++)
        if (scores[k] > scores[best])
            best = k;
"""
        if self.binary and self.threshold != 0.5:
            best = f"    best = y[0] > ({prefix}_real){self.threshold!r};\n"
        return f"""
static const char *const {prefix}_classes[{count}] = {{{names}}};

/* The class of a row (its place in {prefix}_classes), and every class's {what} in scores. */
static inline int {prefix}_predict(const {prefix}_row *row, {prefix}_real scores[{count}])
{{
    {prefix}_real y[{1 if self.binary else count}];
    int best = 0;
    {prefix}_forward(row, y);
    {scores}
{best}    return best;
}}
"""

    def onnx(self, graph: "Graph", yhat: str) -> None:
        """The same as ONNX operators, from the value called yhat."""
        scores = yhat
        if self.binary:
            one = graph.constant(np.ones(1, graph.dtype))
            scores = graph.node("Concat", graph.node("Sub", one, yhat), yhat, axis=1)
        if self.binary and self.threshold != 0.5:
            above = graph.node("Greater", yhat, graph.constant(np.array([self.threshold], graph.dtype)))
            best = graph.node("Reshape", graph.cast(above, np.int64), graph.constant(np.array([-1], np.int64)))
        else:
            best = graph.node("ArgMax", scores, axis=1, keepdims=0)
        names = graph.constant(np.array(self.names, dtype=object))
        graph.give("label", graph.node("Gather", names, best, axis=0), np.str_, ())
        graph.give("probabilities" if self.probable else "scores", scores, graph.dtype, (len(self.names),))


@dataclass(frozen=True)
class Targets:
    """ŷ · scale + offset of each target, in float64; clipped to (least, largest) of each where `within` has them."""

    names: tuple[str, ...]
    scale: tuple[tuple[float, float], ...]  # (offset, scale) of each
    unit: str
    within: tuple[tuple[float, float], ...] = ()

    def clipped(self, values: str) -> str:
        """Python for the values, none beyond its bounds."""
        if not self.within:
            return values
        low, high = ([float(pair[k]) for pair in self.within] for k in (0, 1))
        return f"np.clip({values}, {low!r}, {high!r})"

    def python(self) -> str:
        offset, scale = ([float(pair[k]) for pair in self.scale] for k in (0, 1))
        names = self.names if len(self.names) > 1 else ("",)
        header = ["row", *(f"predicted {name}".strip() for name in names)]
        unit = f", in {one_line(self.unit)}" if self.unit else ", in the unit of the data"
        values = self.clipped(f"yhat * np.array({scale!r}) + np.array({offset!r})")
        return f'''
TARGETS = {list(self.names)!r}


def answer(yhat):
    """(n, {len(self.names)}): the targets of each row{unit}."""
    return {values}


def lines(answers):
    """The answers as `dnn-tui predict` prints them."""
    yield {header!r}
    for k, values in enumerate(answers, 1):
        yield [k, *(f"{{value:.7g}}" for value in values)]
'''

    def c(self, prefix: str) -> str:
        count = len(self.names)
        said = "\n".join(
            f"    targets[{k}] = (double)y[{k}] * {scale!r} + {offset!r}; /* {one_line(name)} */"
            for k, (name, (offset, scale)) in enumerate(zip(self.names, self.scale, strict=True))
        )
        for k, (low, high) in enumerate(self.within):
            y = f"targets[{k}]"
            said += f"\n    {y} = {y} < {low!r} ? {low!r} : {y} > {high!r} ? {high!r} : {y};"
        return f"""
/* The targets of a row, in {one_line(self.unit) or "the unit of the data"}. */
static inline void {prefix}_predict(const {prefix}_row *row, double targets[{count}])
{{
    {prefix}_real y[{count}];
    {prefix}_forward(row, y);
{said}
}}
"""

    def onnx(self, graph: "Graph", yhat: str) -> None:
        offset, scale = np.array(self.scale, np.float64).T
        wide = graph.node("Mul", graph.cast(yhat, np.float64), graph.constant(scale))
        raw = graph.node("Add", wide, graph.constant(offset))
        if self.within:
            low, high = np.array(self.within, np.float64).T
            raw = graph.node("Min", graph.node("Max", raw, graph.constant(low)), graph.constant(high))
        for k, name in enumerate(self.names):
            place = graph.constant(np.int64(k))
            graph.give(name, graph.node("Gather", raw, place, axis=1), np.float64, ())


Answer = Classes | Targets
