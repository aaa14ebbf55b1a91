"""Gradient descent on a model small enough to see whole: ŷ = g(w·x + b), error ½(ŷ − y)², summed or averaged.

With one weight the whole error surface over (w, b) can be drawn, with the path walked on it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dnn_tui.mlp.activations import ACTIVATIONS
from dnn_tui.mlp.explain.formulas import NUMPY_FORWARD, NUMPY_LOCAL
from dnn_tui.mlp.explain.numbers import NOISE, Number
from dnn_tui.mlp.explain.passes import activate, local_derivative
from dnn_tui.mlp.explain.step import Focus, Operand, Step


@dataclass(frozen=True)
class Walk:
    """One descent: start (w…, b), learning rate, and whether each update sees all rows ("batch") or one ("sgd")."""

    name: str
    start: tuple[float, ...]
    lr: float
    updates: int
    order: str = "batch"


@dataclass(frozen=True, eq=False)
class Descent:
    """X (rows, n), Y (rows,), an activation name; mean: the error is averaged over the rows, else summed."""

    X: np.ndarray
    Y: np.ndarray
    activation: str = "identity"
    mean: bool = False
    names: tuple[str, ...] = ()
    standardized: bool = False  # X and Y are: each column less its mean, over its deviation

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
        gradient, terms = np.append(delta @ X, delta.sum()), np.append(np.abs(delta) @ np.abs(X), np.abs(delta).sum())
        return np.where(np.abs(gradient) < NOISE * terms, 0.0, gradient)  # a sum that cancels is 0, not its rounding

    def walk(self, walk: Walk) -> np.ndarray:
        """theta at the start and after each update: (updates + 1, n + 1). SGD takes row after row."""
        path = np.empty((walk.updates + 1, self.X.shape[1] + 1))
        path[0] = walk.start
        with np.errstate(over="ignore", invalid="ignore"):
            for k in range(walk.updates):
                rows = slice(None) if walk.order == "batch" else [k % len(self.X)]
                path[k + 1] = path[k] - walk.lr * self.gradient(path[k], rows)
        return path

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
        path = descent.walk(walk)
        steps += [_step(descent, walk, path, k) for k in range(len(path))]
    return steps


def _step(descent: Descent, walk: Walk, path: np.ndarray, k: int) -> Step:
    letters = "w, b" if path.shape[1] == 2 else "w_1 … w_n, b"
    result = Operand("(w, b)", "theta", path[k])
    error = Operand("error", "error", np.asarray(descent.error(path[k])))
    if k == 0:
        return Step(
            id=f"{walk.name} 0",
            phase="F",
            layer=0,
            symbol="(w, b)",
            title=f"Where “{walk.name}” starts",
            equation=f"({letters}) = start",
            numpy=f"theta, lr = np.array({[float(v) for v in walk.start]!r}), {float(walk.lr)!r}",
            operands=(Operand("start", "start", np.array(walk.start, float)),),
            result=result,
            operation=lambda start: start,
            speller=lambda focus, number: f"{_names(descent)[focus[0]]} = {number.text(path[0][focus[0]])}",
            parts=(error, _gradient_operand(descent, walk, path[0], 0)),
            shapes=f"({path.shape[1]})",
        )
    rows = slice(None) if walk.order == "batch" else [(k - 1) % len(descent.X)]
    before, gradient = path[k - 1], descent.gradient(path[k - 1], rows)
    scaled = " standardised" if descent.standardized else ""
    of = "all rows" if walk.order == "batch" else f"row {(k - 1) % len(descent.X) + 1} alone"

    def spell(focus: Focus, number: Number) -> str:
        (j,) = focus
        name = _names(descent)[j]
        return (
            f"{name} ← {number.text(before[j])} − {number.text(walk.lr)}·{number.factor(gradient[j])}"
            f" = {number.text(path[k][j])};  error {number.text(descent.error(before))} → "
            f"{number.text(float(error.value))}"
        )

    return Step(
        id=f"{walk.name} {k}",
        phase="U",
        layer=k,
        symbol="(w, b)",
        title=f"Update {k} of “{walk.name}”, from {of}",
        equation=f"({letters}) ← ({letters}) − η ∂error/∂({letters})",
        numpy=_numpy(descent, rows),
        operands=(
            Operand("(w, b) before", "theta_before", before),
            Operand(f"X{scaled}", "X", descent.X[rows]),
            Operand(f"Y{scaled}", "Y", descent.Y[rows]),
            Operand("η", "lr", np.asarray(walk.lr)),
        ),
        result=result,
        operation=lambda before, X, Y, lr: (
            before - lr * Descent(X, Y, descent.activation, descent.mean).gradient(before)
        ),
        speller=spell,
        upstream=Operand("∂error/∂(w, b)", "gradient", gradient),
        local=Operand("−η", "lr", np.asarray(-walk.lr)),
        parts=(error, _gradient_operand(descent, walk, path[k], k)),
        shapes=f"({path.shape[1]}) → ({path.shape[1]})",
    )


def _numpy(descent: Descent, rows: slice | list[int]) -> str:
    """An update as Python, from theta = (w…, b) and lr."""
    X, Y = ("X", "Y") if isinstance(rows, slice) else (f"X[[{rows[0]}]]", f"Y[[{rows[0]}]]")
    h = NUMPY_FORWARD[descent.activation].format(a="a")
    local = NUMPY_LOCAL[descent.activation].format(a="a", h="h")
    error = "h - {Y}" if descent.activation == "identity" else f"(h - {{Y}}) * {local}"
    shared = f" / len({Y})" if descent.mean else ""
    return (
        f"a = {X} @ theta[:-1] + theta[-1]; h = {h}; delta = {error.format(Y=Y)}; "
        f"gradient = np.append(delta @ {X}, delta.sum()){shared}; theta = theta - lr * gradient"
    )


def _names(descent: Descent) -> list[str]:
    n = descent.X.shape[1]
    weights = ["w"] if n == 1 else [f"w[{name}]" for name in (descent.names or range(1, n + 1))]
    return [*weights, "b"]


def _gradient_operand(descent: Descent, walk: Walk, theta: np.ndarray, k: int) -> Operand:
    rows = slice(None) if walk.order == "batch" else [k % len(descent.X)]
    return Operand("∂error/∂(w, b)", "gradient", descent.gradient(theta, rows))
