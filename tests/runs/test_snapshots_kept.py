"""Which snapshots stay in memory, which are read again, and which is shown for one that cannot be read."""

import pytest

from dnn_tui.mlp.events import EventError, Snapshot
from dnn_tui.runs.log import Place
from dnn_tui.runs.snapshots import Snapshots


class Log:
    """Stands for a log: the snapshot of step s at byte 100 s; counts what is read."""

    def __init__(self, like: Snapshot) -> None:
        self.like, self.asked, self.broken = like, [], set()

    def at(self, step: int) -> Snapshot:
        return type(self.like)(**{**vars(self.like), "step": step})

    def read(self, place: Place) -> Snapshot:
        self.asked.append(place.offset // 100)
        if self.asked[-1] in self.broken:
            raise EventError("half a line")
        return self.at(self.asked[-1])


@pytest.fixture
def log(trainer) -> Log:
    return Log(next(event for event in trainer.events() if isinstance(event, Snapshot)))


@pytest.fixture
def six(log, monkeypatch) -> Snapshots:
    """Six snapshots, of steps 1 to 6, of which four may stay."""
    monkeypatch.setattr(Snapshots, "MOST_KEPT", 4)
    snapshots = Snapshots()
    snapshots.read = log.read
    for step in range(1, 7):
        snapshots.add(log.at(step), Place(100 * step, 50))
    return snapshots


def test_the_last_four_need_not_be_read_and_older_ones_must(six, log):
    assert [snapshot.step for snapshot in six[2:]] == [3, 4, 5, 6]
    assert log.asked == []
    assert [six[0].step, six[1].step, six[-1].step] == [1, 2, 6]
    assert log.asked == [1, 2]


def test_what_was_asked_for_last_stays_longest(six, log):
    assert [six[k].step for k in (2, 0, 2)] == [3, 1, 3]  # 1 came for 4, which had not been asked for
    assert log.asked == [1]
    assert six[3].step == 4
    assert log.asked == [1, 4]


def test_for_one_that_cannot_be_read_its_nearest_neighbour_is_shown(six, log):
    log.broken = {2}
    assert six[1].step == 3
    log.broken = {1, 2}
    empty = Snapshots()
    empty.read = log.read
    empty.add(log.at(1), Place(100, 50))
    empty._decoded.clear()
    with pytest.raises(IndexError):
        empty[0]


@pytest.mark.parametrize(("step", "index"), [(0, 0), (1, 0), (2, 1), (5, 4), (6, 5), (99, 5)])
def test_at_a_step_it_is_the_newest_taken_by_then(six, step, index):
    assert six.at_step(step) == index


@pytest.mark.parametrize(("step", "left"), [(0, 0), (1, 1), (3, 3), (6, 6), (9, 6)])
def test_a_resumed_run_forgets_what_came_after_its_checkpoint(six, step, left):
    six.truncate(step)
    assert len(six) == len(six.steps) == left


def test_without_a_log_every_second_of_the_older_half_goes(log, monkeypatch):
    monkeypatch.setattr(Snapshots, "MOST_KEPT", 8)
    snapshots = Snapshots()
    for step in range(1, 9):
        snapshots.add(log.at(step))
    assert snapshots.steps == [1, 2, 3, 4, 5, 6, 7, 8]
    snapshots.add(log.at(9))
    assert snapshots.steps == [1, 3, 5, 6, 7, 8, 9]
    assert [snapshot.step for snapshot in snapshots[:]] == snapshots.steps
