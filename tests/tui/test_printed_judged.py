"""What `eval` draws of curves, residuals and dependences says what the arrays say, however wide the terminal is."""

import io

import numpy as np
import pytest

from dnn_tui.experiments.dependence import Dependence, Levels
from dnn_tui.experiments.judged import Judged, residuals
from dnn_tui.mlp.curves import threshold_curves
from dnn_tui.mlp.scores import calibration
from dnn_tui.tui.printed.console import Output
from dnn_tui.tui.printed.judged import as_records, print_dependence, print_judged

RNG = np.random.default_rng(0)
SCORE = RNG.random(400)
TRUE = RNG.random(400) < SCORE


@pytest.fixture
def printed(monkeypatch):
    """What a function prints into a pipe that is so wide."""

    def of(show, *what, columns=80):
        monkeypatch.setenv("COLUMNS", str(columns))
        out = io.StringIO()
        show(Output(file=out), *what)
        return out.getvalue()

    return of


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_no_line_of_a_plot_is_wider_than_the_terminal(printed, columns):
    judged = Judged(
        {"yes [bold]": threshold_curves(SCORE, TRUE)}, {"y": residuals(SCORE, SCORE + RNG.normal(size=400))}
    )
    text = printed(print_judged, judged, calibration(SCORE, TRUE)[0], "EUR", columns=columns)
    assert max(map(len, text.splitlines())) <= columns
    for said in ("residuals of y", "ROC", "precision–recall", "calibration", "yes [bold]"):
        assert said in text


def test_where_all_rows_are_of_one_class_it_is_said_in_place_of_empty_plots(printed):
    judged = Judged({"yes": threshold_curves(SCORE, np.ones(400, bool))}, {})
    text = printed(print_judged, judged, [], "")
    assert text.strip() == "All rows judged are of one class: there are no curves of them."


def test_of_many_classes_those_of_the_least_area_are_drawn(printed):
    noise = {f"c{k}": threshold_curves(TRUE + RNG.normal(0, 0.1 + 0.3 * k, 400), TRUE) for k in range(9)}
    text = printed(print_judged, Judged(noise, {}), [], "")
    worst = sorted(noise, key=lambda name: noise[name].auc)[:6]
    assert [name for name in noise if f" {name} " in text] == [name for name in noise if name in worst]


def test_a_map_has_the_most_where_the_mean_answer_is_largest(printed):
    """The first column to the right, the second upwards."""
    means = np.add.outer(np.arange(6.0), 10 * np.arange(4.0))
    levels = (Levels("a", np.arange(6.0)), Levels("b", np.arange(4), ("p", "q", "r", "s")))
    text = printed(print_dependence, Dependence(levels, ("y",), means[None], 99, False), "")
    rows = [line for line in text.splitlines() if line[:1] in "pqrs" and line[1:2] == " "]
    assert [row[0] for row in rows] == ["s", "r", "q", "p"]
    assert rows[0].rstrip().endswith("███")
    assert rows[-1][2:5] == "   "
    assert "from 0 (blank) to 35 (█)" in text


def test_categories_have_bars_and_their_means(printed):
    levels = (Levels("town", np.arange(2), ("Ulm", "[red]Rom")),)
    text = printed(print_dependence, Dependence(levels, ("y",), np.array([[1.25, 7.5]]), 9, False), "km")
    assert "y (km)" in text
    (ulm,) = (line.split() for line in text.splitlines() if line.startswith("Ulm"))
    (rom,) = (line.split() for line in text.splitlines() if line.startswith("[red]Rom"))
    assert (ulm[1], len(ulm[2]), rom[1], len(rom[2])) == ("1.25", 1, "7.5", 20)


def test_scripts_get_at_most_two_hundred_points_of_a_curve_its_ends_among_them():
    score, true = np.arange(3000.0), RNG.random(3000) < 0.5
    record = as_records(Judged({"yes": threshold_curves(score, true)}, {}), [])["curves"]["yes"]
    assert len(record["roc"]) == 200
    assert (record["roc"][0], record["roc"][-1]) == ([0, 0], [1, 1])
