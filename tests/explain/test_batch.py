"""A batch, step by step: every number is PyTorch's, every NumPy line runs, and what is not asked for has no step."""

import json
import math

import numpy as np
import pytest

from dnn_tui import datasets
from dnn_tui.datasets.lessons import lesson_names, load_lesson
from dnn_tui.experiments.explaining.batch_subject import BatchSubject, batches_of
from dnn_tui.experiments.explaining.document import FORMATS, document
from dnn_tui.experiments.explaining.lessons import subject_of
from dnn_tui.experiments.explaining.subject import InspectError
from dnn_tui.experiments.explaining.targets import dataset_subject, trainer_subject
from dnn_tui.mlp import Network, Trainer, TrainingConfig
from dnn_tui.mlp.backprop import Workspace, backward, forward
from dnn_tui.mlp.dropout import Dropout
from dnn_tui.mlp.explain import find_step
from dnn_tui.mlp.explain.batch import Extras, explain_batch, run_batch, shares
from dnn_tui.mlp.losses import LOSSES
from dnn_tui.mlp.optimizers import OPTIMIZERS, make_optimizer
from dnn_tui.mlp.regularization import Regularizer, clip_gradient
from dnn_tui.tui.inspect.app import InspectApp

ALL = Extras(0.01, 0.1, 0.3, 0.9, 0.5, 0.2, 0.1, seed=3)
EXTRAS = [Extras(), Extras(l2=0.1), Extras(l1=0.02), Extras(clip_norm=0.2), Extras(dropout=0.5, seed=2), ALL]
ROWS = np.random.default_rng(0).normal(size=(5, 3))
TARGETS = np.eye(2)[[0, 1, 1, 0, 1]]


def network(hidden="tanh", output="softmax") -> Network:
    return Network((3, 4, 2), hidden, output, seed=1, dtype=np.float64)


def by_id(steps) -> dict:
    return {step.id: step.result.value for step in steps}


def of_torch(extras, p, net, weight, optimizer="SGD", lr=0.2):
    """The same step in PyTorch: masks are multiplied in, penalties are added to the loss, autograd does the rest."""
    torch = pytest.importorskip("torch")
    W = [torch.tensor(net.W[i], requires_grad=True) for i in (1, 2)]
    b = [torch.tensor(net.b[i], requires_grad=True) for i in (1, 2)]
    found, h = {}, torch.tensor(ROWS)
    y = torch.tensor(TARGETS) * (1 - extras.label_smoothing) + extras.label_smoothing / 2
    for i in (1, 2):
        below = h if p.mask[i - 1] is None else h * torch.tensor(p.mask[i - 1])
        found[f"F{i - 1} d"] = below.detach().numpy()
        a = below @ W[i - 1].T + b[i - 1]
        a.retain_grad()
        found[f"F{i} a"] = a
        h = torch.tanh(a) if i == 1 else a
    losses = -(y * torch.log_softmax(h, dim=1)).sum(dim=1)
    found["L r"], found["L"] = losses.detach().numpy(), float((torch.tensor(weight) * losses.detach()).sum())
    for r in range(len(ROWS)):  # a row's own gradient: its vote
        votes = torch.autograd.grad(losses[r], [*W, *b], retain_graph=True)
        found[f"vote {r}"] = np.concatenate([v.numpy().ravel() for v in votes])
    objective = (torch.tensor(weight) * losses).sum()
    grads = torch.autograd.grad(objective, [*W, *b], retain_graph=True)
    found |= {"B1 W": grads[0].numpy(), "B2 W": grads[1].numpy(), "B1 b": grads[2].numpy(), "B2 b": grads[3].numpy()}
    objective = objective + extras.l1 * sum(w.abs().sum() for w in W) + extras.l2 / 2 * sum((w**2).sum() for w in W)
    found["J"] = float(objective.detach())
    objective.backward()
    found["R1 last"], found["R2 last"] = W[0].grad.clone().numpy(), W[1].grad.clone().numpy()
    if extras.clip_norm:
        found["norm"] = float(torch.nn.utils.clip_grad_norm_([*W, *b], extras.clip_norm))
    getattr(torch.optim, optimizer)([*W, *b], lr=lr).step()
    found["W1"], found["W2"], found["b1"] = W[0].detach().numpy(), W[1].detach().numpy(), b[0].detach().numpy()
    return found


