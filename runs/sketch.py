"""A run's loss in a few figures, for a line in a list: read from its log without decoding most of it."""

import json
import math
from collections.abc import Sequence

from .folder import RunFolder

MOST_BYTES = 50_000_000  # a longer log is not read for the sake of a small picture


def loss_sketch(folder: RunFolder, points: int = 16) -> list[float]:
    """At most `points` losses of epochs, evenly through the run: on the validation rows where there are some.

    Losses that are no number any more are left out; [] where nothing was recorded, or too much.
    """
    try:
        if folder.events_file.stat().st_size > MOST_BYTES:
            return []
        with folder.events_file.open("rb") as log:
            lines = [line for line in log if line.startswith(b'{"event":"epoch_ended"')]
    except OSError:
        return []
    losses = (_loss(line) for line in evenly(lines, points))
    return [loss for loss in losses if loss is not None and math.isfinite(loss)]


def evenly(lines: Sequence[bytes], points: int) -> list[bytes]:
    """`points` of the lines, the first and the last among them; all where there are no more."""
    last = len(lines) - 1
    if last < points:
        return list(lines)
    return [lines[round(k * last / (points - 1))] for k in range(points)]


def _loss(line: bytes) -> float | None:
    try:
        record = json.loads(line)
        loss = (record.get("validation") or record.get("train") or {}).get("loss")
    except (ValueError, AttributeError):
        return None
    return float(loss) if isinstance(loss, int | float) else None
