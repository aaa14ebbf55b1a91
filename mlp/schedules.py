"""The learning rate over the run: η at each step. Definitions as in `torch.optim.lr_scheduler`.

"step" and "exponential" change once an epoch, "cosine" and "one_cycle" at every step over the whole run,
"reduce_on_plateau" when the validation loss has not fallen for a while.
"""

import math
from collections.abc import Callable

from .config import TrainingConfig
from .settings import SETTINGS


class Schedule:
    """η by step. `lr(step)` for step 0, 1, …; `epoch_ended(loss)` lets reduce_on_plateau see the judged loss."""

    def __init__(self, config: TrainingConfig, steps_per_epoch: int) -> None:
        self.config, self.steps_per_epoch = config, steps_per_epoch
        self.total = config.epochs * steps_per_epoch
        self.warmup = round(config.warmup * steps_per_epoch)
        self._lr: Callable[[int], float] = getattr(self, f"_{config.schedule}")
        usual = SETTINGS["gamma"].usual.get(config.schedule, 1.0)
        self._gamma: float = usual if config.gamma is None else config.gamma
        # of reduce_on_plateau: the factor reached, the best loss, epochs since
        self.reduced, self.best, self.waited = 1.0, math.inf, 0

    def lr(self, step: int) -> float:
        """η of the step that has `step` steps before it."""
        if step < self.warmup:
            return self._lr(step) * (step + 1) / self.warmup
        return self._lr(step)

    def _constant(self, step: int) -> float:
        return self.config.lr

    def _step(self, step: int) -> float:
        return self.config.lr * self._gamma ** (step // self.steps_per_epoch // self.config.step_size)

    def _exponential(self, step: int) -> float:
        return self.config.lr * self._gamma ** (step // self.steps_per_epoch)

    def _cosine(self, step: int) -> float:
        """Loshchilov & Hutter 2017, one half wave: η_min + ½ (η - η_min)(1 + cos(π t / T))."""
        low = self.config.lr_min
        return low + (self.config.lr - low) * (1 + math.cos(math.pi * min(step, self.total) / self.total)) / 2

    def _one_cycle(self, step: int) -> float:
        """Smith & Topin 2018: from η / div_factor up to η over pct_start of the steps, then down to almost nothing."""
        config = self.config
        start = config.lr / config.div_factor
        end = start / config.final_div_factor
        top, last = config.pct_start * self.total - 1, self.total - 1
        if step <= top or top >= last:
            return _cosine_between(start, config.lr, step / top if top > 0 else 1.0)
        return _cosine_between(config.lr, end, min(1.0, (step - top) / (last - top)))

    def _reduce_on_plateau(self, step: int) -> float:
        return max(self.config.lr * self.reduced, min(self.config.lr_min, self.config.lr))

    def epoch_ended(self, loss: float) -> None:
        """One more epoch has been judged (mode "min", threshold_mode "rel", no cooldown)."""
        if self.config.schedule != "reduce_on_plateau":
            return
        if loss < self.best * (1 - self.config.plateau_threshold):
            self.best, self.waited = loss, 0
        else:
            self.waited += 1
        if self.waited > self.config.plateau_patience:
            self.waited = 0
            self.reduced *= self.config.plateau_factor

    def state(self) -> dict[str, float]:
        """What a checkpoint keeps."""
        return {"reduced": self.reduced, "best": self.best, "waited": self.waited}

    def load(self, state: dict[str, float]) -> None:
        """Take over what `state` gave."""
        self.reduced, self.best, self.waited = float(state["reduced"]), float(state["best"]), int(state["waited"])


def _cosine_between(start: float, end: float, share: float) -> float:
    return end + (start - end) * (1 + math.cos(math.pi * share)) / 2
