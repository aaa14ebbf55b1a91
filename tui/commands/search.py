"""`dnn-tui search`: many trainings over ranges of settings, here or on a cluster, watched on one screen."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..printed.lines import say
from . import options
from .completing import complete_data_or_search, complete_recipe, complete_search
from .data_options import with_data_options
from .space_options import SpaceCommand, with_space

if TYPE_CHECKING:
    from dnn_tui.experiments.searching.folder import Plan, SearchFolder
    from dnn_tui.experiments.searching.preparing import Prepared

HELP = """Search for settings that train DATA well: many runs at once, each with its own.

A setting varies where it is given a range, as --lr 1e-4..1, or a list, as --activation relu,tanh; the others stay as \
they are. DATA is what train takes. `search best` shows the winner, `search show` the table of all trials.

[dim]Examples:[/dim]
  dnn-tui search digits --lr 1e-4..1 --hidden 32..512 --layers 1..3 --trials 60
  dnn-tui search spiral --lr 1e-3..1 --activation relu,tanh --epochs 50 --workers 4
  dnn-tui search patients.csv --target label --recipe wide --headless --format csv
  dnn-tui search --resume --trials 100
  dnn-tui search show digits --format csv
  dnn-tui search best --train-all
"""
SHOW, BEST = "show", "best"  # in the place of DATA; data of that name is given as ./best

OUTPUT = partial(typer.Option, rich_help_panel="Recording and output")
SEARCH = partial(typer.Option, rich_help_panel="Search")
DATA = partial(typer.Option, rich_help_panel="Data")


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("search", help=HELP, cls=SpaceCommand)(with_data_options(with_space(search)))


def search(
    context: typer.Context,
    data: Annotated[
        str | None,
        typer.Argument(
            metavar="DATA",
            autocompletion=complete_data_or_search,
            help="The data set, file or folder to learn (with --resume: the search); or show, or best.",
        ),
    ] = None,
    name_of_search: Annotated[
        str | None,
        typer.Argument(
            metavar="SEARCH", autocompletion=complete_search, help="After show or best: which; else the newest."
        ),
    ] = None,
    trials: Annotated[int | None, SEARCH(min=1, max=100_000, metavar="N", help="How many trials (40).")] = None,
    workers: Annotated[
        int | None, SEARCH(min=1, max=1024, metavar="N", help="Trials at once (one a processor).")
    ] = None,
    sampler: Annotated[str, SEARCH(metavar="tpe|random|grid", help="Who proposes settings.")] = "tpe",
    pruner: Annotated[
        str, SEARCH(metavar="median|hyperband|none", help="Who breaks off trials that stay behind.")
    ] = "median",
    metric: Annotated[
        str, SEARCH(metavar="loss|accuracy|mae|r2", help="What trials are chosen by, on the validation rows.")
    ] = "loss",
    finalists: Annotated[
        int, SEARCH(min=1, max=100, metavar="N", help="How many of the best are trained again with other seeds.")
    ] = 3,
    seeds: Annotated[int, SEARCH(min=0, max=100, metavar="N", help="How many other seeds; 0 leaves it out.")] = 3,
    cluster: Annotated[
        str | None, SEARCH(metavar="ADDRESS", help="A Dask scheduler, as tcp://host:8786, instead of workers here.")
    ] = None,
    storage: Annotated[
        str | None, SEARCH(metavar="URL", help="An Optuna storage, instead of the journal in the search's folder.")
    ] = None,
    seed: Annotated[int, SEARCH(min=0, metavar="N", help="Of the proposals, the rows and the trainings.")] = 0,
    threads: Annotated[int, SEARCH(min=1, metavar="N", help="Of a trial.")] = 1,
    recipe: Annotated[
        str | None,
        SEARCH(metavar="NAME", autocompletion=complete_recipe, help="A way to train by name; it may hold a space."),
    ] = None,
    space: dict[str, str] | None = None,
    train_all: Annotated[
        bool, SEARCH("--train-all", help="With best: train the winner on the training and validation rows.")
    ] = False,
    offline: Annotated[bool, DATA("--offline", help="Download nothing.")] = False,
    data_dir: Annotated[
        Path | None, DATA(help="Where data files lie (else DNN_TUI_DATA, else the user cache).")
    ] = None,
    name: Annotated[str | None, OUTPUT(metavar="TEXT", help="Ends the search's name.")] = None,
    runs_dir: Annotated[
        Path | None, OUTPUT(help="Where runs are kept (else DNN_TUI_RUNS, else the user's data).")
    ] = None,
    resume: Annotated[bool, OUTPUT("--resume", help="Go on with a search (DATA names it; else the newest).")] = False,
    headless: Annotated[bool, OUTPUT("--headless", help="No panels: a line a trial, and a table at the end.")] = False,
    json: Annotated[bool, OUTPUT("--json", help="With --headless: what happens as JSON lines.")] = False,
    form: Annotated[str, OUTPUT("--format", metavar="text|csv|json", help="Of the table at the end.")] = "text",
    quiet: Annotated[bool, OUTPUT("--quiet", help="No bell and no title.")] = False,
    fps: Annotated[
        float | None, OUTPUT(min=0.1, max=30, metavar="N", help="At most N frames a second (10; over SSH 4).")
    ] = None,
    wished: dict[str, Any] | None = None,
) -> None:
    from dnn_tui.experiments.searching.folder import METRICS, PRUNERS, SAMPLERS, find_search
    from dnn_tui.experiments.searching.study import require
    from dnn_tui.tui.printed.search import FORMATS

    for flag, value, known in (("--sampler", sampler, SAMPLERS), ("--pruner", pruner, PRUNERS),
                               ("--metric", metric, METRICS), ("--format", form, FORMATS)):  # fmt: skip
        if value not in known:
            raise typer.BadParameter(f"use one of {', '.join(known)}.", param_hint=flag)
    if json and not headless:
        raise typer.BadParameter("--json goes with --headless.", param_hint="--json")
    where = options.runs_dir(runs_dir)
    require()
    if data == SHOW:
        _show(find_search(where, name_of_search), form)
        return
    if data == BEST:
        raise typer.Exit(_best(find_search(where, name_of_search), train_all, where, headless, form))
    if name_of_search is not None:
        raise typer.BadParameter("one name is enough here.", param_hint="SEARCH")
    if train_all:
        raise typer.BadParameter("it goes with `dnn-tui search best`.", param_hint="--train-all")
    from dnn_tui.experiments import kernels

    kernels.choose()  # before the first import of NumPy, and for the workers
    if not headless:
        from dnn_tui.tui.terminal.required import require_terminal

        require_terminal("add --headless to search without them")
    if resume:
        _check_resumed(context)
        folder = find_search(where, data)
    else:
        plan = _plan(data, dict(wished or {}), space or {}, recipe, data_dir, offline, sampler=sampler, pruner=pruner,
                     metric=metric, finalists=finalists, seeds=seeds, threads=threads, seed=seed, trials=trials or 40,
                     workers=workers or _processors(), cluster=cluster or "", storage=storage or "")  # fmt: skip
        prepared = _prepared(plan, offline)
        from dnn_tui.experiments.searching.folder import create_search

        if cluster:
            _answers(cluster)
        folder = create_search(prepared.plan, where, name)
    if not headless:
        raise typer.Exit(_on_screen(folder, workers, cluster, trials if resume else None, quiet, fps))
    if resume:
        prepared = _prepared(folder.plan(), offline)
    raise typer.Exit(_headless(folder, prepared, workers, cluster, trials if resume else None, json, form))


# ---- what was asked


def _plan(
    data: str | None,
    wished: dict[str, Any],
    space: dict[str, str],
    recipe: str | None,
    data_dir: Path | None,
    offline: bool,
    **more: Any,
) -> "Plan":
    from dnn_tui import datasets
    from dnn_tui.experiments.recipes import Recipe
    from dnn_tui.experiments.recipes import recipe as recipe_named
    from dnn_tui.experiments.searching.folder import Plan
    from dnn_tui.runs.config import DatasetConfig

    followed = recipe_named(recipe) if recipe else Recipe("", "")
    formula = wished.get("formula")
    if data is None and formula is None:
        data = followed.dataset
    if (data is None) == (formula is None):
        raise typer.BadParameter(
            "name a data set, such as digits, or a file or folder, or give --formula.", param_hint="DATA"
        )
    data = data or "formula"
    own = (followed.data if data == followed.dataset else {}) | wished
    validation, data_seed = own.pop("validation", None), own.pop("data_seed", None)
    if datasets.is_path(data):  # workers stand elsewhere
        data = str(Path(data).expanduser().resolve())
    seed = more["seed"] if data_seed is None else data_seed
    wanted = DatasetConfig(data, validation, str(data_dir.resolve()) if data_dir else None, own, seed=seed)
    return Plan(wanted, {**followed.search, **space}, recipe or "", **more)


def _prepared(plan: "Plan", offline: bool) -> "Prepared":
    """The data loaded, with a progress bar where they are downloaded."""
    from dnn_tui.experiments.building import load_data
    from dnn_tui.experiments.searching.preparing import prepare
    from dnn_tui.mlp import TrainingConfig
    from dnn_tui.runs.config import RunConfig
    from dnn_tui.tui.printed.headless import download_progress

    with download_progress() as progress:
        data = load_data(RunConfig(plan.dataset, training=TrainingConfig(seed=plan.seed)), progress, offline)
    return prepare(plan, data)


def _processors() -> int:
    import os

    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on this system
        return os.cpu_count() or 1


def _check_resumed(context: typer.Context) -> None:
    """Refuse options that would make it another search."""
    free = {"data", "resume", "trials", "workers", "cluster", "runs_dir", "headless", "json", "form", "quiet", "fps",
            "offline"}  # fmt: skip
    for parameter in context.params:
        source = context.get_parameter_source(parameter)
        if parameter not in free and source is not None and source.name == "COMMANDLINE":
            flag = "--" + parameter.replace("_", "-")
            raise typer.BadParameter("a resumed search keeps its own; begin a new one to change it.", param_hint=flag)


# ---- carried on


def _headless(
    folder: "SearchFolder",
    prepared: "Prepared",
    workers: int | None,
    cluster: str | None,
    trials: int | None,
    json: bool,
    form: str,
) -> int:
    """Carry the search on in this process; the exit code."""
    from contextlib import closing

    from dnn_tui.experiments.searching.reading import read_search
    from dnn_tui.experiments.searching.running import Running
    from dnn_tui.experiments.searching.workers import Workers
    from dnn_tui.tui.printed.search import as_record, print_table, say_news, say_news_as_json
    from dnn_tui.tui.terminal.exits import INTERRUPTED

    plan = prepared.plan
    tell = say_news_as_json if json else partial(say_news, second=plan.second)
    address = plan.cluster if cluster is None else cluster
    with folder.carried_on(), closing(Workers(workers or plan.workers, address)) as hands:
        running = Running(folder, prepared, hands, tell, trials)
        with _interrupts(running):
            hands.check(plan.dataset, plan.seed)
            ended = "interrupted" if running.interrupted else running.run()
    if ended == "interrupted":
        say(f"Interrupted: go on with `dnn-tui search --resume {folder.name}`.", err=True)
        return INTERRUPTED
    if json:
        tell({"what": "table", **as_record(read_search(folder))})
    else:
        print_table(read_search(folder), form)
    say(f"Recorded in {folder.path}", err=json or form != "text")
    return 0


@contextmanager
def _interrupts(running: Any) -> Iterator[None]:
    """Ctrl+C and SIGTERM end the search where it stands; a second Ctrl+C breaks off at once."""
    import signal

    def interrupt(number: int, _: object) -> None:
        running.interrupted = True
        if number == signal.SIGINT:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    previous = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _on_screen(
    folder: "SearchFolder",
    workers: int | None,
    cluster: str | None,
    trials: int | None,
    quiet: bool,
    fps: float | None,
) -> int:
    """Have another process carry it on, and look at it here."""
    if not folder.lives:
        if address := folder.plan().cluster if cluster is None else cluster:
            _answers(address)
        words = ["--workers", str(workers)] if workers else []
        words += ["--cluster", cluster] if cluster else []
        words += ["--trials", str(trials)] if trials else []
        from dnn_tui.tui.sessions.searching_elsewhere import start_searching

        start_searching(folder, *words)
    return show_search(folder, False, quiet, fps)


def _answers(address: str) -> None:
    """Raise SearchError unless a cluster does: a process in the background would say it to nobody."""
    from dnn_tui.experiments.searching.workers import Workers

    Workers(0, address).close()


def show_search(folder: "SearchFolder", readonly: bool, quiet: bool, fps: float | None) -> int:
    """The search's screen; the exit code."""
    from dnn_tui.experiments.searching.reading import SearchReader
    from dnn_tui.experiments.searching.steering import steer
    from dnn_tui.tui.searching import run_search
    from dnn_tui.tui.sessions.searched import SearchSession

    session = SearchSession(SearchReader(folder).read, None if readonly else partial(steer, folder))
    code = run_search(session, folder.path.parent, quiet, fps)
    if folder.lives:
        say(f"The search goes on in the background.\nWatch and steer it with: dnn-tui watch {folder.name}")
    return code


