"""The screen's border: whatever a widget was given, no control character of it reaches the terminal."""

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from ..drawing.visible import visible


class Border(LineFilter):
    """Makes every line visible on its way out. Panels do so as they draw; this holds for all other widgets."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        if all(segment.control or segment.text.isprintable() for segment in segments):
            return segments
        return [s if s.control else Segment(visible(s.text), s.style) for s in segments]


BORDER = Border()
