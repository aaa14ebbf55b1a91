"""Carrying a search on: Optuna proposes, Dask trains, and what comes of it goes into the journal, trial by trial.

Everything that must outlive this process is in the study: a trial that was broken off is gone on with, one whose end
nobody has written down yet is read from its run's log, and none is trained twice.
"""

import itertools
import math
import queue
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from dnn_tui.runs.config import RunConfig
from dnn_tui.runs.folder import RunFolder

from .far import Mirror
from .finals import Finals
from .folder import SearchError, SearchFolder
from .outcome import PRUNER, outcome_of
from .preparing import Prepared
from .space import SpaceError
from .steering import Heard, Steer
from .study import RESULT, make_pruner, make_sampler, open_study, quietly
from .trial import Order
from .workers import News, Workers

if TYPE_CHECKING:
    import optuna

LISTENING = 0.2  # seconds between two looks at what viewers ask for
PATIENCE = 30.0  # seconds for trainers to keep where they are
GRID_MOST = 100_000  # points
MORE = "more"  # trials were added while the best few were trained again
VIEWER, CTRL_C = "a viewer of the search", "Ctrl+C"

Tell = Callable[[dict[str, Any]], None]  # is told what happened, as plain values with "what"


@dataclass
class _Trial:
    """A trial that is with the workers."""

    trial: "optuna.trial.Trial"
    reported: int = 0  # epochs
    pruned: bool = False


