"""Plots drawn into the output of a command once, with plotext."""

from rich.console import Console
from rich.text import Text


def print_figure(console: Console) -> None:
    """Print plotext's figure in the colours that this output can show: none in a pipe or with NO_COLOR."""
    import plotext

    for line in Text.from_ansi(plotext.build()).split("\n"):
        line.rstrip()
        console.print(line, no_wrap=True, highlight=False, crop=False)