# ---- what came of it


def _show(folder: "SearchFolder", form: str) -> None:
    from dnn_tui.experiments.searching.reading import read_search
    from dnn_tui.tui.printed.search import print_table

    print_table(read_search(folder), form)


def _best(folder: "SearchFolder", train_all: bool, runs_dir: Path, headless: bool, form: str) -> int:
    """Show the winner, or train it on all rows but those of the test; the exit code."""
    from dnn_tui.experiments.searching.best import best_of, on_all_rows, temperature_of
    from dnn_tui.tui.printed.search import print_best

    best = best_of(folder)
    if not train_all:
        print_best(best, form)
        return 0
    from dnn_tui.experiments.building import build_trainer, load_data, with_engine
    from dnn_tui.experiments.changing.live import changeable
    from dnn_tui.runs.folder import create_run

    from .launching import How, launch

    if not headless:
        from dnn_tui.tui.terminal.required import require_terminal

        require_terminal("add --headless to train without them")
    config = on_all_rows(best)
    data = load_data(config)
    trainer = build_trainer(config, data)
    trainer.epochs, trainer.temperature = best.epochs, temperature_of(best, folder)
    config = with_engine(config, trainer, at_once=not headless)
    made = create_run(config, runs_dir, "winner")
    made.write_preparation(data.preparation)
    trainer.run = made.name
    changeable(trainer, config)
    return launch(trainer, made, config.threads, How(headless))
