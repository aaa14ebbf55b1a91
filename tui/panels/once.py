"""What a run sends only once: with its first picture, or with the first after it was started anew or changed."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from typing import TypeVar

from dnn_tui.mlp.events import Snapshot

from ..sessions.moment import Moment

Sent = TypeVar("Sent")


def sent_once(moment: Moment, found: Callable[[Snapshot], Sent | None]) -> Sent | None:
    """What `found` takes from the picture that has it (None where it gives None); None where no picture has.

    Of several changes at one step, the last counts.
    """
    snapshots, started = moment.state.snapshots, moment.started
    begun = started.step if started else 0
    first, after = bisect_left(snapshots.steps, begun), bisect_right(snapshots.steps, begun)
    for k in (*range(after - 1, first - 1, -1), *range(after, min(after + 2, len(snapshots))), 0):
        sent = found(snapshots[k]) if k < len(snapshots) else None
        if sent is not None:
            return sent
    return None
