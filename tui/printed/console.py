"""Rich's console, with a border: of what data, files and other hosts say, nothing steers the terminal."""

from collections.abc import Iterable
from typing import IO

from rich.console import Console, ConsoleOptions, RenderableType
from rich.markup import escape
from rich.segment import Segment

from ..drawing.visible import visible


class Output(Console):
    """A console whose texts are made visible; Rich's own control sequences pass."""

    def __init__(self, stderr: bool = False, file: IO[str] | None = None) -> None:
        super().__init__(highlight=False, stderr=stderr, file=file)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            text, style, control = segment
            yield segment if control else Segment(visible(text, keep="\n"), style)


def literal(text: object) -> str:
    """A text from outside as markup for one line: visible, and with brackets that are brackets."""
    return escape(visible(str(text)))
