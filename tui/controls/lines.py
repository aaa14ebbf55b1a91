"""The controls as lines of text with places in them: what is drawn, and what a click on a cell means."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from ..drawing.grid import fit
from ..drawing.theme import Ink
from ..panels.network_view import pretty_input
from .control import Control, Row

LESS, MORE, HERE = "less", "more", "here"
MOST_LINES = 5  # of a sentence in a column


@dataclass(frozen=True)
class Span:
    """Text at a column of a line. key: of the control it belongs to; does: what a click on it means."""

    x: int
    text: str
    ink: int = Ink.TEXT
    key: str = ""
    does: str = ""
    behind: int = 0

    @property
    def end(self) -> int:
        """The column after it."""
        return self.x + cell_len(self.text)


Line = tuple[Span, ...]


def lines_of(rows: Sequence[Row], width: int, at: str, editing: str | None, wrong: dict[str, str]) -> list[Line]:
    """All rows as lines of `width` cells. at: the control one is at; editing: what is typed there, None: nothing.

    wrong: for a control the sentence that says why it could not be changed so; it stands below it.
    """
    lines: list[Line] = []
    for row in rows:
        if row.heading:
            lines += [_heading(row.heading, width)]
        elif row.flows:
            lines += _flowing(row.controls, width, at)
        else:
            lines.append(_value(row.controls[0], width, at, editing))
        for control in row.controls:
            if sentence := wrong.get(control.key):
                lines += [(Span(0, text, Ink.BAD),) for text in refusal(sentence, width)]
    return lines


def refusal(sentence: str, width: int) -> list[str]:
    """Why a control could not be changed so, in a few lines."""
    return textwrap.wrap(sentence, max(8, width), max_lines=MOST_LINES, placeholder=" …")


def _heading(text: str, width: int) -> Line:
    return Span(0, text, Ink.TITLE), Span(cell_len(text) + 1, "─" * max(0, width - cell_len(text) - 1), Ink.FAINT)


def _value(control: Control, width: int, at: str, editing: str | None) -> Line:
    """η ‹ 0.03 ›: the value stands right, with arrows where one is."""
    here, key = control.key == at, control.key
    room = max(6, width - cell_len(control.label) - 1)
    label = Span(0, fit(control.label, width), Ink.TEXT if here else Ink.DIM, key, HERE)
    if here and editing is not None:
        typed = editing if cell_len(editing) < room else "…" + editing[-(room - 2) :]
        text = f"{typed}▏"
        return label, Span(width - cell_len(text), text, Ink.ACCENT, key, HERE)
    turns = control.kind in ("choice", "number")
    value = fit(control.value or "…", room - (4 if turns and here else 0))
    if not (here and turns):
        end = width - (2 if turns and room > cell_len(value) + 2 else 0)
        return label, Span(end - cell_len(value), value, Ink.ACCENT if here else Ink.TEXT, key, HERE)
    x = width - 2 - cell_len(value)
    return (
        label,
        Span(x - 2, "‹ ", Ink.CURSOR, key, LESS),
        Span(x, value, Ink.ACCENT, key, HERE),
        Span(x + cell_len(value), " ›", Ink.CURSOR, key, MORE),
    )


def _flowing(controls: Sequence[Control], width: int, at: str) -> list[Line]:
    """Buttons and switches side by side, as many in a line as fit."""
    lines: list[list[Span]] = [[]]
    x = 0
    for control in controls:
        here = control.key == at
        if control.kind == "switch":
            text = f"{'●' if control.on else '○'} {_input(control)}"
            ink = Ink.CURSOR if here else Ink.TRAIN if control.on else Ink.DIM
        else:
            text = f"[{control.value}]" if here else f" {control.value} "
            ink = Ink.CURSOR if here else Ink.VALIDATION if not (control.change or control.command) else Ink.TEXT
            ink = Ink.FAINT if not (control.change or control.command) else ink
        if x and x + cell_len(text) > width:
            lines.append([])
            x = 0
        lines[-1].append(Span(x, fit(text, width), ink, control.key, HERE))
        x += cell_len(text) + (2 if control.kind == "switch" else 1)
    return [tuple(line) for line in lines]


def _input(control: Control) -> str:
    """What a switch is called: a formula as by hand, a column by its name."""
    return pretty_input(control.value) if control.key.startswith("input ") else control.value


def line_of(lines: Sequence[Line], key: str) -> int:
    """The first line of a control; 0 where it is nowhere."""
    return next((k for k, line in enumerate(lines) for span in line if span.key == key), 0)


def span_at(line: Line, x: int) -> Span | None:
    """The span at a column that belongs to a control; the only control of a line owns all of it."""
    owned = [span for span in line if span.key]
    hit = next((span for span in owned if span.x <= x < span.end), None)
    if hit is None and owned and len({span.key for span in owned}) == 1:
        return owned[0]
    return hit
