"""`Board`: holds a screen's panels, and puts each where the screen's `places` says."""

from collections.abc import Mapping, Sequence

from textual.geometry import NULL_OFFSET, Region, Size, Spacing
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.screen import Screen
from textual.widget import Widget

from ..drawing.layout import Rectangle
from .painted import Painted


class BoardScreen(Screen[None]):
    """A screen with a board. places: by the panel's name; turn: whose rows are written first in this frame."""

    places: Mapping[str, Rectangle]
    here: str  # the panel one is in
    full: bool  # it is seen alone
    turn = 0

    @property
    def panel_names(self) -> list[str]:
        """The panels one can go to, in the order of their numbers."""
        raise NotImplementedError

    def go_to(self, name: str) -> None:
        """Make a panel the one that is focused, and seen."""
        raise NotImplementedError

    def _turn(self, by: int) -> None:
        names = self.panel_names
        self.go_to(names[(names.index(self.here) + by) % len(names)])

    def action_next_panel(self) -> None:
        """In the order of their numbers."""
        self._turn(1)

    def action_previous_panel(self) -> None:
        """The other way round."""
        self._turn(-1)

    def action_full(self) -> None:
        """This panel alone, or all."""
        self.full = not self.full
        self.go_to(self.here)

    def write_in_turn(self, panels: Sequence[Painted], asked: bool, most: float) -> float:
        """Have about `most` bytes written: the bars always, the others in turn, so that each has its day.

        asked: somebody waits for it: where they are comes first. Gives about how many bytes that were.
        """
        size = 0.0
        bars = [panel for panel in panels if not panel.can_focus]
        others = [panel for panel in panels if panel.can_focus and panel.display]
        self.turn += 1
        first = self.turn % len(others) if others else 0
        others = others[first:] + others[:first]
        if asked:
            others.sort(key=lambda panel: self.here != panel.id)
        for panel in (*bars, *others):
            if panel in bars or size < most:
                size += panel.write_rows(most - size)
        return size


class Placed(Layout):
    """Puts widgets where the screen's `places` says."""

    name = "placed"

    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:
        """Textual asks for this whenever it lays the board out."""
        screen = parent.screen
        assert isinstance(screen, BoardScreen)
        places = screen.places
        nowhere = Spacing()
        return [
            WidgetPlacement(Region(*places[child.id]), NULL_OFFSET, nowhere, child)
            for child in children
            if child.id and child.id in places
        ]


class Board(Widget):
    """Holds the panels."""

    def __init__(self, *children: Widget) -> None:
        super().__init__(*children)
        self._placed = Placed()

    @property
    def layout(self) -> Layout:
        """How they are laid out."""
        return self._placed