@pytest.mark.slow
@pytest.mark.parametrize("extras", EXTRAS, ids=lambda extras: "+".join(extras.used()) or "plain")
@pytest.mark.parametrize(("ours", "theirs"), [("sgd", "SGD"), ("adam", "Adam")])
def test_every_number_of_a_batch_is_pytorchs(extras, ours, theirs):
    net, weight = network(), np.full(5, 0.2)
    p = run_batch(net, ROWS, TARGETS, LOSSES["cross_entropy"], extras)
    steps = explain_batch(p, make_optimizer(ours, net.parameters, net.dtype), lr=0.2)
    torch, found = of_torch(extras, p, net, weight, theirs), by_id(steps)
    for name in ("F1 a", "F2 a"):
        np.testing.assert_allclose(found[name], torch[name].detach().numpy(), rtol=1e-10)
    for name in ("L r", "L", "B1 W", "B2 W", "B1 b", "B2 b"):
        np.testing.assert_allclose(found[name], torch[name], rtol=1e-9, atol=1e-14, err_msg=name)
    if extras.dropout:
        np.testing.assert_allclose(found["F1 d"], torch["F1 d"], rtol=1e-12)
    votes = np.array([torch[f"vote {r}"] for r in range(5)])
    mean = votes.mean(axis=0)
    np.testing.assert_allclose(found["S"], votes @ mean / (mean @ mean) / 5, rtol=1e-9)
    assert found["S"].sum() == pytest.approx(1)
    if extras.l1 or extras.l2:
        assert found["J"] == pytest.approx(torch["J"], rel=1e-12)
        last = [step for step in steps if step.phase == "R" and step.layer == 2][-1]
        np.testing.assert_allclose(last.result.value, torch["R2 last"], rtol=1e-9)
    if extras.clip_norm:
        factor = min(1.0, extras.clip_norm / (torch["norm"] + 1e-6))
        assert found["C"] == pytest.approx(factor, rel=1e-9)
        assert found["C"] < 1  # else nothing would be tested
    stepped = {f"U{i}": torch[f"W{i}"] - net.W[i] for i in (1, 2)}
    for name, moved in stepped.items():
        np.testing.assert_allclose(found[name], moved, rtol=1e-6, atol=1e-9, err_msg=name)
    if extras.max_norm:
        length = np.linalg.norm(torch["W1"], axis=1, keepdims=True)
        np.testing.assert_allclose(found["N1"], torch["W1"] * np.minimum(1, 0.9 / length), rtol=1e-6)


def test_a_batch_steps_as_the_training_engine_does_with_the_same_masks():
    net = network()
    p = run_batch(net, ROWS, TARGETS, LOSSES["cross_entropy"], ALL)
    engine = net.copy()
    workspace = Workspace(engine, 5, dropout=Dropout(2, 0.5, 0.2, seed=3))
    workspace.h[0][...], workspace.y[...] = ROWS, 0.9 * TARGETS + 0.05
    forward(engine, workspace)
    backward(engine, workspace, LOSSES["cross_entropy"])
    np.testing.assert_allclose(p.mean.grad, engine.grad, rtol=1e-10, atol=1e-14)
    Regularizer(engine, 0.01, 0.1).add_gradient()
    clip_gradient(engine.grad, 0.3)
    np.testing.assert_allclose(p.network.grad, engine.grad, rtol=1e-10, atol=1e-14)
    assert TrainingConfig(l1=0.01, l2=0.1, dropout=0.5).dropout == 0.5  # the settings' names are the training's own


def given(net, p, optimizer) -> dict:
    names = {"np": np, "math": math, "x": ROWS, "weight": p.weight, "lr": 0.2, "l1": p.extras.l1, "l2": p.extras.l2}
    names |= {"given" if p.extras.label_smoothing else "y": p.given, "smoothing": p.extras.label_smoothing}
    names |= {"clip_norm": p.extras.clip_norm, "max_norm": p.extras.max_norm}
    names |= {f"{k}{i}": getattr(net, k)[i].copy() for k in "Wb" for i in (1, 2)}
    return names | {f"random{i}": p.random[i] for i in (0, 1)} | {f"p{i}": p.rate[i] for i in (0, 1)}


