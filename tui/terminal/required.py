"""What the program asks of the terminal before it draws on it."""

import os
import sys


class TerminalError(ValueError):
    """There is no terminal to draw on: one sentence for the user."""


def require_terminal(otherwise: str = "") -> None:
    """Raise TerminalError unless panels can be drawn and keys be read; otherwise: what can be done without."""
    advice = f": {otherwise}." if otherwise else "."
    if not sys.stdin.isatty() or not sys.stdout.isatty():
        raise TerminalError(f"The panels need a terminal{advice}")
    if not sys.stderr.isatty():
        # Textual paints on stderr: with `2>file` the app would run unseen
        raise TerminalError("The panels are drawn on standard error, which is redirected: leave it on the terminal.")
    if os.environ.get("TERM", "") in ("", "dumb"):
        raise TerminalError(f"This terminal (TERM=dumb) cannot show panels{advice}")


def can_draw() -> bool:
    """Whether there is a terminal to draw on."""
    try:
        require_terminal()
    except TerminalError:
        return False
    return True
