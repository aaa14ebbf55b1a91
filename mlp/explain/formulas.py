"""How the records' formulas look with numbers put in, and as NumPy.

A NumPy line runs after those of the steps before it, in a namespace with np and math, and with what was given at
the start under its own letters: x, y, W1, b1, lr … It computes the step's result under the result's key.

The records (activations, losses) carry a formula as text; numbers are put in for its letters, so that a new
record is spelled without a word here. Only the NumPy lines and the derivatives of losses are listed.
"""

import re

import numpy as np

from ..activations import Activation
from ..losses import Loss
from .numbers import Number

NUMPY_FORWARD = {
    "identity": "{a}",
    "sigmoid": "1 / (1 + np.exp(-{a}))",
    "tanh": "np.tanh({a})",
    "relu": "np.maximum(0, {a})",
    "leaky_relu": "np.where({a} > 0, {a}, 0.01 * {a})",
    "softmax": "np.exp({a}) / np.exp({a}).sum()",
    "softplus": "np.log(1 + np.exp({a}))",
    "elu": "np.where({a} > 0, {a}, np.exp({a}) - 1)",
    "silu": "{a} / (1 + np.exp(-{a}))",
    "gelu": "{a} * (1 + np.vectorize(math.erf)({a} / np.sqrt(2))) / 2",
    "step": "np.where({a} >= 0, 1.0, 0.0)",
}
NUMPY_LOCAL = {
    "identity": "1",
    "sigmoid": "{h} * (1 - {h})",
    "tanh": "(1 - {h}**2)",
    "relu": "({a} > 0)",
    "leaky_relu": "np.where({a} > 0, 1, 0.01)",
    "softplus": "(1 - np.exp(-{h}))",
    "elu": "np.where({a} > 0, 1, {h} + 1)",
    "silu": "(1 + {a} - {h}) / (1 + np.exp(-{a}))",
    "gelu": "((1 + np.vectorize(math.erf)({a} / np.sqrt(2))) / 2 + {a} * np.exp(-({a}**2) / 2) / np.sqrt(2 * np.pi))",
    "step": "np.zeros_like({a})",
}
NUMPY_LOSS = {
    "squared_error": "((yhat - y) ** 2).sum()",
    "half_squared_error": "0.5 * ((yhat - y) ** 2).sum()",
    "mse": "((yhat - y) ** 2).mean()",
    "mae": "np.abs(yhat - y).mean()",
    "huber": "np.where(abs(yhat - y) <= 1, 0.5 * (yhat - y) ** 2, abs(yhat - y) - 0.5).mean()",
    "binary_cross_entropy": "-(y * np.log(yhat) + (1 - y) * np.log(1 - yhat)).sum()",
    "bce_mean": "-(y * np.log(yhat) + (1 - y) * np.log(1 - yhat)).mean()",
    "cross_entropy": "-(y * np.log(yhat)).sum()",
}
NUMPY_LOSS_GRADIENT = {
    "squared_error": "2 * (yhat - y)",
    "half_squared_error": "yhat - y",
    "mse": "2 * (yhat - y) / len(y)",
    "mae": "np.sign(yhat - y) / len(y)",
    "huber": "np.clip(yhat - y, -1, 1) / len(y)",
    "binary_cross_entropy": "(yhat - y) / (yhat * (1 - yhat))",
    "bce_mean": "(yhat - y) / (yhat * (1 - yhat)) / len(y)",
    "cross_entropy": "-y / yhat",
}
#: ∂L/∂ŷ_k as text; where a loss is not listed, its name is said.
LOSS_GRADIENT = {
    "squared_error": "2 (ŷ_k − y_k)",
    "half_squared_error": "ŷ_k − y_k",
    "mse": "2 (ŷ_k − y_k) / K",
    "mae": "sign(ŷ_k − y_k) / K",
    "huber": "clip(ŷ_k − y_k, −1, 1) / K",
    "binary_cross_entropy": "(ŷ_k − y_k) / (ŷ_k (1 − ŷ_k))",
    "bce_mean": "(ŷ_k − y_k) / (ŷ_k (1 − ŷ_k)) / K",
    "cross_entropy": "−y_k / ŷ_k",
}


def signed(text: str) -> str:
    """A record's formula with true minus signs."""
    return text.replace("-", "−")


def filled(text: str, values: dict[str, float], number: Number) -> str:
    """`text` with each letter of `values` replaced by its number."""
    names = "|".join(re.escape(name) for name in sorted(values, key=len, reverse=True))
    text = re.sub(rf"(?<=[\w)ŷ]) (?=(?:{names})\b|ln\b|\()", "·", text)  # h (1 − h): say the product
    text = text.replace("ln·", "ln ").replace("·ln", "·ln") if "ln" in text else text
    pattern = rf"(?<![A-Za-z_ŷ]){'(' + names + ')'}(?![A-Za-z_])"
    return re.sub(pattern, lambda match: number.factor(values[match[1]]), text)


