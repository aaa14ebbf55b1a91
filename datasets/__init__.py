"""Everything that yields a `Dataset`. Knows NumPy; imports nothing of the other packages."""

from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

from .catalogue import Entry, catalogue, entry
from .dataset import (
    Column,
    DataError,
    Dataset,
    Defaults,
    Request,
    ShowProgress,
    Split,
    Task,
    check_options,
    check_share,
)

__all__ = [
    "Column",
    "DataError",
    "Dataset",
    "Defaults",
    "Entry",
    "Split",
    "Task",
    "catalogue",
    "entry",
    "is_path",
    "load",
]


def load(
    name: str,
    *,
    seed: int = 0,
    data_seed: int | None = None,
    validation: float | None = None,
    test: float | None = None,
    data_dir: str | Path | None = None,
    progress: ShowProgress | None = None,
    offline: bool = False,
    **options: Any,
) -> Dataset:
    """The data set of that name, or in that file or folder, split and scaled.

    The same seed gives the same rows in the same parts; data_seed: instead of it, where all else has another.
    validation: share of the rows that are not test rows; test: share of all rows; None: the data set's own.
    data_dir: where downloaded files lie or are put (else $DNN_TUI_DATA, else the user's cache).
    progress(what, done, total) is called while something long runs.
    components: so many principal components in place of the inputs.
    options: those of `Entry.options`, or for a file target, task, split, drop, keep, unit (`tables.preparing`).
    Raises DataError; its subclass `download.DownloadError` where the files are not here and cannot be fetched.
    """
    options = {key: value for key, value in options.items() if value not in (None, (), [])}
    seed = seed if data_seed is None else data_seed
    if components := options.pop("components", None):
        whole = load(
            name, seed=seed, validation=validation, test=test, data_dir=data_dir, progress=progress, offline=offline,
            **options,
        )  # fmt: skip
        from .components import projected  # NumPy, which a list of names need not wait for

        return projected(whole, components)
    if validation is not None:
        check_share("validation", validation)
    if test is not None:
        check_share("test", test)
    request = Request(seed, validation, test, Path(data_dir) if data_dir else None, progress, offline, options)
    if is_path(name):
        from .own import load_path

        return load_path(Path(name), request)
    found = entry(name)
    check_options(name, options, found.options)
    if found.test is None and test is not None:
        raise DataError(f"{name} comes with its own test set: leave the test share out.")
    request = replace(
        request,
        validation=found.validation if validation is None else validation,
        test=found.test if test is None else test,
    )
    module, function = found.loader.split(":")
    dataset: Dataset = getattr(import_module(f".{module}", __package__), function)(found, request)
    # another split may leave fewer rows than the recommended batch has
    defaults = replace(found.defaults, batch_size=min(found.defaults.batch_size, len(dataset.train)))
    return replace(dataset, source=found.source, licence=found.licence, defaults=defaults)


def is_path(name: str) -> bool:
    """Whether `name` means a file or folder rather than a data set of the catalogue."""
    path = Path(name)
    return (
        "/" in name
        or "\\" in name
        or bool(path.suffix)
        or (name not in {e.name for e in catalogue()} and path.exists())
    )
