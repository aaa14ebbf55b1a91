"""What a change carries over, against what NumPy's slices say, and what goes on bit for bit."""

import numpy as np
import pytest
from playing import CIRCLE, Driven, started, values, with_training

from dnn_tui.mlp.events import CommandApplied, Progress, RunStarted


def test_a_change_that_changes_nothing_for_the_steps_leaves_every_bit():
    """An L2 penalty of 0 → .1 → 0, between two steps, is as if nothing had been."""
    plain, changed = Driven(started()).steps(37), Driven(started()).steps(20)
    changed.change("l2=0.1")
    changed.change("l2=0")
    changed.steps(17)
    for name, value in values(plain.trainer).items():
        assert np.array_equal(value, values(changed.trainer)[name]), name
    assert plain.trainer.state_dict()["streams"] == changed.trainer.state_dict()["streams"]
    assert plain.trainer.epochs_done == changed.trainer.epochs_done


def test_another_learning_rate_from_a_step_on_is_set_lr_at_that_step():
    by_command, by_change = Driven(started()).steps(11), Driven(started()).steps(11)
    by_command.trainer.set_lr(0.5)
    by_change.change("lr=0.5")
    assert np.array_equal(by_command.steps(20).trainer.network.theta, by_change.steps(20).trainer.network.theta)


@pytest.mark.parametrize("optimizer", ["momentum", "adam", "rmsprop", "adadelta", "adagrad"])
def test_units_that_remain_keep_weights_and_what_the_optimizer_knows(optimizer):
    driven = Driven(started(with_training(optimizer=optimizer))).steps(9)
    old = driven.trainer.network.copy()
    before = {name: array.copy() for name, array in driven.trainer.optimizer.state().items()}
    driven.change("hidden=6,2")
    new, optimizer = driven.trainer.network, driven.trainer.optimizer
    fresh = started(with_training(CIRCLE)).network  # of another shape: what is new is drawn anew, not copied
    assert new.sizes == (2, 6, 2, 1)
    assert np.array_equal(new.W[1][:4], old.W[1])
    assert np.array_equal(new.b[1], [*old.b[1], 0, 0])
    assert np.array_equal(new.W[2][:2, :4], old.W[2][:2])
    assert np.array_equal(new.W[3], old.W[3][:, :2])
    assert np.array_equal(new.b[3], old.b[3])
    assert (new.W[1][4:] != 0).all()
    assert not np.isin(new.W[1][4:], fresh.theta).all()
    assert optimizer.t[0] == before["t"][0] == 9
    for name in optimizer.vectors:
        W_old, W = (
            n._views(v, [w.shape for w in n.W[1:]])[0]
            for n, v in ((old, before[name]), (new, getattr(optimizer, name)))
        )
        assert np.array_equal(W[2][:2, :4], W_old[2][:2])
        assert (W[1][4:] == 0).all()


def test_a_layer_put_in_between_leaves_the_others_weights():
    driven = Driven(started()).steps(5)
    old = driven.trainer.network.copy()
    driven.change("insert layer=2 units=5 activation=relu")
    new = driven.trainer.network
    assert new.sizes == (2, 4, 5, 3, 1)
    assert [activation.name for activation in new.activations[:-1]] == ["tanh", "relu", "tanh"]
    assert np.array_equal(new.W[1], old.W[1])
    assert np.array_equal(new.b[3], old.b[2])  # its units go on, but what they listen to is new
    assert not np.isin(new.W[3], old.W[2]).any()
    assert np.array_equal(new.W[4], old.W[3])
    driven.change("remove layer=2")
    assert driven.trainer.network.sizes == (2, 4, 3, 1)
    assert np.array_equal(driven.trainer.network.W[1], old.W[1])


