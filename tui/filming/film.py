"""From a run to a film: which moments, and into which file."""

from dataclasses import dataclass
from pathlib import Path

from dnn_tui.experiments.evaluating import write_whole
from dnn_tui.runs.config import RunError
from dnn_tui.runs.folder import RunFolder
from dnn_tui.runs.summary import summarise

from ..sessions.replayed import ReplaySession
from .cast import cast
from .svg import svg
from .taking import take

SUFFIXES = (".svg", ".cast")
MOST_BYTES = 2_000_000  # of an SVG; a larger one gets fewer frames
STILL = 0.1  # share of the film in which the run's end is seen
LEAST, MOST = (20, 6), (300, 100)  # columns and rows
MOST_FRAMES = 2000


@dataclass(frozen=True)
class Film:
    """What is asked for. size: columns and rows; at: the step of a still picture; panel: shown alone."""

    seconds: float = 20.0
    fps: float = 2.0
    size: tuple[int, int] = (80, 24)
    at: int | None = None
    panel: str | None = None


def write_film(folder: RunFolder, to: Path, film: Film, force: bool = False) -> int:
    """Write the film, and give how many frames it has. Raises RunError; then nothing is written."""
    to = to.expanduser()
    suffix = to.suffix.lower()
    if suffix not in SUFFIXES:
        raise RunError(f"A film is an animated picture (.svg) or a recording for asciinema (.cast), not {to.name}.")
    if suffix == ".cast" and film.at is not None:
        raise RunError(f"One moment is a picture, not a recording: call it {to.with_suffix('.svg').name}.")
    if to.is_dir():
        raise RunError(f"{to} is a folder: give the name of a file.")
    if not to.parent.is_dir():
        raise RunError(f"There is no folder {to.parent} to write the film into.")
    if (to.exists() or to.is_symlink()) and not force:
        raise RunError(f"{to} exists already: choose another name, or --force to overwrite it.")
    summary = summarise(folder)
    if not summary.epochs:
        raise RunError(f"{folder.name} has not finished an epoch yet: there is nothing to film.")
    moments = [(0.0, film.at)] if film.at is not None else moments_of(summary.step, film.seconds, film.fps)
    frames = take(ReplaySession.of_run(folder), film.size, [step for _, step in moments], film.panel)
    timed = [(at, frame) for (at, _), frame in zip(moments, frames, strict=True)]
    if suffix == ".cast":
        text = cast(timed, film.seconds, film.size, folder.name, summary.created)
    else:
        text = svg(timed, film.seconds, film.size, folder.name)
        while len(text.encode()) > MOST_BYTES and len(timed) > 2:
            timed = [*timed[:-1:2], timed[-1]]
            text = svg(timed, film.seconds, film.size, folder.name)
    write_whole(to, text)
    return len(timed)


def moments_of(last: int, seconds: float, fps: float) -> list[tuple[float, int | None]]:
    """(seconds, step): from the run's first step to its end, which stands for a while (None: all that was said)."""
    count = max(2, round(seconds * (1 - STILL) * fps) + 1)
    if count > MOST_FRAMES:
        raise RunError(f"That would be {count:,} frames: choose fewer --seconds or --fps.")
    moving = seconds * (1 - STILL)
    steps = [round(last * k / (count - 1)) for k in range(count - 1)]
    return [(moving * k / (count - 1), step) for k, step in enumerate(steps)] + [(moving, None)]


def size_of(text: str) -> tuple[int, int]:
    """ "80x24" as columns and rows. Raises RunError."""
    columns, _, rows = text.lower().partition("x")
    if columns.isdecimal() and rows.isdecimal():
        size = int(columns), int(rows)
        if LEAST[0] <= size[0] <= MOST[0] and LEAST[1] <= size[1] <= MOST[1]:
            return size
    raise RunError(f"{text!r} is no size: give columns and rows from {LEAST[0]}x{LEAST[1]} to {MOST[0]}x{MOST[1]}.")
