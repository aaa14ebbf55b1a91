"""What a running trainer can be asked for, and who obeys where a whole new trainer is needed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from .events import Event


@dataclass(frozen=True)
class Command:
    """pause, resume, step, stop, interrupt, set_lr (value), checkpoint, sample (value: +1 or -1),

    pace (value: at most so many steps a second, 0 for full speed), prolong (value: epochs in all), tiles (value: a
    `tiles.Wish` as text), change (value: a text), undo, redo: what a trainer's `changer` makes of them; tune: let its
    `tuner` choose now; stay (value: 1, or 0 to end as usual).
    """

    name: str
    value: float | str | None = None
    by: str = ""


class Changer(Protocol):
    """What obeys change, undo and redo for a trainer, between two steps: `experiments.changing` has one."""

    def obey(self, command: Command) -> Iterator[Event]:
        """Do it, or refuse it; what is to be told of it."""

    def state(self) -> dict[str, Any]:
        """What of it must be kept with the trainer's own state, to go on later: arrays and JSON-able values."""
