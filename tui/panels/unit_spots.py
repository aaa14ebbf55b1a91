"""Where units stand in a drawing of the network, and which of them, or of the edges between them, a cell belongs to."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Spot:
    """Where a unit stands: its layer, its number, and its rectangle of cells."""

    layer: int
    unit: int
    x: int
    y: int
    width: int
    height: int

    def holds(self, x: int, y: int) -> bool:
        """Whether a cell is the unit's."""
        return self.x <= x < self.x + self.width and self.y <= y < self.y + self.height

    @property
    def middle(self) -> float:
        """The row of its middle."""
        return self.y + (self.height - 1) / 2


def nearest_edge(spots: Sequence[Spot], x: int, y: int) -> tuple[Spot, Spot] | None:
    """The edge, as its two ends, that goes through a cell or hardly beside it; None where there is none."""
    nearest, found = 0.75, None
    for target in spots:
        for source in spots:
            if source.layer != target.layer - 1:
                continue
            begin, end = source.x + source.width, target.x - 1
            if not begin <= x <= end or begin == end:
                continue
            along = (x - begin) / (end - begin)
            far = abs(source.middle + along * (target.middle - source.middle) - y)
            if far < nearest:
                nearest, found = far, (source, target)
    return found
