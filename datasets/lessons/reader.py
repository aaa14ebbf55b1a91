"""Reading a TOML file with errors that name the line."""

import difflib
import re
import tomllib
from pathlib import Path
from typing import Any

_HEADER = re.compile(r"\s*(\[\[?)\s*([\w.-]+)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"\s*([\w-]+)\s*=")


class LessonError(ValueError):
    """A lesson file that cannot be used: one sentence that names the file and the line."""


def key_lines(text: str) -> dict[str, int]:
    """Where each table and key begins: {"network": 4, "network.W": 6, "printed[2].step": 19} (lines from 1)."""
    lines: dict[str, int] = {}
    counts: dict[str, int] = {}
    prefix, in_text, depth = "", "", 0
    for n, line in enumerate(text.splitlines(), start=1):
        if in_text:
            in_text = "" if in_text in line else in_text
            continue
        if depth == 0 and (header := _HEADER.match(line)):
            prefix = header[2]
            if header[1] == "[[":
                counts[prefix] = counts.get(prefix, 0) + 1
                prefix = f"{prefix}[{counts[prefix]}]"
            lines[prefix] = n
            continue
        if depth == 0 and (key := _KEY.match(line)):
            lines[f"{prefix}.{key[1]}" if prefix else key[1]] = n
        bare = re.sub(r'"(?:[^"\\]|\\.)*"|#.*', "", line.replace('"""', "\0"))
        for mark, quote in (("\0", '"""'), ("'''", "'''")):
            if bare.count(mark) % 2:
                in_text = quote
        depth += bare.count("[") - bare.count("]") if not in_text else 0
    return lines


class Source:
    """A parsed file: its tables, and where each key stands."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            raise LessonError(f"{path.name} is not UTF-8 text.") from None
        except OSError as error:
            raise LessonError(f"{path} cannot be read: {error.strerror}.") from None
        self.lines = key_lines(text)
        try:
            self.data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            where = re.search(r"\(at line (\d+), column \d+\)", str(error))
            reason = str(error).split(" (at ")[0]
            line = where[1] if where else str(text.count("\n") + 1)
            raise LessonError(f"{path.name}, line {line}: {reason}.") from None

    def error(self, where: str, message: str) -> LessonError:
        """A LessonError that names the line of `where`, or of the nearest table that is there."""
        place = where
        while place and place not in self.lines:
            place = place.rpartition(".")[0]
        return LessonError(f"{self.path.name}, line {self.lines.get(place, 1)}: {message}")


class Table:
    """One table of the file: takes keys out, checks their kind, and complains of what is left."""

    def __init__(self, source: Source, data: Any, path: str = "") -> None:
        self.source, self.path = source, path
        if not isinstance(data, dict):
            raise source.error(path, f"{path} should be a table, [{path}].")
        self.data = dict(data)
        self.known: list[str] = []

    def where(self, key: str) -> str:
        """The key's full name, as errors look it up."""
        return f"{self.path}.{key}" if self.path else key

    def error(self, key: str, message: str) -> LessonError:
        """A LessonError that names the key's line."""
        return self.source.error(self.where(key), message)

    def _take(self, key: str, default: Any) -> Any:
        self.known.append(key)
        if key in self.data:
            return self.data.pop(key)
        if default is _NEEDED:
            # a misspelled key is the likelier mistake, and says more
            self._complain([key])
            raise self.error(key, f"{self.path or 'the lesson'} needs “{key}”.")
        return default

    def text(self, key: str, default: Any = None, one_of: tuple[str, ...] = ()) -> str:
        """A text. Raises LessonError."""
        value = self._take(key, _NEEDED if default is None else default)
        if not isinstance(value, str):
            raise self.error(key, f"{key} should be text in quotes, not {value!r}.")
        if one_of and value not in one_of:
            raise self.error(key, f"{key} is “{value}”, but should be one of {', '.join(one_of)}.")
        return value

    def integer(self, key: str, default: int | None = None) -> int:
        """A whole number. Raises LessonError."""
        value = self._take(key, _NEEDED if default is None else default)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.error(key, f"{key} should be a whole number, not {value!r}.")
        return value

    def number(self, key: str, default: float | None = None) -> float:
        """A number; "1/3" is one. Raises LessonError."""
        value = self._take(key, _NEEDED if default is None else default)
        return self._number(key, value)

    def _number(self, key: str, value: Any) -> float:
        if isinstance(value, str) and (parts := re.fullmatch(r"\s*(-?\d+)\s*/\s*(\d*[1-9]\d*)\s*", value)):
            return int(parts[1]) / int(parts[2])  # "1/3" is a number
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.error(key, f"{key} should hold numbers, not {value!r}.")
        return float(value)

    def numbers(self, key: str, default: Any = None) -> Any:
        """A number, or a list (of lists …) of numbers, as nested lists of floats."""
        value = self._take(key, _NEEDED if default is None else default)

        def walk(part: Any) -> Any:
            return [walk(item) for item in part] if isinstance(part, list) else self._number(key, part)

        return walk(value)

    def texts(self, key: str, default: Any = None) -> tuple[str, ...]:
        """A list of texts. Raises LessonError."""
        value = self._take(key, _NEEDED if default is None else default)
        if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
            raise self.error(key, f"{key} should be a list of texts.")
        return tuple(value)

    def integers(self, key: str, default: Any = None) -> tuple[int, ...]:
        """A list of whole numbers. Raises LessonError."""
        value = self._take(key, _NEEDED if default is None else default)
        if not isinstance(value, list | tuple) or not all(type(item) is int for item in value):
            raise self.error(key, f"{key} should be a list of whole numbers.")
        return tuple(value)

    def raw(self, key: str, default: Any = None) -> Any:
        """Whatever stands there, unchecked."""
        return self._take(key, _NEEDED if default is None else default)

    def has(self, key: str) -> bool:
        """Whether the key is given."""
        return key in self.data

    def table(self, key: str) -> "Table":
        """A table inside this one. Raises LessonError."""
        return Table(self.source, self._take(key, _NEEDED), self.where(key))

    def tables(self, key: str, needed: bool = False) -> list["Table"]:
        """The tables of a [[list]]. Raises LessonError."""
        value = self._take(key, _NEEDED if needed else [])
        if not isinstance(value, list):
            raise self.error(key, f"{key} should be written as [[{key}]].")
        return [Table(self.source, item, f"{self.where(key)}[{n}]") for n, item in enumerate(value, start=1)]

    def done(self) -> None:
        """Complain of a key nobody took."""
        self._complain(self.known)

    def _complain(self, known: list[str]) -> None:
        for key in self.data:
            if key in self.known:
                continue
            close = difflib.get_close_matches(key, known, 1)
            if close or known is self.known:
                hint = f" Did you mean “{close[0]}”?" if close else f" There are {', '.join(known)}."
                raise self.error(key, f"“{key}” is not known here.{hint}")


_NEEDED = object()
