"""`BatchSubject`: several rows of a network's samples at once, with what a training does to their mean gradient."""

import re
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np

from dnn_tui.datasets.expression import number
from dnn_tui.mlp.explain import Checked, Number, Step
from dnn_tui.mlp.explain.batch import BatchPass, Extras, explain_batch, run_batch
from dnn_tui.mlp.explain.check import EPSILON, TOLERANCE, places
from dnn_tui.mlp.optimizers import Optimizer

from .network_subject import NetworkSubject
from .subject import Field, InspectError, Restore, Row, Subject

MOST_ROWS = 256  # of a batch that is stepped through: more could not be looked at
SAYS = {
    "l1": "λ_1 of the penalty λ_1 Σ|w|; 0: none",
    "l2": "λ_2 of the penalty ½ λ_2 Σ w²; 0: none",
    "clip_norm": "the length that the gradient is clipped to; 0: it is not",
    "max_norm": "the length that a unit's weights are held to; 0: they are not",
    "dropout": "p of the hidden units that are left out",
    "input_dropout": "p of the inputs that are left out",
    "label_smoothing": "share of a target spread over all classes",
    "seed": "of dropout's masks",
}


class BatchSubject(Subject):
    """Batches of the rows of a `NetworkSubject`, whose network, loss and optimizer it starts from.

    batches: which rows each has, from 0. extras: what is done to the mean gradient.
    """

    rows: Sequence[tuple[int, ...]]

    def __init__(
        self, base: NetworkSubject, batches: Sequence[tuple[int, ...]], extras: Extras | None = None, at: int = 0
    ) -> None:
        super().__init__(base.title, "batch", base.text, batches, at)
        self.origin, self.base = base, base.twin()
        self.extras, self.first_row = extras or Extras(), base.first_row
        self._edited: dict[int, Row] = {}  # our copies of rows whose x or y was changed
        self._run: BatchPass | None = None

    @property
    def optimizer(self) -> Optimizer:
        """As it stands now."""
        return self.base.optimizer

    @property
    def name(self) -> str:
        """Which rows these are, as they are numbered outside."""
        numbers = [k + self.first_row for k in self.rows[self.at]]
        run = numbers == list(range(numbers[0], numbers[-1] + 1))
        which = f"{numbers[0]} to {numbers[-1]}" if run and len(numbers) > 2 else ", ".join(map(str, numbers))
        return f"a batch of {len(numbers)}: rows {which}" if len(which) < 40 else f"a batch of {len(numbers)} rows"

    @property
    def samples(self) -> list[Row]:
        """The batch's rows, with what was changed in them."""
        return [self._edited.get(k) or self.base.rows[k] for k in self.rows[self.at]]

    @property
    def run(self) -> BatchPass:
        """The pass of this batch."""
        if self._run is None:
            X, Y = (np.stack([getattr(row, letter) for row in self.samples]) for letter in "xy")
            of_rows = self.base.weights
            weight = None if of_rows is None else of_rows[list(self.rows[self.at])]
            self._run = run_batch(self.base.network, X, Y, self.base.loss, self.extras, weight)
        return self._run

    def _compute(self) -> list[Step]:
        return explain_batch(self.run, self.base.optimizer, self.base.lr, self.base.meaning)

    def changed(self) -> None:
        super().changed()
        self._run = None

    def fields(self) -> list[Field]:
        written = Number(6).text
        found = [field for field in self.base.fields() if field.key[:1] not in "xy"]
        found += [Field(key, says, written(getattr(self.extras, key))) for key, says in SAYS.items()]
        for letter, what in (("x", "an input"), ("y", "a target")):
            for r, row in enumerate(self.samples[:8], 1):
                values = getattr(row, letter)[:8]
                found += [
                    Field(f"{letter}[{r},{k}]", f"{what} of row {r}", written(v)) for k, v in enumerate(values, 1)
                ]
        return found

    def settings(self) -> dict[str, str | float]:
        return {**self.base.settings(), **{key: getattr(self.extras, key) for key in SAYS}}

    def _content(self) -> object:
        return self.base._content(), [(k, row.x.tolist(), row.y.tolist()) for k, row in sorted(self._edited.items())]

    def _set(self, key: str, value: str) -> None:
        plain, value = key.strip().replace("-", "_"), value.strip()
        if plain in SAYS:
            self.extras = replace(self.extras, **_extra(plain, value))
        elif plain[:1] in "xy" and plain[1:2] in ("[", *"0123456789"):
            self._set_row(plain, value)
        else:
            self.base._set(key, value)

    def _set_row(self, key: str, value: str) -> None:
        match = re.fullmatch(r"([xy])\[(\d+),(\d+)\]", key.replace(" ", ""))
        if match is None:
            raise InspectError(f"“{key}” is no place in a batch: write x[1,2], the second input of its first row.")
        r, k = int(match[2]), int(match[3])
        rows = self.rows[self.at]
        if not 1 <= r <= len(rows):
            raise InspectError(f"The batch has {len(rows)} rows: {key} is outside of it.")
        size = len(getattr(self.samples[r - 1], match[1]))
        if not 1 <= k <= size:
            raise InspectError(f"{match[1]} has {size} numbers: {key} is outside of it.")
        row, typed = self.samples[r - 1], number(value)
        row = Row(row.name, np.array(row.x, float), np.array(row.y, float))
        getattr(row, match[1])[k - 1] = typed
        self._edited[rows[r - 1]] = row

    def _kept(self) -> Restore:
        base, extras, at, edited = self.base._kept(), self.extras, self.at, dict(self._edited)

        def restore() -> None:
            base()
            self.extras, self.at, self._edited = extras, at, dict(edited)

        return restore

    def apply(self, times: int = 1) -> list[float]:
        """Make `times` updates on these rows; what was made small, before and after each. Can be undone at once."""
        self._begin()
        before = self._kept()
        values = [self.run.objective]
        with np.errstate(all="ignore"):
            for _ in range(times):
                self.base.step(self.run.network.grad, self.extras.max_norm)
                self._run = None
                values.append(self.run.objective)
        self._undo.append(before)
        self.changed()
        return values

    @np.errstate(all="ignore")
    def check(self) -> list[Checked]:
        """∂J/∂θ of the batch, before clipping, against central differences; sets the badge."""
        p, checked = self.run, []
        theta, gradient = p.network.theta, p.network.grad / p.clip
        for layer, kind, index, at in places(p.network):
            ends = []
            for sign in (1, -1):
                moved = theta.copy()
                moved[at] += sign * EPSILON
                ends.append(p.loss_with(moved))
            quotient, ours = (ends[0] - ends[1]) / (2 * EPSILON), float(gradient[at])
            error = abs(ours - quotient) / max(1e-8, abs(ours) + abs(quotient))
            right = error < TOLERANCE or abs(ours - quotient) < 1e-13 * max(1.0, abs(p.objective)) / EPSILON
            checked.append(Checked(layer, kind, index, ours, quotient, error, "pass" if right else "fail"))
        failed = sum(row.verdict == "fail" for row in checked)
        self.badge = (
            f"✗ {failed} of {len(checked)} mean gradients differ from central differences (a kink may lie between)"
            if failed
            else f"✓ {len(checked)} mean gradients checked"
        )
        return checked

    def single(self) -> NetworkSubject:
        """One row again, with what was done to the network here, which can be undone there."""
        self.origin.take_over(self.base)
        self.origin.choose(self.rows[self.at][0])
        return self.origin


