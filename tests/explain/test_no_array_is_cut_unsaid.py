"""An array that does not fit says which part is shown, is open on the sides that were cut, and scrolls."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnn_tui.datasets.lessons import load_lesson
from dnn_tui.experiments.explaining.lessons import subject_of
from dnn_tui.mlp.explain import Number, Operand
from dnn_tui.tui.inspect.app import InspectApp
from dnn_tui.tui.inspect.numbers_grid import numbers_grid
from dnn_tui.tui.inspect.widgets import Prompt

SIZES = [(80, 24), (100, 30), (120, 40), (200, 60)]
CLOSING, OPENING = "]⎤⎥⎦", "[⎡⎢⎣"


@pytest.fixture
def eight(tmp_path):
    """A lesson of our own with 8 hidden units: no matrix of it fits a narrow panel."""
    rng = np.random.default_rng(0)
    W1, b1 = rng.normal(size=(8, 8)).round(4), rng.normal(size=8).round(4)
    W2, b2 = rng.normal(size=(3, 8)).round(4), rng.normal(size=3).round(4)
    path = tmp_path / "tiny8.toml"
    path.write_text(
        f"""
title = "Eight hidden units"
deck = "own"
kind = "network"
teaches = "nothing: it is a test"
text = "A network of our own."

[network]
sizes = [8, 8, 3]
activation = "tanh"
output = "softmax"
loss = "cross_entropy"
W = [{W1.tolist()}, {W2.tolist()}]
b = [{b1.tolist()}, {b2.tolist()}]