def test_what_a_change_took_away_undo_brings_back():
    driven = Driven(started()).steps(5)
    theta = driven.trainer.network.theta.copy()
    driven.change("remove layer=2")
    driven.change("", "undo")
    assert np.array_equal(driven.trainer.network.theta, theta)
    driven.change("", "redo")
    assert driven.trainer.network.sizes == (2, 4, 1)


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_the_very_unit_is_taken_out_and_undone_it_is_back_between_the_others(optimizer):
    driven = Driven(started(with_training(optimizer=optimizer))).steps(9)
    old = driven.trainer.network.copy()
    vectors = {name: array.copy() for name, array in driven.trainer.optimizer.state().items()}
    said = driven.change("remove layer=1 unit=1")
    new, others = driven.trainer.network, [0, 2, 3]
    assert new.sizes == (2, 3, 3, 1)
    assert np.array_equal(new.W[1], old.W[1][others])
    assert np.array_equal(new.b[1], old.b[1][others])
    assert np.array_equal(new.W[2], old.W[2][:, others])
    assert np.array_equal(new.W[3], old.W[3])
    assert next(e.change for e in said if isinstance(e, RunStarted)) == "4-3 → 3-3; without h₁,₂"
    for name in driven.trainer.optimizer.vectors:
        before = old._views(vectors[name], [W.shape for W in old.W[1:]])[0]
        after = new._views(getattr(driven.trainer.optimizer, name), [W.shape for W in new.W[1:]])[0]
        assert np.array_equal(after[2], before[2][:, others])
    driven.change("", "undo")
    assert np.array_equal(driven.trainer.network.theta, old.theta)


def test_units_taken_out_and_put_in_together_are_those_that_were_said():
    driven = Driven(started()).steps(9)
    old = driven.trainer.network.copy()
    driven.change("remove layer=1 unit=0; insert layer=1 units=2; units layer=2 units=5; remove layer=2 unit=1")
    new = driven.trainer.network
    assert new.sizes == (2, 2, 4, 3, 1)
    assert np.array_equal(new.b[2], [*old.b[1][[1, 3]], 0, 0])
    assert np.array_equal(new.W[3][:, :2], old.W[2][:, [1, 3]])
    driven.change("", "undo")
    assert np.array_equal(driven.trainer.network.theta, old.theta)


def test_weights_and_settings_of_one_change_are_taken_back_together():
    driven = Driven(started()).steps(5)
    old = driven.trainer.network.copy()
    driven.change("weight layer=1 row=0 column=1 value=0.5; bias layer=3 row=0 value=-2; lr=0.1; hidden=5,3")
    new = driven.trainer.network
    assert (new.W[1][0, 1], new.b[3][0], driven.trainer.lr) == (0.5, -2, 0.1)
    assert np.array_equal(new.W[2][:, :4], old.W[2])
    driven.change("", "undo")
    assert np.array_equal(driven.trainer.network.theta, old.theta)
    assert driven.trainer.lr == 0.02
    driven.change("", "redo")
    assert (driven.trainer.network.W[1][0, 1], driven.trainer.lr) == (0.5, 0.1)


def test_reset_is_the_start_that_a_new_run_has_and_undo_goes_back_to_before_it():
    new, driven = Driven(started()).steps(30), Driven(started()).steps(13)
    theta, t = driven.trainer.network.theta.copy(), driven.trainer.optimizer.t[0]
    driven.change("reset")
    driven.steps(30)
    assert np.array_equal(new.trainer.network.theta, driven.trainer.network.theta)
    assert (driven.trainer.step, driven.trainer.begun_step) == (43, 13)
    driven.change("", "undo")
    assert np.array_equal(driven.trainer.network.theta, theta)
    assert driven.trainer.optimizer.t[0] == t


def test_a_reset_follows_the_schedule_from_its_start():
    config = with_training(schedule="cosine", epochs=10)
    new, driven = Driven(started(config)).steps(20), Driven(started(config)).steps(33)
    driven.change("reset")
    driven.steps(20)
    assert driven.trainer.lr == new.trainer.lr
    assert np.array_equal(new.trainer.network.theta, driven.trainer.network.theta)


