"""A film as asciicast, version 2: what a terminal was sent and when, as asciinema plays it.

A line of JSON with the size, then a line `[seconds, "o", what was written]` for each frame; only rows that changed are
written again. The format: docs.asciinema.org/manual/asciicast/v2.
"""

import json

from rich.color import ColorSystem

from .taking import Frame, Row

BEGIN, PLAIN = "\x1b[?25l\x1b[2J", "\x1b[0m"


def cast(frames: list[tuple[float, Frame]], seconds: float, size: tuple[int, int], title: str, began: float) -> str:
    """frames: (seconds from the start, frame), the first at 0. began: Unix time of the run."""
    columns, rows = size
    header = {
        "version": 2,
        "width": columns,
        "height": rows,
        "timestamp": int(began),
        "duration": seconds,
        "title": title,
        "env": {"TERM": "xterm-256color"},
    }
    lines = [json.dumps(header, ensure_ascii=False)]
    before: Frame = ()
    for at, frame in frames:
        text = "" if before else BEGIN
        for k, row in enumerate(frame):
            if k >= len(before) or before[k] != row:
                text += f"\x1b[{k + 1};1H{_written(row)}"
        if text:
            lines.append(json.dumps([round(at, 3), "o", text], ensure_ascii=False))
        before = frame
    lines.append(json.dumps([round(seconds, 3), "o", PLAIN]))  # the last frame stays until then
    return "\n".join(lines) + "\n"


def _written(row: Row) -> str:
    return "".join(style.render(text, color_system=ColorSystem.TRUECOLOR) for text, style in row)
