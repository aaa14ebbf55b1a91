"""How soon the program is there, beside a bare one that imports the same libraries.

    python benchmarks/start.py [--times 7]

`dnn-tui --help` stands beside a Typer program of one command that prints its help. The first frame of `train digits`
(a panel's title on the terminal's picture) stands beside a Typer program whose one command opens a Textual app that
imports NumPy, Rich and plotext and shows one line of text. Both by turns, on a pty of 120x40 of their own; once
beforehand, so that all files are compiled and in memory. Target: 1.3.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

from links import DNN_TUI, Line

COMMAND = """
import typer
app = typer.Typer()
@app.command()
def train(data: str, lr: float = 0.1):
    "Train."
    {does}
app()
"""
BARE_HELP = COMMAND.format(does="pass")
BARE_APP = COMMAND.format(
    does="""
    import numpy, plotext, rich
    from textual.app import App
    from textual.widgets import Static
    class Bare(App):
        def compose(self):
            yield Static("Loss here")
    Bare().run()
"""
)


def seconds_of(command: list[str]) -> float:
    """How long a command takes from its start to its end, in seconds."""
    begin = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begin


def first_frame(command: list[str], words: str) -> float:
    """How long it takes from the start of a command until the terminal shows `words`, in seconds."""
    with tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        line = Line(command, 120, 40, 0.0, folder, ssh=False)
        try:
            if not line.run(60, lambda: line.shows(words)):
                raise SystemExit("\n".join(line.screen.display))
            return time.perf_counter() - begin
        finally:
            line.close()


def compare(what: str, ours: Callable[[], float], bare: Callable[[], float], times: int) -> None:
    """Print the ratio of both, by turns: the median of the pairs' ratios, and the smallest and largest."""
    ours(), bare()
    pairs = [(ours(), bare()) for _ in range(times)]
    ratios = sorted(a / b for a, b in pairs)
    print(
        f"{what}: {statistics.median(ratios):.2f} x the bare one ({ratios[0]:.2f}-{ratios[-1]:.2f}; "
        f"{statistics.median(a for a, _ in pairs):.2f} s, {statistics.median(b for _, b in pairs):.2f} s)",
        flush=True,
    )


def main() -> None:
    """Print both ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=7)
    times = parser.parse_args().times
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # with it each start would compile every file anew
    bare = [sys.executable, "-c"]
    compare(
        "dnn-tui --help",
        lambda: seconds_of([DNN_TUI, "--help"]),
        lambda: seconds_of([*bare, BARE_HELP, "--help"]),
        times,
    )
    compare(
        "first frame of train digits",
        lambda: first_frame([DNN_TUI, "train", "digits"], "Network"),
        lambda: first_frame([*bare, BARE_APP, "digits"], "Loss here"),
        times,
    )


if __name__ == "__main__":
    main()
