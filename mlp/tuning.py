"""Which engine trains, and on how many threads: measured at the start, and again when the pace changes.

The compiled engine is the faster one nearly always; beside busy neighbours its threads wait for each other, and then
fewer of them, or NumPy's engine, are. Where the person has chosen neither engine nor threads a `Tuner` sees to it. The
engines' weights differ by rounding alone, as those of other numbers of threads do.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from . import compiled
from .events import Alert, Event
from .steps import make_steps, step_operations
from .threads import WORTH_ASKING, compiled_threads, cpus, fewest, rehearsal, timed
from .trainer import Trainer

OF_NUMPY = 0.95  # of the speed of NumPy's engine: where the compiled one has less, it is left
CHANGED = 1.25  # times as fast, or as slow, as when it was measured
WINDOW = 1.0  # seconds of steps from which a pace is told
BETWEEN = 10.0  # seconds at least from one measurement to the next, which takes some tenths


@dataclass(frozen=True)
class Choice:
    """An engine's name, and its threads."""

    engine: str
    threads: int

    def __str__(self) -> str:
        engine = "NumPy's engine" if self.engine == "numpy" else "the compiled engine"
        return f"{engine} and {self.threads} thread{'s' * (self.threads != 1)}"


def fastest(trainer: Trainer) -> Choice:
    """What trains this fastest now; measured on a copy of everything, in some tenths of a second."""
    large = step_operations(trainer.network, trainer.config.batch_size) >= WORTH_ASKING
    numbers = {
        "compiled": compiled_threads() if can_be_compiled(trainer) else [],
        "numpy": [1, 2] if large and cpus() > 1 else [1],
    }
    seconds: dict[Choice, float] = {}
    for engine, each in numbers.items():  # one after the other: waiting threads of one would slow the other's
        if each:
            rehearse = rehearsal(trainer, engine)
            seconds |= timed({Choice(engine, threads): partial(rehearse, threads) for threads in each})
    return chosen(seconds)


def can_be_compiled(trainer: Trainer) -> bool:
    """Whether the compiled engine is here, and covers this training."""
    return compiled.is_installed() and not compiled.why_not(trainer.network, trainer.loss, trainer.optimizer)


def chosen(seconds: dict[Choice, float]) -> Choice:
    """Of what was measured: for each engine the fewest threads that more do not clearly beat; then the compiled one,

    unless it has not OF_NUMPY of the other's speed.
    """
    best: dict[str, Choice] = {}
    for engine in {choice.engine for choice in seconds}:
        best[engine] = Choice(engine, fewest({c.threads: taken for c, taken in seconds.items() if c.engine == engine}))
    ours, plain = best.get("compiled"), best["numpy"]
    return ours if ours and seconds[plain] >= OF_NUMPY * seconds[ours] else plain


def use(trainer: Trainer, choice: Choice) -> None:
    """Let a trainer go on so, between two steps: the same network, rows, masks and optimizer state."""
    from threadpoolctl import threadpool_limits

    config = replace(trainer.config, engine=choice.engine)
    trainer.engine = make_steps(trainer.network, trainer.loss, trainer.optimizer, config, trainer.dropout, 0)
    trainer.engine.threads, trainer.config = choice.threads, config
    threadpool_limits(choice.threads if choice.engine == "numpy" else 1, user_api="blas")
    if known := trainer.configuration:
        training = {**known.get("training", {}), "engine": choice.engine}
        trainer.configuration = {**known, "training": training, "threads": choice.threads}


class Tuner:
    """Chooses for one trainer: when asked, and at the end of an epoch whose pace is another than it was.

    waits: not before it is asked; until then the compiled engine is not ready.
    """

    def __init__(self, waits: bool = False) -> None:
        self._waits = waits
        self._pace: float | None = None  # steps a second, when it was last looked at anew
        self._of: object = None  # the network that had it
        self._step: int | None = None
        self._spent, self._measured = 0.0, time.perf_counter()

    def __call__(self, trainer: Trainer, seconds: float | None = None) -> Iterator[Event]:
        """Told at the end of each epoch how many seconds its steps took; without them, choose now."""
        if seconds is None:
            self._waits = False
            yield from self._choose(trainer, "Engine and threads were measured")
        elif not self._waits and (pace := self._seen(trainer, seconds)):
            if self._pace is None or self._of is not trainer.network:
                self._pace, self._of = pace, trainer.network
            elif not 1 / CHANGED < pace / self._pace < CHANGED and time.perf_counter() - self._measured >= BETWEEN:
                word = "slower" if pace < self._pace else "quicker"
                why = f"Steps had become {word} ({self._pace:,.0f} a second, then {pace:,.0f})"
                yield from self._choose(trainer, why)

    def _seen(self, trainer: Trainer, seconds: float) -> float | None:
        """Steps a second since it was last told, where that is long enough and at full speed."""
        first, self._spent = self._step, self._spent + seconds
        if first is None or trainer.pace or trainer.paused:
            self._step, self._spent = trainer.step, 0.0
            return None
        if self._spent < WINDOW:
            return None
        pace = (trainer.step - first) / self._spent
        self._step, self._spent = trainer.step, 0.0
        return pace

    def _choose(self, trainer: Trainer, why: str) -> Iterator[Event]:
        best = fastest(trainer)
        self._pace, self._measured = None, time.perf_counter()
        if best != Choice(trainer.engine.name, trainer.engine.threads):
            use(trainer, best)
            yield Alert(time.time(), trainer.step, "engine", "info", f"{why}: on with {best}.")
