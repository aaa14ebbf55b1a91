"""A subject: what the inspect view looks at. It gives steps, takes edits, and can undo them. Knows no Textual."""

from collections.abc import Callable, Mapping, Sequence
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


@dataclass(frozen=True)
class Told:
    """What a slide prints, or gets wrong, at a step of a sample (0: any).

    settings: it holds with these instead of the lesson's own ({"loss": "squared_error"}). number: one that an edit
    makes stale; an erratum stays true.
    """

    sample: int
    step: str
    note: Note
    settings: Mapping[str, str | float] = field(default_factory=dict)
    number: bool = True


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
    told: list[Told] = field(default_factory=list)  # what a slide says of a step, and for which settings

    def __post_init__(self) -> None:
        self._steps: list[Step] | None = None
        self._undo: list[Restore] = []
        self._begun: tuple[object, dict[str, str | float]] | None = None  # content and settings before the first change

    @property
    def steps(self) -> list[Step]:
        """The steps as things are now, with what is known of the slide."""
        if self._steps is None:
            self._steps = [self._with_errata(step) for step in self._compute()]
        return self._steps

    def _with_errata(self, step: Step) -> Step:
        key = step.id.replace(" ", "").replace("_", "").lower()
        told = [note for one in self.told if one.step == key and (note := self._now(one)) is not None]
        found = [*told, *self.extra_notes.get((0, key), ()), *self.extra_notes.get((self.at + 1, key), ())]
        return step.noted(*found) if found else step

    def _now(self, told: Told) -> Note | None:
        """What a slide says, as far as it holds after what was changed here."""
        if told.sample not in (0, self.at + 1):
            return None
        if not told.number:
            return told.note if told.settings.items() <= self.settings().items() else None
        changed = self.settings_changed()
        if changed is not None and changed == dict(told.settings):
            return told.note
        return None if told.settings else Note(told.note.kind, f"Before your change: {told.note.text}")

    def settings(self) -> dict[str, str | float]:
        """Loss, optimizer and the like, by the names that `edit` takes."""
        return {}

    def settings_changed(self) -> dict[str, str | float] | None:
        """The settings that differ from the beginning; None where other numbers (weights, inputs) do."""
        if self._begun is None:
            return {}
        content, settings = self._begun
        if content != self._content():
            return None
        return {key: value for key, value in self.settings().items() if settings.get(key) != value}

    def _content(self) -> object:
        """The numbers that an edit can change, settings aside, as something that compares."""
        return [(one.key, one.value) for one in self.fields()]

    def _begin(self) -> None:
        """Remember how it began, before the first change."""
        if self._begun is None:
            self._begun = (self._content(), self.settings())

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
        self._begin()
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
        """Make `times` updates; the loss before and after each. Raises InspectError where there is none."""
        raise InspectError("There is no update to apply here.")

    def check(self) -> list[Checked]:
        """Check gradients by central differences. Raises InspectError where there are none."""
        raise InspectError("There are no parameters to check here.")
