"""`dnn-tui play`: a training in which everything can be changed: by name, from a run, or from a Playground address."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dnn_tui.mlp.settings import AGAINST, AUGMENT, LOSS, NETWORK, OPTIMIZER, SCHEDULE, SETTINGS, TRAINING

from . import options, resuming
from .completing import complete_recipe, complete_run_or_data
from .data_options import DATA_OPTIONS, with_data_options
from .defaults import by_hand
from .launching import How, launch
from .setting_options import Options, SettingsCommand, parameter_name, with_settings
from .train import load, yield_to

if TYPE_CHECKING:
    from dnn_tui.datasets.dataset import Dataset
    from dnn_tui.experiments.recipes import Recipe
    from dnn_tui.runs.config import RunConfig

HELP = """Train with every control at hand: data, inputs, layers, units and all settings change while it learns.

What is played is a run like any other, and its log tells every change. y shows the command, and the address of
TensorFlow Playground, that give the same state.

[dim]Examples:[/dim]
  dnn-tui play
  dnn-tui play spiral --hidden 8,8 --inputs x1,x2,sin(x1),sin(x2)
  dnn-tui play 'https://playground.tensorflow.org/#activation=tanh&dataset=xor&networkShape=4,2'
  dnn-tui play newest
"""
USUAL = "#activation=tanh&networkShape=4,2"  # the Playground as it opens
OUTPUT = "Recording and output"


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("play", help=HELP, cls=SettingsCommand)(with_data_options(with_settings(play)))


def play(
    context: typer.Context,
    data: Annotated[
        str | None,
        typer.Argument(
            metavar="DATA|RUN|URL",
            autocompletion=complete_run_or_data,
            help="A data set, file, folder, run, or Playground address.",
        ),
    ] = None,
    network: Annotated[dict[str, Any] | None, Options(NETWORK)] = None,
    recipe: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            autocompletion=complete_recipe,
            help="A way to train by name (`dnn-tui recipes`); options change it.",
            rich_help_panel="Data",
        ),
    ] = None,
    training: Annotated[dict[str, Any] | None, Options(TRAINING)] = None,
    threads: Annotated[
        int, typer.Option(min=0, metavar="N", help="To compute on; 0 chooses.", rich_help_panel=TRAINING)
    ] = 0,
    data_dir: Annotated[Path | None, typer.Option(help="Where data files lie.", rich_help_panel="Data")] = None,
    name: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Ends the run's name.", rich_help_panel=OUTPUT)
    ] = None,
    runs_dir: Annotated[Path | None, typer.Option(help="Where runs are kept.", rich_help_panel=OUTPUT)] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="No bell and no title.", rich_help_panel=OUTPUT)] = False,
    fps: Annotated[
        float | None,
        typer.Option(min=0.1, max=30, metavar="N", help="At most N frames a second.", rich_help_panel=OUTPUT),
    ] = None,
    tuning: Annotated[dict[str, Any] | None, Options(LOSS, OPTIMIZER, SCHEDULE, AGAINST, AUGMENT)] = None,
    wished: dict[str, Any] | None = None,
) -> None:
    from dnn_tui.experiments.recipes import Recipe
    from dnn_tui.experiments.recipes import recipe as recipe_named
    from dnn_tui.tui.terminal.required import require_terminal

    require_terminal("use dnn-tui train --headless to train without one")
    asked = {**(training or {}), **(tuning or {})}
    said: tuple[str, ...] = ()
    formula = (wished or {}).get("formula")
    runs = options.runs_dir(runs_dir)
    typed = any(by_hand(context, name) for name in OF_ITS_OWN)
    plain = not (network or wished or recipe or set(asked) - {"engine"})
    address = data if data is not None and _is_address(data) else USUAL if data is None and plain else None
    if address is not None:
        if typed:
            raise typer.BadParameter("an address says it all; change the rest on the screen.", param_hint="URL")
        config, dataset, said = _from_address(address, threads, asked.get("engine"))
    elif data is not None and formula is None and _is_run(data, runs):
        if typed:
            raise typer.BadParameter("a run that is played keeps its own options; change them on the screen.")
        raise typer.Exit(_go_on(data, runs, data_dir, quiet, fps))
    else:
        followed = recipe_named(recipe) if recipe else Recipe("", "")
        network = network or {}
        yield_to(followed, context, network, asked)
        config, dataset = _from_options(data, dict(wished or {}), followed, network, asked, threads, data_dir)
    from dnn_tui.experiments.building import build_trainer, with_engine
    from dnn_tui.experiments.changing.live import changeable
    from dnn_tui.runs.folder import create_run

    trainer = build_trainer(config, dataset)  # refused before anything is written
    config = with_engine(config, trainer, at_once=True)
    folder = create_run(config, runs, name)
    folder.write_preparation(dataset.preparation)
    trainer.run = folder.name
    changeable(trainer, config)
    trainer.stay()
    raise typer.Exit(launch(trainer, folder, config.threads, How(quiet=quiet, fps=fps, play=True, said=said)))


#: Options that say what is played, beside DATA: an address and a run say that themselves.
OF_ITS_OWN = ("recipe", *DATA_OPTIONS, *(parameter_name(e) for e in SETTINGS.values() if e.name != "engine"))


def _is_address(text: str) -> bool:
    from dnn_tui.experiments.playground_address import is_address

    return is_address(text)


def _is_run(text: str, runs: Path) -> bool:
    """Whether a text names a run, and no data."""
    from dnn_tui import datasets
    from dnn_tui.runs.config import RunError
    from dnn_tui.runs.folder import find_run

    if (Path(text) / "run.toml").is_file():
        return True
    if datasets.is_path(text) or text in {entry.name for entry in datasets.catalogue()}:
        return False
    try:
        find_run(runs, text)
    except RunError:
        return False
    return True


def _go_on(run: str, runs: Path, data_dir: Path | None, quiet: bool, fps: float | None) -> int:
    """Play a run from where it is."""
    from dnn_tui.runs.folder import find_run

    folder = find_run(runs, run)
    changes: dict[str, Any] = dict.fromkeys(resuming.CHANGES)
    trainer, threads = resuming.prepare(folder, changes, data_dir, stays=True)
    return launch(trainer, folder, threads or options.default_threads(), How(quiet=quiet, fps=fps, play=True))


def _from_address(address: str, threads: int, engine: str | None) -> "tuple[RunConfig, Dataset, tuple[str, ...]]":
    from dataclasses import replace

    from dnn_tui.experiments.building import load_data
    from dnn_tui.experiments.playground_address import parse

    found = parse(address)
    config = replace(found.config, threads=threads)
    config = replace(config, training=replace(config.training, engine=engine or config.training.engine))
    return config, load_data(config), found.said


def _from_options(
    data: str | None,
    wished: dict[str, Any],
    recipe: "Recipe",
    network: dict[str, Any],
    asked: dict[str, Any],
    threads: int,
    data_dir: Path | None,
) -> "tuple[RunConfig, Dataset]":
    from dnn_tui.experiments.building import configured
    from dnn_tui.experiments.playground_address import EPOCHS

    if data is None and not wished.get("formula"):
        data = recipe.dataset or "circle"
    if data == recipe.dataset:
        wished = {**recipe.data, **wished}
    val = wished.pop("validation", None)
    seed = asked.pop("seed", 0)
    config, dataset = load(data or "formula", wished, seed, val, threads, data_dir, offline=False, ask=True)
    usual = {} if "epochs" in recipe.training else {"epochs": EPOCHS}
    config = configured(config, dataset.defaults, recipe, network, {**usual, **asked})
    return config, dataset
