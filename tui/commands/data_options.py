"""The options that say which data, the same for every command that loads a data set: one table, one line each."""

import inspect
from collections.abc import Callable
from functools import partial, wraps
from pathlib import Path
from typing import Annotated, Any

import typer

from . import options

OPTION = partial(typer.Option, rich_help_panel="Data")
SHARE = partial(OPTION, callback=options.fraction, metavar="SHARE")

# name of the parameter: its type; all are None where they were not given
DATA_OPTIONS: dict[str, Any] = {
    "val": Annotated[float | None, SHARE(help="Share of the rows kept for validation.")],
    "test": Annotated[float | None, SHARE(help="Share of the rows kept for the final test.")],
    "target": Annotated[
        list[str] | None, OPTION(metavar="COLUMN", help="Of a table: what to predict; again for several outputs.")
    ],
    "task": Annotated[str | None, OPTION(metavar="NAME", help="classes, binary or regression, if not as inferred.")],
    "split": Annotated[
        str | None, OPTION(metavar="COLUMN|FILE", help="Says train, validation or test for each row of a table.")
    ],
    "drop": Annotated[list[str] | None, OPTION(metavar="COLUMN", help="Leave a column out; again for more.")],
    "keep": Annotated[
        list[str] | None, OPTION(metavar="COLUMN", help="Use a column though it looks like an identifier.")
    ],
    "column": Annotated[
        list[str] | None,
        OPTION(
            metavar="NAME=KIND",
            help="How a column becomes inputs: number, standard, robust, log, ple:16, category, statistic, date; again"
            " for more. number:1.234,5 shows how its numbers are written, date:%d.%m.%Y its dates.",
        ),
    ],
    "missing": Annotated[
        list[str] | None, OPTION(metavar="TEXT", help="A word or number of a table that means missing; again for more.")
    ],
    "header": Annotated[
        bool | None, OPTION("--header/--no-header", help="Whether a table's first line has the columns' names.")
    ],
    "group": Annotated[
        str | None,
        OPTION(metavar="COLUMN", help="Rows of the same value (one person's) stay on one side of the split."),
    ],
    "time": Annotated[
        str | None, OPTION(metavar="COLUMN", help="The latest rows are for the test, not rows at random.")
    ],
    "clip_answers": Annotated[
        bool | None, OPTION("--clip-answers", help="Of numbers to predict: none beyond those of the training rows.")
    ],
    "unit": Annotated[str | None, OPTION(metavar="TEXT", help="Of the number to predict, to show beside it.")],
    "size": Annotated[str | None, OPTION(metavar="HxW", help="Bring all images of a folder to this size.")],
    "formula": Annotated[
        str | None,
        OPTION(metavar="EXPRESSION", help='Instead of DATA: learn this function of x1, x2 …, as "x1*x2 > 0".'),
    ],
    "noise": Annotated[float | None, OPTION(min=0, metavar="SHARE", help="Of generated data.")],
    "samples": Annotated[int | None, OPTION(min=10, metavar="N", help="Rows of generated data.")],
    "inputs": Annotated[
        str | None,
        OPTION(metavar="FORMULA,…", help="Of points in the plane: what the network gets, as x1,x2,x1^2,sin(x1)."),
    ],
    "points": Annotated[
        list[str] | None,
        OPTION(
            metavar="X1:X2=CLASS",
            help="Of points in the plane: one row more to train on, or with =gone the nearest less; again for more.",
        ),
    ],
    "data_seed": Annotated[
        int | None, OPTION(min=0, metavar="N", help="Of the rows and their parts, where it is not --seed.")
    ],
    "components": Annotated[
        int | None, OPTION(min=1, metavar="N", help="Learn from so many principal components in place of the inputs.")
    ],
    "rule": Annotated[str | None, OPTION(metavar="NAME", help="Of vline: strict, one or any.")],
}


def with_data_options(command: Callable[..., None]) -> Callable[..., None]:
    """The command with these options added; it gets those that were given as `wished`, a dict for `datasets.load`."""
    signature = inspect.signature(command)
    own = [parameter for parameter in signature.parameters.values() if parameter.name != "wished"]
    added = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)
        for name, annotation in DATA_OPTIONS.items()
    ]

    @wraps(command)
    def with_data(**given: Any) -> Any:
        wished = {name: given.pop(name) for name in DATA_OPTIONS}
        return command(**given, wished=wishes(wished))

    with_data.__signature__ = signature.replace(parameters=[*own, *added])  # type: ignore[attr-defined]
    with_data.__annotations__ = {parameter.name: parameter.annotation for parameter in [*own, *added]}
    return with_data


def wishes(given: dict[str, Any]) -> dict[str, Any]:
    """What was given, named as `datasets.load` names it; a file of splits by its whole path, as runs keep it."""
    wished = {name: value for name, value in given.items() if value not in (None, [])}
    if "val" in wished:
        wished["validation"] = wished.pop("val")
    if "split" in wished and Path(wished["split"]).is_file():
        wished["split"] = str(Path(wished["split"]).resolve())
    return wished
