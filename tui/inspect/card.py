"""The weight card: everything about one weight or bias, in lines of text."""

import heapq
from dataclasses import dataclass
from math import prod

import numpy as np

from dnn_tui.experiments.explaining.network_subject import NetworkSubject
from dnn_tui.mlp.explain import Pass, Step
from dnn_tui.mlp.explain.notation import indexed
from dnn_tui.mlp.explain.passes import local_derivative

from .look import Look

MOST_PATHS = 5000  # enumerated; of more, only the number is given


@dataclass(frozen=True)
class Path:
    """One way from a unit to an output: the units passed (from 0, a layer each) and its share of δ."""

    units: tuple[int, ...]
    share: float


def paths(p: Pass, layer: int, unit: int) -> list[Path]:
    """All ways from a_layer[unit] to the outputs' sums; their shares add up to δ_layer[unit]."""
    slopes = {i: local_derivative(p.network.activations[i - 1], p.a[i], p.h[i]) for i in range(1, p.layers)}
    found = [Path((unit,), 1.0)]
    for i in range(layer, p.layers):
        W = p.network.W[i + 1]
        found = [
            Path((*path.units, k), path.share * float(slopes[i][path.units[-1]]) * float(W[k, path.units[-1]]))
            for path in found
            for k in range(len(W))
        ]
    return [Path(path.units, path.share * float(p.delta[-1][path.units[-1]])) for path in found]


def place_of(step: Step, look: Look) -> tuple[int, str, tuple[int, ...]] | None:
    """The parameter in focus at a step: (layer, "W" or "b", index); None where a step has none."""
    i, kind = step.layer, step.id.partition(" ")[2]
    k, j = (*look.element(step), 0, 0)[:2]
    if step.phase == "B" and kind == "b":
        return i, "b", (k,)
    if (step.phase == "B" and kind == "W") or step.phase == "U":
        return i, "W", (k, j)
    if step.phase == "F" and kind == "a":
        return i, "W", (k, look.units[i - 1])
    if step.phase == "B" and kind == "h":
        return i, "W", (look.units[i], k)
    return None


def card(subject: NetworkSubject, layer: int, kind: str, index: tuple[int, ...], look: Look) -> list[str]:
    """The lines of the card."""
    p, text = subject.run, look.number.text
    shape = (p.network.W if kind == "W" else p.network.b)[layer].shape
    index = tuple(min(k, n - 1) for k, n in zip(index, shape, strict=True))
    name = indexed("w" if kind == "W" else "b", layer, *(k + 1 for k in index))
    value = float((p.network.W if kind == "W" else p.network.b)[layer][index])
    step = subject.step_named(f"B{layer} {kind}")
    gradient = step.element(index)
    update = subject.step_named(f"U{layer}")
    parts = {part.name: part.value for part in update.parts}
    moved = float(update.result.value[index] if kind == "W" else parts[f"Δb_{layer}"][index])
    checked = subject.check_weight(layer, kind, index)
    unit = index[0]
    delta = float(p.delta[layer][unit])
    before = 1.0 if kind == "b" else float(p.h[layer - 1][index[1]])
    lines = [
        f"{name} = {text(value)}{_between(p, layer, kind, index)}",
        "",
        f"gradient            ∂L/∂{name} = {text(gradient, step.result.scale)}",
        f"central difference  {text(checked.difference)}   error {text(checked.error)}   {_verdict(checked.verdict)}",
        f"update              Δ{name} = {text(moved)} → {text(value + moved)}",
        *_spread_lines(subject, layer, kind, index, gradient, look),
        "",
        f"∂L/∂{name} = {indexed('δ', layer, unit + 1)}·"
        + ("1" if kind == "b" else ("x_" + str(index[1] + 1) if layer == 1 else indexed("h", layer - 1, index[1] + 1)))
        + f" = {text(delta, float(p.noise['delta'][layer].max()))}·{look.number.factor(before)}",
        "",
    ]
    count = prod(p.network.sizes[layer + 1 :])
    if layer == p.layers:
        lines.append("1 path: it feeds the output's sum directly.")
    elif count > MOST_PATHS:
        lines.append(f"{count:,} paths lead from it to the outputs; δ is the sum over all of them.")
    else:
        lines += _path_lines(p, layer, unit, look)
    return [look.say(line) for line in lines]


def _between(p: Pass, layer: int, kind: str, index: tuple[int, ...]) -> str:
    """What is at the parameter's ends in the data: "   from area   to rent"; empty between hidden units."""
    out_of = p.meaning.input(index[1]) if layer == 1 and kind == "W" else ""
    into = p.meaning.output(index[0]) if layer == p.layers else ""
    return (f"   from {out_of}" if out_of else "") + (f"   to {into}" if into else "")


def _spread_lines(
    subject: NetworkSubject, layer: int, kind: str, index: tuple[int, ...], gradient: float, look: Look
) -> list[str]:
    """What the other rows want of this weight: a batch's gradient is their mean, and they seldom agree."""
    if len(subject.rows) < 2:
        return []
    each, text = subject.spread(layer, kind, index), look.number.text
    mean, size = float(each.mean()), float(np.abs(each).max())
    pulls = "this row does not pull at it"
    if gradient:
        agree = "with" if mean * gradient > 0 else "against" if mean * gradient < 0 else "apart from"
        pulls = f"this row pulls {agree} the mean"
    return [f"over {len(each)} rows        mean {text(mean, size)}, spread ±{text(float(each.std()), size)}: {pulls}"]


def _verdict(verdict: str) -> str:
    return {"pass": "✓", "fail": "✗ differs", "kink": "at a kink: the slope jumps here"}[verdict]


def _path_lines(p: Pass, layer: int, unit: int, look: Look) -> list[str]:
    found, text = paths(p, layer, unit), look.number.text
    scale = float(np.abs([path.share for path in found]).sum())
    shown = heapq.nlargest(5, found, key=lambda path: abs(path.share))
    lines = [
        f"{len(found)} paths to the outputs, and their shares of {indexed('δ', layer, unit + 1)}:",
    ]
    for path in shown:
        names = [
            f"ŷ_{k + 1}" if i == p.layers else indexed("h", i, k + 1) for i, k in enumerate(path.units, start=layer)
        ]
        lines.append(f"  {' → '.join(names):<24} {text(path.share, scale)}")
    if len(found) > len(shown):
        rest = sum(path.share for path in found) - sum(path.share for path in shown)
        lines.append(f"  … {len(found) - len(shown)} more{'':<15} {text(rest, scale)}")
    return [*lines, f"  {'sum':<24} {text(sum(path.share for path in found), scale)}"]
