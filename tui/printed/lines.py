"""Lines of text to the terminal, or to where the output goes: nothing in them steers it."""

import sys

from ..drawing.visible import visible


def say(text: object, err: bool = False, end: str = "\n") -> None:
    """Print a text of one line or several, to standard output or standard error, at once."""
    print(visible(str(text), keep="\n"), file=sys.stderr if err else sys.stdout, end=end, flush=True)


def say_exactly(text: str, end: str = "\n") -> None:
    """Print what another program reads (JSON, CSV) to standard output, as it is."""
    print(text, end=end, flush=True)
