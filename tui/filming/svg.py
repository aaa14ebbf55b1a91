"""A film, or one frame, as SVG that needs nothing but itself: no font, no script, no address.

Every piece of a row between two borders is written once and used by each frame it is in. A frame is seen while its
CSS animation says so; where nothing is animated (print, or a reader who wants no motion), the last frame stands.
Blocks are drawn as rectangles, since a font leaves gaps between them; text is fitted to its cells.
"""

import re
from collections import Counter
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from rich.cells import cell_len
from rich.color import Color
from rich.style import Style
from rich.terminal_theme import SVG_EXPORT_THEME

from .taking import Frame, Row

CELL, LINE, FONT = 8.4, 17, 14  # of a cell and its text, in pixels
BASE = 12.9  # of the text, below the top of its row
PAD = 10
# where a block lies in its cell: left, top, width, height
BLOCKS = {
    "▀": (0, 0, 1, 0.5),
    "▐": (0.5, 0, 0.5, 1),
    **{sign: (0, 1 - k / 8, 1, k / 8) for k, sign in enumerate("▁▂▃▄▅▆▇█", 1)},
    **{sign: (0, 0, 1 - k / 8, 1) for k, sign in enumerate("▉▊▋▌▍▎▏", 1)},
}
RUNS = re.compile("|".join([f"{sign}+" for sign in BLOCKS] + ["[ -~]+", f"[^ -~{''.join(BLOCKS)}]+"]))
BORDERS = re.compile(r"(?<=[│┃║▏▕])")  # a row is cut behind these: what is left of them seldom changes with the rest
BAD = re.compile(r"[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML does not allow


def svg(frames: list[tuple[float, Frame]], seconds: float, size: tuple[int, int], title: str) -> str:
    """frames: (seconds from the start, frame), the first at 0; one alone is a still. size: columns and rows."""
    return _Film(frames, seconds, size, title).text()


def pixels(size: tuple[int, int]) -> tuple[float, int]:
    """Width and height of a picture of so many columns and rows."""
    return round(size[0] * CELL + 2 * PAD, 1), size[1] * LINE + 2 * PAD


class _Film:
    """Collects colours and pieces while the frames are written."""

    def __init__(self, frames: list[tuple[float, Frame]], seconds: float, size: tuple[int, int], title: str) -> None:
        self.size, self.title, self.seconds = size, title, seconds
        self.frames = _without_repeats(frames)
        self.colours: dict[str, str] = {}  # "#rrggbb": its class
        self.pieces: dict[Row, str] = {}  # a piece of a row: its id, "" where nothing is to be seen
        self.defined: list[str] = []
        self.background = _most_frequent_background(self.frames[-1][1])

    def text(self) -> str:
        groups = [self._frame(k, frame) for k, (_, frame) in enumerate(self.frames)]
        width, height = pixels(self.size)
        styles = [
            f"text{{font:{FONT}px ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace;white-space:pre}}",
            ".b{font-weight:bold}",
            "rect{shape-rendering:crispEdges}",
            *(f".{name}{{fill:{colour}}}" for colour, name in self.colours.items()),
            *self._animation(),
        ]
        return "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
                f' viewBox="0 0 {width} {height}" xml:space="preserve" role="img" aria-label={_quoted(self.title)}>',
                f"<title>{_escaped(self.title)}</title>",
                f"<style>{''.join(styles)}</style>",
                f"<defs>{''.join(self.defined)}</defs>",
                f'<rect width="{width}" height="{height}" rx="6" fill="{self.background}"'
                ' style="shape-rendering:auto"/>',
                f'<g transform="translate({PAD} {PAD})">',
                *groups,
                "</g>",
                "</svg>\n",
            ]
        )

    def _animation(self) -> Iterator[str]:
        """Each frame is visible for its share of the film, and then comes again."""
        if len(self.frames) < 2:
            return
        ends = [at for at, _ in self.frames[1:]] + [self.seconds]
        yield f".f{{visibility:hidden;animation:{self.seconds:g}s step-end infinite}}"
        yield ".f:last-of-type{visibility:visible}@media print{.f{animation:none!important}}"
        yield "@media (prefers-reduced-motion:reduce){.f{animation:none!important}}"
        for k, ((begin, _), end) in enumerate(zip(self.frames, ends, strict=True)):
            begin, end = 100 * begin / self.seconds, 100 * end / self.seconds
            before = f"0%{{visibility:hidden}}{begin:.3f}%" if begin else "0%"
            after = f"{end:.3f}%,100%{{visibility:hidden}}" if end < 99.999 else "100%{visibility:visible}"
            yield f"#f{k}{{animation-name:k{k}}}@keyframes k{k}{{{before}{{visibility:visible}}{after}}}"

    def _frame(self, number: int, frame: Frame) -> str:
        uses = []
        for y, row in enumerate(frame):
            for x, piece in _cut(row):
                if name := self._piece(piece):
                    at = f' x="{_short(x * CELL)}"' if x else ""
                    uses.append(f'<use href="#{name}"{at} y="{y * LINE}"/>')
        name = f' class="f" id="f{number}"' if len(self.frames) > 1 else ""
        return f"<g{name}>{''.join(uses)}</g>"

    def _piece(self, piece: Row) -> str:
        if piece not in self.pieces:
            drawn = "".join(self._drawn(piece))
            name = f"p{len(self.defined)}" if drawn else ""
            if drawn:
                self.defined.append(f'<g id="{name}">{drawn}</g>')
            self.pieces[piece] = name
        return self.pieces[piece]

    def _drawn(self, piece: Row) -> Iterator[str]:
        x = 0
        for text, style in piece:
            front, back = _colours(style)
            width = cell_len(text)
            if back != self.background:
                yield self._rectangle(x, 0, width, 1, back)
            for run in RUNS.findall(text):
                cells = cell_len(run)
                if run[0] in BLOCKS:
                    left, top, wide, high = BLOCKS[run[0]]
                    if wide == 1:
                        yield self._rectangle(x, top, cells, high, front)
                    else:
                        yield from (self._rectangle(x + k + left, top, wide, high, front) for k in range(cells))
                elif run.strip():
                    yield self._text(x, run, front, bool(style.bold))
                x += cells

    def _rectangle(self, x: float, top: float, width: float, height: float, colour: str) -> str:
        at = f' x="{_short(x * CELL)}"' if x else ""
        down = f' y="{_short(top * LINE)}"' if top else ""
        size = f'width="{_short(width * CELL)}" height="{_short(height * LINE)}"'
        return f'<rect class="{self._class(colour)}"{at}{down} {size}/>'

    def _text(self, x: int, text: str, colour: str, bold: bool) -> str:
        x += len(text) - len(text.lstrip(" "))
        text = text.strip(" ")
        name = self._class(colour) + " b" * bold
        length = _short(cell_len(text) * CELL)
        fit = f'textLength="{length}"' + ' lengthAdjust="spacingAndGlyphs"' * (not text.isascii())
        return f'<text class="{name}" x="{_short(x * CELL)}" y="{BASE}" {fit}>{_escaped(text)}</text>'

    def _class(self, colour: str) -> str:
        return self.colours.setdefault(colour, f"c{len(self.colours)}")