def _branch(text: str, a: float) -> str:
    """Of "p if a > 0 else q", the branch taken."""
    match = re.fullmatch(r"(.*) if a (>=?) 0 else (.*)", text)
    if match is None:
        return text
    return match[1] if a > 0 or (a == 0 and match[2] == ">=") else match[3]


def activation_filled(activation: Activation, a: np.ndarray, k: int, number: Number, most: int = 8) -> str:
    """The right-hand side of unit k's g(a) = … with its number; softmax's has all of the layer's a, (n,).

    Of more than `most` powers the others are there as their sum.
    """
    if activation.local is not None:
        return filled(_branch(signed(activation.formula.split("=", 1)[1].strip()), a[k]), {"a": a[k]}, number)
    powers = [f"e^{number.text(value)}" for value in a[:most]]
    if len(a) > most:
        powers.append(f"[… {len(a) - most} more = {number.text(float(np.exp(a[most:]).sum()))}]")
    return f"e^{number.text(a[k])} / ({' + '.join(powers)})"


def derivative_filled(activation: Activation, a: float, h: float, number: Number) -> str:
    """g'(a) with its numbers, as the record writes it: from h where that is how it is computed."""
    return filled(_branch(signed(activation.derivative), a), {"a": a, "h": h}, number)


def loss_filled(loss: Loss, yhat: np.ndarray, y: np.ndarray, number: Number, most: int = 8) -> str:
    """The loss with its numbers: a term an output, at most `most` of them (the largest), the others as their sum."""
    formula = signed(loss.formula)
    match = re.fullmatch(r"(?P<before>.*?)Σ_k (?P<body>.*)", formula)
    if match is None:
        return formula
    before, body = match["before"].strip(), match["body"]
    single = loss.values(yhat[:, None], y[:, None])
    shown = np.arange(len(y))
    if len(y) > most:
        shown = np.sort(np.argsort(-np.abs(single), kind="stable")[:5])
    if ", r = " in body:  # Huber's cases: the value of each term, with its r
        terms = [f"{number.text(single[k])} [r = {number.text(yhat[k] - y[k])}]" for k in shown]
    else:
        terms = [filled(body, {"ŷ_k": yhat[k], "y_k": y[k]}, number) for k in shown]
    if len(shown) < len(y):
        rest = float(single.sum() - single[shown].sum()) / _factor(before)
        terms.append(f"[… {len(y) - len(shown)} more = {number.text(rest)}]")
    total = " + ".join(terms)
    before = before.replace("1/K", "" if len(y) == 1 else f"1/{len(y)} ")
    bare = len(terms) == 1 and (total.startswith(("(", "[")))
    return f"{before}{total if not before or bare else f'({total})'}"


def _factor(before: str) -> float:
    """What stands before Σ_k, for one output (K = 1)."""
    return (-1.0 if before.startswith("−") else 1.0) * (0.5 if "½" in before else 1.0)


def loss_gradient(loss: Loss) -> str:
    """∂L/∂ŷ_k as text; empty where the loss is not listed."""
    return with_delta(LOSS_GRADIENT.get(loss.name, ""), loss)


def shortcut(loss: Loss, outputs: int, i: int, yhat: str = "ŷ", y: str = "y") -> str:
    """δ of the last layer i in one go, where output and loss are a canonical pair."""
    factor = loss.shortcut_factor(outputs)
    return f"δ_{i} = {yhat} − {y}" if factor == 1 else f"δ_{i} = {Number().text(factor)} ({yhat} − {y})"


def with_delta(text: str, loss: Loss) -> str:
    """Huber's text for its own δ: the lists have the usual one, 1."""
    delta = re.search(r"\|r\| <= (\S+) else", loss.formula)
    if loss.name != "huber" or delta is None or delta[1] == "1":
        return text
    d = delta[1]
    text = text.replace("−1, 1", f"−{d}, {d}").replace("-1, 1", f"-{d}, {d}")
    return text.replace("<= 1", f"<= {d}").replace(", abs(yhat - y) - 0.5)", f", {d} * (abs(yhat - y) - {d} / 2))")


def loss_gradient_filled(loss: Loss, yhat: float, y: float, outputs: int, number: Number) -> str:
    """∂L/∂ŷ_k with its numbers."""
    text = loss_gradient(loss)
    if not text:
        return f"∂({loss.name})/∂ŷ_k at ŷ_k = {number.text(yhat)}, y_k = {number.text(y)}"
    text = re.sub(r"\bK\b", str(outputs), text)
    return filled(text, {"ŷ_k": yhat, "y_k": y}, number)
