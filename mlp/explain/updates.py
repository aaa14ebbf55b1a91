"""The steps after the backward pass: U_i, the optimizer's update of layer i, and V, what it did to the loss."""

import copy
import re
from types import SimpleNamespace

import numpy as np

from ..arrays import Array
from ..backprop import Workspace, forward, row_losses
from ..network import Network
from ..optimizers import SGD, Optimizer
from .backward import gradient_scale
from .check import parameter_position
from .forward import forward_steps, shape_text
from .notation import indexed
from .numbers import NOISE, Number
from .passes import Pass
from .rules import DECAY, RULES, Line
from .step import Focus, Operand, Step

#: The settings of an optimizer: our letter, the attribute it is read from.
_SETTINGS = {
    "mu": ("μ", ("momentum",)),
    "beta1": ("β_1", ("beta1",)),
    "beta2": ("β_2", ("beta2",)),
    "rho": ("ρ", ("rho", "alpha")),
    "eps": ("ε", ("eps",)),
    "decay": ("λ", ("weight_decay",)),
}
_LETTERS = {"t": "t", "g": "∇", "theta": "θ"}


def rule_of(optimizer: Optimizer) -> tuple[str, list[Line] | None]:
    """The optimizer's name and its lines; None where it has no rule here (then only its result is shown)."""
    name, rare = optimizer.name, ("dampening", "lr_decay", "centered", "amsgrad")
    if isinstance(optimizer, SGD) and optimizer.momentum:
        name = "nesterov" if optimizer.nesterov else "momentum"
    elif getattr(optimizer, "momentum", 0):
        return name, None
    lines = None if any(getattr(optimizer, option, 0) for option in rare) else RULES.get(name)
    if lines and optimizer.weight_decay and not optimizer.decoupled:
        lines = [DECAY, *lines]
    return name, lines


def float64_optimizer(optimizer: Optimizer, parameters: int) -> Optimizer:
    """A float64 copy of an optimizer, with its state: what it will do can be tried without doing it."""
    twin = copy.deepcopy(optimizer)
    for vector in twin.vectors:  # its scratch is made anew for them
        setattr(twin, vector, getattr(twin, vector).astype(np.float64))
    return twin


def update_steps(p: Pass, optimizer: Optimizer, lr: float) -> list[Step]:
    """U_1 … U_L and V, for `optimizer` as it stands now (its state is copied, not changed)."""
    before, after = stepped(p.network, optimizer, lr)
    scales = [(gradient_scale(p, i), float(p.noise["delta"][i].max())) for i in range(1, p.layers + 1)]
    steps = [update(p.network, i, optimizer, before, after, lr, scale) for i, scale in enumerate(scales, 1)]
    return [*steps, _verdict(p, after)]


def stepped(network: Network, optimizer: Optimizer, lr: float) -> tuple[dict[str, Array], Network]:
    """The optimizer's state before a step by `network.grad`, and the network after it; neither argument changes."""
    twin = float64_optimizer(optimizer, network.parameters)
    before = {name: np.array(value, float) for name, value in twin.shown().items()}
    after = network.copy()
    twin.step(after.theta, network.grad.copy(), lr)
    return before, after


def _slices(network: Network, i: int) -> tuple[slice, slice]:
    at, n = parameter_position(network.sizes, i, "W", (0, 0)), network.W[i].size
    return slice(at, at + n), slice(at + n, at + n + network.sizes[i])


def _given(
    network: Network,
    i: int,
    optimizer: Optimizer,
    state: dict[str, Array],
    lr: float,
    scale: float,
    weights: bool,
    of: str = "L",
) -> list[Operand]:
    """What the rule needs for W_i (or b_i): θ, ∇, the slice of each state vector, t, η and the settings."""
    part, like = _slices(network, i)[0 if weights else 1], (network.W if weights else network.b)[i]
    letter = "W" if weights else "b"
    gradient = (network.dW if weights else network.db)[i]
    given = [Operand(f"{letter}_{i}", "theta", like), Operand(f"∂{of}/∂{letter}_{i}", "g", gradient, scale)]
    for name, value in state.items():
        if value.size == network.parameters:
            given.append(Operand(name, name, value.ravel()[part].reshape(like.shape)))
        elif name == "t":
            given.append(Operand("t", "t", np.asarray(value.ravel()[0] + 1)))
    given.append(Operand("η", "lr", np.asarray(float(lr))))
    return [*given, *settings_of(optimizer)]


