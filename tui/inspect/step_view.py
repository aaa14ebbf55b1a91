"""The right-hand panel: one step in a fixed order, so that the eye learns where things are. Pure functions.

Title and progress, equation, the equation with numbers, shapes, three boxes, the result, the NumPy line, the notes.
What does not fit is shortened by rank; the equation, its numbers and the result always stay.
"""

import textwrap

import numpy as np
from rich.cells import cell_len

from dnn_tui.experiments.explaining.blocks import tier
from dnn_tui.mlp.explain import Step
from dnn_tui.mlp.explain.notation import renamed

from ..drawing.grid import Grid, fit
from ..drawing.theme import Ink
from .blocks_grid import result_grid
from .boxes import boxes, framed, one_line
from .look import Look
from .made_of import made_of
from .numbers_grid import numbers_grid

Spans = list[tuple[str, int]]
MOST_ROWS = 16  # of a larger array that are asked for
TALL = 30  # rows from which an optimizer's whole rule is shown
MARKS = {
    "warning": ("▲", Ink.WARN),
    "note": ("•", Ink.DIM),
    "erratum": ("✎", Ink.VALIDATION),
    "printed": ("▣", Ink.DIM),
}


@np.errstate(all="ignore")  # numbers that overflow are shown as they are
def draw_step(
    steps: list[Step],
    look: Look,
    width: int,
    height: int,
    mono: bool = False,
    image: tuple[int, ...] | None = None,
    before: np.ndarray | None = None,
    about: str = "",
) -> Grid:
    """The step at look.at in width × height cells.

    image: the input's shape where it is a picture. before: the result before the last edit. about: a text shown with
    the first step.
    """
    grid, step = Grid(width, height), steps[look.at]
    if width < 12 or height < 3:
        return grid
    equation = _equation(step, look, width)
    if len(equation) > 3 and height < TALL:
        # of an optimizer's rule what it makes: the other lines come again with numbers; of any other, the rule itself
        remembers = step.phase == "U" and (step.symbol != "(w, b)" or step.local is None)
        equation = equation[-1:] if remembers else equation[:1]
    numbers, notes = _numbers(step, look, width), _notes(step, look, width)
    if about and look.at == 0:
        notes.append([("", Ink.DIM)])
        notes.extend([(line, Ink.DIM)] for line in textwrap.wrap(look.tell(about), width))
    numpy = _numpy(step, look, width)
    frames, line = _boxes(step, look, width)
    want = {
        "equation": len(equation),
        "numbers": len(numbers),
        "result": len(_asked(look)) if look.hidden else _result_rows(step, look, width, image),
        "notes": len(notes),
        "numpy": len(numpy),
        "shapes": int(step.shapes != "number"),
        "boxes": len(frames),
        "line": len(line),
    }
    take, room = allot(want, height)
    below = made_of(step, look, width, room - 6, image, mono)
    page = _Page(grid, gaps=max(0, min(5, room - below.height)))
    page.put(_title(steps, look, width)[: 1 + take["title"]])
    page.gap()
    page.put(equation)
    page.put(_cut(numbers, take["numbers"]))
    page.put([[(fit(f"shapes {step.shapes}", width), Ink.FAINT)]] if take["shapes"] else [])
    page.gap()
    page.put(frames if take["boxes"] else line[: take["line"]])
    page.gap()
    page.put([_caption(step, look, width)])
    if look.hidden:
        page.put(_asked(look))
    else:
        focus = look.element(step)
        rows = take["result"]
        page.paste(
            result_grid(
                step.result, focus, look.number, width, rows, mono, image, before, scroll=look.scroll, names=step.names
            )
        )
    page.gap()
    page.put(_cut(numpy, take["numpy"]))
    page.gap()
    page.put(_cut(notes, take["notes"]))
    if below.height:
        page.put([[]])
        page.paste(below)
    return grid


