"""The compiled engine beside NumPy's: the same rows, the same masks, the same numbers; and what it will not train."""

import threading
from dataclasses import replace

import naive
import numpy as np
import pytest
from central_differences import central_differences, relative_error
from everything import EVERYTHING, assert_advances_as_the_events_do, assert_goes_on_bit_for_bit, image_data
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_info, threadpool_limits

from dnn_tui.mlp import Network, Trainer, TrainingConfig, TrainingError, compiled
from dnn_tui.mlp.backprop import Workspace, forward_loss
from dnn_tui.mlp.compiled import ACTIVATIONS, PAIRS
from dnn_tui.mlp.events import Alert
from dnn_tui.mlp.steps import LONG, NumpySteps
from dnn_tui.mlp.threads import choose_threads, on_threads, rehearsal

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("compiled_once")]

pytest.importorskip("numba", reason="Numba is not installed: pip install 'dnn-tui[fast]'")
runner = pytest.importorskip(
    "dnn_tui.mlp.compiled.runner", reason="SciPy is not installed: pip install 'dnn-tui[fast]'"
)


def trainer(data, engine, hidden=(10, 8), activations="relu", output=None, dtype=np.float64, threads=1, **config):
    output = output or {"classes": "softmax", "binary": "sigmoid", "regression": "identity"}[data.task]
    network = Network((data.n_features, *hidden, data.n_outputs), activations, output, seed=3, dtype=dtype)
    made = Trainer(network, data, TrainingConfig(**{"batch_size": 24, "epochs": 4, "engine": engine} | config))
    made.engine.threads = threads
    return made


def both(data, steps=40, threads=1, **options):
    """The losses and weights of the two engines after so many steps."""
    found = []
    for engine in ("numpy", "compiled"):
        made = trainer(data, engine, threads=threads, **options)
        assert made.config.engine == made.engine.name == engine
        found.append((list(made.advance(steps)), made.network.theta))
    return found


def assert_same(numpy, jitted, digits=1e-10):
    np.testing.assert_allclose(jitted[0], numpy[0], rtol=digits, atol=digits)
    np.testing.assert_allclose(jitted[1], numpy[1], rtol=digits, atol=digits)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize(("output", "loss"), PAIRS)
def test_every_activation_and_pair_trains_as_numpy_does(make_blobs, output, loss, activation):
    task = {"identity": "regression", "sigmoid": "binary", "softmax": "classes"}[output]
    data = make_blobs(task=task, classes=2 if task == "binary" else 3)
    assert_same(*both(data, activations=activation, output=output, loss=loss, threads=2))


SETTINGS = [
    {"optimizer": "sgd"},
    {"optimizer": "sgd", "weight_decay": 0.1},
    {"optimizer": "momentum"},
    {"optimizer": "momentum", "momentum": 0.7, "dampening": 0.3},
    {"optimizer": "nesterov", "weight_decay": 0.05},
    {"optimizer": "adagrad", "lr_decay": 0.1, "weight_decay": 0.1, "initial_accumulator_value": 0.5},
    {"optimizer": "adadelta"},
    {"optimizer": "adadelta", "rho": 0.8, "eps": 1e-4, "weight_decay": 0.1},
    {"optimizer": "rmsprop", "eps": 1e-4},
    {"optimizer": "rmsprop", "eps": 1e-4, "momentum": 0.5},
    {"optimizer": "rmsprop", "eps": 1e-4, "centered": True},
    {"optimizer": "rmsprop", "eps": 1e-4, "centered": True, "momentum": 0.5, "weight_decay": 0.1},
    {"optimizer": "adam", "eps": 1e-4},
    {"optimizer": "adam", "eps": 1e-4, "amsgrad": True},
    {"optimizer": "adam", "eps": 1e-4, "weight_decay": 0.1, "beta1": 0.8, "beta2": 0.95},
    {"optimizer": "adamw", "eps": 1e-4, "weight_decay": 0.2},
    {"optimizer": "adamw", "eps": 1e-4, "weight_decay": 0.2, "amsgrad": True},
]


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("chosen", SETTINGS, ids=lambda chosen: " ".join(map(str, chosen.values())))
def test_fifty_steps_of_every_optimizer_are_those_of_numpy(make_blobs, chosen, threads):
    # tanh: near a kink a difference in the last digit would become one in the first
    found = both(make_blobs(), 50, threads, activations="tanh", lr=0.01, schedule="one_cycle", **chosen)
    assert_same(*found, digits=1e-9)