PAIRS = [("softmax", "cross_entropy"), ("sigmoid", "binary_cross_entropy"), ("softmax", "squared_error")]
PAIRS += [("identity", loss) for loss in ("mse", "mae", "huber", "half_squared_error")] + [("sigmoid", "bce_mean")]


@pytest.mark.parametrize(("output", "loss"), PAIRS)
@pytest.mark.parametrize("extras", [Extras(), ALL], ids=["plain", "all"])
def test_each_steps_numpy_line_and_operands_give_its_result(output, loss, extras):
    net = network("gelu", output)
    p = run_batch(net, ROWS, TARGETS, LOSSES[loss], extras)
    names = given(net, p, None)
    for step in explain_batch(p, lr=0.2):
        exec(f"{step.numpy}\n{step.numpy_too}", names)  # our own text, in a test
        np.testing.assert_allclose(names[step.result.key], step.result.value, rtol=1e-9, atol=1e-14, err_msg=step.id)
        np.testing.assert_allclose(step.evaluate(), step.result.value, rtol=1e-9, atol=1e-14, err_msg=step.id)
        assert step.substituted((1, 1))


def test_a_plain_batch_has_no_step_for_what_it_does_not_do_and_a_single_row_keeps_its_7L_plus_3():
    p = run_batch(network(), ROWS, TARGETS, LOSSES["cross_entropy"])
    ids = [step.id for step in explain_batch(p)]
    forward_ids = ["F0", "F1 a", "F1 h", "F2 a", "F2 h", "L r", "L"]
    backward_ids = ["B0", "B2 a", "B2 W", "B2 b", "B2 h", "B1 a", "B1 W", "B1 b"]
    assert ids == [*forward_ids, *backward_ids, "S", "U1", "U2", "V"]
    assert len(subject_of(load_lesson("f5-softmax")).steps) == 7 * 2 + 3


@pytest.mark.slow
def test_rows_may_count_differently_in_the_mean():
    torch = pytest.importorskip("torch")
    weight = np.array([1.0, 2, 1, 1, 5])
    p = run_batch(network(), ROWS, TARGETS, LOSSES["cross_entropy"], weight=weight)
    found = of_torch(Extras(), p, network(), weight / 10)
    np.testing.assert_allclose(by_id(explain_batch(p))["B1 W"], found["B1 W"], rtol=1e-9, atol=1e-14)
    assert p.value == pytest.approx(found["L"], rel=1e-12)
    assert torch is not None


def test_a_row_that_pulls_against_the_mean_is_worse_off_after_a_small_step():
    p = run_batch(network(), ROWS, TARGETS, LOSSES["cross_entropy"])
    each = shares(p)
    after = p.network.copy()
    after.theta -= 1e-4 * p.mean.grad
    moved = run_batch(after, ROWS, TARGETS, LOSSES["cross_entropy"]).losses - p.losses
    assert (each < 0).any()
    np.testing.assert_array_equal(moved > 0, each < 0)


# ---- as a subject


def batch(name="f5-softmax", rows="3", **changes) -> BatchSubject:
    subject = batches_of(subject_of(load_lesson(name)), rows)
    for key, value in changes.items():
        subject.edit(key, value)
    return subject


SETTINGS = {"l1": "0.01", "l2": "0.1", "dropout": "0.5", "input_dropout": "0.2", "clip_norm": "0.1", "max_norm": "0.5"}


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_batchs_script_reproduces_it_with_every_optimizer_and_its_past(optimizer):
    subject = batch(optimizer=optimizer, label_smoothing="0.1", **SETTINGS)
    subject.apply(2)
    code = document(subject, "python")
    assert code.count("assert_allclose") == len(subject.steps)
    exec(compile(code, "script", "exec"), {})  # our own text, in a test


NETWORKS = [name for name in lesson_names() if load_lesson(name).kind == "network"]


