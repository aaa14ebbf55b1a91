"""Frozen layers: their parameters stay bit for bit, whatever would move them; the others learn as PyTorch's do."""

import numpy as np
import pytest
from playing import Driven, started, with_training

from dnn_tui.mlp import Trainer
from dnn_tui.mlp.optimizers import OPTIMIZERS

PULLS = {"l1": 0.01, "l2": 0.1, "max_norm": 0.2, "clip_norm": 0.5}


def layer(trainer: Trainer, i: int) -> list[np.ndarray]:
    """θ and the optimizer's vectors of a layer, as they are now."""
    part = trainer.network.part(i)
    vectors = [getattr(trainer.optimizer, name) for name in trainer.optimizer.vectors]
    return [vector[part].copy() for vector in (trainer.network.theta, *vectors)]


def pulled(optimizer: str, engine: str) -> dict[str, object]:
    decay = {} if optimizer == "adadelta" else {"weight_decay": 0.1}
    return {"optimizer": optimizer, "engine": engine, "lr": 0.1, **PULLS, **decay}


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_nothing_moves_a_frozen_layer_and_thawed_it_learns_again(optimizer):
    driven = Driven(started(with_training(**pulled(optimizer, "numpy")))).steps(5)
    driven.change("freeze layer=2")
    trainer = driven.trainer
    frozen, free = layer(trainer, 2), layer(trainer, 1)
    driven.steps(7)
    assert all(map(np.array_equal, frozen, layer(trainer, 2)))
    assert not np.array_equal(free[0], layer(trainer, 1)[0])
    driven.change("thaw")
    driven.steps(1)
    assert not np.array_equal(frozen[0], layer(trainer, 2)[0])


@pytest.mark.slow
@pytest.mark.usefixtures("compiled_once")
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_nothing_moves_a_frozen_layer_of_the_compiled_engine_which_agrees_with_numpys(optimizer):
    pytest.importorskip("numba", reason="Numba is not installed: pip install 'dnn-tui[fast]'")
    found = []
    for engine in ("numpy", "compiled"):
        trainer = started(with_training(frozen=(2,), **pulled(optimizer, engine)))
        before = layer(trainer, 2)
        assert trainer.engine.name == engine
        trainer.engine.threads = 2
        list(trainer.advance(20))
        assert all(map(np.array_equal, before, layer(trainer, 2)))
        found.append(trainer.network.theta)
    np.testing.assert_allclose(*found, rtol=2e-4, atol=2e-5)


@pytest.mark.slow
@pytest.mark.parametrize("optimizer", ["momentum", "adam"])
def test_the_layers_that_are_not_frozen_learn_as_in_torch(optimizer, torch):
    config = with_training(optimizer=optimizer, lr=0.05, frozen=(1,), clip_norm=0.3, batch_size=0, shuffle=False)
    trainer = started(config)
    linear = [torch.nn.Linear(W.shape[1], W.shape[0]) for W in trainer.network.W[1:]]
    for i, part in enumerate(linear, 1):
        part.weight.data = torch.tensor(trainer.network.W[i])
        part.bias.data = torch.tensor(trainer.network.b[i])
    linear[0].requires_grad_(False)
    network = torch.nn.Sequential(linear[0], torch.nn.Tanh(), linear[1], torch.nn.Tanh(), linear[2])
    learned = [parameter for parameter in network.parameters() if parameter.requires_grad]
    kinds = {"momentum": lambda p: torch.optim.SGD(p, 0.05, momentum=0.9), "adam": lambda p: torch.optim.Adam(p, 0.05)}
    theirs, train = kinds[optimizer](learned), trainer.data.train
    for _ in trainer.advance(30):
        theirs.zero_grad()
        torch.nn.functional.binary_cross_entropy_with_logits(
            network(torch.tensor(train.x))[:, 0], torch.tensor(train.y, dtype=torch.float32)
        ).backward()
        torch.nn.utils.clip_grad_norm_(learned, 0.3)
        theirs.step()
    for i, part in enumerate(linear, 1):
        np.testing.assert_allclose(trainer.network.W[i], part.weight.data.numpy(), rtol=1e-4, atol=2e-5)