def _asked(look: Look) -> list[Spans]:
    """In place of a result that is asked for: the choices, where they are wanted."""
    if not look.choices:
        return [[("hidden: type it below", Ink.ACCENT)]]
    return [
        [(f"{letter}  ", Ink.ACCENT), (text, Ink.TITLE)] for letter, text in zip("abcd", look.choices, strict=False)
    ]


def allot(want: dict[str, int], height: int) -> tuple[dict[str, int], int]:
    """Rows for each part, and the rows left over: integers in, integers out.

    The least of everything that must be there first, then more of each by rank while there is room. Boxes are drawn
    whole or not at all; a line stands for them then.
    """
    take = dict.fromkeys((*want, "title"), 0)
    take["equation"], take["numbers"], take["result"] = want["equation"], min(want["numbers"], 6), 1
    room = height - 2 - sum(take.values())  # 2: the title's first line and the result's caption

    def more(part: str, rows: int) -> None:
        nonlocal room
        rows = max(0, min(rows, room))
        take[part], room = take[part] + rows, room - rows

    more("notes", min(1, want["notes"]))
    more("result", min(want["result"], 8) - 1)
    more("numpy", min(1, want["numpy"]))
    more("shapes", want["shapes"])
    if want["boxes"] and room >= want["boxes"]:
        more("boxes", want["boxes"])
    else:
        more("line", want["line"])
    more("notes", want["notes"] - take["notes"])
    more("title", 1)
    for part in ("numbers", "result", "numpy"):
        more(part, want[part] - take[part])
    return take, room


class _Page:
    """Writes rows below one another into a grid, with so many empty ones between parts as there are."""

    def __init__(self, grid: Grid, gaps: int) -> None:
        self.grid, self.gaps, self.y = grid, gaps, 0

    def put(self, rows: list[Spans]) -> None:
        for row in rows:
            x = 0
            for text, ink in row:
                x = self.grid.put(x, self.y, text, ink)
            self.y += 1

    def paste(self, block: Grid) -> None:
        self.grid.paste(block, 0, self.y)
        self.y += block.height

    def gap(self) -> None:
        if self.gaps:
            self.y, self.gaps = self.y + 1, self.gaps - 1


def _boxes(step: Step, look: Look, width: int) -> tuple[list[Spans], list[Spans]]:
    """The boxes drawn, and the one line that stands for them where there is no room; empty where there are none."""
    found, signs = ([], []) if look.hidden else boxes(step, look)
    inks = {"frame": Ink.FAINT, "role": Ink.DIM, "name": Ink.TEXT, "value": Ink.TITLE, "sign": Ink.ACCENT}
    frames = framed(found, signs, look, width) or framed(found, signs, look, width, between=1)
    drawn = [[(text, int(inks[kind])) for text, kind in row] for row in frames]
    return drawn, [[(fit(one_line(found, signs, look), width), Ink.DIM)]] if found else []


def _caption(step: Step, look: Look, width: int) -> Spans:
    """The result's name and shape, and what else the step computed."""
    name, shape = look.say(step.result.name), "×".join(str(n) for n in step.result.shape)
    extra = _extra(step, look, width - len(name) - 10)
    return [(name, Ink.TEXT), (f"  {shape}" if shape else "", Ink.FAINT), *extra]


def _numpy(step: Step, look: Look, width: int) -> list[Spans]:
    lines = _wrapped(renamed(step.numpy, look.z_a), width - 6)
    return [[("numpy " if not k else "      ", Ink.FAINT), (text, Ink.TRAIN)] for k, text in enumerate(lines)]


def _cut(rows: list[Spans], most: int) -> list[Spans]:
    """The first rows; where some are missing the last one ends with …"""
    if len(rows) <= most or not most:
        return rows[:most]
    kept = rows[:most]
    text, ink = kept[-1][-1]
    kept[-1] = [*kept[-1][:-1], (text[: max(0, len(text) - 2)] + " …", ink)]
    return kept


