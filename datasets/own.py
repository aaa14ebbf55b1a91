"""Data a person brings: what kind of file or folder it is decides who reads it."""

import difflib
from pathlib import Path

from . import _check_options
from .dataset import DataError, Dataset, Request
from .own_table import OPTIONS as TABLE_OPTIONS
from .own_table import load_table


def load_path(path: Path, request: Request) -> Dataset:
    """The data in a file or folder. Raises DataError."""
    path = path.expanduser()
    if not path.exists():
        folder = path.parent
        names = [other.name for other in folder.iterdir()] if folder.is_dir() else []
        near = difflib.get_close_matches(path.name, names, n=1)
        hint = f"did you mean {folder / near[0]}?" if near else "check its name."
        raise DataError(f"There is no file {path}: {hint}")
    _check_options(str(path), request.options, TABLE_OPTIONS)
    return load_table(path, request)
