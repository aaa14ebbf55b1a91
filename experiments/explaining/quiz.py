"""A quiz on a subject's steps: what is asked, four answers to choose from, what counts as right, the score."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from dnn_tui.datasets.expression import number as typed_number
from dnn_tui.mlp.explain import Focus, Number, Step

LETTERS = "abcd"


@dataclass(frozen=True)
class Question:
    """One number of a step. choices: texts of which one is right, at `place`."""

    step: str
    element: Focus
    right: float
    choices: tuple[str, ...]
    place: int

    @property
    def tolerance(self) -> float:
        """What an answer may be off by: a half of a per cent, and what rounding to four decimals does."""
        size = abs(self.right)
        return max(0.005 * size, min(5e-5, 0.05 * size) if size else 5e-5)

    def judge(self, text: str) -> tuple[bool, str]:
        """Whether an answer (a number, or the letter of a choice) is right, and how it reads. Raises ValueError."""
        letter = text.strip().lower().rstrip(")")
        if len(letter) == 1 and letter in LETTERS[: len(self.choices)]:
            at = LETTERS.index(letter)
            return at == self.place, self.choices[at]
        given = typed_number(text)
        return abs(given - self.right) <= self.tolerance, ""


@dataclass(frozen=True)
class Score:
    """How many of the answers given were right."""

    right: int = 0
    asked: int = 0

    def counted(self, right: bool) -> "Score":
        """With one answer more."""
        return replace(self, right=self.right + right, asked=self.asked + 1)

    def __str__(self) -> str:
        return f"{self.right} of {self.asked} right"


def question(step: Step, element: Focus, number: Number, seed: int = 0) -> Question:
    """What is asked of one element of a step's result. The same seed gives the same choices in the same order."""
    right = step.element(element)
    right = 0.0 if abs(right) < 1e-12 * step.result.scale else right
    shown = number.text(right)
    texts = [shown]
    for value in _mistakes(step, element, right):
        text = number.text(value, step.result.scale)
        if text not in texts and abs(value - right) > max(0.01 * abs(right), 1e-9):
            texts.append(text)
        if len(texts) == len(LETTERS):
            break
    order = np.random.default_rng([seed, *element]).permutation(len(texts))
    choices = tuple(texts[k] for k in order)
    return Question(step.id, element, right, choices, choices.index(shown))


def _mistakes(step: Step, element: Focus, right: float) -> list[float]:
    """What one gets who forgets a factor, a sign or a bias, or takes the neighbour; the likeliest first."""
    found = [-right]
    for operand in (step.upstream, step.local):
        if operand is not None and operand.shape == step.result.shape:
            found.append(float(operand.value[element]))  # one factor alone
    if step.id.endswith(" a") and step.phase == "F" and step.operands[-1].key[:1] == "b":
        bias = float(step.operands[-1].value[element[-1]])
        found += [right - bias, right - 2 * bias]
    for operand in step.operands:
        if operand.shape == step.result.shape and operand.shape:
            found.append(float(operand.value[element]))  # nothing done to it
    flat = np.asarray(step.result.value, float).ravel()
    if flat.size > 1:  # the element beside it, and the last
        at = int(np.ravel_multi_index(element, step.result.shape))
        found += [float(flat[(at + 1) % flat.size]), float(flat[at - 1])]
    found += [2 * right, right / 2, 1 - right, right + 1, right - 1, 10 * right, 0.5, -0.5, 2.0]
    return [value for value in found if np.isfinite(value)]


def round_of(steps: Sequence[Step], seed: int, most: int = 0) -> list[tuple[int, Focus]]:
    """Steps in a random order, each once with a random element: (place, element); most: so many (0: all).

    What is only written down (the input) is not asked. The same seed gives the same round.
    """
    rng = np.random.default_rng(seed)
    places = [k for k, step in enumerate(steps) if step.id != "F0" and np.isfinite(step.result.value).all()]
    chosen = [places[int(k)] for k in rng.permutation(len(places))]
    chosen = chosen[:most] if most else chosen
    return [(k, tuple(int(rng.integers(n)) for n in steps[k].result.shape)) for k in chosen]
