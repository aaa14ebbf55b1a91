"""A viewer reads a long log the short way; what it knows afterwards is the same."""

from dataclasses import replace

import numpy as np
import pytest

from dnn_tui.mlp.events import EpochEnded, Progress, RunStarted, Sample, Snapshot
from dnn_tui.runs.config import DatasetConfig, RunConfig
from dnn_tui.runs.folder import create_run
from dnn_tui.runs.log import LogTail, StoredSnapshot, encode, read_place
from dnn_tui.runs.recorder import recorded
from dnn_tui.runs.snapshots import Snapshots
from dnn_tui.runs.state import RunState

LINES, LOSSES_A_LINE = 3_000, 3


@pytest.fixture
def long_log(trainer, tmp_path):
    """Many lines of Progress with epochs and snapshots among them, a NaN, a bad line and a lost one."""
    events = list(trainer.events())
    epoch = next(event for event in events if isinstance(event, EpochEnded))
    snapshot = next(event for event in events if isinstance(event, Snapshot))
    rng = np.random.default_rng(0)
    path = tmp_path / "events.jsonl"
    with path.open("w", encoding="utf-8") as file:
        file.write(encode(events[0]) + "\n")
        for k in range(1, LINES + 1):
            step = k * LOSSES_A_LINE
            losses = rng.normal(size=LOSSES_A_LINE).astype(np.float32)
            if k == 700:
                losses[1] = np.nan
            line = encode(Progress(float(k), step, 1 + k // 100, k / 2, tuple(losses.tolist()), 1e-05, 1234.5))
            if k == 900:
                line = line[:40]
            file.write(line + "\n")
            if k % 10 == 0:
                file.write(encode(replace(snapshot, step=step)) + "\n")
            if k % 100 == 0:
                file.write(encode(replace(epoch, step=step, epoch=k // 100)) + "\n")
    return path


def state_of(path, lazy: bool) -> tuple[RunState, LogTail, int]:
    state, tail, count = RunState(), LogTail(path, lazy), 0
    state.snapshots.read = lambda place: read_place(path, place)
    for event in tail.read_all():
        state.apply(event)
        count += 1
    return state, tail, count


def test_the_state_is_the_same_whichever_way_it_was_read(long_log):
    slow, slow_tail, slow_count = state_of(long_log, lazy=False)
    fast, fast_tail, fast_count = state_of(long_log, lazy=True)
    assert fast_count < slow_count / 3
    assert slow_tail.bad_lines == fast_tail.bad_lines == 1
    assert fast.loss.count == slow.loss.count == LINES * LOSSES_A_LINE
    assert fast.loss.nonfinite == slow.loss.nonfinite == [700 * LOSSES_A_LINE - 2]
    everything = (0, fast.loss.count, fast.loss.count)
    np.testing.assert_array_equal(fast.loss.columns(*everything), slow.loss.columns(*everything))
    lost = slice(899 * LOSSES_A_LINE, 900 * LOSSES_A_LINE)
    assert np.isnan(fast.loss.columns(*everything)[0][lost]).all()
    assert fast.epochs == slow.epochs
    assert (fast.step, fast.epoch, fast.elapsed, fast.lr) == (slow.step, slow.epoch, slow.elapsed, slow.lr)
    assert fast.snapshots.steps == list(range(30, LINES * LOSSES_A_LINE + 1, 30))
    assert [fast.snapshots[k] for k in (0, 150, -1)] == [slow.snapshots.read(p) for p in places(fast, (0, 150, -1))]


def places(state: RunState, indices) -> list:
    return [state.snapshots._items[k].place for k in indices]


def test_a_snapshot_is_found_by_step_and_a_broken_one_shows_its_neighbour(long_log):
    state, _, _ = state_of(long_log, lazy=True)
    snapshots = state.snapshots
    assert snapshots[snapshots.at_step(64)].step == 60
    assert snapshots.at_step(1) == 0
    broken = snapshots._items[100].place
    with long_log.open("r+b") as file:
        file.seek(broken.offset + 20)
        file.write(b"#" * 20)
    assert snapshots[100].step == 60  # the one that was decoded, rather than none


def test_memory_for_snapshots_is_bounded(trainer):
    snapshot = next(event for event in trainer.events() if isinstance(event, Snapshot))
    without_log = Snapshots()
    for step in range(2_000):
        without_log.add(replace(snapshot, step=step))
    assert len(without_log) <= Snapshots.MOST_KEPT
    assert without_log.steps[0] == 0
    assert without_log[-1].step == 1_999
    assert without_log.steps == sorted(set(without_log.steps))


def test_memory_for_the_mistakes_of_many_epochs_is_bounded(trainer):
    epoch = next(event for event in trainer.events() if isinstance(event, EpochEnded))
    sample = Sample(1, 1.0, 2.0)
    state = RunState()
    for number in range(1, 10_001):
        state.apply(replace(epoch, epoch=number, step=number, mistakes=(sample,)))
    with_pictures = [e.epoch for e in state.epochs if e.mistakes]
    assert len(state.epochs) == 10_000
    assert len(with_pictures) < 1_200
    assert with_pictures[-256:] == list(range(9_745, 10_001))
    assert max(np.diff(with_pictures)) < 100


def test_a_run_trained_here_reads_its_snapshots_from_its_log(trainer, tmp_path):
    folder = create_run(RunConfig(DatasetConfig("blobs")), tmp_path)
    taken = [event for event in recorded(trainer, folder) if isinstance(event, Snapshot)]
    state, tail = RunState(), LogTail(folder.events_file, lazy=True)
    state.snapshots.read = lambda place: read_place(folder.events_file, place)
    events = list(tail.read_all())
    assert sum(isinstance(event, StoredSnapshot) for event in events) == len(taken)
    for event in events:
        state.apply(event)
    assert [snapshot.step for snapshot in state.snapshots] == [snapshot.step for snapshot in taken]
    assert isinstance(events[0], RunStarted)
