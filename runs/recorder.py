"""Recording: the trainer's events pass through here on their way to the screen."""

import os
import platform
import time
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import version

from dnn_tui.mlp import Trainer
from dnn_tui.mlp.events import CommandApplied, EpochEnded, Event, RunEnded, RunStarted

from .checkpoint import save_checkpoint
from .folder import RunFolder
from .log import LogWriter


def recorded(trainer: Trainer, folder: RunFolder) -> Iterator[Event]:
    """The trainer's events, each written to the folder's log first; checkpoints at the best epochs and the end.

    An exception in the trainer ends the log with a RunEnded of reason "error", and goes on upwards.
    """
    log = LogWriter(folder.events_file)
    try:
        for event in trainer.events():
            if isinstance(event, RunStarted):
                event = replace(event, process=this_process())
            log.write(event)
            match event:
                case EpochEnded(best=True):
                    _save(trainer, folder, "best")
                case CommandApplied(command="checkpoint") | RunEnded():
                    _save(trainer, folder, "last")
            yield event
    except Exception as error:
        ended = RunEnded(
            time.time(),
            trainer.step,
            trainer.epoch,
            trainer.elapsed,
            "error",
            {},
            message=f"{type(error).__name__}: {error}",
        )
        log.write(ended)
        yield ended
        raise
    finally:
        log.close()


def this_process() -> dict[str, str | int]:
    """Who writes the log: a viewer tells from it whether the writer still lives."""
    return {
        "pid": os.getpid(),
        "host": platform.node(),
        "version": version("dnn-tui"),
        "python": platform.python_version(),
    }


def _save(trainer: Trainer, folder: RunFolder, which: str) -> None:
    arrays = {f"optimizer.{name}": array for name, array in trainer.optimizer.state().items()}
    save_checkpoint(folder.checkpoint_file(which), trainer.network, arrays, step=trainer.step, epoch=trainer.epoch)
