"""Taking frames: the app runs without a terminal, and what it painted is read back as text with styles."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

from rich.style import Style

if TYPE_CHECKING:
    from textual.app import App

    from ..sessions.replayed import ReplaySession

Row = tuple[tuple[str, Style], ...]  # pieces of one line of cells; neighbours differ in style
Frame = tuple[Row, ...]

FOREIGN = ("NO_COLOR", "SSH_CONNECTION", "SSH_TTY", "TEXTUAL_COLOR_SYSTEM")
GOOD_TERMINAL = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}


@contextmanager
def good_terminal() -> Iterator[None]:
    """While inside, the program believes in a terminal with all colours beside it, wherever it really runs."""
    kept = dict(os.environ)
    for name in FOREIGN:
        os.environ.pop(name, None)
    os.environ.update(GOOD_TERMINAL)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(kept)


def frame_of(app: "App[Any]") -> Frame:
    """What the app's screen shows now."""
    rows = []
    for strip in app.screen._compositor.render_strips():
        row: list[tuple[str, Style]] = []
        for text, style, control in strip:
            if control or not text:
                continue
            style = style or Style.null()
            if row and row[-1][1] == style:
                row[-1] = (row[-1][0] + text, style)
            else:
                row.append((text, style))
        rows.append(tuple(row))
    return tuple(rows)


@asynccontextmanager
async def shown(session: "ReplaySession", size: tuple[int, int], panel: str | None) -> AsyncIterator[Any]:
    """The train screen on a session, `size` (columns, rows) large; yields a function that gives the next frame.

    panel: shown alone; None: those that have room. Raises RunError for a panel that the run does not have.
    """
    from dnn_tui.runs.config import RunError

    from ..app import DnnApp
    from ..screens.train import TrainScreen

    app = DnnApp(session, quiet=True)
    async with app.run_test(size=size) as pilot:
        screen = app.screen
        assert isinstance(screen, TrainScreen)
        screen.frame(force=True)
        if panel is not None:
            names = [kind.NAME for kind in screen.available]
            if panel not in names:
                raise RunError(f"{session.title} has no panel {panel!r}: choose one of {', '.join(names)}.")
            screen.full = True
            screen.go_to(panel)

        async def frame() -> Frame:
            screen.frame(force=True)
            await pilot.pause()
            return frame_of(app)

        yield frame


def take(session: "ReplaySession", size: tuple[int, int], steps: list[int | None], panel: str | None) -> list[Frame]:
    """A frame at each of these steps, which never fall; None is the run's end. Raises RunError."""

    async def all_of_them() -> list[Frame]:
        session.advance(steps[0])
        frames: list[Frame] = []
        async with shown(session, size, panel) as frame:
            for step in steps:
                session.advance(step)
                frames.append(await frame())
        return frames

    with good_terminal():
        return asyncio.run(all_of_them())


def text_of(frame: Frame) -> str:
    """The frame without its colours."""
    return "\n".join("".join(text for text, _ in row) for row in frame)
