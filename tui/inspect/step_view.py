"""The right-hand panel: one step in a fixed order, so that the eye learns where things are. Pure functions.

Title and progress, equation, the equation with numbers, shapes, three boxes, the result, the NumPy line, the notes.
What does not fit is shortened by rank; the equation, its numbers and the result always stay.
"""

import textwrap

import numpy as np
from rich.cells import cell_len

from dnn_tui.mlp.explain import Step
from dnn_tui.mlp.explain.notation import renamed

from ..grid import Grid, fit
from ..theme import Ink
from .blocks import tier
from .blocks_grid import heat, result_grid
from .boxes import boxes, framed, one_line
from .look import Look

Spans = list[tuple[str, int]]
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
    head = _title(steps, look, width)
    equation = _equation(step, look, width)
    if (
        len(equation) > 3 and height < 30
    ):  # an optimizer's rule: its lines come again with numbers, this is what they make
        equation = equation[-1:]
    numbers = _numbers(step, look, width)
    result_rows = _result_rows(step, image)
    notes = _notes(step, look, width)
    if about and look.at == 0:
        notes += [[("", Ink.DIM)], *([(line, Ink.DIM)] for line in textwrap.wrap(look.tell(about), width))]
    found, signs = boxes(step, look)
    frames = framed(found, signs, look, width) or framed(found, signs, look, width, between=1)
    line = one_line(found, signs, look) if found else ""

    # the least of everything first, then more of each by rank while there is room
    least = min(len(numbers), 6)
    room = height - 1 - len(equation) - least - 1 - 1
    take = {"numbers": least, "result": 1, "note": 0, "numpy": 0, "shapes": 0, "boxes": 0, "title": 0}

    def more(what: str, size: int) -> None:
        nonlocal room
        extra = min(size, room)
        if extra > 0:
            take[what] += extra
            room -= extra

    numpy = _wrapped(renamed(step.numpy, look.z_a), width - 6)
    more("note", min(1, len(notes)))
    more("result", min(result_rows, 8) - 1)
    more("numpy", 1)
    more("shapes", int(step.shapes != "number"))
    if len(frames) and room >= len(frames):
        more("boxes", len(frames))
    elif line:
        more("boxes", 1)
    more("note", len(notes) - take["note"])
    more("title", 1)
    more("numbers", len(numbers) - take["numbers"])
    more("result", result_rows - take["result"])
    more("numpy", len(numpy) - take["numpy"])
    made_of = _made_of(step, look, width, room - 6, image, mono)
    room -= made_of.height + 1 if made_of.height else 0
    gaps = max(0, min(5, room))

    y = 0

    def put(rows: list[Spans]) -> None:
        nonlocal y
        for row in rows:
            x = 0
            for text, ink in row:
                x = grid.put(x, y, text, ink)
            y += 1

    def gap() -> None:
        nonlocal y, gaps
        if gaps:
            y, gaps = y + 1, gaps - 1

    put(head if take["title"] else [head[0]])
    gap()
    put(equation)
    put(_cut(numbers, take["numbers"]))
    if take["shapes"]:
        put([[(fit(f"shapes {step.shapes}", width), Ink.FAINT)]])
    gap()
    if take["boxes"] == len(frames) and frames:
        inks = {"frame": Ink.FAINT, "role": Ink.DIM, "name": Ink.TEXT, "value": Ink.TITLE, "sign": Ink.ACCENT}
        put([[(text, inks[kind]) for text, kind in row] for row in frames])
    elif take["boxes"]:
        put([[(fit(line, width), Ink.DIM)]])
    gap()
    caption = look.say(step.result.name)
    shape = "×".join(str(n) for n in step.result.shape)
    put(
        [
            [
                (caption, Ink.TEXT),
                (f"  {shape}" if shape else "", Ink.FAINT),
                *_extra(step, look, width - len(caption) - 10),
            ]
        ]
    )
    if look.hidden:
        grid.put(0, y, "hidden: type it below", Ink.ACCENT)
        y += take["result"]
    else:
        block = result_grid(step.result, look.element(step), look.number, width, take["result"], mono, image, before)
        grid.paste(block, 0, y)
        y += block.height
    gap()
    lines = [[("numpy " if not k else "      ", Ink.FAINT), (text, Ink.TRAIN)] for k, text in enumerate(numpy)]
    put(_cut(lines, take["numpy"]))
    gap()
    put(_cut(notes, take["note"]))
    if made_of.height:
        grid.paste(made_of, 0, y + 1)
    return grid


def _made_of(step: Step, look: Look, width: int, height: int, image: tuple[int, ...] | None, mono: bool) -> Grid:
    """On a tall screen: what the step was computed from, in numbers; the weights of pixels as a picture."""
    rows: list[Grid] = []
    for operand in step.operands:
        if operand.value.ndim == 0 or tier(operand.shape) != "full" or len(operand.name) > 11:
            continue
        block = result_grid(operand, (0,) * operand.value.ndim, look.number, width - 12, 8, mono, marked=False)
        row = Grid(width, block.height)
        row.put(0, 0, fit(look.say(operand.name), 11), Ink.DIM)
        row.paste(block, 12, 0)
        rows.append(row)
    left = height - sum(row.height + 1 for row in rows)
    if image is not None and step.id == "F1 a" and left > 8:
        rows.append(_weighed(step, look, width, left, image, mono))
    grid, y = Grid(width, max(0, height)), 0
    for row in rows:
        if y + row.height > height:
            break
        grid.paste(row, 0, y)
        y += row.height
    shown = Grid(width, y)
    shown.paste(grid, 0, 0)
    return shown


def _weighed(step: Step, look: Look, width: int, height: int, image: tuple[int, ...], mono: bool) -> Grid:
    """A unit's weights as the picture they weigh, and what each pixel adds to its sum."""
    (k,) = look.element(step)
    W, x = step.operands[0].value[k].reshape(image), step.operands[1].value.reshape(image)
    grid, left = Grid(width, max(0, min(height, image[0] // 2 + 1))), 0
    for name, value in ((f"W_1 row {k + 1}", W), (f"W_1 row {k + 1} ⊙ x", W * x)):
        value = value if value.ndim == 2 else value.sum(axis=-1)
        drawn = heat(value, grid.height - 1, min(image[1], width // 2 - 3), mono)
        grid.put(left, 0, fit(look.say(name), width // 2), Ink.DIM)
        grid.paste(drawn, left, 1)
        left += drawn.width + 3
    return grid


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
    text = look.say(step.substituted(look.element(step), look.number))
    rows: list[Spans] = []
    for piece in text.split(";  "):
        lines = _wrapped(piece, width)
        for place, line in enumerate(lines):
            last = place == len(lines) - 1
            head, mark, answer = line.rpartition("= ")
            if last and mark:
                answer = "?" if look.hidden else answer
                rows.append([(head + mark, Ink.TEXT), (answer, Ink.TITLE)])
            else:
                rows.append([(line, Ink.TEXT)])
    return rows


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, subsequent_indent="  ", break_long_words=True) or [""]


def _result_rows(step: Step, image: tuple[int, ...] | None) -> int:
    """Rows the result would like."""
    value = step.result.value
    if value.ndim == 0:
        return 1
    size = tier(value.shape)
    if size == "full":
        return value.shape[0] if value.ndim == 2 else min(8, value.size)
    if size == "lens":
        return 9
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
