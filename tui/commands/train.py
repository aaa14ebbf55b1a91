"""`dnn-tui train`: a data set, a network, and live panels (or none)."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dnn_tui.mlp.settings import AGAINST, AUGMENT, LOSS, NETWORK, OPTIMIZER, SCHEDULE, SETTINGS, TRAINING

from ..printed.lines import say
from . import options, resuming
from .completing import complete_data_or_run, complete_recipe
from .data_options import with_data_options
from .defaults import by_hand
from .launching import How, launch, launch_detached, say_report
from .setting_options import Options, SettingsCommand, parameter_name, with_settings

if TYPE_CHECKING:
    from dnn_tui.datasets import Dataset
    from dnn_tui.experiments.recipes import Recipe
    from dnn_tui.runs.config import RunConfig

    from .several import Load

HELP = """Train a multilayer perceptron on DATA and watch it learn.

DATA is the name of a data set (see dnn-tui data), or a file or folder of your own: a table with --target, or images.

[dim]Examples:[/dim]
  dnn-tui train digits
  dnn-tui train mnist --hidden 256,128 --epochs 5 --threads 2
  dnn-tui train spiral --noise 0.1 --hidden 16,16 --activation tanh
  dnn-tui train mnist --recipe best
  dnn-tui train mnist --detach
  dnn-tui train --resume --epochs 20
  dnn-tui train patients.csv --target label --drop name
  dnn-tui train --formula "sin(3*x1) > x2"
  dnn-tui train digits --headless --json --seed 0 > events.jsonl
