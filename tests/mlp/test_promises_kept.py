"""Promises about the training loop that no curve shows: schedules' ends, smoothing, arrays in strips, work counted."""

import math
import queue

import numpy as np
import pytest

from dnn_tui.mlp import Network, Trainer, TrainingConfig
from dnn_tui.mlp.augmentation import _gaussian
from dnn_tui.mlp.schedules import Schedule
from dnn_tui.mlp.steps import step_operations
from dnn_tui.mlp.strips import STRIP, in_strips


def rates(steps: int, **config) -> list[float]:
    schedule = Schedule(TrainingConfig(lr=0.3, epochs=4, **config), steps_per_epoch=5)
    return [schedule.lr(step) for step in range(steps)]


def test_a_cosine_ends_at_its_least_rate_and_stays_there():
    """Loshchilov & Hutter's half wave by hand: the middle at the mean, the end at η_min, nothing rises again."""
    got = rates(30, schedule="cosine", lr_min=0.1)
    assert got[0] == 0.3
    assert got[5] == pytest.approx(0.1 + 0.2 * (1 + math.sqrt(0.5)) / 2)
    assert got[10] == pytest.approx(0.2)
    assert got[20:] == pytest.approx([0.1] * 10)


def test_one_cycle_stays_at_its_end_when_a_run_is_prolonged():
    """Its last step is at η / div_factor / final_div_factor, and a step after it is at no other rate."""
    got = rates(35, schedule="one_cycle", pct_start=0.25, div_factor=10.0, final_div_factor=100.0)
    assert got[0] == pytest.approx(0.03)
    assert max(got) == got[4] == pytest.approx(0.3)
    assert got[19:] == pytest.approx([0.0003] * 16)


@pytest.mark.parametrize("sigma", [0.7, 2.0, 4.0])
def test_the_kernel_of_an_elastic_deformation_is_a_gaussian_that_keeps_the_variance(sigma):
    """SciPy's Gaussian filter has the same shape; white noise keeps variance 1 where the squares sum to 1."""
    ndimage = pytest.importorskip("scipy.ndimage")
    size = 41
    impulse = np.eye(size)[size // 2]
    shape = ndimage.gaussian_filter1d(impulse, sigma, mode="constant", truncate=size / sigma)
    kernel = _gaussian(size, sigma)
    np.testing.assert_allclose(kernel[size // 2], shape / np.linalg.norm(shape), atol=1e-6)
    np.testing.assert_allclose((kernel**2).sum(axis=1), 1, rtol=1e-5)


@pytest.mark.parametrize("size", [0, 1, STRIP - 1, STRIP, STRIP + 1, 3 * STRIP, 3 * STRIP + 5])
def test_a_function_in_strips_sees_every_element_once_and_never_more_than_a_strip_of_them(size):
    seen = []

    @in_strips
    def double(a, out):
        seen.append(out.size)
        out[...] = 2 * a

    a = np.arange(size, dtype=np.float32)
    out = np.full(size, -1, np.float32)
    double(a, out)
    np.testing.assert_array_equal(out, 2 * a)
    assert sum(seen) == size
    assert max(seen) <= STRIP
    assert len(seen) == max(1, math.ceil(size / STRIP))


def test_the_operations_of_a_step_are_those_of_its_matrix_products():
    """4-3-2 on 5 rows, a multiplication and an addition each: 12 + 6 forward, as many for ∂L/∂W, 6 back to h_1."""
    assert step_operations(Network((4, 3, 2)), 5) == 2 * 5 * ((12 + 6) + (12 + 6) + 6)


class Waiting:
    """A clock that goes on only where the trainer waits for a command, or the test says so."""

    def __init__(self, trainer: Trainer, monkeypatch) -> None:
        self.now = 100.0
        monkeypatch.setattr("dnn_tui.mlp.trainer.time.perf_counter", lambda: self.now)
        trainer.commands = self

    def empty(self) -> bool:
        return True

    def get(self, timeout: float) -> None:
        self.now += timeout
        raise queue.Empty


def test_a_paced_run_keeps_its_pace_and_makes_up_for_a_late_step_with_no_burst(make_blobs, monkeypatch):
    data = make_blobs()
    trainer = Trainer(Network((4, 3)), data, TrainingConfig(epochs=5, batch_size=16, pace=2.0))
    clock, at, seen = Waiting(trainer, monkeypatch), [], 0
    for _ in trainer.events():
        if trainer.step > seen:
            at += [clock.now] * (trainer.step - seen)
            seen = trainer.step
            clock.now += 10.0 if seen == 20 else 0.0
    at = np.array(at)
    assert len(at) == 50
    # half a second a step; one may come at once, at the beginning and after the delay, and no more than one
    for apart in range(1, 50):
        assert (at[apart:] - at[:-apart]).min() >= (apart - 1) * 0.5
    assert at[-1] - at[0] <= 10.0 + 48 * 0.5


@pytest.mark.parametrize("sizes", [(3, 0), (0, 3), (3, 0, 2), (4,), ()])
def test_a_network_needs_an_input_and_an_output_and_units_in_every_layer(sizes):
    with pytest.raises(ValueError, match="A network needs an input and an output size, each at least 1"):
        Network(sizes)
