"""Everything that yields a `Dataset`. Knows NumPy; imports nothing of the other packages."""

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from .catalogue import Entry, catalogue, entry
from .dataset import Column, DataError, Dataset, Defaults, Request, Split, Task
from .splitting import check_share

__all__ = ["Column", "DataError", "Dataset", "Defaults", "Entry", "Split", "Task", "catalogue", "entry", "load"]


def load(
    name: str,
    *,
    seed: int = 0,
    validation: float | None = None,
    test: float | None = None,
    data_dir: str | Path | None = None,
    progress: Callable[[str, int, int | None], None] | None = None,
    offline: bool = False,
    **options,
) -> Dataset:
    """The data set of that name, split and scaled. The same seed gives the same rows in the same parts.

    validation: share of the rows that are not test rows; test: share of all rows; None: the data set's own.
    data_dir: where downloaded files lie or are put (else $DNN_TUI_DATA, else the user's cache).
    progress(what, done, total) is called while something long runs. options: those of `Entry.options`.
    Raises DataError; its subclass `download.DownloadError` where the files are not here and cannot be fetched.
    """
    found = entry(name)
    options = {key: value for key, value in options.items() if value is not None}
    for key in options:
        if key not in found.options:
            takes = f"takes only {' and '.join(found.options)}" if found.options else "takes no options"
            raise DataError(f"{name} has no --{key.replace('_', '-')}: it {takes}.")
    validation = found.validation if validation is None else validation
    check_share("validation", validation)
    if found.test is None and test is not None:
        raise DataError(f"{name} comes with its own test set: leave the test share out.")
    test = found.test if test is None else test
    if test is not None:
        check_share("test", test)
    folder = Path(data_dir) if data_dir else None
    request = Request(seed, validation, test, folder, progress, offline, options)
    module, function = found.loader.split(":")
    dataset = getattr(import_module(f".{module}", __package__), function)(found, request)
    return replace(dataset, source=found.source, licence=found.licence, defaults=found.defaults)
