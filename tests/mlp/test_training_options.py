"""Training with every option: seeds, resuming bit by bit, stopping early, schedules, augmentation, alerts."""

import numpy as np
import pytest
from everything import EVERYTHING, assert_advances_as_the_events_do, assert_goes_on_bit_for_bit, image_data

from dnn_tui.mlp import Command, Network, Trainer, TrainingConfig, TrainingError
from dnn_tui.mlp.augmentation import Augmenter, bilinear
from dnn_tui.mlp.events import Alert, CommandApplied, EpochEnded, Snapshot
from dnn_tui.mlp.initialization import INITIALIZATIONS
from dnn_tui.mlp.optimizers import OPTIMIZERS


def trainer(data, seed=3, **config):
    config = {"batch_size": 24, "epochs": 4, **config}
    network = Network((data.n_features, 10, 8, data.n_outputs), ("tanh", "relu"), seed=seed)
    return Trainer(network, data, TrainingConfig(seed=seed, **config))


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("schedule", ["one_cycle", "reduce_on_plateau"])
def test_a_run_with_everything_on_goes_on_bit_for_bit_from_its_state(make_blobs, optimizer, schedule):
    data = image_data(make_blobs)
    config = {"optimizer": optimizer, "schedule": schedule, "plateau_patience": 0, **EVERYTHING}
    assert_goes_on_bit_for_bit(lambda: trainer(data, **config))


def test_the_same_seed_gives_the_same_run_with_everything_on(make_blobs):
    data = image_data(make_blobs)
    runs = [trainer(data, **EVERYTHING) for _ in range(2)]
    for run in runs:
        list(run.events())
    assert runs[0].network.theta.tobytes() == runs[1].network.theta.tobytes()


def test_advancing_trains_as_the_events_do(make_blobs):
    data = image_data(make_blobs)
    assert_advances_as_the_events_do(lambda: trainer(data, **EVERYTHING | {"patience": 0}))


def test_early_stopping_goes_back_to_the_best_epoch(make_blobs):
    run = trainer(make_blobs(rows=60), epochs=200, lr=0.05, patience=4)
    thetas = {}
    events = []
    for event in run.events():
        events.append(event)
        if isinstance(event, EpochEnded):
            thetas[event.epoch] = run.network.theta.copy()
    ended, epochs = events[-1], [event for event in events if isinstance(event, EpochEnded)]
    best = min(epochs, key=lambda event: event.validation["loss"])
    assert ended.reason == "early_stopping"
    assert ended.best_epoch == best.epoch == epochs[-1].epoch - 4
    np.testing.assert_array_equal(run.network.theta, thetas[best.epoch])
    assert ended.metrics["validation"]["loss"] == pytest.approx(best.validation["loss"], rel=1e-6)


def test_max_norm_keeps_every_row_of_weights_short(make_blobs):
    run = trainer(make_blobs(), lr=0.1, max_norm=0.8, epochs=2)
    list(run.events())
    longest = max(np.linalg.norm(W, axis=1).max() for W in run.network.W[1:])
    assert longest == pytest.approx(0.8, rel=1e-5)


def test_a_learning_rate_set_by_hand_moves_the_whole_schedule(make_blobs):
    run = trainer(make_blobs(), schedule="exponential", gamma=0.5, lr=0.008, epochs=3)
    run.send(Command("set_lr", 0.002))
    rates = [event.lr for event in run.events() if isinstance(event, EpochEnded)]
    assert rates == pytest.approx([0.002, 0.001, 0.0005])


def test_l2_pulls_weights_to_zero_and_leaves_biases(make_blobs):
    data = make_blobs()
    free, held = trainer(data, epochs=20, lr=0.01), trainer(data, epochs=20, lr=0.01, l2=0.1)
    list(free.events())
    list(held.events())
    norms = [sum(float((W**2).sum()) for W in run.network.W[1:]) for run in (free, held)]
    assert norms[1] < 0.25 * norms[0]


def test_a_loss_that_grows_is_said_once(make_blobs):
    # one step at a time, so that every loss is a Progress of its own
    run = trainer(make_blobs(), optimizer="sgd", lr=30.0, epochs=3)
    run.send("pause")
    for _ in range(20):
        run.send("step")
    run.send("stop")
    alerts = [event for event in run.events() if isinstance(event, Alert) and event.kind == "diverging"]
    assert len(alerts) == 1
    assert "smaller learning rate than 30" in alerts[0].message


