"""`dnn-tui train`: a data set, a network, and live panels (or none)."""

from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from ..printed.lines import say
from . import options, resuming
from .data_options import with_data_options
from .engine_options import with_engine_options
from .launching import How, launch, launch_detached, say_report

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
NETWORK = partial(typer.Option, rich_help_panel="Network")
TRAINING = partial(typer.Option, rich_help_panel="Training")
DATA = partial(typer.Option, rich_help_panel="Data")
OUTPUT = partial(typer.Option, rich_help_panel="Recording and output")


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("train", help=HELP)(with_data_options(with_engine_options(train)))


def train(
    context: typer.Context,
    data: Annotated[
        str | None,
        typer.Argument(metavar="DATA", help="The data set, file or folder to learn (with --resume: the run)."),
    ] = None,
    # network
    hidden: Annotated[
        tuple | None,
        NETWORK(parser=options.hidden_sizes, metavar="N,N…", help="Sizes of the hidden layers, or none."),
    ] = None,
    activation: Annotated[
        str | None,
        NETWORK(
            metavar="NAME[,NAME…]",
            help="Of the hidden layers, or one each: identity, sigmoid, tanh, relu, leaky_relu, elu, gelu, silu,"
            " softplus.",
        ),
    ] = None,
    output: Annotated[
        str | None, NETWORK(metavar="NAME", help="Of the last layer: identity, sigmoid, softmax; else the task's own.")
    ] = None,
    init: Annotated[
        str | None,
        NETWORK(
            metavar="NAME", help="How weights begin: auto, he, xavier, orthogonal, normal, uniform, constant, zeros."
        ),
    ] = None,
    init_scale: Annotated[
        float | None, NETWORK(metavar="N", help="The constant, the limit of uniform, the deviation of normal.")
    ] = None,
    # training
    recipe: Annotated[
        str | None, TRAINING(metavar="NAME", help="A way to train by name (`dnn-tui recipes`); options change it.")
    ] = None,
    optimizer: Annotated[
        str | None,
        TRAINING(metavar="NAME", help="sgd, momentum, nesterov, adagrad, adadelta, rmsprop, adam, adamw."),
    ] = None,
    lr: Annotated[
        float | None, TRAINING(callback=options.learning_rate, metavar="η", help="The learning rate.")
    ] = None,
    batch_size: Annotated[
        int | None, TRAINING(parser=options.batch_size, metavar="N", help="Rows a step, or all.")
    ] = None,
    epochs: Annotated[int | None, TRAINING(min=1, metavar="N", help="Times through the training rows.")] = None,
    seed: Annotated[int, TRAINING(min=0, metavar="N", help="Of everything random: same seed, same run.")] = 0,
    threads: Annotated[int, TRAINING(min=0, metavar="N", help="To compute on; 0 chooses.")] = 0,
    pace: Annotated[
        float | None, TRAINING(min=0, metavar="N", help="At most N steps a second, to watch; 0 is full speed.")
    ] = None,
    # data
    offline: Annotated[bool, DATA("--offline", help="Download nothing.")] = False,
    data_dir: Annotated[
        Path | None, DATA(help="Where data files lie (else DNN_TUI_DATA, else the user cache).")
    ] = None,
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
    engine: dict | None = None,
    wished: dict[str, Any] | None = None,
) -> None:
    if json and not headless:
        raise typer.BadParameter("--json goes with --headless.", param_hint="--json")
    how = How(headless or detach, json, detach, detached, quiet, on_event, fps)
    if resume:
        named = (engine or {}).get("engine")
        where = options.runs_dir(runs_dir)
        raise typer.Exit(_resume(context, data, epochs, lr, pace, named, data_dir, where, paused, how))
    from dnn_tui.experiments.recipes import Recipe
    from dnn_tui.experiments.recipes import recipe as recipe_named

    followed = recipe_named(recipe) if recipe else Recipe("", "")
    wished = dict(wished or {})
    formula, val = wished.get("formula"), wished.pop("validation", None)
    if data is None and formula is None:
        data = followed.dataset
    network = {
        "hidden": hidden,
        "activation": activation,
        "output": output,
        "initialization": init,
        "initialization_scale": init_scale,
    }
    training = {
        "optimizer": optimizer,
        "lr": lr,
        "batch_size": batch_size,
        "epochs": epochs,
        "pace": 0.0 if how.headless and pace is None else pace,
        **(engine or {}),
    }
    if data is not None and formula is not None:
        raise typer.BadParameter("it is instead of DATA: give one of the two.", param_hint="--formula")
    if data is None and formula is None:
        raise typer.BadParameter(
            "name a data set, such as digits, or a file or folder, or give --formula.", param_hint="DATA"
        )
    extra = followed.data if data == followed.dataset else {}
    extra = extra | wished
    if not how.headless:
        from dnn_tui.tui.terminal.required import require_terminal

        require_terminal("add --headless to train without them")

    config, dataset = _load(data or "formula", extra, seed, val, threads, data_dir, offline, ask=not json)
    from dnn_tui.experiments.building import build_trainer, configured, with_engine

    config = configured(config, dataset.defaults, followed, network, training)
    from dnn_tui.runs.folder import create_run

    trainer = build_trainer(config, dataset)  # refused before anything is written
    config = with_engine(config, trainer)
    folder = create_run(config, options.runs_dir(runs_dir), name)
    folder.write_preparation(dataset.preparation)
    trainer.run = folder.name
    if detach:
        say_report(dataset.report, how)
        raise typer.Exit(launch_detached(folder, how))
    raise typer.Exit(launch(trainer, folder, config.threads, how))


def _resume(
    context: typer.Context,
    run: str | None,
    epochs: int | None,
    lr: float | None,
    pace: float | None,
    engine: str | None,
    data_dir: Path | None,
    runs_dir: Path,
    paused: bool,
    how: How,
) -> int:
    from dnn_tui.runs.folder import find_run

    resuming.check_options(context)
    folder = find_run(runs_dir, run)
    if not how.headless:
        from dnn_tui.tui.terminal.required import require_terminal

        require_terminal("add --headless to train without them")
    if how.headless and not how.detached and pace is None:
        pace = 0.0
    changes = {"epochs": epochs, "lr": lr, "pace": pace, "engine": engine}
    trainer, threads = resuming.prepare(folder, changes, data_dir, may_be_locked=how.detached)
    if paused:
        trainer.send("pause")
    if how.detach:
        return launch_detached(folder, how, **changes)
    return launch(trainer, folder, threads or options.default_threads(), how)


def _load(
    data: str,
    extra: dict[str, Any],
    seed: int,
    val: float | None,
    threads: int,
    data_dir: Path | None,
    offline: bool,
    ask: bool,
):
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
    wanted = DatasetConfig(data, val, str(data_dir.resolve()) if data_dir else None, extra)
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
