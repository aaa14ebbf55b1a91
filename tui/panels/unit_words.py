"""A unit in words: which it is, and its equation with its numbers for the row that passes through."""

import math

from rich.cells import cell_len

from ..drawing.numbers import figure
from .network_view import SUBSCRIPTS, TopologyView, input_names

FUNCTIONS = {"identity": "", "linear": ""}


def unit_name(layer: int, unit: int) -> str:
    """h₂,₃: as the lectures write it, both counted from 1; x₃ of the input."""
    number = str(unit + 1).translate(SUBSCRIPTS)
    return f"x{number}" if not layer else f"h{str(layer).translate(SUBSCRIPTS)},{number}"


def signed_weight(value: float) -> str:
    """With its sign, to three figures: +0.52, −1.30."""
    if not math.isfinite(value):
        return str(value)
    text = figure(abs(value), 3)
    return ("−" if value < 0 else "+") + text


def equation(view: TopologyView, room: int) -> str:
    """h₁,₂ = tanh(0.52 x₁ − 1.3 x₂ + 0.1) = tanh(0.83) = 0.68, cut in the middle of its sum to fit `room` cells."""
    if view.looked_at is None:
        return ""
    layer, unit = view.looked_at
    if layer >= len(view.layers) or unit not in view.layers[layer].units:
        return ""
    own, place = view.layers[layer], view.layers[layer].units.index(unit)
    names = input_names(view, 8)
    if not layer:
        return f"{names[place]} = {figure(own.h[place], 3)}"
    below, weights, bias = view.layers[layer - 1], own.W[place], own.b[place]
    function = view.activations[layer - 1] if layer <= len(view.activations) else "g"
    function = FUNCTIONS.get(function, function)
    whole = below.size == len(below.units)  # else the sum is of units that are not told
    total = sum(w * h for w, h in zip(weights, below.h, strict=True)) + bias
    sources = names if layer == 1 else [unit_name(layer - 1, k) for k in below.units]
    terms = [f"{signed_weight(w)} {name}" for w, name in zip(weights, sources, strict=True)]
    ends = f" = {function}({figure(total, 3)})" if whole and function else ""
    ends += f" = {figure(own.h[place], 3)}"
    for shown in range(len(terms), -1, -1):
        left_out = " …" if shown < len(terms) or not whole else ""
        text = f"{unit_name(layer, unit)} = {function}({' '.join(terms[:shown])}{left_out} {signed_weight(bias)}){ends}"
        text = text.replace("(+", "(").replace("= (", "= ") if not function else text.replace("(+", "(", 1)
        if cell_len(text) <= room:
            return text
    return f"{unit_name(layer, unit)} = {figure(own.h[place], 3)}"