def settings_of(optimizer: Optimizer) -> list[Operand]:
    """The numbers that stand in an optimizer's rule (μ, β_1, ε …), by the letters of `rules.py`."""
    given = []
    for key, (letter, attributes) in _SETTINGS.items():
        chosen = next((getattr(optimizer, name) for name in attributes if getattr(optimizer, name, None)), None)
        if chosen is not None:
            given.append(Operand(letter, key, np.asarray(float(chosen))))
    return given


def run_rule(lines: list[Line], given: list[Operand]) -> SimpleNamespace:
    """A rule's lines one after the other, from operands by their keys: everything given or computed, by its key."""
    space = SimpleNamespace(**{operand.key: operand.value for operand in given})
    for line in lines:
        setattr(space, line.key, line.compute(space))
    return space


def update(
    network: Network,
    i: int,
    optimizer: Optimizer,
    state: dict[str, Array],
    after: Network,
    lr: float,
    scales: tuple[float, float],
    of: str = "L",
) -> Step:
    """`U_i`: what the optimizer does to W_i and b_i by network.dW, db; after: the network it leads to.

    state: of the optimizer before it. scales: what ∂L/∂W_i and ∂L/∂b_i are measured by. of: what is made small.
    """
    name, lines = rule_of(optimizer)
    title = f"The update of layer {i} by {name}"
    if not optimizer.trains(network.part(i)):
        name, lines, title = "", None, f"Layer {i} is frozen: its weights stay"
    delta_w, delta_b = after.W[i] - network.W[i], after.b[i] - network.b[i]
    parts: tuple[Operand, ...] = ()
    given = _given(network, i, optimizer, state, lr, scales[0], True, of)
    if lines is None:
        given = [Operand(f"W_{i}", f"W{i}", network.W[i]), Operand(f"W_{i} after", f"W{i}_after", after.W[i])]
    else:
        space = run_rule(lines, given)
        delta_w = space.step
        delta_b = run_rule(lines, _given(network, i, optimizer, state, lr, scales[1], False, of)).step
        parts = tuple(Operand(line.name, line.key, getattr(space, line.key)) for line in lines[:-1])
    keys = [operand.key for operand in given]

    def evaluate(*values: Array) -> Array:
        if lines is None:
            moved: Array = values[1] - values[0]
            return moved
        operands = [Operand(key, key, value) for key, value in zip(keys, values, strict=True)]
        step: Array = run_rule(lines, operands).step
        return step

    def spell(focus: Focus, number: Number) -> str:
        k, j = focus
        result = f"Δ{indexed('w', i, k + 1, j + 1)}"
        if lines is None:
            return f"{result} = {number.text(delta_w[k, j])}"
        return spelled_rule(lines, given, (k, j), number, result)

    equation = ";  ".join(line.equation for line in lines) if lines else "Δθ = θ after − θ before"
    n, m = delta_w.shape
    return Step(
        id=f"U{i}",
        phase="U",
        layer=i,
        symbol=f"ΔW_{i}",
        title=title,
        equation=equation.replace("Δθ", f"ΔW_{i}").replace("∇", f"∂{of}/∂W_{i}") if name == "sgd" else equation,
        numpy=_numpy(lines, given, f"W{i}"),
        numpy_too=_numpy(lines, given, f"b{i}"),
        operands=tuple(given),
        result=Operand(f"ΔW_{i}", f"step_W{i}", delta_w, lr * scales[0] if name == "sgd" else 0.0),
        operation=evaluate,
        speller=spell,
        parts=(
            *parts,
            Operand(f"Δb_{i}", f"step_b{i}", delta_b),
            Operand(f"W_{i} after", f"W{i}_after", network.W[i] + delta_w),
            Operand(f"b_{i} after", f"b{i}_after", network.b[i] + delta_b),
        ),
        upstream=given[1] if lines else None,
        local=next((operand for operand in given if operand.key == "lr"), None),
        shapes=" → ".join(shape_text((n, m), (n, m))),
    )


