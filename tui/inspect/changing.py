"""What the inspect screen changes: numbers, updates, samples. A part of `InspectScreen`."""

from collections.abc import Callable
from typing import TypeVar

import numpy as np

from dnn_tui.experiments.explaining.batch_subject import BatchSubject, batches_of
from dnn_tui.experiments.explaining.network_subject import NetworkSubject
from dnn_tui.experiments.explaining.subject import Subject
from dnn_tui.mlp.explain import Number, Step

from ..drawing.theme import Ink
from .asking import Asking
from .card import place_of
from .look import Look

USUAL_ROWS = 4  # of a batch, where nothing is said
MOST_UPDATES = 1000  # at once: on 784-128-64-10 a second
Done = TypeVar("Done")


class Changing(Asking):
    """Keys that change what is looked at."""

    def __init__(self, subject: Subject) -> None:
        super().__init__(subject, Look(units=first_units(subject)))
        self._before: dict[str, np.ndarray] = {}  # results by step id, before the last change
        self._editing = ""  # what the prompt asks the value of

    @property
    def network_subject(self) -> NetworkSubject:
        """The subject, for keys that only a network has (`InspectScreen.allowed`)."""
        assert isinstance(self.subject, NetworkSubject)
        return self.subject

    def _change(self, change: Callable[[], Done], message: str | Callable[[Done], str]) -> None:
        """Do something that changes the numbers; what reads differently then is flagged."""
        before = {step.id: step.result.value for step in self.subject.steps}
        self.stop_playing()
        try:
            done = change()
        except ValueError as error:
            if not type(error).__module__.startswith("dnn_tui."):
                raise
            self.say(str(error), Ink.BAD)
            self.frame()
            return
        self._before = before
        self.look = self.look.with_(at=min(self.look.at, len(self.subject.steps) - 1), hidden=False)
        self.say(message if isinstance(message, str) else message(done))
        self.frame()

    def action_edit(self) -> None:
        key, value = self._suggestion()
        self._editing = key
        self.ask("edit", f"{key} =", value, tuple(f"{field.key} = {field.value}" for field in self.subject.fields()))

    def _suggestion(self) -> tuple[str, str]:
        """What one most likely wants to edit here, with its value."""
        subject = self.subject
        if isinstance(subject, BatchSubject) and (key := _of_step(self.step)):
            return key, next(field.value for field in subject.fields() if field.key == key)
        if not isinstance(subject, NetworkSubject):
            field = subject.fields()[0]
            return field.key, field.value
        step, k = self.step, (*self.look.element(self.step), 0)[0]
        place = place_of(step, self.look)
        if step.id == "F0":
            key = f"x{k + 1}"
        elif step.phase == "L" or step.id == "B0":
            key = f"y{k + 1}"
        elif step.phase == "V" or place is None:
            return "lr", Number(6).text(subject.lr)
        else:
            layer, kind, index = place
            shape = (subject.network.W if kind == "W" else subject.network.b)[layer].shape
            index = tuple(min(n, size - 1) + 1 for n, size in zip(index, shape, strict=True))
            key = f"{kind}{layer}[{','.join(str(n) for n in index)}]"
        return key, Number(6).text(subject.value(key))

    def _answered_edit(self, text: str) -> None:
        # a value alone is for what was asked; "lr = 0.5" names something else
        key, mark, value = text.partition("=")
        if not mark:
            key, value = self._editing, text
        key, value = key.strip(), value.strip()
        self._change(lambda: self.subject.edit(key, value), f"{key} = {value} · what reads differently now has a *")

    def action_undo(self) -> None:
        self._change(self.subject.undo, lambda done: "taken back" if done else "nothing to take back")

    def action_restore(self) -> None:
        self._change(self.subject.restore, lambda done: "as it began" if done else "nothing was changed")

    def action_apply(self) -> None:
        self._apply(1)

    def action_apply_many(self) -> None:
        self.ask("apply", "apply the update how many times?", "10")

    def _answered_apply(self, text: str) -> None:
        if text.isdigit() and 1 <= int(text) <= MOST_UPDATES:
            self._apply(int(text))
        else:
            self.say(f"“{text}” is no number of updates: 1 to {MOST_UPDATES}", Ink.BAD)
            self.frame()

    def _apply(self, times: int) -> None:
        text = self.look.number.text
        promised = self.subject.step_named("V")
        first = float(next(part.value for part in promised.parts if part.name == "promised"))

        def message(losses: list[float]) -> str:
            what = f"{times} update{'s' if times > 1 else ''}: L {text(losses[0])} → {text(losses[-1])}"
            actual = losses[1] - losses[0]
            return f"{what}; the first: ΔL {text(actual)}, promised {text(first)} · u takes it back"

        self._change(lambda: self.subject.apply(times), message)

    def action_sample(self, by: int) -> None:
        self._choose((self.subject.at + by) % len(self.subject.rows))

    def action_choose_sample(self) -> None:
        first = self.subject.first_row
        last = first + len(self.subject.rows) - 1
        self.ask("sample", f"sample ({first} to {last}):", str(first + self.subject.at))

    def _answered_sample(self, text: str) -> None:
        if text.isdigit():
            self._choose(int(text) - self.subject.first_row)
        else:
            self.say(f"“{text}” is no sample's number", Ink.BAD)
        self.frame()

    def _choose(self, index: int) -> None:
        try:
            self.subject.choose(index)
        except ValueError as error:
            self.say(str(error), Ink.BAD)
        self._before = {}
        self.look = self.look.with_(hidden=False, units=first_units(self.subject, self.look.units))
        self.frame()

    def action_batch(self) -> None:
        """A batch of rows in place of the single one, or the single one again."""
        if isinstance(self.subject, BatchSubject):
            self._show(self.subject.single(), "a single row again · u takes back what was changed in the batch")
            return
        count = len(self.subject.rows)
        self.ask("batch", "a batch of how many rows (or which, as 1,3; or all):", str(min(count, USUAL_ROWS)))

    def _answered_batch(self, text: str) -> None:
        try:
            batch = batches_of(self.subject, text)
        except ValueError as error:
            self.say(str(error), Ink.BAD)
            self.frame()
            return
        self._show(batch, f"{batch.name} · e sets dropout, l1, l2, clip_norm · b leaves")

    def _show(self, subject: Subject, message: str) -> None:
        """Look at another subject from its first step, written as before."""
        self.stop_playing()
        self.subject, self._before, self._round = subject, {}, []
        look = self.look
        self.look = Look(units=first_units(subject), z_a=look.z_a, number=look.number)
        self.say(message)
        self.frame()

    def action_misclassified(self) -> None:
        try:
            found = self.network_subject.harder(self.subject.at)
        except ValueError as error:
            self.say(str(error), Ink.WARN)
            self.frame()
            return
        if found is None:
            self.say("no sample is answered wrongly")
            self.frame()
        else:
            self._choose(found)

    def action_worst(self) -> None:
        self._choose(self.network_subject.worst())

    def action_check(self) -> None:
        self.subject.check()
        self.say(self.subject.badge, Ink.BAD if self.subject.badge.startswith("✗") else Ink.GOOD)
        self.frame()


def _of_step(step: Step) -> str:
    """The setting that made a step of a batch, which is what one wants to change there."""
    kind = step.id.partition(" ")[2]
    if step.phase == "R":
        return f"l{kind}"
    if kind == "d":
        return "dropout" if step.layer else "input_dropout"
    return {"F y": "label_smoothing", "J": "l2", "C": "clip_norm", "V": "lr"}.get(
        step.id, "max_norm" if step.phase == "N" else ""
    )


def first_units(subject: Subject, units: tuple[int, ...] = ()) -> tuple[int, ...]:
    """The unit in focus of each layer, to begin with: the first; of a picture's pixels, the brightest."""
    if not isinstance(subject, NetworkSubject):
        return ()
    units = units or (0,) * (subject.network.layers + 1)
    if subject.image_shape:
        units = (int(np.abs(subject.row.x).argmax()), *units[1:])
    return units
