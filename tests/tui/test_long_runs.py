"""Curves of very long runs: the picture is that of all epochs, and costs what the width asks for."""

import itertools
import math
import sys
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from dnn_tui.mlp.events import EpochEnded, Progress, RunStarted
from dnn_tui.runs import growing
from dnn_tui.runs.epochs import Curve, Epochs
from dnn_tui.runs.growing import Pyramid
from dnn_tui.runs.series import Series
from dnn_tui.runs.state import RunState
from dnn_tui.tui.drawing.theme import FULL
from dnn_tui.tui.panels import PANELS, StatusPanel, thinning
from dnn_tui.tui.panels.curves import CurvesPanel
from dnn_tui.tui.sessions.moment import Look, Moment

WIDTH, HEIGHT = 100, 30
LOOKS = (
    Look(),
    Look(axis="seconds"),
    Look(axis="step", span=900.0),
    Look(axis="seconds", span=700.0, right=2_000.0, log_y=True),
    Look(half_life=100.0, log_y=True),
    Look(at=1_234),
)


def long_run(epochs: int, per_epoch: int = 4, seed: int = 0) -> RunState:
    """A noisy falling loss and a rising accuracy."""
    rng = np.random.default_rng(seed)
    dataset = {"name": "noise", "task": "classes", "classes": ["a", "b"], "train": 40, "validation": 10}
    training = {"lr": 0.1, "epochs": epochs, "steps_per_epoch": per_epoch}
    state, elapsed = RunState(), 0.0
    state.apply(RunStarted(0.0, "r", dataset, {"sizes": [2, 2], "activations": ["softmax"]}, training))
    for epoch in range(1, epochs + 1):
        elapsed += float(rng.exponential(0.01))
        at, level = {"time": elapsed, "step": epoch * per_epoch, "epoch": epoch, "elapsed": elapsed}, epoch / epochs
        losses = tuple((2 * math.exp(-3 * level) + rng.normal(0, 0.05, per_epoch)).tolist())
        state.apply(Progress(**at, losses=losses, lr=0.1, rate=100.0))
        loss, right = 2 * math.exp(-3 * level) + rng.normal(0, 0.03, 2), level * 0.9 + rng.uniform(0, 0.1, 2)
        train, validation = ({"loss": float(loss[k]), "accuracy": float(right[k])} for k in (0, 1))
        figures = {"train": train, "validation": validation, "lr": 0.1, "seconds": 0.01, "evaluation_seconds": 0.001}
        state.apply(EpochEnded(**at, **figures, best=epoch % 50 == 1))
    return state


seen_run = cache(long_run)  # for tests that only look: twenty thousand epochs take two seconds to fold


def drawn(moment: Moment, width: int = WIDTH, height: int = HEIGHT):
    panel = CurvesPanel.__new__(CurvesPanel)
    return panel.draw(panel.view(moment, width, height), width, height, FULL)


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("size", [(100, 30), (37, 14), (160, 40)])
def test_a_thinned_line_looks_cell_for_cell_like_that_of_all_epochs(monkeypatch, look, size):
    moment = Moment(seen_run(3_000), look, "a")
    thin = drawn(moment, *size)
    monkeypatch.setattr(thinning, "FEW", 10**9)  # every epoch as it is
    whole = drawn(moment, *size)
    for name in ("chars", "fg", "bg"):
        np.testing.assert_array_equal(getattr(thin, name), getattr(whole, name))


def test_runs_over_each_other_look_like_those_of_all_epochs(monkeypatch):
    moment = Moment(seen_run(2_500), Look(axis="seconds"), "a", (("b", seen_run(1_700, seed=1)),))
    thin = drawn(moment)
    monkeypatch.setattr(thinning, "FEW", 10**9)
    whole = drawn(moment)
    np.testing.assert_array_equal(thin.chars, whole.chars)
    np.testing.assert_array_equal(thin.fg, whole.fg)


