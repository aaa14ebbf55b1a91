"""What a step lights of a network, and what is known of its units by then. Pure functions."""

from dataclasses import dataclass

import numpy as np

from dnn_tui.mlp.explain import Focus, Pass, Step

OFF, STEP, FOCUS = 0, 1, 2  # how brightly something is lit


@dataclass(frozen=True, eq=False)
class Lit:
    """What a step uses: units lit by layer, and the layer whose edges are; in focus one unit and maybe one edge."""

    layers: frozenset[int]
    edges: int  # the layer of W whose edges are lit; 0: none
    into: int | None  # the unit whose incoming edges are in focus
    out_of: int | None  # the unit whose outgoing edges are in focus
    focus: dict[int, int]


def lit(step: Step, focus: Focus, layers: int) -> Lit:
    """What a step lights, from its id."""
    i, kind = step.layer, step.id.partition(" ")[2]
    k, j = (*focus, 0, 0)[:2]
    match step.phase, kind:
        case "F", "a":
            return Lit(frozenset({i - 1, i}), i, k, None, {i: k})
        case "B", "W":
            return Lit(frozenset({i - 1, i}), i, k, j, {i: k, i - 1: j})
        case "B", "h":
            return Lit(frozenset({i - 1, i}), i, None, k, {i - 1: k})
        case "U", _:
            return Lit(frozenset(), i, k, j, {i: k, i - 1: j})
        case "V", _:
            return Lit(frozenset(range(layers + 1)), 0, None, None, {})
        case _:
            return Lit(frozenset({i}), 0, None, None, {i: k})


def level_of(layer: int, unit: int, source: int, shown: Lit) -> int:
    """How brightly an edge is lit."""
    if layer != shown.edges:
        return OFF
    if shown.into is not None and unit != shown.into:
        return STEP
    if shown.out_of is not None and source != shown.out_of:
        return STEP
    return FOCUS


def node_values(p: Pass, step: Step, gradients: bool) -> list[np.ndarray | None]:
    """What is written on each layer's units at this step; None where it is not known yet."""
    i, kind, last = step.layer, step.id.partition(" ")[2], p.layers
    found: list[np.ndarray | None] = [None] * (last + 1)
    if not gradients:
        for layer in range(last + 1):
            if step.phase != "F" or layer < i or (layer == i and kind != "a"):
                found[layer] = p.h[layer]
            elif layer == i:
                found[layer] = p.a[layer]
        return found
    if step.phase in "FL":
        return found
    for layer in range(1, last + 1):
        if step.phase in "UV" or layer > i or (layer == i and kind):
            found[layer] = p.delta[layer]
        elif layer == i or (layer == i - 1 and kind == "h"):
            found[layer] = p.dh[layer]
    if kind == "W":  # δ_i h_{i-1}ᵀ: what comes from before is a value
        found[i - 1] = p.h[i - 1]
    return found
