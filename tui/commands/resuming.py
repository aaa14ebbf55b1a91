"""`dnn-tui train --resume`: a run goes on from its last checkpoint, as if it had never stopped."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from dnn_tui.mlp.settings import SETTINGS

from ..printed.lines import say

if TYPE_CHECKING:
    from dnn_tui.mlp import Trainer
    from dnn_tui.runs.folder import RunFolder

#: What of a run may change when it goes on: what can while it trains, and what computes it.
CHANGES = (*(name for name, entry in SETTINGS.items() if entry.live), "engine")
# what may be given beside --resume; everything else is the run's own
FREE = {
    *("data", "resume", "runs_dir", "data_dir", "headless", "json", "detach", "detached", "paused", "quiet"),
    *("on_event", "fps", *CHANGES),
}


def check_options(context: typer.Context) -> None:
    """Refuse options that would make it another run. Raises typer.BadParameter."""
    for name in context.params:
        source = context.get_parameter_source(name)
        if name not in FREE and source is not None and source.name == "COMMANDLINE":
            option = "--" + name.replace("_", "-")
            raise typer.BadParameter("a resumed run keeps its own; start a new run to change it.", param_hint=option)


def _go_on_after_early_stop(folder: "RunFolder", trainer: "Trainer", changes: dict[str, Any]) -> None:
    """Wait anew where something was changed; else raise RunError. One that broke off as it stopped just ends."""
    from dnn_tui.runs.config import RunError
    from dnn_tui.runs.summary import summarise

    if changes.get("epochs") or changes.get("lr"):
        trainer.wait_anew()
    elif summarise(folder).ended == "early_stopping":
        patience = trainer.config.patience
        raise RunError(
            f"{folder.name} has stopped early, after epoch {trainer.epoch}: its loss had not improved for {patience} "
            f"epoch{'s' if patience != 1 else ''}. Go on with --epochs N or another --lr, which wait as long anew."
        )


def prepare(
    folder: "RunFolder",
    changes: dict[str, Any],
    data_dir: Path | None,
    may_be_locked: bool = False,
    at_once: bool = False,
    stays: bool = False,
) -> tuple["Trainer", int]:
    """The run's trainer, where its last checkpoint left it, and its threads. Raises RunError and what loading raises.

    changes: epochs, lr, pace and engine, None where they stay as they are. may_be_locked: the process that hands
    the run over is just about to let go of it. at_once: as in `prepare_engine`. stays: one that has ended waits for a
    change, or for more to train, instead of being refused.
    """
    from dataclasses import replace

    from dnn_tui.experiments.building import build_trainer, load_data, prepare_engine
    from dnn_tui.experiments.changing.live import changeable
    from dnn_tui.mlp import Command
    from dnn_tui.mlp.kernel import loaded_kernel
    from dnn_tui.runs.checkpoint import config_at, fingerprint, load_checkpoint
    from dnn_tui.runs.config import RunError
    from dnn_tui.runs.log import is_locked
    from dnn_tui.tui.printed.headless import download_progress

    if not may_be_locked and is_locked(folder.events_file):
        raise RunError(f"{folder.name} is being trained just now: watch it with `dnn-tui watch {folder.name}`.")
    checkpoint = folder.checkpoint_file("last")
    facts = load_checkpoint(checkpoint)[1] if checkpoint.exists() else {}
    config = folder.config()
    made = facts.get("state", {}).get("changes") or {}
    if made.get("done") or made.get("undone"):  # of a change that broke off only the checkpoint may know
        config = config_at(folder, facts=facts)
    if data_dir:
        config = replace(config, dataset=replace(config.dataset, data_dir=str(data_dir.resolve())))
    with download_progress() as progress:
        data = load_data(config, progress)
    if engine := changes.get("engine"):
        config = replace(config, training=replace(config.training, engine=engine))
    trainer = build_trainer(config, data, folder.name)
    if facts:  # a run killed before its first checkpoint starts again: the seed makes it the same
        if facts.get("data") not in (None, fingerprint(data)):
            raise RunError(f"The data of {folder.name} is not what it was: {config.dataset.name} has changed since.")
        trainer.load_state_dict(facts["state"])
    if epochs := changes.get("epochs"):
        if epochs < trainer.epoch:
            raise RunError(f"{folder.name} is in epoch {trainer.epoch} already: --epochs must be at least that.")
        trainer.epochs = epochs
    if stays:
        trainer.stay()
    elif trainer.epoch >= trainer.epochs and not trainer.in_epoch and not may_be_locked:  # handed over it just ends
        raise RunError(
            f"{folder.name} has done its {trainer.epoch} epochs: "
            f"prolong it with --epochs N, where N is more than {trainer.epoch}."
        )
    if trainer.stopped_early:
        _go_on_after_early_stop(folder, trainer, changes)
    for name, value in (("set_lr", changes.get("lr")), ("pace", changes.get("pace"))):
        if value is not None and not (name == "pace" and value == trainer.pace):
            trainer.send(Command(name, value, "command line"))
    changer = changeable(trainer, replace(config, training=replace(config.training, engine=trainer.engine.name)))
    if facts and "changes" in facts["state"]:
        changer.load_state(facts["state"]["changes"])
    prepare_engine(trainer, config.tuned and not changes.get("engine"), at_once)
    if config.kernel and (kernel := loaded_kernel()) != config.kernel:
        other = f"with OpenBLAS's kernel {kernel}" if kernel else "with another matrix library"
        say(
            f"{folder.name} was begun with the kernel {config.kernel}: it goes on {other}, in other last bits.",
            err=True,
        )
    return trainer, config.threads
