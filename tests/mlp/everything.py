"""A training with every option on, and what must hold of it whichever engine makes its steps."""

import copy
from collections.abc import Callable
from dataclasses import replace

from dnn_tui.mlp import Trainer
from dnn_tui.mlp.events import Progress

IMAGE = (4, 5)
EVERYTHING = {
    "dropout": 0.2,
    "input_dropout": 0.1,
    "l1": 1e-4,
    "l2": 1e-3,
    "max_norm": 2.0,
    "clip_norm": 1.0,
    "label_smoothing": 0.1,
    "balance_classes": True,
    "warmup": 0.5,
    "patience": 3,
    "augment_shift": 1.0,
    "augment_rotate": 10.0,
    "augment_elastic": 0.5,
}


def image_data(make_blobs, **options):
    return replace(make_blobs(features=20, **options), image_shape=IMAGE)


def losses_of(trainer: Trainer) -> list[float]:
    """Train to the end: the loss of every step."""
    return [loss for event in trainer.events() if isinstance(event, Progress) for loss in event.losses]


def assert_goes_on_bit_for_bit(make: Callable[[], Trainer]) -> None:
    """From its state at some moments of a run, a trainer made anew ends as the run that never stopped."""
    straight, states, curve = make(), [], []
    for event in straight.events():
        if isinstance(event, Progress):
            curve += event.losses
            states.append((straight.step, copy.deepcopy(straight.state_dict())))
    assert len(states) >= 4
    for step, state in (states[0], states[len(states) // 2], states[-1]):
        resumed = make()
        resumed.load_state_dict(state)
        assert losses_of(resumed) == curve[step:]
        assert resumed.network.theta.tobytes() == straight.network.theta.tobytes()


def assert_advances_as_the_events_do(make: Callable[[], Trainer]) -> tuple[list[float], bytes]:
    """`advance` gives the losses and weights that `events` does; returns both. Without early stopping."""
    told, quiet = make(), make()
    losses = losses_of(told)
    assert list(quiet.advance(len(losses))) == losses
    assert quiet.network.theta.tobytes() == told.network.theta.tobytes()
    return losses, told.network.theta.tobytes()