@pytest.mark.parametrize("name", NETWORKS)
def test_every_lesson_with_a_network_can_be_taken_as_a_batch_of_all_its_rows(name):
    subject = batch(name, "all")
    exec(compile(document(subject, "python"), "script", "exec"), {})  # our own text, in a test
    single = subject_of(load_lesson(name))
    losses = []
    for k in range(len(single.rows)):
        single.choose(k)
        losses.append(single.run.value)
    assert subject.run.value == pytest.approx(np.mean(losses), rel=1e-12)


@pytest.mark.parametrize("form", FORMATS)
def test_a_batch_is_written_in_every_format(form):
    text = document(batch(**SETTINGS), form, z_a=True)
    assert "a batch of 3: rows 1 to 3" in text or form in ("json", "python", "ipynb")
    assert "B2 W" in text
    if form == "latex":
        assert not [character for character in text if ord(character) > 127]


def test_applying_lowers_the_mean_loss_and_undo_brings_the_weights_back():
    subject = batch()
    weights = subject.run.network.theta.copy()
    values = subject.apply(5)
    assert values == sorted(values, reverse=True)
    assert values[0] == pytest.approx(0.9444, abs=1e-4)  # the mean of 1.2716, .7661 and .7954 (LESSONS.md, F5)
    assert subject.undo()
    np.testing.assert_array_equal(subject.run.network.theta, weights)


def test_the_mean_gradient_with_penalties_and_masks_passes_the_check_by_central_differences():
    subject = batch(**SETTINGS)
    assert {row.verdict for row in subject.check()} == {"pass"}
    assert len(subject.check()) == 35


def test_a_batch_of_a_runs_rows_does_what_its_training_does():
    data = datasets.load("iris")
    config = TrainingConfig(dropout=0.25, l2=0.01, clip_norm=1.5, label_smoothing=0.1)
    trainer = Trainer(Network((4, 5, 3), seed=0), data, config)
    subject = batches_of(trainer_subject("a run", trainer), "4")
    assert subject.extras.used() == {"dropout": 0.25, "l2": 0.01, "clip_norm": 1.5, "label_smoothing": 0.1}
    ids = {step.id for step in subject.steps}
    assert {"F y", "F1 d", "J", "B1 d", "R1 2", "R2 2", "C"} <= ids
    assert not {"F0 d", "R1 1", "N1"} & ids


def test_a_frozen_layer_is_neither_pulled_nor_counted_nor_moved():
    settings = {"l2": 0.1, "clip_norm": 0.05, "max_norm": 0.4}
    config = TrainingConfig(optimizer="sgd", lr=0.5, frozen=(1,), **settings)
    trainer = Trainer(Network((4, 5, 3), "tanh", seed=1), datasets.load("iris"), config)
    single = trainer_subject("frozen", trainer, training=True)
    rows = batches_of(single, "8")
    p, frozen, learned = rows.run, find_step(rows.steps, "U1"), find_step(rows.steps, "U2")
    assert frozen.title == find_step(single.steps, "U1").title == "Layer 1 is frozen: its weights stay"
    assert not find_step(single.steps, "U1").result.value.any()
    assert not frozen.result.value.any()
    assert {"R2 2", "N2"} <= {step.id for step in rows.steps}
    assert not {"R1 2", "N1"} & {step.id for step in rows.steps}
    pulled = p.mean.dW[2] + 0.1 * p.network.W[2]
    length = math.hypot(np.linalg.norm(pulled), np.linalg.norm(p.mean.db[2]))  # of layer 2 alone
    assert length > 0.05
    np.testing.assert_allclose(learned.result.value, -0.5 * pulled * 0.05 / (length + 1e-6), rtol=1e-9)


def test_rows_count_in_a_batch_of_a_run_as_its_classes_do():
    data = datasets.load("iris")
    trainer = Trainer(Network((4, 5, 3), seed=0), data, TrainingConfig(class_weights=(1, 2, 4)))
    run = batches_of(trainer_subject("a run", trainer, training=True), "5").run
    each = np.array([1.0, 2, 4])[data.train.y[:5].astype(int)]
    np.testing.assert_allclose(run.weight, each / each.sum(), rtol=1e-6)
    assert run.value == pytest.approx(float((each * run.losses).sum() / each.sum()), rel=1e-6)