def _extra(key: str, value: str) -> dict[str, Any]:
    typed = number(value)
    share = key in ("dropout", "input_dropout", "label_smoothing")
    if typed < 0 or (share and typed >= 1):
        raise InspectError(f"{key} must be {'from 0 to below 1' if share else '0 or more'}, not {value}.")
    return {key: int(typed) if key == "seed" else typed}


def batches_of(subject: Subject, text: str) -> BatchSubject:
    """The batches that a person asks for: "4", rows each; "1,3,4", these rows as they are numbered; "all".

    Raises InspectError.
    """
    if isinstance(subject, BatchSubject):
        subject = subject.single()
    if not isinstance(subject, NetworkSubject):
        raise InspectError(f"A batch is several samples through a network; this is a {subject.kind}.")
    plain, count, first = text.strip().lower(), len(subject.rows), subject.first_row
    parts = [part.strip() for part in plain.split(",") if part.strip()]
    if plain != "all" and (not parts or not all(part.isdigit() for part in parts)):
        raise InspectError(f"“{text}” is no batch: say how many rows (4), which ones ({first},{first + 1}) or all.")
    if len(parts) > 1 or plain.endswith(","):
        chosen = tuple(int(part) - first for part in parts)
        if min(chosen) < 0 or max(chosen) >= count:
            raise InspectError(f"There are samples {first} to {first + count - 1}, not {text.strip()}.")
        batches = [chosen]
        at = 0
    else:
        size = count if plain == "all" else int(plain)
        if not 1 <= size <= count:
            raise InspectError(f"A batch has 1 to {count} rows here, not {size}.")
        batches = [tuple(range(k, min(k + size, count))) for k in range(0, count, size)]
        at = subject.at // size
    if len(batches[at]) > MOST_ROWS:
        raise InspectError(f"A batch to step through has at most {MOST_ROWS} rows, not {len(batches[at])}.")
    return BatchSubject(subject, batches, extras_of(subject), at)


def extras_of(subject: NetworkSubject) -> Extras:
    """What the training that the network comes from does to a batch; nothing for a lesson's."""
    known = {one.name for one in fields(Extras)}
    used: dict[str, Any] = {key: value for key, value in subject.beyond.items() if key in known}
    network = subject.network
    frozen = tuple(i for i in range(1, network.layers + 1) if not subject.optimizer.trains(network.part(i)))
    return Extras(**used, frozen=frozen)
