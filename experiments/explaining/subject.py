"""A subject: what the inspect view looks at. It gives steps, takes edits, and can undo them. Knows no Textual."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from dnn_tui.mlp.explain import Checked, Note, Step, find_step

Restore = Callable[[], None]  # brings back what a subject was when it was kept; may be called again


class InspectError(ValueError):
    """Something asked of a subject that it cannot do: one sentence for the user."""


@dataclass(frozen=True, eq=False)
class Row:
    """One sample: name, x (n_0,), y (n_L,) as the loss wants it; image_shape where x is a picture."""

    name: str
    x: np.ndarray
    y: np.ndarray


@dataclass(frozen=True)
class Field:
    """Something that can be edited: key as in `edit`, what it is now."""

    key: str
    says: str
    value: str


@dataclass
class Subject:
    """The common part. `steps` is computed when asked for and after each edit."""

    title: str
    kind: str = "steps"
    text: str = ""
    rows: Sequence[object] = ()
    at: int = 0  # the sample looked at
    extra_notes: dict[tuple[int, str], list[Note]] = field(default_factory=dict)  # errata, by (sample, step id)
    first_row: int = 0  # the number of the first sample: rows of data count from 0, a lesson's samples from 1
    badge: str = ""  # the gradient check's result, until an edit

    def __post_init__(self) -> None:
        self._steps: list[Step] | None = None
        self._undo: list[Restore] = []

    @property
    def steps(self) -> list[Step]:
        if self._steps is None:
            self._steps = [self._with_errata(step) for step in self._compute()]
        return self._steps

    def _with_errata(self, step: Step) -> Step:
        key = step.id.replace(" ", "").replace("_", "").lower()
        found = [*self.extra_notes.get((0, key), ()), *self.extra_notes.get((self.at + 1, key), ())]
        return step.noted(*found) if found else step

    def _compute(self) -> list[Step]:
        raise NotImplementedError

    def step_named(self, wanted: str) -> Step:
        """The step with that id, however it is spelled. Raises InspectError."""
        step = find_step(self.steps, wanted)
        if step is None:
            ids = [one.id for one in self.steps]
            shown = ", ".join(ids) if len(ids) <= 30 else f"{', '.join(ids[:12])} … {ids[-1]}"
            raise InspectError(f"There is no step “{wanted}”: there are {shown}.")
        return step

    def changed(self) -> None:
        """Forget what was computed: the next look computes it again."""
        self._steps, self.badge = None, ""

    def choose(self, index: int) -> None:
        """Look at another sample."""
        if not 0 <= index < len(self.rows):
            last = self.first_row + len(self.rows) - 1
            raise InspectError(
                f"There is no sample {index + self.first_row}: they are numbered from {self.first_row} to {last}."
            )
        self.at = index
        self.changed()

    def fields(self) -> list[Field]:
        """What `edit` takes."""
        return []

    def edit(self, key: str, value: str) -> None:
        """Change one thing; the steps are computed again. Raises InspectError or the parser's own error."""
        before = self._kept()
        try:
            self._set(key, value)
            self.changed()
            _ = self.steps  # an edit that cannot be computed is refused whole
        except Exception:
            before()
            self.changed()
            raise
        self._undo.append(before)

    def undo(self) -> bool:
        """Take the last edit or update back; False where there is none."""
        if not self._undo:
            return False
        self._undo.pop()()
        self.changed()
        return True

    def restore(self) -> bool:
        """Back to how it began; can itself be undone. False where nothing was changed."""
        if not self._undo:
            return False
        first = self._undo[0]
        self._undo.append(self._kept())
        first()
        self.changed()
        return True

    def _kept(self) -> Restore:
        """Keep copies of what can be changed; the way back to them."""
        raise NotImplementedError

    def _set(self, key: str, value: str) -> None:
        raise InspectError(f"{key} cannot be changed here.")

    def apply(self, times: int = 1) -> list[float]:
        raise InspectError("There is no update to apply here.")

    def check(self) -> list[Checked]:
        raise InspectError("There are no parameters to check here.")
