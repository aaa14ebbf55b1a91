"""Lessons: the lectures' worked examples, one TOML file each, with the numbers the slides print.

A lesson of your own is a file of the same form; `dnn-tui lesson my.toml` opens it.
"""

import difflib
from importlib.resources import files
from pathlib import Path

from .lesson import DECKS, SOURCES, DescentBody, Erratum, GraphBody, Lesson, NetworkBody, Printed, Sample, TableBody
from .reader import LessonError, Source
from .reading import read

__all__ = [
    "DECKS",
    "SOURCES",
    "DescentBody",
    "Erratum",
    "GraphBody",
    "Lesson",
    "LessonError",
    "NetworkBody",
    "Printed",
    "Sample",
    "TableBody",
    "lesson_names",
    "load_lesson",
]


def _folder() -> Path:
    return Path(str(files(__package__)))


def lesson_names() -> list[str]:
    """The built-in lessons, in the order of decks and fixtures."""
    return sorted((path.stem for path in _folder().glob("*.toml")), key=_place)


def _place(name: str) -> tuple[str, int, str]:
    """By deck's letter and number, f9 before f10."""
    fixture = name.split("-")[0]
    return fixture.rstrip("0123456789"), int("0" + fixture.lstrip("abcdefghijklmnopqrstuvwxyz")), name


def load_lesson(name: str) -> Lesson:
    """A built-in lesson by name ("f6-backprop") or fixture ("F6"), or a lesson file by path. Raises LessonError."""
    if name.endswith(".toml") or "/" in name:
        path = Path(name).expanduser()
        if not path.is_file():
            raise LessonError(f"There is no lesson file {name}.")
        return read(Source(path), path.stem)
    names = lesson_names()
    wanted = name.lower()
    found = [known for known in names if known == wanted or known.split("-")[0] == wanted]
    if not found:
        close = difflib.get_close_matches(wanted, names, 1, 0.5) or [n for n in names if wanted in n]
        hint = f"Did you mean {close[0]}?" if close else "`dnn-tui lessons` lists them."
        raise LessonError(f"There is no lesson “{name}”. {hint}")
    return read(Source(_folder() / f"{found[0]}.toml"), found[0])