def test_a_weight_set_by_hand_is_that_weight_alone_and_undone_it_is_what_it_was():
    driven = Driven(started()).steps(4)
    theta = driven.trainer.network.theta.copy()
    driven.change("weight layer=2 row=1 column=3 value=-1.25; bias layer=3 row=0 value=.5")
    moved = np.flatnonzero(driven.trainer.network.theta != theta)
    assert moved.tolist() == [8 + 4 + 1 * 4 + 3, len(theta) - 1]
    assert driven.trainer.network.theta[moved].tolist() == [-1.25, 0.5]
    driven.change("", "undo")
    assert np.array_equal(driven.trainer.network.theta, theta)


def test_a_change_is_told_as_a_command_and_a_start_with_the_whole_configuration():
    driven = Driven(started()).steps(3)
    said = driven.change("activation=relu; lr=0.1")
    command, start = (next(e for e in said if isinstance(e, kind)) for kind in (CommandApplied, RunStarted))
    assert (command.command, command.value, command.by, command.step) == (
        "change", "activation=relu; lr=0.1", "the test", 3
    )  # fmt: skip
    assert (start.step, start.change) == (3, "tanh → relu; η 0.02 → 0.1")
    assert start.config["network"]["activations"] == ["relu", "relu"]
    assert start.network["activations"] == ["relu", "relu", "sigmoid"]
    assert said.index(command) < said.index(start)
    assert sum(len(e.losses) for e in driven.said if isinstance(e, Progress)) == 3  # none is told after the change


def test_an_input_keeps_its_weights_by_its_name_wherever_it_stands():
    driven = Driven(started()).steps(5)
    old = driven.trainer.network.copy()
    order = driven.trainer.state_dict()["order"].copy()
    driven.change("inputs=x2,x1^2,x1")
    new = driven.trainer.network
    assert np.array_equal(new.W[1][:, [2, 0]], old.W[1])
    assert np.array_equal(new.W[2], old.W[2])
    assert np.array_equal(driven.trainer.state_dict()["order"], order)  # the rows are the same things


def test_an_output_keeps_its_weights_by_the_name_of_its_class(tmp_path):
    def table(name, classes):
        rows = [f"{k / 7},{(k * 5) % 11},{classes[k % len(classes)]}" for k in range(60)]
        (tmp_path / name).write_text("\n".join(["a,b,kind", *rows]))
        return tmp_path / name

    driven = Driven(started()).steps(2)
    driven.change(f"data={table('one.csv', ['ash', 'beech', 'oak'])}; target=kind")
    driven.steps(5)
    assert driven.trainer.data.class_names == ("ash", "beech", "oak")
    old = driven.trainer.network.copy()
    driven.change(f"data={table('two.csv', ['beech', 'elm', 'oak', 'pine'])}; target=kind")
    new = driven.trainer.network
    assert driven.trainer.data.class_names == ("beech", "elm", "oak", "pine")
    assert np.array_equal(new.W[3][[0, 2]], old.W[3][[1, 2]])
    assert np.array_equal(new.b[3], [old.b[3][1], 0, old.b[3][2], 0])
    assert np.array_equal(new.W[1], old.W[1])  # inputs a and b are still there


def test_points_by_hand_are_rows_to_train_on_that_a_resumed_run_has_too():
    driven = Driven(started()).steps(5)
    rows = len(driven.trainer.data.train)
    driven.change("point x1=1.5 x2=-2 class=1; point x1=0 x2=0 class=0; unpoint x1=1.4 x2=-2.1")
    assert len(driven.trainer.data.train) == rows + 1
    assert driven.trainer.configuration["dataset"]["options"]["points"] == ["1.5:-2=1", "0:0=0", "1.4:-2.1=gone"]
    assert driven.trainer.data.train.x[-1].tolist() == [0, 0]
    assert driven.trainer.epoch == 1  # begun anew: its rows are others
    assert driven.trainer.batches.position == 0
    driven.change("", "undo")
    assert len(driven.trainer.data.train) == rows