def test_a_batchs_lines_call_outputs_and_inputs_by_their_names():
    subject = batch("f3-rent", "3")
    assert subject.step_named("F2h").substituted((2, 0)).startswith("⟪rent⟫: ŷ_{1}^(3) = ")
    assert "⟪bedrooms⟫" in subject.step_named("B1W").substituted((0, 1))
    data = datasets.load("iris")
    subject = batches_of(dataset_subject(data, (4,)), "6")
    assert subject.step_named("B0").substituted((5, 2)).startswith("⟪virginica⟫: ∂ℓ/∂ŷ_{3}^(6)")
    assert subject.step_named("U2").substituted((1, 3)).startswith("⟪versicolor⟫: ")


def test_a_batch_of_data_is_of_the_rows_it_trains_on(command_line):
    words = ("explain", "iris", "--hidden", 3, "--format", "json", "--step", "F0")
    code, text, _ = command_line(*words, "--batch", 30)  # more than there are for validation
    assert code == 0
    given = np.array(json.loads(text)["steps"][0]["result"]["value"])
    np.testing.assert_allclose(given, datasets.load("iris").train.x[:30], rtol=1e-6)


def test_what_a_batch_did_to_the_network_stays_when_a_single_row_is_looked_at_again():
    subject = batch()
    subject.apply()
    single = subject.single()
    np.testing.assert_array_equal(single.network.theta, subject.base.network.theta)
    assert single.undo()
    np.testing.assert_array_equal(single.network.theta, subject_of(load_lesson("f5-softmax")).network.theta)


def test_a_rows_input_is_edited_by_row_and_place():
    subject = batch()
    subject.edit("x[2,3]", "1/2")
    assert subject.run.h[0][1, 2] == 0.5
    for key, says in (("x[9,1]", "3 rows"), ("x2", "write x"), ("dropout", "below 1"), ("y[1,9]", "3 numbers")):
        with pytest.raises(InspectError, match=says):
            subject.edit(key, "2")


@pytest.mark.parametrize(
    ("rows", "says"), [("0", "1 to 3 rows"), ("four", "no batch"), ("1,9", "samples 1 to 3"), ("9", "1 to 3 rows")]
)
def test_a_batch_that_cannot_be_is_refused_in_one_sentence(rows, says):
    with pytest.raises(InspectError, match=says):
        batch(rows=rows)


def test_the_command_takes_rows_and_settings(command_line):
    words = ("explain", "f5", "--batch", "1,3", "--set", "l2=0.1", "--step", "J")
    code, text, _ = command_line(*words)
    assert code == 0
    assert "a batch of 2: rows 1, 3" in text
    assert "½·0.1·" in text
    code, _, said = command_line("explain", "c1", "--batch", "2")
    assert code != 0
    assert "this is a graph" in said


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_b_makes_a_batch_of_the_lessons_rows_and_shows_their_votes(size):
    app = InspectApp(subject_of(load_lesson("f5-softmax")))
    async with app.run_test(size=size) as pilot:
        await pilot.press("b", "enter")
        await pilot.pause()
        assert isinstance(app.screen.subject, BatchSubject)
        picture = str(app.screen.query_one("#diagram")._grid)
        assert "s2 (class 3)" in picture  # what there is to say before any loss is known
        assert "1.272" not in picture
        app.screen._answered_goto("B2 W")
        await pilot.pause()
        picture = "\n".join(app.screen.query_one("#diagram")._grid.lines())
        for vote in ("0.1043", "0.1767", "0.1745"):  # δ_21·h_11 of the three samples, by hand from LESSONS.md's F5
            assert vote in picture
        assert find_step(app.screen.subject.steps, "B2W").result.value[0, 0] == pytest.approx(0.1518, abs=1e-4)
        await pilot.press("a", "b")
        await pilot.pause()
        assert not isinstance(app.screen.subject, BatchSubject)
        assert app.screen.subject.undo()
