"""The compiled engine changed while it trains, and left where it cannot go on."""

import numpy as np
import pytest
from playing import Driven, started, values, with_training

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("compiled_once")]
pytest.importorskip("numba", reason="Numba is not installed: pip install 'dnn-tui[fast]'")

COMPILED = with_training(engine="compiled")


def test_a_change_that_changes_nothing_for_the_steps_leaves_every_bit():
    plain, changed = Driven(started(COMPILED)).steps(31), Driven(started(COMPILED)).steps(20)
    changed.change("l1=0.1")
    changed.change("l1=0; freeze layer=1")
    changed.change("thaw")
    changed.steps(11)
    assert changed.trainer.engine.name == "compiled"
    for name, value in values(plain.trainer).items():
        assert np.array_equal(value, values(changed.trainer)[name]), name


def test_what_it_does_not_know_is_trained_in_numpy_from_there_on_and_the_run_says_so():
    driven = Driven(started(COMPILED)).steps(6)
    theta = driven.trainer.network.theta.copy()
    driven.change("activation=gelu")
    trainer = driven.trainer
    assert trainer.engine.name == trainer.configuration["training"]["engine"] == "numpy"
    assert trainer.configuration["threads"] == 1  # as many as it has been training on, for who resumes it
    assert np.array_equal(trainer.network.theta, theta)
    driven.steps(3)
    driven.change("activation=tanh; engine=compiled")
    assert driven.steps(3).trainer.engine.name == "compiled"
    (alert,) = driven.change("activation=gelu; engine=compiled")
    assert alert.message.startswith("Not changed: The compiled engine cannot train this:")


def test_layers_points_and_data_change_under_it():
    driven = Driven(started(COMPILED)).steps(6)
    for text in ("hidden=3,2,3", "point x1=1 x2=1 class=1", "data=iris", "batch_size=5; dropout=.2", "reset"):
        driven.change(text)
        driven.steps(3)
    trainer = driven.trainer
    assert (trainer.network.sizes, trainer.step, trainer.engine.name) == ((4, 3, 2, 3, 3), 21, "compiled")
    assert np.isfinite(trainer.network.theta).all()
