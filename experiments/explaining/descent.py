"""Gradient descent on a model small enough to see whole: ŷ = g(w·x + b), error ½(ŷ − y)², summed or averaged.

With one weight the whole error surface over (w, b) can be drawn, with the path walked on it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np

from dnn_tui.mlp.activations import ACTIVATIONS
from dnn_tui.mlp.explain.formulas import NUMPY_FORWARD, NUMPY_LOCAL
from dnn_tui.mlp.explain.numbers import NOISE, Number
from dnn_tui.mlp.explain.passes import activate, local_derivative
from dnn_tui.mlp.explain.rules import RULES, Line
from dnn_tui.mlp.explain.step import Focus, Operand, Step
from dnn_tui.mlp.explain.updates import run_rule, settings_of, spelled_rule
from dnn_tui.mlp.optimizers import Optimizer, make_optimizer

Ends = tuple[tuple[float, float], tuple[float, float]]
Rule = tuple[list[Line], Optimizer]  # what an update computes, line by line, and an optimizer with its settings
SLOPE = "∂error/∂(w, b)"


@dataclass(frozen=True)
class Walk:
    """One descent: start (w…, b), learning rate, and whether each update sees all rows ("batch") or one ("sgd").

    optimizer: by name, with its usual settings. batch: how many rows an update sees, one batch after the other in the
    rows' order; 0: as `order` says.
    """

    name: str
    start: tuple[float, ...]
    lr: float
    updates: int
    order: str = "batch"
    optimizer: str = "sgd"
    batch: int = 0

    def rows(self, k: int, rows: int) -> range:
        """The rows (from 0), of so many, that update k (from 0) sees."""
        size = min(rows, self.batch or (rows if self.order == "batch" else 1))
        begin = k % -(-rows // size) * size
        return range(begin, min(begin + size, rows))


@dataclass(frozen=True, eq=False)
class Trace:
    """What a walk came by, from its start to its last update: (updates + 1) rows of each but `states`.

    path: theta = (w…, b). gradients: the slope that the next update follows from there. errors: over all rows.
    states: the optimizer's before each update, as the lectures write it.
    """

    path: np.ndarray
    gradients: np.ndarray
    errors: np.ndarray
    states: list[dict[str, np.ndarray]]


@dataclass(frozen=True, eq=False)
class Descent:
    """X (rows, n), Y (rows,), an activation name; mean: the error is averaged over the rows, else summed.

    plane: the ends of w and of b that a picture of the surface shows; None: about the walk that is looked at.
    """

    X: np.ndarray
    Y: np.ndarray
    activation: str = "identity"
    mean: bool = False
    names: tuple[str, ...] = ()
    standardized: bool = False  # X and Y are: each column less its mean, over its deviation
    plane: Ends | None = None
    _traces: dict[tuple[object, ...], Trace] = field(default_factory=dict)

    def answers(self, theta: np.ndarray) -> np.ndarray:
        """ŷ for all rows; theta is (w…, b)."""
        return activate(ACTIVATIONS[self.activation], self.X @ theta[:-1] + theta[-1])

    def error(self, theta: np.ndarray) -> float:
        """½ Σ (ŷ − y)² over all rows, or its mean, at theta = (w…, b)."""
        e = 0.5 * (self.answers(theta) - self.Y) ** 2
        return float(e.mean() if self.mean else e.sum())

    def gradient(self, theta: np.ndarray, rows: Sequence[int] | slice = slice(None)) -> np.ndarray:
        """∂error/∂(w…, b) over some rows (one row: its own error, not divided)."""
        X, Y = self.X[rows], self.Y[rows]
        a = X @ theta[:-1] + theta[-1]
        activation = ACTIVATIONS[self.activation]
        h = activate(activation, a)
        delta = (h - Y) * local_derivative(activation, a, h)
        if self.mean:
            delta = delta / len(X)
        gradient, terms = np.empty(len(theta)), np.empty(len(theta))
        gradient[:-1], gradient[-1] = delta @ X, delta.sum()
        size = np.abs(delta)
        terms[:-1], terms[-1] = size @ np.abs(X), size.sum()
        return np.where(np.abs(gradient) < NOISE * terms, 0.0, gradient)  # a sum that cancels is 0, not its rounding

    def walk(self, walk: Walk) -> np.ndarray:
        """theta at the start and after each update: (updates + 1, n + 1). The caller leaves it as it is."""
        return self.trace(walk).path

    def trace(self, walk: Walk) -> Trace:
        """What a walk comes by: walked once. The caller leaves it as it is."""
        key = (walk.start, walk.lr, walk.updates, walk.order, walk.optimizer, walk.batch)
        if key not in self._traces:
            self._traces[key] = self._walked(walk)
        return self._traces[key]

    def _walked(self, walk: Walk) -> Trace:
        path = np.empty((walk.updates + 1, self.X.shape[1] + 1))
        path[0] = walk.start
        gradients, states = np.empty_like(path), []
        optimizer = make_optimizer(walk.optimizer, path.shape[1], path.dtype)
        theta = path[0].copy()
        with np.errstate(over="ignore", invalid="ignore"):
            for k in range(walk.updates + 1):
                path[k] = theta
                gradients[k] = slope = self.gradient(theta, walk.rows(k, len(self.X)))
                if k < walk.updates:
                    states.append({name: np.array(value, float) for name, value in optimizer.shown().items()})
                    optimizer.step(theta, slope, walk.lr)
            errors = np.array([self.error(theta) for theta in path])
        return Trace(path, gradients, errors, states)

    def optimum(self) -> np.ndarray:
        """The least-squares (w…, b); for the identity activation only."""
        ones = np.column_stack([self.X, np.ones(len(self.X))])
        theta: np.ndarray = np.linalg.lstsq(ones, self.Y, rcond=None)[0]
        return theta

    def surface(self, w: np.ndarray, b: np.ndarray) -> np.ndarray:
        """The error on a grid, one weight only: (len(b), len(w))."""
        a = w[None, :, None] * self.X[:, 0] + b[:, None, None]
        e: np.ndarray = 0.5 * (activate(ACTIVATIONS[self.activation], a) - self.Y) ** 2
        return np.asarray(e.mean(axis=-1) if self.mean else e.sum(axis=-1))


def explain_descent(descent: Descent, walks: Sequence[Walk]) -> list[Step]:
    """One step an update of each walk; "batch 0" is its start, "batch 3" what its third update made."""
    steps = []
    for walk in walks:
        trace, rule = descent.trace(walk), _rule(walk, descent.X.shape[1] + 1)
        steps.append(_start(descent, walk, trace, rule))
        steps += [_update(descent, walk, trace, k, rule) for k in range(1, walk.updates + 1)]
    return steps


def _start(descent: Descent, walk: Walk, trace: Trace, rule: Rule) -> Step:
    theta, (lines, optimizer) = trace.path[0], rule
    numpy = f"theta, lr = np.array({[float(v) for v in walk.start]!r}), {float(walk.lr)!r}"
    if lines:
        numbers = {"t": 0, **{one.key: float(one.value) for one in settings_of(optimizer)}}
        zeros = [name for name, value in optimizer.shown().items() if value.size == len(theta)]
        numpy += "".join(f"; {name} = {number!r}" for name, number in numbers.items())
        numpy += "".join(f"; {name} = np.zeros({len(theta)})" for name in zeros)
    return Step(
        id=f"{walk.name} 0",
        phase="F",
        layer=0,
        symbol="(w, b)",
        title=f"Where “{walk.name}” starts",
        equation=f"({_letters(theta)}) = start,  {_error_text(descent)}",
        numpy=numpy,
        operands=(Operand("start", "start", np.array(walk.start, float)),),
        result=Operand("(w, b)", "theta", theta),
        operation=lambda start: start,
        speller=lambda focus, number: f"{_names(descent)[focus[0]]} = {number.text(theta[focus[0]])}",
        parts=(Operand("error", "error", np.asarray(trace.errors[0])), Operand(SLOPE, "gradient", trace.gradients[0])),
        shapes=f"({len(theta)})",
    )


def _update(descent: Descent, walk: Walk, trace: Trace, k: int, rule: Rule) -> Step:
    rows = walk.rows(k - 1, len(descent.X))
    before, after, gradient = trace.path[k - 1], trace.path[k], trace.gradients[k - 1]
    state, letters, (lines, optimizer) = trace.states[k - 1], _letters(before), rule
    scaled = " standardised" if descent.standardized else ""
    given = [
        Operand("(w, b) before", "theta_before", before),
        Operand(f"X{scaled}", "X", descent.X[rows]),
        Operand(f"Y{scaled}", "Y", descent.Y[rows]),
        Operand("η", "lr", np.asarray(walk.lr)),
    ]
    if lines:
        given += [Operand(name, name, value) for name, value in state.items() if value.size == len(before)]
        given += [Operand("t", "t", state["t"].reshape(()) + 1), *settings_of(optimizer)]

    def stepped(before: np.ndarray, X: np.ndarray, Y: np.ndarray, lr: np.ndarray, *more: np.ndarray) -> SimpleNamespace:
        slope = Descent(X, Y, descent.activation, descent.mean).gradient(before)
        known = [Operand("θ", "theta", before), Operand("∇", "g", slope), Operand("η", "lr", lr)]
        known += [Operand(one.name, one.key, value) for one, value in zip(given[4:], more, strict=True)]
        return run_rule(lines or RULES["sgd"], known)

    def spell(focus: Focus, number: Number) -> str:
        (j,) = focus
        name, text = _names(descent)[j], number.text
        moved = f"error {text(trace.errors[k - 1])} → {text(trace.errors[k])}"
        if not lines:
            line = f"{text(before[j])} − {text(walk.lr)}·{number.factor(gradient[j])}"
            return f"{name} ← {line} = {text(after[j])};  {moved}"
        known = [Operand("θ", "theta", before), Operand("∇", "g", gradient), *given[3:]]
        rule = spelled_rule(lines, known, focus, number, f"Δ{name}")
        # last what the box shows, so that it is the answer
        return (
            f"{rule};  {moved};  {name} ← {text(before[j])} + {number.factor(after[j] - before[j])} = {text(after[j])}"
        )

    made = stepped(*(one.value for one in given)) if lines else None
    sum_of = f"({letters}) ← ({letters})"
    plain = f"{sum_of} − η ∂error/∂({letters}),  {_error_text(descent)}"
    return Step(
        id=f"{walk.name} {k}",
        phase="U",
        layer=k,
        symbol="(w, b)",
        title=f"Update {k} of “{walk.name}”, {_seen(rows, len(descent.X))}",
        equation=";  ".join([*(line.equation for line in lines), f"{sum_of} + Δθ"]) if lines else plain,
        numpy=_numpy(descent, rows, lines),
        operands=tuple(given),
        result=Operand("(w, b)", "theta", after),
        operation=lambda before, *more: before + stepped(before, *more).step,
        speller=spell,
        upstream=Operand(SLOPE, "gradient", gradient),
        local=None if lines else Operand("−η", "lr", np.asarray(-walk.lr)),
        parts=(
            Operand("error", "error", np.asarray(trace.errors[k])),
            Operand(f"{SLOPE} of the next update", "gradient", trace.gradients[k]),
            *(Operand(line.name, line.key, getattr(made, line.key)) for line in lines),
        ),
        shapes=f"({len(before)}) → ({len(before)})",
    )


def _rule(walk: Walk, parameters: int) -> Rule:
    """The lines of a walk's optimizer (none of plain descent, whose one line the walk writes itself); a fresh one."""
    optimizer = make_optimizer(walk.optimizer, parameters, np.dtype(float))
    return ([] if walk.optimizer == "sgd" else RULES[walk.optimizer]), optimizer


