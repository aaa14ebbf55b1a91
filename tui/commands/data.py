"""`dnn-tui data`: the data sets there are, one of them in figures and pictures, and fetching one."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..printed.lines import say
from .completing import complete_data
from .data_options import with_data_options

if TYPE_CHECKING:
    from dnn_tui.experiments.building import ShowProgress

HELP = """List the data sets, show one, or fetch one.

NAME stands in the list. FILE is a table of your own (with --target) or a folder of images.

[dim]Examples:[/dim]
  dnn-tui data
  dnn-tui data iris
  dnn-tui data patients.csv --target label
  dnn-tui data fetch fashion-mnist
"""


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("data", help=HELP)(with_data_options(data))


def data(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME|FILE|fetch", autocompletion=complete_data, help="Without it: the list.", show_default=False
        ),
    ] = None,
    fetched: Annotated[str | None, typer.Argument(metavar="NAME", help="After fetch.", show_default=False)] = None,
    seed: Annotated[int, typer.Option(min=0, metavar="N", help="Of the split and of generated data.")] = 0,
    every: Annotated[bool, typer.Option("--all", help="Every input, however many.")] = False,
    data_dir: Annotated[Path | None, typer.Option(help="Where data files lie.")] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Download nothing.")] = False,
    json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False,
    wished: dict[str, Any] | None = None,
) -> None:
    from dnn_tui import datasets

    if name is None and wished and "formula" in wished:
        name = "formula"
    if name is None:
        from dnn_tui.tui.printed.catalogue import print_catalogue

        print_catalogue(datasets.catalogue(), data_dir, json)
        return
    from dnn_tui.tui.printed.headless import download_progress

    if name == "fetch":
        with download_progress() as progress:
            say(_fetch(fetched, data_dir, offline, progress))
        return
    if fetched is not None:
        raise typer.BadParameter(f"only one data set at a time (or did you mean fetch {fetched}?).", param_hint="NAME")
    with download_progress() as progress:
        dataset = datasets.load(
            name, seed=seed, data_dir=data_dir, progress=progress, offline=offline, **(wished or {})
        )
    from dnn_tui.tui.printed.data import print_dataset

    print_dataset(dataset, every, json)


def _fetch(name: str | None, data_dir: Path | None, offline: bool, progress: "ShowProgress") -> str:
    """Fetch a data set that is not here yet, and say where it is."""
    from dnn_tui import datasets
    from dnn_tui.datasets.dataset import Request
    from dnn_tui.datasets.named.published import DOWNLOADS

    if name is None:
        raise typer.BadParameter(f"name one of {', '.join(DOWNLOADS)}.", param_hint="NAME")
    if datasets.entry(name).where != "download":
        return f"{name} needs no fetching: it is {datasets.entry(name).where}."
    was_here = datasets.entry(name).is_here(data_dir)
    folder = DOWNLOADS[name].fetch(Request(data_dir=data_dir, offline=offline, progress=progress))
    return f"{name} {'was here already' if was_here else 'is now here'}: {folder}"
