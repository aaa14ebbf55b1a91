"""The snapshots of a run, of which only a few are kept in memory."""

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import overload

from dnn_tui.mlp.events import Event, EventError, Snapshot

from .log import Place, StoredSnapshot


class Snapshots(Sequence[Snapshot]):
    """A sequence of snapshots, oldest first.

    One whose place in the log is known is read from there when it is asked for (the last `MOST_KEPT` asked for stay).
    Without a log every snapshot is kept, up to `MOST_KEPT`; then every second one of the older half goes.
    """

    MOST_KEPT = 256

    def __init__(self) -> None:
        self.read: Callable[[Place], Event] | None = None  # how to get one back from the log
        self.steps: list[int] = []
        self._items: list[Snapshot | StoredSnapshot] = []
        self._decoded: OrderedDict[int, Snapshot] = OrderedDict()  # by offset in the log

    def add(self, snapshot: Snapshot | StoredSnapshot, place: Place | None = None) -> None:
        """Append one; with its `place` in the log it need not stay in memory."""
        self.steps.append(snapshot.step)
        if isinstance(snapshot, Snapshot) and place is not None and self.read is not None:
            self._remember(place.offset, snapshot)
            snapshot = StoredSnapshot(snapshot.time, snapshot.step, snapshot.epoch, snapshot.elapsed, place)
        self._items.append(snapshot)
        if isinstance(snapshot, Snapshot) and len(self._items) > self.MOST_KEPT:
            del self._items[1 : self.MOST_KEPT // 2 : 2]
            self.steps = [item.step for item in self._items]

    def truncate(self, step: int) -> None:
        """Forget those taken after `step`."""
        keep = bisect_right(self.steps, step)
        del self.steps[keep:], self._items[keep:]

    def at_step(self, step: int) -> int:
        """The index of the newest one taken at or before `step`; 0 where there is none so old."""
        return max(0, bisect_right(self.steps, step) - 1)

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, index: int) -> Snapshot: ...

    @overload
    def __getitem__(self, index: slice) -> list[Snapshot]: ...

    def __getitem__(self, index: int | slice) -> Snapshot | list[Snapshot]:
        if isinstance(index, slice):
            return [self[k] for k in range(*index.indices(len(self)))]
        item = self._items[index]
        if isinstance(item, Snapshot):
            return item
        offset = item.place.offset
        if offset not in self._decoded:
            try:
                snapshot = self.read(item.place) if self.read else None
            except (EventError, ValueError, OSError):
                snapshot = None
            if not isinstance(snapshot, Snapshot):  # its line is broken, or the log is gone: show a neighbour
                return self._nearest_decoded(item.step)
            self._remember(offset, snapshot)
        self._decoded.move_to_end(offset)
        return self._decoded[offset]

    def _remember(self, offset: int, snapshot: Snapshot) -> None:
        self._decoded[offset] = snapshot
        if len(self._decoded) > self.MOST_KEPT:
            self._decoded.popitem(last=False)

    def _nearest_decoded(self, step: int) -> Snapshot:
        if not self._decoded:
            raise IndexError("no snapshot of this log can be read")
        return min(self._decoded.values(), key=lambda snapshot: abs(snapshot.step - step))
