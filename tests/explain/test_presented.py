"""The layout for a class: a stage at a time, nothing told before its turn, the number large, the screen filled."""

import pytest

from dnn_tui.datasets.lessons import load_lesson
from dnn_tui.experiments.explaining.lessons import subject_of
from dnn_tui.experiments.explaining.tour import tour_of
from dnn_tui.tui.drawing.large import HEIGHT, SIGNS, large, scale_of
from dnn_tui.tui.inspect.app import InspectApp
from dnn_tui.tui.inspect.look import Look
from dnn_tui.tui.inspect.presented import NUMBERS, RESULT, RULE, draw_presented

SIZES = [(80, 24), (120, 40), (200, 60)]


def read(grid) -> str:
    """A large number read back from its blocks, sign by sign."""
    text, x, scale = "", 0, len(grid.lines()) // HEIGHT
    rows = grid.lines()[::scale]
    while x < grid.width:
        for sign, drawn in SIGNS.items():
            size = len(drawn.split()[0])
            pixels = [row[x : x + 2 * size * scale : 2 * scale] for row in rows]
            if [p.replace("█", "#").replace(" ", ".") for p in pixels] == drawn.split():
                text, x = text + sign, x + (2 * size + 2) * scale
                break
        else:
            raise AssertionError(f"no sign at {x} after {text!r}")
    return text


@pytest.mark.parametrize("scale", [1, 2, 3])
@pytest.mark.parametrize("text", ["−0.1842", "1.234e−7", "5678.9", "nan", "−∞", "?"])
def test_a_large_number_can_be_read(text, scale):
    assert read(large(text, scale)) == text


def test_the_pixels_grow_with_the_room_and_a_number_that_does_not_fit_is_not_drawn():
    assert [scale_of("0.5", width, 40) for width in (10, 20, 40, 60, 900)] == [0, 1, 2, 3, 3]
    assert scale_of("0.5", 900, 9) == 1
    assert scale_of("0.5x", 900, 40) == 0


def drawn(step: str, stage: int, size: tuple[int, int] = (110, 58), name: str = "f6"):
    steps = subject_of(load_lesson(name)).steps
    at = next(k for k, one in enumerate(steps) if one.id == step)
    return draw_presented(steps, Look(at=at, focus=(1, 1)), stage, *size, about="What it is about.")


def test_a_stage_tells_no_more_than_its_own():
    rule, numbers, result = (" ".join(str(drawn("B2 W", stage)).split()) for stage in (RULE, NUMBERS, RESULT))
    assert "∂L/∂W₂ = δ₂ h₁ᵀ" in rule
    assert "0.2297" not in rule
    assert "0.2297·0.8022 = ?" in numbers
    assert "0.1842" not in numbers
    assert "0.2297·0.8022 = 0.1842" in result
    assert "nn.backprop()" in result
    assert "nn.backprop()" not in numbers


def test_the_result_stands_there_large():
    lines = drawn("B2 W", RESULT).lines()
    rows = [k for k, line in enumerate(lines) if "█" in line]
    assert len(rows) == rows[-1] - rows[0] + 1 >= 2 * HEIGHT
    text = [lines[k][4:].rstrip() for k in rows]
    width = max(map(len, text))
    assert [line.ljust(width) for line in text] == [
        line[:width] for line in large("0.1842", len(rows) // HEIGHT).lines()
    ]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["f7", "s2", "c1", "f3", "q3"])
@pytest.mark.parametrize(("width", "height"), [(46, 20), (70, 36), (112, 57)])
def test_every_step_of_every_kind_of_lesson_fits_and_shows_its_result(name, width, height):
    steps = subject_of(load_lesson(name)).steps[:12]
    for at, step in enumerate(steps):
        look = Look(at=at)
        text = look.number.text(step.element(), step.result.scale)
        grid = draw_presented(steps, look, RESULT, width, height)
        shown = str(grid)
        assert f"{at + 1} of {len(steps)}" in shown
        assert text in shown or "█" in shown, step.id


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
async def test_the_arrow_goes_through_the_stages_and_then_to_the_next_step(size):
    app = InspectApp(subject_of(load_lesson("f6")))
    async with app.run_test(size=size) as pilot:
        await pilot.press("P")
        await pilot.pause()
        screen = app.screen
        seen = []
        for _ in range(4):
            seen.append((screen.look.at, screen.stage))
            await pilot.press("right")
        assert seen == [(0, RULE), (0, NUMBERS), (0, RESULT), (1, RULE)]
        await pilot.press("left", "left")
        await pilot.pause()
        assert (screen.look.at, screen.stage) == (0, RESULT)
        screen._answered_goto("F1a")
        await pilot.press("right")
        await pilot.pause()
        assert "2.9" not in str(screen.query_one("#diagram")._grid)  # the picture tells no more than the text
        pane = screen.query_one("#step")._grid
        assert sum(bool(line.strip()) for line in pane.lines()[pane.height * 2 // 5 :]) > 2  # and it is not all on top
        await pilot.press("P")
        await pilot.pause()
        assert screen.stage is None


async def test_the_next_lesson_of_a_tour_is_presented_too():
    tour = tour_of("002")
    app = InspectApp(tour.subject(), tour)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("P", "N")
        await pilot.pause()
        await pilot.pause()
        assert app.screen.tour.at == 1
        assert app.screen.stage == RULE