@pytest.mark.parametrize("batch_size", [1, 2, 24, 0])  # 2: fewer rows than threads; 0: all at once
def test_any_batch_size_and_the_short_last_batch(make_blobs, batch_size):
    data = make_blobs(rows=200)  # 133 to train: 24 does not divide it
    assert_same(*both(data, 40, threads=3, batch_size=batch_size, activations="tanh"))


@pytest.mark.parametrize("hidden", [(), (1,), (2, 40, 3)])
def test_any_depth(make_blobs, hidden):
    assert_same(*both(make_blobs(), hidden=hidden, activations="tanh", threads=4))


@pytest.mark.parametrize("left_out", [None, *EVERYTHING])
def test_with_everything_on_the_masks_and_the_images_are_the_same_too(make_blobs, left_out):
    data = image_data(make_blobs)
    chosen = {name: value for name, value in EVERYTHING.items() if name != left_out}
    assert_same(*both(data, 30, threads=2, activations=("tanh", "sigmoid"), **chosen), digits=1e-9)


def test_in_float32_the_engines_agree_but_for_rounding(make_blobs):
    assert_same(*both(make_blobs(), activations="tanh", dtype=np.float32, optimizer="momentum"), digits=2e-5)


@pytest.mark.parametrize("threads", [1, 2])
def test_how_many_steps_a_call_makes_changes_no_bit(make_blobs, threads, monkeypatch):
    data = image_data(make_blobs)
    thetas = set()
    for ahead in (1, 3, 1000):
        monkeypatch.setattr(runner.CompiledSteps, "steps_ahead", lambda self, ahead=ahead: ahead)
        found = assert_advances_as_the_events_do(
            lambda: trainer(data, "compiled", threads=threads, dtype=np.float32, **EVERYTHING | {"patience": 0})
        )
        thetas.add((tuple(found[0]), found[1]))
    assert len(thetas) == 1


def test_a_run_goes_on_bit_for_bit_from_its_state(make_blobs):
    data = image_data(make_blobs)
    assert_goes_on_bit_for_bit(lambda: trainer(data, "compiled", threads=2, **EVERYTHING))


# ---- beside what knows nothing of either engine


class Rows:
    """Some rows as a data set of which every step takes all."""

    name, task, feature_names, target_names, target_scale, target_unit, image_shape = (
        "rows",
        "classes",
        (),
        (),
        (),
        "",
        None,
    )

    def __init__(self, x, labels, classes):
        self.x, self.y, self.n_outputs = x, labels, classes
        self.train = self.validation = self.test = self
        self.class_names = tuple(map(str, range(classes)))

    def __len__(self):
        return len(self.x)


@st.composite
def problems(draw, hidden=ACTIVATIONS):
    sizes = draw(st.lists(st.integers(1, 7), min_size=2, max_size=5))
    sizes[-1] = max(2, sizes[-1])
    seed = draw(st.integers(0, 2**16))
    names = [draw(st.sampled_from(hidden)) for _ in sizes[2:]]
    network = Network(sizes, names, "softmax", seed=seed, dtype=np.float64)
    rng = np.random.default_rng(seed)
    network.theta += rng.normal(0, 0.2, network.parameters)
    rows = draw(st.integers(1, 6))
    return network, Rows(rng.normal(size=(rows, sizes[0])), rng.integers(0, sizes[-1], rows), sizes[-1])


def one_step(network, data, threads):
    """The loss and the gradient of a compiled step; θ is left as it was."""
    theta = network.theta.copy()
    made = Trainer(network, data, TrainingConfig(optimizer="sgd", batch_size=0, engine="compiled"))
    made.engine.threads = threads
    (loss,) = made.advance(1)
    network.theta[:] = theta
    return loss


@settings(max_examples=60, deadline=None)
@given(problems(), st.integers(1, 4))
def test_it_equals_the_naive_statement(problem, threads):
    network, data = problem
    names = [activation.name for activation in network.activations]
    y = np.eye(data.n_outputs)[data.y]
    wanted, dW, db = naive.loss_and_gradients(network.W[1:], network.b[1:], names, "cross_entropy", data.x, y)
    assert one_step(network, data, threads) == pytest.approx(wanted, rel=1e-12)
    for i in range(1, network.layers + 1):
        np.testing.assert_allclose(network.dW[i], dW[i - 1], rtol=1e-11, atol=1e-13)
        np.testing.assert_allclose(network.db[i], db[i - 1], rtol=1e-11, atol=1e-13)


@settings(max_examples=40, deadline=None)
@given(problems(("identity", "sigmoid", "tanh")), st.integers(1, 4))
def test_its_gradient_is_the_central_difference(problem, threads):
    network, data = problem
    workspace = Workspace(network, len(data))
    workspace.h[0][...], workspace.y[...] = data.x, np.eye(data.n_outputs)[data.y]
    loss = Trainer(network, data, TrainingConfig(batch_size=0)).loss
    numerical = central_differences(lambda: forward_loss(network, workspace, loss), network.theta)
    one_step(network, data, threads)
    assert relative_error(network.grad, numerical) < 1e-6