[[samples]]
x = {rng.normal(size=8).round(4).tolist()}
y = [0, 1, 0]
"""
    )
    return subject_of(load_lesson(str(path)))


def step_lines(app) -> list[str]:
    return [line.rstrip() for line in app.screen.query_one("#step")._grid.lines()]


async def goto(pilot, step: str) -> None:
    pilot.app.screen._answered_goto(step)
    await pilot.pause()


def numbers_of(line: str) -> list[str]:
    return re.findall(r"[−]?\d[\d.]*(?:e−?\d+)?", re.split(r"[⎡⎢⎣\[…]", line, maxsplit=1)[-1].split("│")[0])


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("step", ["F1a", "F2a", "B2W", "B1W", "U2", "U1", "B1 b"])
async def test_a_row_of_fewer_numbers_than_the_array_has_is_never_closed(eight, size, step):
    app = InspectApp(eight)
    async with app.run_test(size=size) as pilot:
        await goto(pilot, step)
        lines = step_lines(app)
        shown = [line for line in lines if re.search(r"[⎡⎢⎣\[]\s", line) and "numpy" not in line and "=" not in line]
        for line in shown:
            closed = any(sign in line for sign in CLOSING)
            count = len(numbers_of(line))
            # every array here has rows of 8 but for vectors that stand upright, or go on in the next row
            assert not closed or count in (1, 8) or count == 3, line
        for line in lines:
            if match := re.search(r"columns? (\d+)(?:–(\d+))? of (\d+)", line):
                first, last = int(match[1]), int(match[2] or match[1])
                assert last - first + 1 < int(match[3]) == 8


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
async def test_the_focus_is_always_inside_the_part_that_is_shown(eight, size):
    app = InspectApp(eight)
    async with app.run_test(size=size) as pilot:
        await goto(pilot, "B1W")
        W = eight.step_named("B1W").result.value
        for j in range(8):
            assert app.screen.look.element(app.screen.step) == (0, j)
            assert any(Number().text(W[0, j]) in line for line in step_lines(app) if line[:1] in "⎡…"), j
            await pilot.press("tab")


async def test_arrays_scroll_by_keys_and_the_focus_brings_them_back(eight):
    app = InspectApp(eight)
    async with app.run_test(size=(80, 24)) as pilot:
        await goto(pilot, "B1W")

        def said():
            return next(line.strip() for line in step_lines(app) if " of 8" in line)

        first = said()
        assert "columns 1–" in first
        await pilot.press("greater_than_sign", "greater_than_sign")
        assert said().endswith("–8 of 8")
        assert app.screen.look.element(app.screen.step) == (0, 0)
        await pilot.press("less_than_sign", "less_than_sign")
        assert said() == first
        await pilot.press("greater_than_sign", "down", "up")
        assert said() == first


async def test_what_a_step_is_made_of_scrolls_with_the_weight_in_focus(eight):
    app = InspectApp(eight)
    async with app.run_test(size=(120, 40)) as pilot:
        await goto(pilot, "F2a")
        W = eight.network.W[2]
        seen = set()
        for _ in range(8):
            rows = [line for line in step_lines(app) if line.startswith("W₂ ")]
            assert len(rows) == 1
            seen |= {j for j in range(8) if Number().text(W[0, j]) in rows[0]}
            await pilot.press("tab")
        assert seen == set(range(8))
        assert app.screen.look.element(app.screen.step) == (0,)  # the unit stayed
        rows = [line for line in step_lines(app) if line.startswith("W₂ ")]
        await pilot.press("greater_than_sign")
        assert [line for line in step_lines(app) if line.startswith("W₂ ")] != rows


async def test_the_keys_that_scroll_are_in_the_bar_and_in_the_help(eight):
    app = InspectApp(eight)
    async with app.run_test(size=(200, 60)) as pilot:
        await pilot.pause()
        assert "<> columns" in "\n".join(app.screen.query_one("#keyline")._grid.lines())
        assert not app.screen.query_one(Prompt).display


@given(
    st.integers(1, 12), st.integers(1, 12), st.integers(8, 90), st.integers(1, 14),
    st.integers(0, 11), st.integers(0, 11), st.integers(-12, 12), st.integers(-12, 12),
)  # fmt: skip
def test_what_is_cut_is_said_and_open_at_any_size(rows, columns, width, height, k, j, down, right):
    value = np.random.default_rng(rows * 13 + columns).integers(1, 10, (rows, columns)) / 2 + 10  # all of one width
    focus = min(k, rows - 1), min(j, columns - 1)
    grid = numbers_grid(Operand("W", "W", value), focus, Number(), width, height, scroll=(down, right))
    lines = [line.rstrip() for line in grid.lines()]
    assert grid.height <= height
    body = [line for line in lines if line[:1] in (*OPENING, "…")]
    counts = {len(re.findall(r"1\d(?:\.5)?(?= )", line.split("  r")[0])) for line in body}
    (shown,) = counts
    assert (lines[0][0] == "…") + (lines[0][0] in OPENING) == 1
    if shown < columns:
        assert not all(any(sign in line for sign in CLOSING) and line[0] != "…" for line in body)
    if len(body) < rows:
        assert not (body[0][0] in "⎡[" and body[-1][0] in "⎣[")
    if (shown < columns or len(body) < rows) and width >= 40 and height > 1:
        assert " of " in lines[-1]
    if shown == columns and len(body) == rows:
        assert " of " not in "".join(lines)


@pytest.mark.parametrize("n", [2, 5, 10, 13])
@pytest.mark.parametrize("width", [20, 46, 70])
@pytest.mark.parametrize("height", [1, 2, 4, 8, 14])
def test_a_vector_is_closed_only_after_its_last_number(n, width, height):
    value = np.arange(n) + 10.5
    text = "\n".join(numbers_grid(Operand("b", "b", value), (0,), Number(), width, height).lines())
    shown = re.findall(r"\d\d\.5", text)
    assert shown == [f"{v}" for v in value[: len(shown)]]
    if len(shown) < n:
        assert not text.split(" of ")[0].rstrip(" –0123456789").endswith(tuple("]⎦"))
        assert f"/{n}" in text or f" of {n}" in text or width == 20
    else:
        assert any(sign in text for sign in "]⎦")


def test_all_ten_outputs_of_digits_stand_in_the_room_that_80_by_24_leaves():
    value = np.linspace(0.01, 0.19, 10)
    text = "\n".join(numbers_grid(Operand("ŷ", "yhat", value), (3,), Number(), 46, 5).lines())
    assert [float(v) for v in re.findall(r"0\.\d+", text)] == pytest.approx(value)
