"""A run trained in a thread of this process, recorded while a screen shows it."""

import threading
from collections.abc import Callable
from functools import partial

from dnn_tui.mlp import Command, Trainer
from dnn_tui.mlp.events import Event
from dnn_tui.mlp.threads import on_threads
from dnn_tui.runs import control
from dnn_tui.runs.folder import RunFolder
from dnn_tui.runs.log import LogTail, Place, read_place
from dnn_tui.runs.recorder import Recorder
from dnn_tui.runs.state import RunState

from .answers import Answers
from .telling import Teller, watchdog

TAKES_UP = ("change", "undo", "redo", "prolong")  # commands that make sense of a training that has ended


class TrainingSession:
    """Trains in a thread of this process, recording into a folder. The trainer never waits for the screen."""

    readonly = False
    local = True

    def __init__(self, trainer: Trainer, folder: RunFolder, threads: int = 1, teller: Teller | None = None) -> None:
        self.state, self.answers = RunState(), Answers()
        self.trainer, self.folder = trainer, folder
        self.recorder = Recorder(trainer, folder)
        self.title = folder.name
        self.error: BaseException | None = None
        self._threads, self.teller = threads, teller or Teller(None, folder)
        self.state.snapshots.read = partial(read_place, folder.events_file)
        for event in LogTail(folder.events_file, lazy=True).read_all():  # of a resumed run: what it did before
            self.state.apply(event)
        self._thread = self._make_thread()

    def _make_thread(self) -> threading.Thread:
        # a daemon: a screen that crashes must not leave a process that trains on unseen
        return threading.Thread(target=self._run, name="training", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def send(self, command: Command) -> None:
        """Ask the trainer; one that has ended is taken up again where something is changed, and waits there."""
        if command.name in TAKES_UP and self.state.ended and self.error is None:
            self._take_up_again()
        self.trainer.send(command)

    def _take_up_again(self) -> None:
        self._thread.join()  # it has said its last, and closes the log
        if self.recorder.trouble:
            return
        self.trainer.stay()
        self.trainer.send(Command("pause", by="the end of the training"))
        self.recorder, self._threads = Recorder(self.trainer, self.folder), self.trainer.engine.threads
        self._thread = self._make_thread()
        self._thread.start()

    def close(self, reason: str = "stop") -> None:
        """End the run after its current step and wait until its log is closed. reason: "stop" or "interrupt"."""
        if self._thread.is_alive():
            self.trainer.send(Command(reason))
            self._thread.join()
        self.teller.finish()

    def hand_over(self, take_up: Callable[[], int]) -> None:
        """Stop training here without ending the run; `take_up` starts the process that goes on, and gives its pid.

        Returns when the log is closed, or has ended by itself just before.
        """
        self.recorder.hand_over(take_up)
        self._wait()

    def go_on_unseen(self, why: str) -> None:
        """The terminal is gone: train to the end without it, and end there though it was to stay for its viewer."""
        self.send(Command("stay", 0.0, why))
        self.recorder.detach(why)
        self._wait()
        self.teller.finish()

    def end_if_done(self) -> bool:
        """End a training that waits at its end, with nothing left to train; whether it was one."""
        if not self.trainer.rests:
            return False
        self.trainer.send(Command("stay", 0.0, "detach"))
        self._wait()
        self.teller.finish()
        return True

    def _wait(self) -> None:
        while self._thread.is_alive():
            self._thread.join(0.2)  # so that signals are heard meanwhile

    def _tell(self, event: Event, place: Place | None = None) -> None:
        self.state.apply(event, place)
        self.answers.hear(event)
        self.teller.hear(event)

    def _run(self) -> None:
        try:
            with (
                on_threads(self.trainer, self._threads),
                control.listening(self.folder, self.send),
                watchdog(self.state, self._tell),
            ):
                for event in self.recorder.events():
                    self._tell(event, self.recorder.place)
        except BaseException as error:
            self.error = error
            self.state.say(f"{type(error).__name__}: {error}", "error")