@pytest.mark.parametrize("scale", [1e-4, 1.0, 1e4])
@pytest.mark.parametrize(("output", "loss"), [("sigmoid", "binary_cross_entropy"), ("softmax", "cross_entropy")])
def test_losses_of_certain_answers_keep_their_digits(make_blobs, output, loss, scale):
    data = make_blobs(task="binary" if output == "sigmoid" else "classes", classes=2)
    data = replace(data, train=replace(data.train, x=data.train.x * np.float32(scale)))
    found = both(data, 1, hidden=(), output=output, loss=loss)
    assert np.isfinite(found[0][0]).all()
    assert_same(*found, digits=1e-12)


# ---- trouble, and what it is not for


def test_a_loss_that_is_no_number_changes_no_weight_and_names_the_layer(make_blobs):
    explosive = {"activations": "identity", "optimizer": "sgd", "lr": 1e30}
    made = trainer(make_blobs(), "compiled", threads=2, **explosive)
    events = list(made.events())
    assert events[-1].reason == "diverged"
    alert = next(event for event in events if isinstance(event, Alert) and event.kind == "nonfinite_loss")
    plain = trainer(make_blobs(), "numpy", **explosive)
    other = next(event for event in plain.events() if isinstance(event, Alert) and event.kind == "nonfinite_loss")
    assert (alert.step, alert.layer) == (other.step, other.layer)
    assert made.optimizer.t[0] == plain.optimizer.t[0] == made.step - 1
    before = made.network.theta.copy()
    assert not np.isfinite(next(made.advance(1)))
    np.testing.assert_array_equal(made.network.theta, before)


def test_what_it_does_not_know_it_refuses_and_auto_leaves_to_numpy(make_blobs):
    data = make_blobs()
    with pytest.raises(TrainingError, match="not gelu"):
        trainer(data, "compiled", activations="gelu")
    with pytest.raises(TrainingError, match="the loss mae after a softmax output"):
        trainer(data, "compiled", loss="mae")
    assert trainer(data, "auto", activations="gelu", epochs=10**6).config.engine == "numpy"


def test_auto_takes_it_for_long_runs(make_blobs):
    data = make_blobs()
    assert trainer(data, "auto", epochs=1).config.engine == "numpy"
    assert trainer(data, "auto", epochs=10**6).config.engine == "compiled"
    assert 0 < LONG < 60


def test_without_numba_numpy_trains_and_asking_says_what_to_install(make_blobs, monkeypatch):
    monkeypatch.setattr(compiled, "find_spec", lambda name: None)
    assert isinstance(trainer(make_blobs(), "auto", epochs=10**6).engine, NumpySteps)
    with pytest.raises(TrainingError, match=r"pip install 'dnn-tui\[fast\]'"):
        trainer(make_blobs(), "compiled")


def test_without_a_team_of_threads_it_keeps_to_one(make_blobs, monkeypatch):
    monkeypatch.setattr(runner, "PARALLEL", "")
    made = trainer(make_blobs(), "compiled", threads=4)
    assert made.engine.threads == 1
    assert len(list(made.advance(3))) == 3


def test_the_calibration_chooses_threads_and_leaves_the_training_alone(make_blobs):
    made, untouched = (trainer(make_blobs(), "compiled", dropout=0.2) for _ in range(2))
    assert 1 <= choose_threads(made) <= 4
    assert made.network.theta.tobytes() == untouched.network.theta.tobytes()
    assert list(made.advance(20)) == list(untouched.advance(20))


def blas_threads() -> set[int]:
    return {info["num_threads"] for info in threadpool_info() if info["user_api"] == "blas"}


def test_the_matrix_library_gets_its_threads_back(make_blobs):
    made = trainer(make_blobs(), "compiled")
    with threadpool_limits(2, user_api="blas"):
        list(made.advance(3))
        assert blas_threads() == {2}
        with on_threads(made, 2):
            assert blas_threads() == {1}
        assert blas_threads() == {2}


def test_the_matrix_library_keeps_to_one_thread_in_another_thread_of_the_program_too(make_blobs):
    """As in the app: calibrated in the main thread, trained in another; else each of its threads would get several."""
    made, seen = trainer(make_blobs(), "compiled"), []
    rehearsal(made)(1)

    def train():
        with on_threads(made, 2):
            seen.append(blas_threads())

    thread = threading.Thread(target=train)
    thread.start()
    thread.join()
    assert seen == [{1}]