def _letters(theta: np.ndarray) -> str:
    return "w, b" if len(theta) == 2 else "w_1 … w_n, b"


def _seen(rows: range, of: int) -> str:
    """Which rows an update sees, in words."""
    if len(rows) == of:
        return "from all rows"
    return f"from row {rows[0] + 1} alone" if len(rows) == 1 else f"from rows {rows[0] + 1} to {rows[-1] + 1}"


def _numpy(descent: Descent, rows: range, lines: list[Line]) -> str:
    """An update as Python, from theta = (w…, b), lr and, of an optimizer with a rule, its state."""
    X, Y = "X", "Y"
    if len(rows) < len(descent.X):
        picked = f"[{rows[0]}]" if len(rows) == 1 else f"{rows[0]}:{rows[-1] + 1}"
        X, Y = f"X[{picked}]", f"Y[{picked}]"
    h = NUMPY_FORWARD[descent.activation].format(a="a")
    local = NUMPY_LOCAL[descent.activation].format(a="a", h="h")
    error = f"h - {Y}" if descent.activation == "identity" else f"(h - {Y}) * {local}"
    shared = f" / len({Y})" if descent.mean else ""
    slope = (
        f"a = {X} @ theta[:-1] + theta[-1]; h = {h}; delta = {error}; "
        f"gradient = np.append(delta @ {X}, delta.sum()){shared}"
    )
    if not lines:
        return f"{slope}; theta = theta - lr * gradient"
    return f"{slope}; g, t = gradient, t + 1; {'; '.join(line.numpy for line in lines)}; theta = theta + step"


def _names(descent: Descent) -> list[str]:
    n = descent.X.shape[1]
    weights = ["w"] if n == 1 else [f"w[{name}]" for name in (descent.names or range(1, n + 1))]
    return [*weights, "b"]


def _error_text(descent: Descent) -> str:
    """What is made small, in full."""
    inside = "w·x + b" if descent.X.shape[1] == 1 else "w_1 x_1 + … + w_n x_n + b"
    answer = inside if descent.activation == "identity" else f"{descent.activation}({inside})"
    return f"error = {'1/(2n)' if descent.mean else '½'} Σ (ŷ − y)² with ŷ = {answer}"