@pytest.mark.slow
def test_a_spike_of_one_epoch_in_twenty_thousand_is_drawn(monkeypatch):
    """A loss of 9 where all others are below 3 sets dots in the upper half of the chart, in the spike's column."""
    state = seen_run(20_000)
    calm = drawn(Moment(state)).lines()
    for at in (1, 7_321, 19_999):
        epochs = Epochs()
        for k, each in enumerate(state.epochs):
            epochs.append(replace(each, validation={"loss": 9.0, "accuracy": 0.5}) if k == at else each)
        with monkeypatch.context() as patched:
            patched.setattr(state, "epochs", epochs)
            spiky = drawn(Moment(state)).lines()
        tops = [line for line in spiky[1 : HEIGHT // 5] if any("⠁" <= character <= "⣿" for character in line)]
        assert tops, f"no dot of epoch {at} reaches the top"
        assert spiky != calm, at


@pytest.mark.slow
@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("others", [0, 2])
def test_the_work_of_a_repaint_does_not_grow_with_the_run(look, others):
    """Counted in calls of Python's and NumPy's functions, and in points handed to the canvas: no clock is asked."""
    calls, points = {}, {}
    for epochs in (2_000, 20_000):
        state = seen_run(epochs)
        moment = Moment(state, look, "a", tuple((f"run {k}", state) for k in range(others)))
        drawn(moment)  # levels that are built once
        count = 0

        def called(frame, event, argument):
            nonlocal count
            count += event in ("call", "c_call")

        sys.setprofile(called)
        try:
            drawn(moment)
        finally:
            sys.setprofile(None)
        calls[epochs] = count
        panel = CurvesPanel.__new__(CurvesPanel)
        view = panel.view(moment, WIDTH, HEIGHT)
        points[epochs] = max(len(line.x) for chart in view.charts for line in chart.lines if line.name != "smoothed")
    assert calls[20_000] <= 1.3 * calls[2_000] + 100
    assert points[20_000] <= 2 * WIDTH * thinning.FEW + 2


@pytest.mark.slow
def test_the_other_panels_and_the_folding_of_events_do_not_grow_with_the_run_either():
    calls = {}
    for epochs in (2_000, 20_000):
        state, count = long_run(epochs), 0

        def called(frame, event, argument):
            nonlocal count
            count += event in ("call", "c_call")

        newest = state.epochs[-1]
        sys.setprofile(called)
        try:
            for k in range(1, 20):
                state.apply(replace(newest, epoch=newest.epoch + k, step=newest.step + 4 * k))
            for look in (Look(), Look(at=10)):
                for cls in (*PANELS, StatusPanel):
                    panel = cls.__new__(cls)
                    panel.back = 0
                    if cls is not CurvesPanel and cls.fits(Moment(state, look)):
                        panel.draw(panel.view(Moment(state, look), 80, 20), 80, 20, FULL)
            _ = (state.eta, state.best_epoch, state.patience())
        finally:
            sys.setprofile(None)
        calls[epochs] = count
    assert calls[20_000] <= 1.3 * calls[2_000] + 100


def test_the_extremes_of_stretches_are_those_that_numpy_finds(monkeypatch):
    rng = np.random.default_rng(2)
    values = rng.normal(size=1_000)
    values[rng.integers(0, 1_000, 80)] = np.nan
    monkeypatch.setattr(growing, "FEW", 0)  # climb it, however little there is
    pyramid, known = Pyramid(), 0
    for count in (1, 2, 3, 64, 65, 700, 300, 1_000):  # it grows, and is cut once
        if count < known:
            pyramid.truncate(count)
        known = count
        edges = np.sort(np.append(rng.integers(0, count + 1, 20), [0, count]))
        low, high = pyramid.extremes(values[:count], values[:count], edges)
        for k, (begin, end) in enumerate(itertools.pairwise(edges)):
            part = values[begin:end][np.isfinite(values[begin:end])]
            expected = (part.min(), part.max()) if len(part) else (math.nan, math.nan)
            np.testing.assert_equal((low[k], high[k]), expected)


@pytest.mark.parametrize("capacity", [64, 1 << 20])
def test_columns_of_any_window_of_a_series_are_those_found_one_by_one(capacity):
    rng = np.random.default_rng(3)
    values = rng.normal(size=777).astype(np.float32)
    series = Series(capacity)
    series.extend(values)
    stride = series.stride
    at = np.arange(777) // stride * stride  # a merged value stands where its stride begins
    at[777 // stride * stride :] = np.arange(777 // stride * stride, 777)
    for first, last, width in ((0, 777, 80), (13, 640.5, 77), (-50, 900, 33), (700, 777, 200), (5, 6, 3)):
        low, high = series.columns(first, last, width)
        for k in range(width):
            inside = (at >= first) & (at < last) & (np.floor((at - first) * (width / (last - first))) == k)
            expected = (values[inside].min(), values[inside].max()) if inside.any() else (math.nan, math.nan)
            np.testing.assert_equal((low[k], high[k]), expected)


def test_a_curve_knows_which_epochs_did_not_say():
    curve = Curve()
    curve.put(2, 5.0)
    curve.put(3, math.inf)
    np.testing.assert_equal(curve.at(np.arange(5)), [math.nan, math.nan, 5.0, math.nan, math.nan])


def test_epochs_taken_back_leave_nothing_behind():
    state = long_run(300)
    state.epochs.truncate(100)
    fresh = long_run(300)
    again = Epochs()
    for epoch in fresh.epochs[:100]:
        again.append(epoch)
    assert state.epochs == again
    assert state.epochs.best == again.best == fresh.epochs[50]
    assert state.epochs.evaluation_seconds == pytest.approx(0.1)
    edges = np.array([0, 37, 100])
    np.testing.assert_equal(
        state.epochs.curve("train", "loss").extremes(edges), again.curve("train", "loss").extremes(edges)
    )
