"""What a person wants of a column: `--column "speed=ple:16"`, `--column "zip=category"`."""

from collections.abc import Iterable
from dataclasses import dataclass

from ..dataset import DataError
from .columns import Reading
from .numerals import code_of

KINDS = {
    "number": "as a number; number:1.234,5 shows how its numbers are written",
    "standard": "a number, mean and deviation taken out",
    "robust": "a number, median and quartiles taken out, far values squeezed",
    "log": "the logarithm of a number",
    "ple": "a number and its bins, how far it has come through each; ple:16 gives sixteen",
    "category": "an indicator a value",
    "statistic": "what rows of the same value had in the mean",
    "date": "a date; date:%d.%m.%Y shows its format",
    "drop": "left out",
    "keep": "used, though it looks like an identifier",
}
NUMBERS = ("number", "standard", "robust", "log", "ple")
BINS, MOST_BINS = 16, 256


@dataclass(frozen=True)
class Wish:
    """kind: one of KINDS; bins: of ple; written: code or format of number and date."""

    kind: str
    bins: int = 0
    written: str = ""


def read_wishes(given: str | Iterable[str] | None) -> dict[str, Wish]:
    """The wishes by column. Raises DataError."""
    wishes: dict[str, Wish] = {}
    for text in [given] if isinstance(given, str) else list(given or ()):
        name, sign, asked = text.rpartition("=")
        if not sign or not name:
            raise DataError(f"{text!r} says nothing of a column: write --column NAME=KIND, such as zip=category.")
        kind, _, more = asked.partition(":")
        if kind not in KINDS:
            raise DataError(f"A column cannot be {kind!r}: use {', '.join(KINDS)}.")
        if name in wishes:
            raise DataError(f"The column {name!r} is given two kinds.")
        wishes[name] = _wish(text, kind, more)
    return wishes


def _wish(text: str, kind: str, more: str) -> Wish:
    if not more:
        return Wish(kind, BINS if kind == "ple" else 0)
    if kind == "ple":
        if not more.isdigit() or not 2 <= int(more) <= MOST_BINS:
            raise DataError(f"{text!r}: the number of bins is a whole number from 2 to {MOST_BINS}.")
        return Wish(kind, int(more))
    if kind == "date":
        return Wish(kind, written=more)
    code = code_of(more) if kind == "number" else None
    if code is None:
        raise DataError(
            f"{text!r} shows no way to write numbers: write 1,234.5 or 1.234,5 after the colon."
            if kind == "number"
            else f"{text!r}: {kind} takes nothing after a colon."
        )
    return Wish(kind, written=code)


def reading_of(options: dict[str, object]) -> Reading:
    """How the file is read by the options header, missing and column. Raises DataError."""
    wishes = read_wishes(options.get("column"))  # type: ignore[arg-type]
    missing = options.get("missing") or ()
    header = options.get("header")
    return Reading(
        header if isinstance(header, bool) else None,
        (missing,) if isinstance(missing, str) else tuple(missing),  # type: ignore[arg-type]
        {name: wish.written for name, wish in wishes.items() if wish.kind in NUMBERS},
        {name: wish.written for name, wish in wishes.items() if wish.kind == "date"},
        frozenset(name for name, wish in wishes.items() if wish.kind in ("category", "statistic")),
    )
