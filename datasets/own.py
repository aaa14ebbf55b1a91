"""Data a person brings: what kind of file or folder it is decides who reads it."""

import difflib
from dataclasses import replace
from pathlib import Path

from .dataset import DataError, Dataset, Request, check_options
from .images import own_images, own_npz
from .images.picture_files import SUFFIXES
from .tables import preparing
from .tables.reading import read_table
from .tables.wishes import reading_of


def load_path(path: Path, request: Request) -> Dataset:
    """The data in a file or folder. Raises DataError."""
    path = path.expanduser()
    return replace(_load(path, request), source=str(path))


def _load(path: Path, request: Request) -> Dataset:
    if not path.exists():
        names = [other.name for other in path.parent.iterdir()] if path.parent.is_dir() else []
        near = difflib.get_close_matches(path.name, names, n=1)
        hint = f"did you mean {path.parent / near[0]}?" if near else "check its name."
        raise DataError(f"There is no file {path}: {hint}")
    if path.is_dir():
        check_options(str(path), request.options, own_images.OPTIONS)
        if any(path.glob("train-images*idx3*")):
            return own_images.load_idx(path, request)
        if own_images.is_image_folder(path):
            return own_images.load_folder(path, request)
        beside = " ".join(own_images.ignored([path]))
        needed = "it needs folders, one a class, with .png or .jpg files, or IDX files."
        raise DataError(f"{path} has no pictures: {needed} {beside}".strip())
    if "idx3" in path.name:
        check_options(str(path), request.options, own_images.OPTIONS)
        return own_images.load_idx(path, request)
    if path.suffix.lower() == ".npz":
        check_options(str(path), request.options, preparing.OPTIONS)
        return own_npz.load_npz(path, request)
    if path.suffix.lower() in SUFFIXES:
        raise DataError(f"{path} is one picture: give the folder that has a folder of pictures for each class.")
    check_options(str(path), request.options, preparing.OPTIONS)
    table = read_table(path, request.progress, reading_of(request.options))
    return preparing.prepare_table(table, path.stem, request)