"""

# one panel of --help each
RUN = partial(typer.Option, rich_help_panel=TRAINING)
DATA = partial(typer.Option, rich_help_panel="Data")
OUTPUT = partial(typer.Option, rich_help_panel="Recording and output")


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("train", help=HELP, cls=SettingsCommand)(with_data_options(with_settings(train)))


def train(
    context: typer.Context,
    data: Annotated[
        str | None,
        typer.Argument(
            metavar="DATA",
            autocompletion=complete_data_or_run,
            help="The data set, file or folder to learn (with --resume: the run).",
        ),
    ] = None,
    network: Annotated[dict[str, Any] | None, Options(NETWORK)] = None,
    recipe: Annotated[
        str | None,
        RUN(
            metavar="NAME",
            autocompletion=complete_recipe,
            help="A way to train by name (`dnn-tui recipes`); options change it.",
        ),
    ] = None,
    training: Annotated[dict[str, Any] | None, Options(TRAINING)] = None,
    threads: Annotated[int, RUN(min=0, metavar="N", help="To compute on; 0 chooses.")] = 0,
    # data
    offline: Annotated[bool, DATA("--offline", help="Download nothing.")] = False,
    data_dir: Annotated[
        Path | None, DATA(help="Where data files lie (else DNN_TUI_DATA, else the user cache).")
    ] = None,
    folds: Annotated[
        int | None, RUN(min=2, max=100, metavar="K", help="Cross-validation of a table: K runs (with --headless).")
    ] = None,
    ensemble: Annotated[
        int | None, RUN(min=2, max=100, metavar="K", help="K networks and their mean as one run (with --headless).")
    ] = None,
    refit: Annotated[
        bool,
        RUN("--refit", help="Then anew on the validation rows too, for the best number of epochs (with --headless)."),
    ] = False,
    # recording and output
    name: Annotated[str | None, OUTPUT(metavar="TEXT", help="Ends the run's name.")] = None,
    runs_dir: Annotated[
        Path | None, OUTPUT(help="Where runs are kept (else DNN_TUI_RUNS, else the user's data).")
    ] = None,
    resume: Annotated[bool, OUTPUT("--resume", help="Go on with a run (DATA names it; else the newest).")] = False,
    detach: Annotated[bool, OUTPUT("--detach", help="Train in the background; `watch` shows it.")] = False,
    on_event: Annotated[
        str | None, OUTPUT(metavar="COMMAND", help="Run for alerts and the end, the event as JSON on its stdin.")
    ] = None,
    quiet: Annotated[bool, OUTPUT("--quiet", help="No bell and no title.")] = False,
    fps: Annotated[
        float | None, OUTPUT(min=0.1, max=30, metavar="N", help="At most N frames a second (10; over SSH 4).")
    ] = None,
    headless: Annotated[bool, OUTPUT("--headless", help="No panels: a progress display.")] = False,
    json: Annotated[bool, OUTPUT("--json", help="With --headless: events as JSON lines.")] = False,
    # given by the program to the processes it starts
    detached: Annotated[bool, typer.Option("--detached", hidden=True)] = False,
    paused: Annotated[bool, typer.Option("--paused", hidden=True)] = False,
    tuning: Annotated[dict[str, Any] | None, Options(LOSS, OPTIMIZER, SCHEDULE, AGAINST, AUGMENT)] = None,
    wished: dict[str, Any] | None = None,
) -> None:
    network, training = network or {}, {**(training or {}), **(tuning or {})}
    if json and not headless:
        raise typer.BadParameter("--json goes with --headless.", param_hint="--json")
    how = How(headless or detach, json, detach, detached, quiet, on_event, fps)
    if resume:
        changes = {name: training.get(name) if by_hand(context, name) else None for name in resuming.CHANGES}
        raise typer.Exit(_resume(context, data, changes, data_dir, options.runs_dir(runs_dir), paused, how))
    from dnn_tui.experiments import kernels

    kernels.choose()  # before the first import of NumPy
    from dnn_tui.experiments.recipes import Recipe
    from dnn_tui.experiments.recipes import recipe as recipe_named

    followed = recipe_named(recipe) if recipe else Recipe("", "")
    yield_to(followed, context, network, training)
    wished = dict(wished or {})
    formula, val = wished.get("formula"), wished.pop("validation", None)
    if data is None and formula is None:
        data = followed.dataset
    if how.headless:
        training.setdefault("pace", 0.0)
    if data is not None and formula is not None:
        raise typer.BadParameter("it is instead of DATA: give one of the two.", param_hint="--formula")
    if data is None and formula is None:
        raise typer.BadParameter(
            "name a data set, such as digits, or a file or folder, or give --formula.", param_hint="DATA"
        )
    extra = followed.data if data == followed.dataset else {}
    extra = extra | wished
    val = extra.pop("validation", None) if val is None else val
    if not how.headless:
        from dnn_tui.tui.terminal.required import require_terminal

        require_terminal("add --headless to train without them")

    seed = training.pop("seed", 0)
    if folds is not None or ensemble is not None or refit:

        def prepared(more: dict[str, Any]) -> "tuple[RunConfig, Dataset]":
            from dnn_tui.experiments.building import configured

            config, dataset = load(data or "formula", extra | more, seed, val, threads, data_dir, offline, ask=False)
            return configured(config, dataset.defaults, followed, network, training), dataset

        raise typer.Exit(_several(data, prepared, folds, ensemble, refit, options.runs_dir(runs_dir), name, how))
    config, dataset = load(data or "formula", extra, seed, val, threads, data_dir, offline, ask=not json)
    from dnn_tui.experiments.building import build_trainer, configured, with_engine
    from dnn_tui.experiments.changing.live import changeable

    config = configured(config, dataset.defaults, followed, network, training)
    from dnn_tui.runs.folder import create_run

    trainer = build_trainer(config, dataset)  # refused before anything is written
    config = with_engine(config, trainer, at_once=not how.headless)
    folder = create_run(config, options.runs_dir(runs_dir), name)
    folder.write_preparation(dataset.preparation)
    trainer.run = folder.name
    changeable(trainer, config)
    if detach:
        say_report(dataset.report, how)
        raise typer.Exit(launch_detached(folder, how))
    raise typer.Exit(launch(trainer, folder, config.threads, how))


def yield_to(recipe: "Recipe", context: typer.Context, *given: dict[str, Any]) -> None:
    """Leave to the recipe what it says, where nothing but a default of one's own (config.toml) speaks against it."""
    for values in given:
        for name in {*recipe.network, *recipe.training} & set(values):
            if not by_hand(context, parameter_name(SETTINGS[name])):
                del values[name]