def _title(steps: list[Step], look: Look, width: int) -> list[Spans]:
    step = steps[look.at]
    place = f"{look.at + 1}/{len(steps)}"
    name = look.say(step.id[:1] + (f"_{step.id[1:]}" if step.id[1:2].isdigit() else step.id[1:]))
    first: Spans = [(f"{name}", Ink.TITLE), (f"  {place}  ", Ink.DIM)]
    used = cell_len(name) + len(place) + 4
    bar = max(0, min(30, width - used))
    done = round(bar * (look.at + 1) / len(steps))
    title = look.tell(step.title)
    return [
        [*first, ("━" * done, Ink.ACCENT), ("━" * (bar - done), Ink.FAINT)],
        [(fit(title[0].upper() + title[1:], width), Ink.TEXT)],
    ]


def _equation(step: Step, look: Look, width: int) -> list[Spans]:
    rows: list[Spans] = []
    for piece in _pieces(look.say(step.equation), width):
        rows += [[(line, Ink.ACCENT)] for line in _wrapped(piece, width)]
    if step.shortcut:
        rows.append([("shortcut  ", Ink.FAINT), (fit(look.say(step.shortcut), width - 10), Ink.GOOD)])
    return rows


def _pieces(text: str, width: int) -> list[str]:
    """An equation that is too long for a line, divided where its parts end."""
    if cell_len(text) <= width:
        return [text]
    return [piece.strip() for part in text.split(";  ") for piece in part.split(",  ")]


def _numbers(step: Step, look: Look, width: int) -> list[Spans]:
    if look.hidden:  # the numbers put in would leave a calculator's work
        return []
    text = look.say(step.substituted(look.element(step), look.number))
    rows: list[Spans] = []
    for piece in text.split(";  "):
        lines = _wrapped(piece, width)
        for place, line in enumerate(lines):
            last = place == len(lines) - 1
            head, mark, answer = line.rpartition("= ")
            if last and mark:
                rows.append([(head + mark, Ink.TEXT), (answer, Ink.TITLE)])
            else:
                rows.append([(line, Ink.TEXT)])
    return rows


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, subsequent_indent="  ", break_long_words=True) or [""]


def _result_rows(step: Step, look: Look, width: int, image: tuple[int, ...] | None) -> int:
    """Rows the result would like."""
    value = step.result.value
    if value.ndim == 0:
        return 1
    size = tier(value.shape)
    if size == "full":  # one more where a line must say which part is shown
        rows = value.size if value.ndim == 1 else value.shape[0] + 2  # and one for what its columns are called
        return numbers_grid(step.result, look.element(step), look.number, width, rows, names=step.names).height
    if size == "lens":
        return min(value.size, MOST_ROWS) if value.ndim == 1 else min(value.shape[0], MOST_ROWS) + 3
    if value.ndim == 1:
        return 3 + (image[0] // 2 if image and value.size == int(np.prod(image)) else 2)
    return 3 + (image[0] // 2 if image else 10)


def _extra(step: Step, look: Look, width: int) -> Spans:
    """Beside the result's name: what else this step computed, as far as there is room (ratio, m̂, Δb …)."""
    spans: Spans = []
    focus = look.element(step)
    for part in step.parts:
        if part.value.ndim == 0:
            text = f"  {look.say(part.name)} {look.number.text(float(part.value), part.scale)}"
        elif part.shape == step.result.shape and part.key in ("m", "v", "m_hat", "v_hat", "u"):
            text = f"  {look.say(part.name)} {look.number.text(float(part.value[focus]), part.scale)}"
        else:
            continue
        if cell_len(text) > width or look.hidden:
            break
        width -= cell_len(text)
        spans.append((text, Ink.DIM))
    return spans


def _notes(step: Step, look: Look, width: int) -> list[Spans]:
    rows: list[Spans] = []
    for note in () if look.hidden else step.notes:  # a note may tell the answer
        mark, ink = MARKS[note.kind if note.kind in MARKS else note.severity]
        for place, line in enumerate(textwrap.wrap(look.tell(note.text), width - 2)):
            rows.append(
                [(f"{mark} " if not place else "  ", ink), (line, Ink.TEXT if note.severity == "warning" else Ink.DIM)]
            )
    return rows