def test_a_dead_layer_is_named(make_blobs):
    run = trainer(make_blobs())
    run.network.b[2][...] = -1e6
    alerts = [event for event in run.events() if isinstance(event, Alert)]
    assert [(alert.kind, alert.layer) for alert in alerts] == [("dead_layer", 2)]


def test_the_update_ratio_is_that_of_the_epochs_last_step(make_blobs):
    run = trainer(make_blobs(), optimizer="sgd", lr=0.1, epochs=2)
    pictures = [event for event in run.events() if isinstance(event, Snapshot)]
    for i in (1, 2, 3):
        # with plain gradient descent ΔW = -η ∂L/∂W
        wanted = 0.1 * np.linalg.norm(run.network.dW[i]) / np.linalg.norm(run.network.W[i])
        assert pictures[-1].statistics[i - 1].update_ratio == pytest.approx(wanted, rel=2e-3)


def test_a_command_that_makes_no_sense_changes_nothing(make_blobs):
    run = trainer(make_blobs(), epochs=1)
    for command in (Command("set_lr", -1.0), Command("dance"), Command("set_lr", float("nan"))):
        run.send(command)
    events = list(run.events())
    assert not any(isinstance(event, CommandApplied) for event in events)


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        ({"loss": "binary_cross_entropy", "label_smoothing": 2}, "Label smoothing must be at least 0 and at most 1"),
        ({"loss": "half_error"}, "There is no loss 'half_error'"),
        ({"optimizer": "adam", "rho": 0.9}, "The optimizer adam has no rho; it takes amsgrad, beta1"),
        ({"schedule": "linear"}, "There is no schedule 'linear'"),
        ({"lr": 0.0}, "learning rate must be above 0"),
        ({"epochs": 0}, "at least one epoch"),
        ({"class_weights": (1.0, 2.0)}, "Class weights are 3 numbers"),
        ({"class_weights": (1.0, 1.0, 1.0), "balance_classes": True}, "not both"),
        ({"dropout": 1.0}, "Dropout must be at least 0 and below 1"),
        ({"l2": -0.1}, "L2 must be at least 0"),
        ({"augment_shift": 1.0}, "this data has none"),
        ({"beta2": 1.5}, "Beta2 must be at least 0 and below 1"),
        ({"pct_start": 1.0}, "Pct start must be above 0 and below 1"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_sentence(make_blobs, config, sentence):
    with pytest.raises(TrainingError, match=sentence):
        trainer(make_blobs(), **config)


def test_pairs_that_cannot_be_are_refused_with_the_reason(make_blobs):
    data, numbers = make_blobs(), make_blobs(task="regression")
    with pytest.raises(TrainingError, match="cross_entropy does not fit"):
        Trainer(Network((4, 3), (), "identity"), data, TrainingConfig())
    with pytest.raises(TrainingError, match="for classes, but the data asks for numbers"):
        Trainer(Network((4, 1), (), "sigmoid"), numbers, TrainingConfig(loss="binary_cross_entropy"))
    with pytest.raises(TrainingError, match="Softmax over a single output"):
        Trainer(Network((4, 1), (), "softmax"), numbers, TrainingConfig(loss="mse"))
    with pytest.raises(TrainingError, match="Layer 1 has the step activation"):
        Trainer(Network((4, 5, 3), "step"), data, TrainingConfig())


@pytest.mark.parametrize("loss", ["mse", "mae", "huber", "squared_error", "half_squared_error"])
def test_every_loss_of_numbers_learns_a_line(make_blobs, loss):
    data = make_blobs(rows=400, task="regression")
    run = Trainer(Network((4, 1), (), "identity"), data, TrainingConfig(loss=loss, lr=0.05, epochs=80))
    assert list(run.events())[-1].metrics["test"]["r2"] > 0.99


@pytest.mark.parametrize("kind", INITIALIZATIONS)
def test_initializations_are_what_their_names_say(kind):
    network = Network((300, 200, 10), "tanh", initialization=kind, initialization_scale=0.2, dtype=np.float64)
    W = network.W[1]
    deviation = {"zeros": 0, "constant": 0, "uniform": 0.2 / 3**0.5, "normal": 0.2, "xavier": (2 / 500) ** 0.5}
    deviation |= {"he": (2 / 300) ** 0.5, "orthogonal": (1 / 300) ** 0.5}
    assert W.std() == pytest.approx(deviation[kind], rel=0.02, abs=1e-12)
    assert ({"zeros": 0.0, "constant": 0.2}.get(kind, W) == W).all()
    if kind == "orthogonal":
        np.testing.assert_allclose(W @ W.T, np.eye(200), atol=1e-12)
    assert not network.b[1].any()


# ---- augmentation


def test_a_shift_by_a_whole_pixel_moves_the_image_and_fills_with_zeros():
    image = np.arange(12, dtype=np.float32).reshape(1, 3, 4, 1)
    rows, columns = np.meshgrid(np.arange(3.0), np.arange(4.0) - 1, indexing="ij")
    moved = bilinear(image, rows[None], columns[None])[0, :, :, 0]
    np.testing.assert_array_equal(moved, [[0, 0, 1, 2], [0, 4, 5, 6], [0, 8, 9, 10]])


def test_between_pixels_the_mean_of_the_four_is_taken():
    image = np.array([[0.0, 1.0], [2.0, 3.0]]).reshape(1, 2, 2, 1)
    at = bilinear(image, np.full((1, 2, 2), 0.25), np.full((1, 2, 2), 0.5))
    np.testing.assert_allclose(at, 1.0)  # .75 · ½(0 + 1) + .25 · ½(2 + 3)


def test_far_outside_the_image_is_zero():
    image = np.ones((1, 2, 2, 1))
    assert not bilinear(image, np.full((1, 2, 2), -7.0), np.full((1, 2, 2), 50.0)).any()


@pytest.mark.parametrize("shape", [(8, 9), (8, 9, 3)])
def test_augmentation_of_strength_zero_changes_nothing(shape):
    x = np.random.default_rng(0).random((5, int(np.prod(shape))), dtype=np.float32)
    same = Augmenter(TrainingConfig(), shape)(x, np.random.default_rng(1))
    np.testing.assert_allclose(same, x, atol=1e-5)


def test_half_a_turn_at_most_turns_images_both_ways():
    image = np.zeros((1, 21, 21), np.float32)
    image[0, 10, 11:] = 1  # a hand pointing to three o'clock
    turned = Augmenter(TrainingConfig(augment_rotate=45), (21, 21))(
        np.repeat(image.reshape(1, -1), 400, axis=0), np.random.default_rng(0)
    ).reshape(400, 21, 21)
    v, u = np.mgrid[-10:11, -10:11]
    mass = turned.sum(axis=(1, 2))
    angles = np.degrees(np.arctan2((turned * v).sum(axis=(1, 2)) / mass, (turned * u).sum(axis=(1, 2)) / mass))
    assert np.abs(angles).max() < 46
    assert abs(angles.mean()) < 5  # uniform in ±45: the deviation of the mean of 400 is 1.3
    assert angles.std() == pytest.approx(45 / 3**0.5, rel=0.1)


def test_elastic_displacement_has_the_strength_asked_for():
    augmenter = Augmenter(TrainingConfig(augment_elastic=1.5, augment_elastic_sigma=3), (28, 28))
    plain = Augmenter(TrainingConfig(), (28, 28))
    rows, columns = augmenter._sources(400, np.random.default_rng(0))
    still_rows, still_columns = plain._sources(400, np.random.default_rng(0))
    for bent, still in ((rows, still_rows), (columns, still_columns)):
        assert (bent - still).std() == pytest.approx(1.5, rel=0.05)


def test_images_are_new_each_epoch_and_the_same_for_one_seed(make_blobs):
    from dnn_tui.mlp.backprop import Workspace

    data = image_data(make_blobs)
    drawn = []
    for _ in range(2):
        run = trainer(data, augment_rotate=20.0, batch_size=160)
        batches, workspace = run.batches, Workspace(run.network, 160)
        shown = []
        for epoch in (1, 2):
            batches.begin_epoch(epoch)
            batches.order = np.arange(160)
            batches.fill(workspace)
            shown.append(workspace.h[0].copy())
        drawn.append(shown)
    np.testing.assert_array_equal(drawn[0], drawn[1])
    assert not np.array_equal(drawn[0][0], drawn[0][1])
