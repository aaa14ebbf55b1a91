"""η as it goes: what the schedule says from where it began, and what was set by hand since."""

from typing import Any

from .schedules import Schedule


class Rate:
    """begun: the step at which the schedule stood at its start, or would have."""

    def __init__(self, schedule: Schedule) -> None:
        self.schedule, self.begun = schedule, 0
        # the rate asked for, and what the schedule said then; its shape is kept from there on
        self._set: tuple[float, float] | None = None

    def at(self, step: int) -> float:
        """η of the step that has `step` steps before it."""
        scheduled = self.schedule.lr(step - self.begun)
        if self._set is None:
            return scheduled
        asked, then = self._set
        return asked * (scheduled / then) if then else asked

    def set(self, lr: float, step: int) -> None:
        """Go on from a step with this rate; the shape of the schedule is kept."""
        self._set = lr, self.schedule.lr(step - self.begun)

    def follow_schedule(self) -> None:
        """Go on with what the schedule says, whatever was set."""
        self._set = None

    @property
    def is_set(self) -> bool:
        """Whether it was set by hand."""
        return self._set is not None

    def state(self) -> dict[str, Any]:
        """What a checkpoint keeps."""
        set_ = list(self._set) if self._set else None
        return {"lr_set": set_, "schedule": self.schedule.state(), "schedule_begun": self.begun}

    def load(self, state: dict[str, Any]) -> None:
        """Take over what `state` gave, or an older version's did."""
        self._set = tuple(state["lr_set"]) if state.get("lr_set") else None
        self.begun = state.get("schedule_begun", 0)
        self.schedule.load(state["schedule"])
