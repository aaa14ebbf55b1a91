"""`Control`: one thing that can be changed: its value, how it goes up and down, and the change that it asks for."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from .stepping import next_number, next_of


@dataclass(frozen=True)
class Control:
    """One row, or one button in a row of several.

    key: its name. value: as shown. kind: "choice", "number", "text", "switch" (on or off) or "do" (a button).
    change: the text of the change, {} where the value goes; empty: `command` is sent, "app:…" is an action.
    step, low, high, scale: of a number. choices: of a choice, in their order; others can be typed where `free`.
    on: of a switch, whether it is. rest: the change tells what is left of 1.
    """

    key: str
    label: str
    value: str
    kind: str
    sentence: str
    change: str = ""
    command: str = ""
    group: str = ""
    choices: tuple[str, ...] = ()
    free: bool = False
    step: float = 1.0
    low: float = -math.inf
    high: float = math.inf
    scale: str = "linear"
    whole: bool = False
    on: bool = False
    rest: bool = False

    def stepped(self, by: int) -> str:
        """The change that takes it `by` steps further; "" where there is none."""
        if self.kind == "choice":
            value = next_of(self.choices, self.value, by)
        elif self.kind == "number":
            number = next_number(float(self.value), by, self.low, self.high, self.scale, self.step)
            value = f"{number:.0f}" if self.whole else f"{number:.12g}"
        else:
            return ""
        return self.asked(value) if value != self.value else ""

    def asked(self, value: str) -> str:
        """The change that gives it this value; "" where there is none. Raises ValueError where it is no number."""
        value = value.strip()
        if self.rest and value:
            value = f"{1 - float(value):.12g}"
        return self.change.format(value) if self.change and value else ""


@dataclass(frozen=True)
class Row:
    """A row of the panel: one control with its value, or several buttons or switches side by side, or a heading."""

    controls: tuple[Control, ...] = ()
    heading: str = ""

    @property
    def flows(self) -> bool:
        """Whether its controls stand side by side."""
        return bool(self.controls) and self.controls[0].kind in ("switch", "do")


def row_of(rows: Sequence[Row], key: str) -> int:
    """In which row a control stands; -1 where there is none of that name."""
    return next((k for k, row in enumerate(rows) if any(c.key == key for c in row.controls)), -1)


def control_of(rows: Sequence[Row], key: str) -> Control | None:
    """The control of that name."""
    return next((c for row in rows for c in row.controls if c.key == key), None)
