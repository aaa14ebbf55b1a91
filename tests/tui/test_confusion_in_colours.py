"""What a confusion matrix says by colour: the diagonal by share of its class, mistakes by the root of their number."""

import numpy as np
import pytest

from dnn_tui.tui.drawing.theme import LEVELS, Ink
from dnn_tui.tui.panels.confusion import ConfusionView, ErrorsView, draw_confusion, draw_errors

SIZES = [(80, 20), (40, 10), (30, 7)]


def drawn(counts, width=80, height=20, mono=False, classes=("cat", "dog", "owl")):
    return draw_confusion(ConfusionView(classes, tuple(map(tuple, counts)), "validation", 2), width, height, mono)


def ink_of(grid, text) -> int:
    """The ink in which a text stands."""
    y, line = next((y, line) for y, line in enumerate(str(grid).splitlines()) if text in line)
    inks = set(grid.fg[y, line.index(text) : line.index(text) + len(text)].tolist())
    assert len(inks) == 1
    return inks.pop()


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_cells_are_coloured_by_share_recognised_and_root_of_mistakes(width, height):
    """By hand, of levels 0 to 8: 8 of 10 is 6.4, 3 of 4 is 6; √(2/5) · 8 = 5.06, √(1/5) · 8 = 3.6; 0 has none."""
    grid = drawn([[8, 0, 2], [0, 10, 0], [0, 1, 3]], width, height)
    assert set(grid.bg.ravel().tolist()) == {0, Ink.RIGHT + 6, Ink.RIGHT + 8, Ink.WRONG + 5, Ink.WRONG + 4}


def test_a_mistake_beside_forty_is_still_seen_and_forty_are_the_most():
    """√(1/40) · 8 = 1.26."""
    grid = drawn([[9, 40, 0], [0, 9, 0], [1, 0, 9]])
    wrong = {ink - Ink.WRONG for ink in grid.bg.ravel().tolist() if Ink.WRONG <= ink < Ink.WRONG + LEVELS}
    assert wrong == {1, LEVELS - 1}


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_without_colours_nothing_is_behind_the_counts(width, height):
    grid = drawn([[8, 0, 2], [0, 10, 0], [0, 1, 3]], width, height, mono=True)
    assert not grid.bg.any()


def test_only_no_mistakes_are_good_news():
    assert ink_of(drawn(np.eye(3, dtype=int).tolist()), "no mistakes") == Ink.GOOD
    assert ink_of(drawn([[8, 0, 2], [0, 10, 0], [0, 1, 3]]), "cat taken for owl: 2 times") == Ink.WRONG + LEVELS - 1


def test_a_class_without_rows_has_no_recall_and_leaves_the_others_theirs():
    text = str(drawn([[3, 1, 0], [0, 0, 0], [0, 0, 5]])).splitlines()
    ends = {line.split("│")[0].strip(): line.split()[-2:] for line in text if "│" in line}
    assert ends == {"cat": ["75", "%"], "dog": ["·", "–"], "owl": ["100", "%"]}


@pytest.mark.parametrize(("height", "second"), [(1, []), (2, ["84.0", "%", "right"]), (3, ["84.0", "%", "right"])])
def test_where_there_is_no_room_for_a_matrix_its_worst_and_its_share_are_said(height, second):
    lines = str(drawn([[8, 0, 2], [0, 10, 0], [0, 2, 3]], 40, height)).splitlines()
    assert lines[0].strip() == "cat taken for owl: 2 times"
    assert [line.split() for line in lines[1:2]] == ([second] if second else [])


def test_errors_have_their_column_of_test_rows_once_there_are_any():
    rows = [("mean absolute error in €", "1.5", "2.5", "–", "MAE €"), ("loss", "0.1", "0.2", "–", "loss")]
    text = str(draw_errors(ErrorsView(tuple(rows), "row 3: true 4, predicted 5"), 60, 8))
    assert text.split("\n")[0].split() == ["train", "validation"]
    assert "mean absolute error in €" in text
    assert "row 3: true 4, predicted 5" in text
    tested = [(*row[:3], "3.5", row[4]) for row in rows]
    grid = draw_errors(ErrorsView(tuple(tested), ""), 60, 8)
    head, first, *_ = str(grid).splitlines()
    assert head.split() == ["train", "validation", "test"]
    assert first.split()[-3:] == ["1.5", "2.5", "3.5"]
    ends = [head.index(name) + len(name) for name in ("train", "validation", "test")]
    assert [first.index(figure) + 3 for figure in ("1.5", "2.5", "3.5")] == ends  # numbers under their titles
    narrow = str(draw_errors(ErrorsView(tuple(tested), ""), 50, 8))
    assert "MAE €" in narrow
    assert "mean" not in narrow  # in short, where not all names have room