def _numpy(lines: list[Line] | None, given: list[Operand], name: str) -> str:
    """The rule as Python for one array, "W1" or "b1": its gradient, itself and its state under the rule's letters."""
    if lines is None:
        return f"step_{name} = {name}_after - {name}"
    letters = {operand.key: f"{operand.key}_{name}" for operand in given if operand.shape and operand.name[0] in "muv"}
    letters = {"g": f"d{name}", "theta": name, **letters}
    rule = "; ".join(line.numpy for line in lines)
    used = {key: value for key, value in letters.items() if re.search(rf"\b{key}\b", rule)}
    after = f"step_{name} = step; {name}_after = {name} + step"
    return f"{', '.join(used)} = {', '.join(used.values())}; {rule}; {after}"


def spelled_rule(lines: list[Line], given: list[Operand], focus: Focus, number: Number, result: str) -> str:
    """Every line of the rule with the numbers of one weight; given: θ and ∇ first. result: what Δθ is called here."""
    # NumPy's numbers, not Python's: they overflow to ∞ where Python's raise
    values = {operand.key: np.float64(np.broadcast_to(operand.value, given[0].shape)[focus]) for operand in given}
    if abs(values["g"]) < NOISE * given[1].scale:
        values["g"] = np.float64(0.0)
    space, sentences = SimpleNamespace(**values), []
    for line in lines:
        text = re.sub(r"\{1-(\w+)\}", lambda match: number.text(1 - getattr(space, match[1])), line.spelled)
        text = re.sub(r"\{(\w+)\}", lambda match: number.factor(getattr(space, match[1])), text)
        value = line.compute(space)
        setattr(space, line.key, value)
        name = result if line.key == "step" else line.name
        sentences.append(f"{name} = {text} = {number.text(float(value))}")
    return ";  ".join(sentences)


def _forward_again(p: Pass) -> str:
    """The forward pass as Python once more, with the weights after the update."""
    _, *lines, loss = (step.numpy for step in forward_steps(p))  # the input is the same
    again = re.sub(r"\b([Wb]\d+)\b", r"\1_after", "; ".join(lines))
    return f"{again}; {loss.replace('L = ', 'L_after = ', 1)}"


def _verdict(p: Pass, after: Network) -> Step:
    workspace = Workspace(after, 1, keep_a=True)
    workspace.h[0][0], workspace.y[0] = p.h[0], p.y
    forward(after, workspace)
    value = float(row_losses(after, workspace, p.loss)[0])
    return verdict(
        p.layers,
        "L",
        "What the update did: forward again",
        _forward_again(p),
        (p.value, value),
        (p.network.grad.copy(), after.theta - p.network.theta),
        Operand("ŷ after", "yhat_after", workspace.h[-1][0].copy()),
    )


def verdict(
    layer: int,
    symbol: str,
    title: str,
    again: str,
    values: tuple[float, float],
    moves: tuple[Array, Array],
    answers: Operand,
) -> Step:
    """`V`: what was to be made small, `symbol`, before and after the update, beside what its gradient promised.

    again: the forward pass as Python with the new weights; moves: the gradient and Δθ.
    """
    (before, after), (gradient, moved) = values, moves
    actual, promised = after - before, float(gradient @ moved)
    ratio = actual / promised if promised else float("nan")

    def spell(focus: Focus, number: Number) -> str:
        kept = f"{number.text(100 * ratio)} % of it" if promised else "nothing was promised"
        return (
            f"Δ{symbol} = {number.text(after)} − {number.text(before)} = {number.text(actual, abs(before))}"
            f";  promised ∂{symbol}/∂θᵀ Δθ = {number.text(promised)}: {kept}"
        )

    return Step(
        id="V",
        phase="V",
        layer=layer,
        symbol=f"Δ{symbol}",
        title=title,
        equation=f"Δ{symbol} = {symbol} after − {symbol} before,  promised to first order: ∂{symbol}/∂θᵀ Δθ",
        numpy=f"{again}; d{symbol} = {symbol}_after - {symbol}",
        operands=(
            Operand(f"{symbol} before", symbol, np.asarray(before)),
            Operand(f"{symbol} after", f"{symbol}_after", np.asarray(after)),
            Operand(f"∂{symbol}/∂θ", "grad", gradient),
            Operand("Δθ", "step", moved),
        ),
        result=Operand(f"Δ{symbol}", f"d{symbol}", np.asarray(actual), abs(before)),
        operation=lambda before, after, gradient, moved: after - before,
        speller=spell,
        parts=(
            Operand("promised", "promised", np.asarray(promised)),
            Operand("ratio", "ratio", np.asarray(ratio)),
            answers,
        ),
        shapes="number",
    )
