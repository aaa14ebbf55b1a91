"""The changes of a training that can be taken back: what each needs for it, in memory and in a checkpoint."""

import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from dnn_tui.mlp import Trainer
from dnn_tui.mlp.arrays import Array
from dnn_tui.runs.config import RunConfig

from .changed import Edit

MOST = 50
KEPT = 500_000  # numbers in all: of larger networks what a change has taken away does not come back


@dataclass(frozen=True)
class Step:
    """One change that was made, and what is needed to take it back.

    theta: the weights before it, or None; state: the trainer's before a reset; edits: the values before its edits.
    """

    text: str
    before: RunConfig
    theta: Array | None
    state: dict[str, Any] | None = None
    edits: tuple[Edit, ...] = ()
    layers: tuple[int | None, ...] = ()
    reset: bool = False
    units: tuple[tuple[int, ...] | None, ...] = ()

    @cached_property
    def told(self) -> str:
        """The configuration before it as JSON: made once, since every checkpoint has it."""
        return json.dumps(self.before.to_dict())

    @property
    def size(self) -> int:
        """Numbers that are kept for it."""
        parameters = 0 if self.theta is None else self.theta.size
        return parameters if self.state is None else parameters * (2 + len(self.state["optimizer"]))

    def kept(self) -> dict[str, Any]:
        """As a checkpoint keeps it: arrays, and JSON-able values."""
        return {
            "text": self.text,
            "before": self.told,
            "theta": self.theta,
            "state": self.state,
            "edits": [list(astuple(edit)) for edit in self.edits],
            "layers": list(self.layers),
            "reset": self.reset,
            "units": [None if kept is None else list(kept) for kept in self.units],
        }

    @classmethod
    def from_kept(cls, kept: dict[str, Any]) -> "Step":
        """What `kept` gave."""
        return cls(
            kept["text"],
            RunConfig.from_dict(json.loads(kept["before"])),
            kept["theta"],
            kept["state"],
            tuple(Edit(*edit) for edit in kept["edits"]),
            tuple(kept["layers"]),
            kept["reset"],
            tuple(None if units is None else tuple(units) for units in kept.get("units", ())),
        )


def lightened(steps: Sequence[Step]) -> list[Step]:
    """The newest of them, the weights of the older ones left out where all would be too large for every checkpoint."""
    kept, room = list(steps)[-MOST:], KEPT
    for k in range(len(kept) - 1, -1, -1):
        room -= kept[k].size
        if room < 0 and k < len(kept) - 1:
            kept[k] = replace(kept[k], theta=None, state=None)
    return kept


def before_reset(trainer: Trainer) -> dict[str, Any] | None:
    """The trainer's state to go back to, with arrays of its own; None where that would be too large."""
    if trainer.network.parameters > KEPT:
        return None
    state = trainer.state_dict()
    # the epoch begins anew then, and what can be taken back is known here
    for name in ("order", "changes", "best_theta"):
        state.pop(name, None)
    copied: dict[str, Any] = _copied(state)
    return copied | {"order": None, "in_epoch": trainer.in_epoch}


def _copied(value: Any) -> Any:
    """`value` with arrays of its own."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    return list(value) if isinstance(value, tuple | list) else value
