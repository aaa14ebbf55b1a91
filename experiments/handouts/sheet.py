"""What stands on the paper: a subject's steps in words that every format writes, and the gaps of a worksheet."""

from dataclasses import dataclass

import numpy as np

from dnn_tui.mlp.explain import Number, Operand, Step

from ..explaining.blocks import matrix, tier
from ..explaining.document import heading, lines_of
from ..explaining.script import given
from ..explaining.small import DescentSubject
from ..explaining.subject import InspectError, Subject
from .drawn import pictures
from .figures import Figure

MOST_STEPS = 60  # on paper; of a longer walk, the beginning, what is said something of, and the end
FIRST_STEPS, BY_HAND = 6, 3
MOST_NUMBERS = 144  # of an array that a worksheet gives


@dataclass(frozen=True)
class Grid:
    """An array: its name, its numbers as text, a row a row."""

    name: str
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Gap:
    """number: of the gap on the sheet; head and sign: whose value it is; line: how it comes out, for the answers."""

    number: int
    head: str
    sign: str
    line: str


@dataclass(frozen=True)
class Entry:
    """A step: its rule; on a handout its lines, arrays, NumPy and notes, on a worksheet its gaps."""

    id: str
    title: str
    equations: tuple[str, ...]
    lines: tuple[str, ...] = ()
    grids: tuple[Grid, ...] = ()
    numpy: str = ""
    notes: tuple[tuple[str, bool], ...] = ()  # text, and whether it is a warning
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """given: what one starts from, on a worksheet; left_out: steps that are not on the paper."""

    title: str
    text: str
    figures: tuple[Figure, ...]
    entries: tuple[Entry, ...]
    given: tuple[Grid, ...] = ()
    worksheet: bool = False
    left_out: int = 0


@np.errstate(all="ignore")
def sheet_of(subject: Subject, number: Number | None = None, worksheet: bool = False) -> Sheet:
    """A handout, or a worksheet with gaps. Raises InspectError where there is too much to fill in."""
    number = number or Number()
    chosen = _chosen(subject, FIRST_STEPS if not worksheet else BY_HAND)
    figures = tuple(pictures(subject, number, worksheet))
    title, left_out = heading(subject), len(subject.steps) - len(chosen)
    if not worksheet:
        entries = tuple(_entry(step, number) for step in chosen)
        return Sheet(title, subject.text, figures, entries, left_out=left_out)
    chosen = [step for step in chosen if step.id != "F0"]
    return Sheet(title, subject.text, figures, _with_gaps(chosen, number), _given(subject, number), True, left_out)


def _chosen(subject: Subject, first: int) -> list[Step]:
    steps = subject.steps
    if len(steps) <= MOST_STEPS or not isinstance(subject, DescentSubject):
        return steps
    kept, at = [], 0
    for walk in subject.walks:
        part = steps[at : at + walk.updates + 1]
        kept += [
            step
            for k, step in enumerate(part)
            if k <= first or (first > BY_HAND and (k == len(part) - 1 or step.notes))
        ]
        at += len(part)
    return kept


def _grid(operand: Operand, number: Number, name: str = "") -> Grid | None:
    if tier(operand.shape) != "full":
        return None
    if not operand.shape:
        rows = [[number.text(float(operand.value), operand.scale)]]
    else:
        rows = matrix(operand.value, number, operand.scale)
    return Grid(name or operand.name, tuple(tuple(text.strip() for text in row) for row in rows))


def _entry(step: Step, number: Number) -> Entry:
    shown = [operand for operand in (*step.parts, step.result) if operand.shape]
    return Entry(
        step.id,
        step.title,
        (step.equation, *([f"shortcut: {step.shortcut}"] if step.shortcut else ())),
        tuple(_pieces(step, number)),
        tuple(grid for operand in shown if (grid := _grid(operand, number)) is not None),
        step.numpy,
        tuple((note.text, note.severity == "warning") for note in step.notes),
    )


def _pieces(step: Step, number: Number) -> list[str]:
    return [piece for line in lines_of(step, (), number) for piece in line.split(";  ")]


def _with_gaps(steps: list[Step], number: Number) -> tuple[Entry, ...]:
    entries, count = [], 0
    for step in steps:
        gaps = []
        for line in _pieces(step, number):
            sign = "←" if " ← " in line else "="
            head, found, _ = line.partition(f" {sign} ")
            if found:
                count += 1
                gaps.append(Gap(count, head, sign, line))
        notes = tuple((note.text, True) for note in step.notes if note.kind == "erratum")
        entries.append(Entry(step.id, step.title, (step.equation,), gaps=tuple(gaps), notes=notes))
    return tuple(entries)


def _given(subject: Subject, number: Number) -> tuple[Grid, ...]:
    """What the first step starts from."""
    grids = []
    for key, value in given(subject).items():
        if value.size > MOST_NUMBERS:
            raise InspectError(
                f"A worksheet is filled in by hand: {key} has {value.size} numbers. Take a smaller network or table."
            )
        name = f"{key[0]}_{key[1:]}" if key[:1] in "Wb" and key[1:].isdigit() else {"lr": "η"}.get(key, key)
        rows = matrix(value, number) if value.ndim else [[number.text(float(value))]]
        grids.append(Grid(name, tuple(tuple(text.strip() for text in row) for row in rows)))
    return tuple(grids)