def _without_repeats(frames: list[tuple[float, Frame]]) -> list[tuple[float, Frame]]:
    return [pair for k, pair in enumerate(frames) if not k or frames[k - 1][1] != pair[1]]


def _cut(row: Row) -> Iterator[tuple[int, Row]]:
    """The pieces of a row between borders, each with the cell it begins in."""
    x, begin, piece = 0, 0, list[tuple[str, Style]]()
    for text, style in row:
        for part in BORDERS.split(text):
            if not part:
                continue
            piece.append((part, style))
            x += cell_len(part)
            if BORDERS.search(part):
                yield begin, tuple(piece)
                begin, piece = x, []
    if piece:
        yield begin, tuple(piece)


def _colours(style: Style) -> tuple[str, str]:
    """Front and back as "#rrggbb"; dim is half way between them."""
    front = _hex(style.color, True)
    back = _hex(style.bgcolor, False)
    if style.reverse:
        front, back = back, front
    if style.dim:
        parts = [(int(front[k : k + 2], 16) + int(back[k : k + 2], 16)) // 2 for k in (1, 3, 5)]
        front = "#" + "".join(f"{part:02x}" for part in parts)
    return front, back


def _hex(colour: Color | None, front: bool) -> str:
    return (colour or Color.default()).get_truecolor(SVG_EXPORT_THEME, foreground=front).hex


def _most_frequent_background(frame: Frame) -> str:
    counts: Counter[str] = Counter()
    for row in frame:
        for text, style in row:
            counts[_colours(style)[1]] += len(text)
    return counts.most_common(1)[0][0]


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _escaped(text: str) -> str:
    return escape(BAD.sub("�", text))


def _quoted(text: str) -> str:
    return quoteattr(BAD.sub("�", text))
