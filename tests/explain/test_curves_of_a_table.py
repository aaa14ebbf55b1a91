"""A calculation drawn along one of its values, and the lessons that are: their numbers from independent sources."""

import warnings

import numpy as np
import pytest

from dnn_tui.datasets.lessons import LessonError, load_lesson
from dnn_tui.experiments.explaining.lessons import subject_of
from dnn_tui.experiments.explaining.table_curve import table_curves
from dnn_tui.tui.inspect.look import Look
from dnn_tui.tui.inspect.tables import draw_left_of_table


def subject(name):
    return subject_of(load_lesson(name))


def left(of, step_id, size=(60, 40), **look):
    at = [step.id for step in of.steps].index(step_id)
    return str(draw_left_of_table(of, of.steps[at], Look(at, **look), *size))


def test_a_line_that_is_a_function_of_the_value_is_a_curve_between_its_places():
    found = {one.name: one for one in table_curves(subject("p4"))}
    assert {name for name, one in found.items() if one.smooth} == {"s", "s_slope", "t", "t_slope", "r"}
    z = found["t_slope"].x
    assert len(z) > 200
    np.testing.assert_allclose(found["t_slope"].y, 1 / np.cosh(z) ** 2, atol=1e-12)
    np.testing.assert_allclose(found["s_slope"].y, np.exp(-z) / (1 + np.exp(-z)) ** 2, atol=1e-12)


def test_a_bias_that_is_edited_shifts_the_curve():
    of = subject("p8")
    half = {one.name: float(np.interp(0.5, one.y, one.x)) for one in table_curves(of)}
    assert half == pytest.approx({"plain": 0, "left": -2, "right": 2, "steeper": -1}, abs=0.02)
    of.edit("bias", "3")
    assert float(np.interp(0.5, *(getattr(table_curves(of)[1], a) for a in "yx"))) == pytest.approx(-3, abs=0.02)


def test_what_depends_on_more_than_the_point_is_no_curve():
    of = subject("c9")
    assert not any(one.smooth for one in table_curves(of))  # measured at six sizes, and nothing between
    assert [one.name for one in table_curves(of) if one.given] == ["small", "medium", "large"]
    assert table_curves(subject("s2")) == []


def test_curves_appear_as_they_are_computed_and_a_hidden_one_not_at_all():
    of = subject("p12")
    assert "━ under" in left(of, "under")
    assert "well" not in left(of, "under").split("━")[1]
    assert "━ over" in left(of, "over")
    assert "━ over" not in left(of, "over", hidden=True)
    assert "• y" in left(of, "error_under")


def test_measured_numbers_are_joined_over_a_logarithmic_axis():
    shown = left(subject("c9"), "error_small", (80, 44))
    assert "╍ large" in shown
    axis = shown.splitlines()[-1].split()
    assert axis[-1] == "rows"
    assert {"20", "50", "100", "200", "500"} <= set(axis)


@pytest.mark.slow
@pytest.mark.parametrize("size", [(1, 1), (20, 5), (30, 22), (72, 54)])
@pytest.mark.parametrize("name", ["p4", "p8", "p12", "c9"])
def test_tables_with_curves_fit_any_size(name, size):
    of = subject(name)
    for at, step in enumerate(of.steps):
        for view in range(3):
            grid = draw_left_of_table(of, step, Look(at, view=view), *size)
            assert (grid.width, grid.height) == size


@pytest.mark.parametrize("along", ["nothing", "y", "one"])
def test_along_names_rising_numbers(tmp_path, along):
    text = (
        f'title = "t"\nkind = "table"\nteaches = "t"\ntext = "t"\nalong = "{along}"\n[values]\ny = [2, 1]\none = 1\n'
        '[[rows]]\nname = "a"\nexpression = "y"\n'
    )
    (tmp_path / "own.toml").write_text(text)
    with pytest.raises(LessonError, match=r"line 5.*along names a value with two or more rising numbers"):
        load_lesson(str(tmp_path / "own.toml"))


def test_the_three_fits_are_the_least_squares_ones():
    values = load_lesson("p12").body.values
    x, y = values["x"], values["y"]
    for name, degree in (("straight", 1), ("cubic", 3), ("sixth", 6)):
        design = x[:, None] ** np.arange(degree + 1)
        np.testing.assert_allclose(values[name], np.linalg.lstsq(design, y, rcond=None)[0], atol=2e-6)
    of = subject("p12")
    errors = [float(of.step_named(f"{what}_{kind}").result.value) for what in ("error", "new")
              for kind in ("under", "well", "over")]  # fmt: skip
    assert errors[0] > errors[1] > errors[2]  # on its own points the most flexible is best
    assert errors[4] < errors[3] < errors[5]  # and on new ones worst


@pytest.mark.slow
@pytest.mark.parametrize(("hidden", "name"), [(3, "small"), (64, "large")])
def test_performance_by_data_and_size_is_scikit_learns(hidden, name):
    sklearn = pytest.importorskip("sklearn.neural_network")
    from sklearn.datasets import load_digits

    values = load_lesson("c9").body.values
    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(x))
    x, y = x[order] / 16, y[order]
    for rows in (50, 200):
        shares = []
        for seed in range(3):
            network = sklearn.MLPClassifier((hidden,), max_iter=400, learning_rate_init=0.01, random_state=seed)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # that 400 rounds are few for the small one, as the lesson's were
                shares.append(network.fit(x[:rows], y[:rows]).score(x[1000:], y[1000:]))
        assert np.mean(shares) == pytest.approx(values[name][values["rows"].tolist().index(rows)], abs=0.02)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["f19", "p13"])
def test_gates_and_the_hidden_space_are_pytorchs(name):
    torch = pytest.importorskip("torch")
    of = subject(name)
    for k, row in enumerate(of.rows):
        of.choose(k)
        h = torch.tensor(row.x)
        for W, b in zip(of.network.W[1:], of.network.b[1:], strict=True):
            h = torch.sigmoid(torch.tensor(np.array(W)) @ h + torch.tensor(np.array(b)))
        np.testing.assert_allclose(of.run.h[-1], h, atol=1e-12)
        np.testing.assert_array_equal(h.numpy() > 0.5, row.y)  # every row is answered as the gate does