@dataclass
class Running:
    """A search while it is carried on: `run` to the end. tell: is told what happened."""

    folder: SearchFolder
    prepared: Prepared
    workers: Workers
    tell: Tell
    trials: int | None = None  # in all, where another number is wanted than was asked for at first
    interrupted: bool = False  # set it from anywhere: the search ends where it stands, to go on another time
    _at: dict[str, _Trial] = field(default_factory=dict)
    _mirrors: dict[str, Mirror] = field(default_factory=dict)
    _again: list[int] = field(default_factory=list)  # trials that were broken off
    _paused: bool = False
    _stopping: bool = False
    _asked: int = 0
    _gone: str = ""
    _last: set[str] = field(default_factory=set)  # of the best few with other seeds, those that are trained

    def run(self) -> str:
        """Search to the end: "ended", "stopped" by a viewer, or "interrupted". Raises SearchError.

        Call it inside the folder's `carried_on`.
        """
        plan = self.prepared.plan
        with quietly():
            self.study = open_study(self.folder, plan)
            self._take_up()
            heard = Heard(self.folder)
            self._begun = time.monotonic() - float(self._fact("seconds", 0.0))
            try:
                ended = MORE
                while ended == MORE:
                    self._trials(heard)
                    broken_off = self.interrupted or self._gone
                    ended = "interrupted" if broken_off else "stopped" if self._stopping else "ended"
                    if ended != "interrupted" and self._best():
                        ended = self._finals(heard, ended)
                self._note("seconds", round(time.monotonic() - self._begun, 3))
                if ended != "interrupted":
                    self._note("ended", ended)
            finally:
                for mirror in self._mirrors.values():
                    mirror.close()
            if self._gone:
                raise SearchError(
                    f"The search broke off: {self._gone} Go on with `dnn-tui search --resume {self.folder.name}`."
                )
            return ended

    # ---- where it stands

    def _take_up(self) -> None:
        """What an earlier process has left: totals, ranges, trials without an end."""
        plan = self.prepared.plan
        self._asked = self.trials or int(self._fact("asked", plan.trials))
        for name, span in self._fact("narrowed", {}).items():
            self.prepared = replace(self.prepared, space=self.prepared.space.narrowed(name, span))
        self._note("workers", self.workers.count)
        self._note("asked", self._asked)
        self._note("paused", False)
        self._note("ended", "")
        import optuna

        states = optuna.trial.TrialState
        for trial in self.study.get_trials(deepcopy=False):
            if trial.state == states.RUNNING:
                self._again.append(trial.number)

    def _fact(self, name: str, usual: Any) -> Any:
        return self.study.user_attrs.get(name, usual)

    def _note(self, name: str, value: Any) -> None:
        if self.study.user_attrs.get(name) != value:
            self.study.set_user_attr(name, value)

    def _best(self) -> bool:
        return any(t.value is not None and t.state.name == "COMPLETE" for t in self.study.get_trials(deepcopy=False))

    # ---- the trials

    def _trials(self, heard: Heard) -> None:
        while not self._gone:
            for wish in heard.read():
                self._obey(wish)
            if self.interrupted:
                self._break_off()
                return
            while not (self._paused or self._stopping) and len(self._at) < self.workers.count and self._next():
                pass
            if not self._at and (self._stopping or not self._left()):
                return
            self._listen()

    def _left(self) -> bool:
        return bool(self._again) or len(self.study.get_trials(deepcopy=False)) < self._asked

    def _next(self) -> bool:
        """Give the workers one trial more; gives whether there was one."""
        import optuna

        if self._again:
            number = self._again.pop(0)
            trial = optuna.trial.Trial(self.study, self.study.get_trials(deepcopy=False)[number]._trial_id)
            values = self.prepared.space.suggest(trial)  # those it has stay
            if RESULT in trial.user_attrs:  # its end was written down, and nothing after it
                self._close(_Trial(trial), trial.user_attrs[RESULT])
                return True
            if self.workers.far and self._whole(self.folder.trial(number)):
                ended = outcome_of(self.folder.trial(number), self.prepared.plan.metric)
                self._ended(_Trial(trial), {**ended.as_dict(), "scores": list(ended.scores)})
                return True
        else:
            if not self._left():
                return False
            number = len(self.study.get_trials(deepcopy=False))
            if not self._propose(number):
                return False
            trial = self.study.ask()
            values = self.prepared.space.suggest(trial)
        config = self.prepared.config(values)
        self.study.pruner = make_pruner(self.prepared.plan.pruner, config.training.epochs)
        run = self.folder.trial(trial.number)
        held = _Trial(trial, len(trial.storage.get_trial(trial._trial_id).intermediate_values))
        name = self._name(trial.number)
        self._at[name] = held
        self.submit(name, run.path.name, config)
        self.tell({"what": "begun", "trial": trial.number, "values": values, "run": run.path.name})
        return True

    def _propose(self, number: int) -> bool:
        """Have somebody propose the next trial: what is proposed hangs on the seed, the trial's number, and for TPE on

        those that have ended, never on where a search was broken off. False: the grid has no further point.
        """
        plan = self.prepared.plan
        seed = zlib.crc32(f"{plan.seed} {number}".encode())
        self.study.sampler = make_sampler(plan.sampler, seed)
        if plan.sampler == "grid":
            points = list(itertools.islice(self.prepared.space.grid(), GRID_MOST))
            order = make_order(len(points), plan.seed)
            if number >= len(points):
                self._asked = number
                self._note("asked", number)
                return False
            self.study.enqueue_trial(points[order[number]])
        return True

    def submit(self, name: str, run: str, config: RunConfig) -> None:
        """Give a run to the workers."""
        path = self.folder.path / run
        if self.workers.far:
            self._mirrors[name] = Mirror(path, config)
        here = "" if self.workers.far else str(path)
        self.workers.submit(Order(name, here, config.to_dict(), self.prepared.plan.metric))

    def _name(self, number: int) -> str:
        return f"{self.folder.name}/{self.folder.trial(number).path.name}"

    # ---- what comes back

    def _listen(self) -> None:
        """Wait a moment for news, and take in all there are."""
        try:
            news = self.workers.news.get(timeout=LISTENING)
            while True:
                self._take(news)
                news = self.workers.news.get_nowait()
        except queue.Empty:
            return

    def _take(self, news: News) -> None:
        if "gone" in news:
            self._gone = str(news["gone"]).removesuffix(".") + "."
            return
        name = news["order"]
        if "line" in news and name in self._mirrors:
            self._mirrors[name].line(news["line"])
        held = self._at.get(name)
        if "done" in news:
            result = news["done"]
            if name in self._mirrors:
                self._mirrors.pop(name).finish(result.pop("files"))
        if "done" in news or "lost" in news:
            self._last.discard(name)
        if held is None:
            return
        if "epoch" in news:
            self._epoch(name, held, int(news["epoch"]), float(news["score"]))
        elif "done" in news:
            del self._at[name]
            self._ended(held, result)
        elif "lost" in news:
            del self._at[name]
            if news["lost"]:
                self._close(held, {"ending": "failed", "note": f"Its worker was lost: {news['lost']}"})

    def _epoch(self, name: str, held: _Trial, epoch: int, score: float) -> None:
        self._report(held, epoch, score)
        if not held.pruned and not self._stopping and held.trial.should_prune():
            held.pruned = True
            self.workers.ask(name, "stop", PRUNER)

    def _report(self, held: _Trial, epoch: int, score: float) -> None:
        if epoch > held.reported:
            held.reported = epoch
            if math.isfinite(score):
                held.trial.report(score, epoch)

    def _whole(self, run: RunFolder) -> bool:
        """Whether a run was trained to its end, and its best network is here."""
        ended = outcome_of(run, self.prepared.plan.metric).ending is not None
        return ended and run.checkpoint_file("best").exists()

    def _ended(self, held: _Trial, result: dict[str, Any]) -> None:
        for epoch, score in enumerate(result.pop("scores"), 1):
            self._report(held, epoch, score)
        self._close(held, result)

    def _close(self, held: _Trial, result: dict[str, Any]) -> None:
        """Write down how a trial ended. One that was interrupted has not: it goes on another time."""
        from optuna.trial import TrialState

        trial, ending, score = held.trial, result["ending"], result.get("score")
        if ending is None:
            return
        kept = {key: value for key, value in result.items() if key not in ("scores", "files")}
        if ending == "complete" and (score is None or not math.isfinite(score)):
            kept["ending"] = ending = "diverged"
        if trial.user_attrs.get(RESULT) != kept:
            trial.set_user_attr(RESULT, kept)
        if ending == "complete":
            self.study.tell(trial, score)
        else:  # to the sampler one that diverged is the worst of those that were broken off
            self.study.tell(trial, state=TrialState.PRUNED if ending in ("pruned", "diverged") else TrialState.FAIL)
        self.tell({"what": "trial", "trial": trial.number, "values": dict(trial.params), **kept})

    # ---- what viewers ask for

    def _obey(self, wish: Steer) -> None:
        match wish.word:
            case "pause" | "go":
                self._paused = wish.word == "pause"
                self._note("paused", self._paused)
                for name in self._at:
                    self.workers.ask(name, "pause" if self._paused else "resume", VIEWER)
            case "stop" if wish.number is None:
                self._stopping = True
                for name in list(self._at):
                    self.workers.ask(name, "stop", VIEWER)
            case "stop":
                self.workers.ask(self._name(wish.number or 0), "stop", VIEWER)
            case "add":
                self._asked += wish.number or 0
                self._note("asked", self._asked)
            case "narrow":
                try:
                    space = self.prepared.space.narrowed(wish.name, wish.range)
                except SpaceError:
                    return  # who asked was told
                self.prepared = replace(self.prepared, space=space)
                self._note("narrowed", {**self._fact("narrowed", {}), wish.name: wish.range})
        self.tell({"what": "steered", "wish": wish.word, "name": wish.name, "range": wish.range, "number": wish.number})

    def _break_off(self) -> None:
        """Have every trainer keep where it is, and wait for that."""
        until = time.monotonic() + PATIENCE
        for name in [*self._at, *self._last]:
            self.workers.ask(name, "interrupt", CTRL_C)
        while (self._at or self._last) and time.monotonic() < until and not self._gone:
            self._listen()

    # ---- the end

    def _finals(self, heard: Heard, ended: str) -> str:
        finals = Finals(self.folder, self.prepared, self.study)
        for name, run, config in finals.orders():
            if not self._whole(run):
                self._last.add(name)
                self.submit(name, run.path.name, config)
                self.tell({"what": "final", "run": run.path.name})
        while self._last and not self._gone:
            for wish in heard.read():
                self._obey(wish)
            if self.interrupted:
                self._break_off()
                return "interrupted"
            self._listen()
        if self._gone:
            return "interrupted"
        if self._left() and not self._stopping:  # asked for meanwhile: the test rows wait until these have ended too
            return MORE
        winner = finals.winner()
        self._note("winner", winner)
        self.tell({"what": "winner", **winner})
        return ended


def make_order(count: int, seed: int) -> list[int]:
    """A grid's points in the order they are tried: spread by the seed, so that a part of a grid is no corner of it."""
    import random

    order = list(range(count))
    random.Random(seed).shuffle(order)
    return order
