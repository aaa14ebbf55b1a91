"""A step before a class: one idea at a time, the number in question large, the text beside the picture. Pure functions.

A step has three stages: the rule; the rule with numbers; the result, and what is worth knowing of it.
"""

import textwrap

import numpy as np
from rich.cells import cell_len

from dnn_tui.mlp.explain import Step

from ..drawing.grid import Grid, fit
from ..drawing.large import large, scale_of
from ..drawing.theme import Ink
from .blocks_grid import result_grid
from .boxes import element_name
from .look import Look

RULE, NUMBERS, RESULT = STAGES = range(3)
READABLE = 76  # characters a line: longer ones are hard to find the next of
MARGIN = 4


@np.errstate(all="ignore")  # numbers that overflow are shown as they are
def draw_presented(
    steps: list[Step],
    look: Look,
    stage: int,
    width: int,
    height: int,
    mono: bool = False,
    image: tuple[int, ...] | None = None,
    about: str = "",
) -> Grid:
    """The step at look.at up to `stage`, spread over width × height cells."""
    grid, step = Grid(width, height), steps[look.at]
    margin = MARGIN if width >= 60 else 1
    inner = max(1, width - 2 * margin)
    room = min(inner, READABLE)
    head = _head(steps, look, inner)
    rule = _wrapped(look.say(step.equation), room)
    numbers, notes = _numbers(step, look, stage, room), _notes(step, look, stage, room)
    if stage == RULE and look.at == 0 and about:
        notes = _wrapped(look.tell(about), room)
    text = (
        "?" if stage < RESULT or look.hidden else look.number.text(step.element(look.element(step)), step.result.scale)
    )
    used = len(head) + len(rule) + len(numbers) + 2
    whole = stage == RESULT and not look.hidden and step.result.value.ndim > 0
    table = 0
    if whole:
        rows = step.result.shape[0] + 1
        table = max(0, min(rows, height - used - 9))
    if not scale_of(text, inner, height - used - table - 5):
        table = 0  # the number in question before all the others
    scale = scale_of(text, inner, height - used - table - 5) if stage else 0
    big = large(text, scale, Ink.ACCENT) if scale else Grid(0, 0)
    left = height - used - big.height - table - 2
    notes = notes[: max(0, left)]
    gaps = max(0, left - len(notes))
    gap = min(3, gaps // 5) if gaps else 0
    y = gap
    for line, ink in head:
        grid.put(margin, y, line, ink)
        y += 1
    y += gap + 1
    for block, ink in ((rule, Ink.ACCENT), (numbers, Ink.TEXT)):
        for line in block:
            grid.put(margin, y, line, ink)
            y += 1
        y += gap if block else 0
    if stage:
        name = look.say(_named(step, look))
        grid.put(margin, y, f"{name} =" if scale else f"{name} = {text}", Ink.DIM if scale else Ink.TITLE)
        grid.paste(big, margin, y + 1)
        y += 1 + big.height + gap
    if table:
        block_ = result_grid(step.result, look.element(step), look.number, inner, table, mono, image, names=step.names)
        grid.paste(block_, margin, y)
        y += block_.height + gap
    for line in notes:
        grid.put(margin, y, line, Ink.TEXT)
        y += 1
    return grid


def _head(steps: list[Step], look: Look, width: int) -> list[tuple[str, int]]:
    step = steps[look.at]
    title = look.tell(step.title)
    bar = min(width, 60)
    done = max(1, round(bar * (look.at + 1) / len(steps)))
    return [
        (f"{look.say(step.id)} · {look.at + 1} of {len(steps)}", Ink.DIM),
        (fit(title[0].upper() + title[1:], width), Ink.TITLE),
        ("━" * done, Ink.ACCENT),
    ]


def _named(step: Step, look: Look) -> str:
    element = look.element(step)
    if step.symbol != "(w, b)":
        return element_name(step.result.name, element)
    last = step.result.value.size - 1
    return "b" if element[0] == last else "w" if last == 1 else f"w_{element[0] + 1}"


def _numbers(step: Step, look: Look, stage: int, width: int) -> list[str]:
    """The rule with its numbers; before the result is shown, without it."""
    if stage < NUMBERS or look.hidden:
        return []
    lines = []
    for piece in look.say(step.substituted(look.element(step), look.number)).split(";  "):
        head, mark, _ = piece.rpartition("= ")
        lines += _wrapped(f"{head}{mark}?" if mark and stage < RESULT else piece, width)
    return lines


def _notes(step: Step, look: Look, stage: int, width: int) -> list[str]:
    """What is worth knowing, each with an empty line before it."""
    if stage < RESULT or look.hidden:
        return []
    lines: list[str] = []
    for note in step.notes:
        lines += ["", *_wrapped(look.tell(note.text), width)]
    return lines[1:]


def _wrapped(text: str, width: int) -> list[str]:
    return [line for line in textwrap.wrap(text, width, subsequent_indent="  ") if cell_len(line)]
