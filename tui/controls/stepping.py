"""The next value up or down: of a number in steps that suit its size, of a choice in its order."""

import math
from collections.abc import Sequence

ROUND = (1.0, 3.0)  # of each power of ten, for a number whose steps are equal factors


def next_number(value: float, by: int, low: float, high: float, scale: str = "linear", step: float = 1.0) -> float:
    """The value `by` steps further, from low to high. scale log: 0.001, 0.003, 0.01 …, and below the least of them 0

    where that may be; linear: multiples of `step`.
    """
    if scale == "log":
        return min(high, max(low, _next_round(value, by, low, high)))
    nearest = round(value / step)
    whole = math.isclose(nearest * step, value, rel_tol=1e-9, abs_tol=1e-12)
    if not whole:  # onto the grid first
        nearest = math.floor(value / step) if by > 0 else math.ceil(value / step)
    return min(high, max(low, round((nearest + by) * step, 12)))


def _next_round(value: float, by: int, low: float, high: float) -> float:
    """By one at a time through 0, then the round numbers from 1e-6 on."""
    for _ in range(abs(by)):
        value = _above(value, high) if by > 0 else _below(value, low)
    return value


SMALLEST, FIRST = 1e-6, 1e-4  # above 0, downwards and upwards


def _above(value: float, high: float) -> float:
    if value <= 0:
        return min(high, FIRST)
    unit = 10.0 ** math.floor(math.log10(value) + 1e-9)
    for digit in (*ROUND, 10.0):
        if unit * digit > value * (1 + 1e-9):
            return min(high, float(f"{unit * digit:.3g}"))
    return min(high, unit * 10)


def _below(value: float, low: float) -> float:
    if value <= SMALLEST * (1 + 1e-9):
        return max(low, 0.0) if low >= 0 else value
    unit = 10.0 ** math.floor(math.log10(value) - 1e-9)
    for digit in reversed(ROUND):
        if unit * digit < value * (1 - 1e-9):
            return max(low, float(f"{unit * digit:.3g}"))
    return max(low, unit)


def next_of(choices: Sequence[str], value: str, by: int) -> str:
    """The choice `by` places further, round and round."""
    if not choices:
        return value
    here = choices.index(value) if value in choices else (-1 if by > 0 else 0)
    return choices[(here + by) % len(choices)]
