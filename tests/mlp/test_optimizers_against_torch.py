"""Every optimizer and schedule, 50 steps from one start, beside torch's own (float64, 1e-9)."""

import math

import numpy as np
import pytest

from dnn_tui.mlp import TrainingConfig
from dnn_tui.mlp.optimizers import BLOCK, make_optimizer
from dnn_tui.mlp.regularization import clip_gradient
from dnn_tui.mlp.schedules import Schedule

pytestmark = pytest.mark.slow
torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch==2.13.0")

CASES = [
    ("sgd", "SGD", {}, {}),
    ("sgd", "SGD", {"weight_decay": 0.1}, {"weight_decay": 0.1}),
    ("momentum", "SGD", {}, {"momentum": 0.9}),
    ("momentum", "SGD", {"momentum": 0.7, "dampening": 0.3}, {"momentum": 0.7, "dampening": 0.3}),
    ("nesterov", "SGD", {}, {"momentum": 0.9, "nesterov": True}),
    ("nesterov", "SGD", {"weight_decay": 0.05}, {"momentum": 0.9, "nesterov": True, "weight_decay": 0.05}),
    ("adagrad", "Adagrad", {}, {}),
    (
        "adagrad",
        "Adagrad",
        {"lr_decay": 0.1, "weight_decay": 0.1, "initial_accumulator_value": 0.5, "eps": 1e-6},
        {"lr_decay": 0.1, "weight_decay": 0.1, "initial_accumulator_value": 0.5, "eps": 1e-6},
    ),
    ("adadelta", "Adadelta", {}, {}),
    ("adadelta", "Adadelta", *[{"rho": 0.8, "eps": 1e-4, "weight_decay": 0.1}] * 2),
    ("rmsprop", "RMSprop", {}, {}),
    ("rmsprop", "RMSprop", {"alpha": 0.8, "eps": 1e-5}, {"alpha": 0.8, "eps": 1e-5}),
    ("rmsprop", "RMSprop", {"momentum": 0.5}, {"momentum": 0.5}),
    ("rmsprop", "RMSprop", {"centered": True, "momentum": 0.5}, {"centered": True, "momentum": 0.5}),
    ("adam", "Adam", {}, {}),
    ("adam", "Adam", {"amsgrad": True}, {"amsgrad": True}),
    ("adam", "Adam", {"beta1": 0.8, "beta2": 0.95, "eps": 1e-5}, {"betas": (0.8, 0.95), "eps": 1e-5}),
    ("adam", "Adam", {"weight_decay": 0.1}, {"weight_decay": 0.1}),
    ("adamw", "AdamW", {}, {}),
    ("adamw", "AdamW", {"weight_decay": 0.2, "amsgrad": True}, {"weight_decay": 0.2, "amsgrad": True}),
]  # fmt: skip


@pytest.mark.parametrize("n", [7, BLOCK + 5])
@pytest.mark.parametrize(("name", "theirs", "settings", "their_settings"), CASES)
def test_fifty_steps_are_those_of_torch(name, theirs, settings, their_settings, n):
    rng = np.random.default_rng(0)
    theta = rng.normal(size=n)
    parameter = torch.tensor(theta.copy(), requires_grad=True)
    other = getattr(torch.optim, theirs)([parameter], lr=0.05, **their_settings)
    ours = make_optimizer(name, n, theta.dtype, **settings)
    for _ in range(50):
        # of a noisy bowl: where ∇ shrinks to nothing, dividing by its size would make chaos of the last digit
        noise = rng.normal(size=n)
        ours.step(theta, 0.3 * theta + noise, 0.05)
        with torch.no_grad():
            parameter.grad = 0.3 * parameter + torch.tensor(noise)
        other.step()
    np.testing.assert_allclose(theta, parameter.detach().numpy(), rtol=1e-9, atol=1e-12)


STEPS_PER_EPOCH, EPOCHS = 5, 10
SCHEDULES = [
    ("constant", {}, "ConstantLR", {"factor": 1.0}, False),
    ("step", {"step_size": 3, "gamma": 0.5}, "StepLR", {"step_size": 3, "gamma": 0.5}, False),
    ("step", {}, "StepLR", {"step_size": 10, "gamma": 0.1}, False),
    ("exponential", {"gamma": 0.8}, "ExponentialLR", {"gamma": 0.8}, False),
    ("cosine", {"lr_min": 0.001}, "CosineAnnealingLR", {"T_max": 50, "eta_min": 0.001}, True),
    ("one_cycle", {}, "OneCycleLR", {"max_lr": 0.05, "total_steps": 50, "cycle_momentum": False}, True),
    (
        "one_cycle",
        {"pct_start": 0.1, "div_factor": 10, "final_div_factor": 100},
        "OneCycleLR",
        {
            "max_lr": 0.05,
            "total_steps": 50,
            "cycle_momentum": False,
            "pct_start": 0.1,
            "div_factor": 10,
            "final_div_factor": 100,
        },
        True,
    ),
]


@pytest.mark.parametrize(("name", "settings", "theirs", "their_settings", "by_step"), SCHEDULES)
def test_the_learning_rate_of_each_step_is_that_of_torch(name, settings, theirs, their_settings, by_step):
    ours = Schedule(TrainingConfig(lr=0.05, epochs=EPOCHS, schedule=name, **settings), STEPS_PER_EPOCH)
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=0.05)
    other = getattr(torch.optim.lr_scheduler, theirs)(optimizer, **their_settings)
    for step in range(STEPS_PER_EPOCH * EPOCHS):
        assert ours.lr(step) == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-9), step
        optimizer.step()
        if by_step or (step + 1) % STEPS_PER_EPOCH == 0:
            other.step()


def test_reduce_on_plateau_is_that_of_torch():
    settings = {"plateau_factor": 0.3, "plateau_patience": 2, "lr_min": 0.001}
    ours = Schedule(TrainingConfig(lr=0.05, schedule="reduce_on_plateau", **settings), STEPS_PER_EPOCH)
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=0.05)
    other = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.3, patience=2, min_lr=0.001)
    for epoch, loss in enumerate([3, 2, 2, 1.99995, 2.5, 2.5, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]):
        ours.epoch_ended(loss)
        other.step(loss)
        assert ours.lr(epoch * STEPS_PER_EPOCH) == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-9), epoch


def test_warm_up_is_torchs_linear_lr_and_then_the_schedule():
    ours = Schedule(TrainingConfig(lr=0.05, epochs=EPOCHS, warmup=1.6), STEPS_PER_EPOCH)
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=0.05)
    other = torch.optim.lr_scheduler.LinearLR(optimizer, start_factor=1 / 8, total_iters=7)
    for step in range(20):
        assert ours.lr(step) == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-9), step
        optimizer.step()
        other.step()


@pytest.mark.parametrize("longest", [0.5, 2.0, 1e6])
def test_clipping_is_torchs_clip_grad_norm(longest):
    gradient = np.random.default_rng(0).normal(size=50)
    tensor = torch.zeros(50, dtype=torch.float64, requires_grad=True)
    tensor.grad = torch.tensor(gradient)
    torch.nn.utils.clip_grad_norm_([tensor], longest)
    before = math.sqrt((gradient**2).sum())
    assert clip_gradient(gradient, longest) == pytest.approx(before, rel=1e-12)
    np.testing.assert_allclose(gradient, tensor.grad.numpy(), rtol=1e-12)