def _several(
    data: str | None,
    prepared: "Load",
    folds: int | None,
    ensemble: int | None,
    refit: bool,
    runs_dir: Path,
    name: str | None,
    how: How,
) -> int:
    from dnn_tui import datasets

    from .several import train_ensemble, train_folds, train_refit

    given = {"--folds": folds is not None, "--ensemble": ensemble is not None, "--refit": refit}
    hint = ", ".join(option for option, used in given.items() if used)
    if not how.headless or how.detach:
        raise typer.BadParameter("several trainings go with --headless.", param_hint=hint)
    if (asked := sum(given.values())) > 1:
        raise typer.BadParameter(f"give one of the {'two' if asked == 2 else 'three'}.", param_hint=hint)
    if folds is not None and not datasets.is_path(data or ""):
        raise typer.BadParameter("give the file of a table: its rows are cut into them.", param_hint="--folds")
    if folds is not None:
        return train_folds(prepared, folds, runs_dir, name, how)
    if refit:
        return train_refit(prepared, runs_dir, name, how)
    return train_ensemble(prepared, ensemble or 0, runs_dir, name, how)


def _resume(
    context: typer.Context,
    run: str | None,
    changes: dict[str, Any],
    data_dir: Path | None,
    runs_dir: Path,
    paused: bool,
    how: How,
) -> int:
    from dnn_tui.experiments import kernels
    from dnn_tui.runs.folder import find_run

    resuming.check_options(context)
    folder = find_run(runs_dir, run)
    kernels.use_again(folder.config().kernel)
    if not how.headless:
        from dnn_tui.tui.terminal.required import require_terminal

        require_terminal("add --headless to train without them")
    if how.headless and not how.detached and changes["pace"] is None:
        changes["pace"] = 0.0
    trainer, threads = resuming.prepare(folder, changes, data_dir, how.detached, at_once=not how.headless)
    if paused:
        trainer.send("pause")
    if how.detach:
        return launch_detached(folder, how, **changes)
    return launch(trainer, folder, threads or options.default_threads(), how)


def load(
    data: str,
    extra: dict[str, Any],
    seed: int,
    val: float | None,
    threads: int,
    data_dir: Path | None,
    offline: bool,
    ask: bool,
) -> "tuple[RunConfig, Dataset]":
    """The data, and the run's configuration as far as the data goes."""
    from dataclasses import replace

    from dnn_tui import datasets
    from dnn_tui.datasets.named.download import DownloadError
    from dnn_tui.experiments.building import load_data
    from dnn_tui.mlp import TrainingConfig
    from dnn_tui.runs.config import DatasetConfig, RunConfig
    from dnn_tui.tui.printed.headless import download_progress

    if datasets.is_path(data):  # the run may be resumed from another folder
        data = str(Path(data).expanduser().resolve())
    extra = dict(extra)
    own = extra.pop("data_seed", None)
    wanted = DatasetConfig(data, val, str(data_dir.resolve()) if data_dir else None, extra, seed=own)
    config = RunConfig(wanted, training=TrainingConfig(seed=seed), threads=threads)
    try:
        with download_progress() as progress:
            dataset = load_data(config, progress, offline)
    except DownloadError as error:
        if not ask or not _wants_digits(error):
            raise
        config = replace(config, dataset=DatasetConfig("digits", val))
        dataset = load_data(config)
    return config, dataset


def _wants_digits(error: Exception) -> bool:
    """In a terminal, offer the built-in data instead; elsewhere the answer is no."""
    import sys

    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    say(f"dnn-tui: {error}", err=True)
    return typer.confirm("Train on the built-in handwritten digits instead?", default=False, err=True)
