"""A run on disk: what is written can be read again, whole or in part, also while it is being written."""

import json
import stat

import numpy as np
import pytest

from dnn_tui.mlp import Command, TrainingConfig
from dnn_tui.mlp.events import EpochEnded, RunEnded, RunStarted, from_json, to_json
from dnn_tui.runs.checkpoint import load_checkpoint, load_network
from dnn_tui.runs.config import DatasetConfig, NetworkConfig, RunConfig, RunError
from dnn_tui.runs.folder import create_run, find_run, list_runs
from dnn_tui.runs.log import LogTail, LogWriter, encode, read_log
from dnn_tui.runs.recorder import recorded
from dnn_tui.runs.state import RunState

CONFIG = RunConfig(
    DatasetConfig("spiral", 0.2, None, {"noise": 0.1}),
    NetworkConfig((8, 4), ("tanh", "relu")),
    TrainingConfig(lr=0.02, epochs=7, seed=3),
    threads=2,
)


def test_every_event_reads_back_as_it_was_written(trainer):
    for event in trainer.events():
        assert from_json(json.loads(encode(event))) == from_json(to_json(event))
        assert type(from_json(to_json(event))) is type(event)


def test_a_run_config_survives_its_toml(tmp_path):
    folder = create_run(CONFIG, tmp_path)
    assert folder.config() == CONFIG


def test_run_folders_are_for_their_owner_only(tmp_path):
    folder = create_run(CONFIG, tmp_path / "runs")
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700


def test_two_runs_of_the_same_second_get_two_folders(tmp_path):
    assert len({create_run(CONFIG, tmp_path).path for _ in range(3)}) == 3


def test_runs_are_found_by_part_of_their_name_and_newest_first(tmp_path):
    first = create_run(CONFIG, tmp_path, "first")
    second = create_run(CONFIG, tmp_path, "second")
    assert find_run(tmp_path).path == second.path
    assert find_run(tmp_path, "first").path == first.path
    assert [run.name for run in list_runs(tmp_path)] == [second.name, first.name]
    with pytest.raises(RunError, match="give more of the name"):
        find_run(tmp_path, "spiral")
    with pytest.raises(RunError, match="is called 'third'"):
        find_run(tmp_path, "third")


def test_a_recorded_run_folds_into_the_same_state_as_the_live_one(trainer, tmp_path):
    folder, live = create_run(CONFIG, tmp_path), RunState()
    for event in recorded(trainer, folder):
        live.apply(event)
    events, bad = read_log(folder.events_file)
    read = RunState()
    for event in events:
        read.apply(event)
    assert bad == 0
    assert read.epochs == [from_json(to_json(epoch)) for epoch in live.epochs]
    assert read.loss.count == live.loss.count == trainer.step == 15
    assert read.status == live.status == "finished"
    assert [entry.text for entry in read.log] == [entry.text for entry in live.log]


def test_the_last_checkpoint_holds_the_final_weights(trainer, tmp_path):
    folder = create_run(CONFIG, tmp_path)
    list(recorded(trainer, folder))
    network = load_network(folder.checkpoint_file())
    np.testing.assert_array_equal(network.theta, trainer.network.theta)
    assert network.sizes == (4, 8, 3)
    arrays, facts = load_checkpoint(folder.checkpoint_file())
    assert facts["step"] == 15
    assert {"theta", "optimizer.m", "optimizer.v"} <= set(arrays)


def test_a_file_that_is_no_checkpoint_is_refused_in_a_sentence(tmp_path):
    (tmp_path / "checkpoints").mkdir()
    path = tmp_path / "checkpoints" / "last.safetensors"
    with pytest.raises(RunError, match="no checkpoint"):
        load_network(path)
    path.write_bytes(b"\x80\x04 not tensors")
    with pytest.raises(RunError, match="is no checkpoint of dnn-tui"):
        load_network(path)


def test_a_half_written_line_waits_for_its_end(trainer, tmp_path):
    path = tmp_path / "events.jsonl"
    lines = [encode(event) + "\n" for event in trainer.events()]
    whole = "".join(lines).encode()
    tail, got = LogTail(path), []
    for cut in range(0, len(whole), 1_111):
        with path.open("ab") as file:
            file.write(whole[cut : cut + 1_111])
        got += tail.read()
    assert len(got) == len(lines)
    assert tail.bad_lines == 0


def test_a_bad_line_is_counted_and_costs_no_good_one(trainer, tmp_path):
    path = tmp_path / "events.jsonl"
    lines = [encode(event) for event in trainer.events()]
    lines[2:2] = ["{not json", '{"event": "unheard_of"}', '{"event": "progress"}', "NaN", "[]"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    events, bad = read_log(path)
    assert bad == 5
    assert len(events) == len(lines) - 5


def test_a_truncated_log_is_read_again_from_its_start(trainer, tmp_path):
    path = tmp_path / "events.jsonl"
    lines = [encode(event) + "\n" for event in trainer.events()]
    path.write_text("".join(lines), encoding="utf-8")
    tail = LogTail(path)
    assert len(tail.read()) == len(lines)
    path.write_text(lines[0], encoding="utf-8")
    assert [type(event) for event in tail.read()] == [RunStarted]
    assert tail.restarted


def test_an_exception_in_the_trainer_closes_the_log_and_goes_on_upwards(trainer, tmp_path):
    folder = create_run(CONFIG, tmp_path)
    trainer.optimizer.step = lambda *_: 1 / 0
    with pytest.raises(ZeroDivisionError):
        list(recorded(trainer, folder))
    events, _ = read_log(folder.events_file)
    assert isinstance(events[-1], RunEnded)
    assert (events[-1].reason, "ZeroDivisionError" in events[-1].message) == ("error", True)


def test_a_stopped_run_ends_its_log_with_the_reason(trainer, tmp_path):
    folder = create_run(CONFIG, tmp_path)
    for event in recorded(trainer, folder):
        if isinstance(event, EpochEnded) and event.epoch == 1:
            trainer.send(Command("stop", by="a test"))
    events, _ = read_log(folder.events_file)
    assert events[-1].reason == "stopped"
    assert events[-1].step == 5


def test_a_log_never_holds_what_json_does_not_know(trainer, tmp_path):
    trainer.network.theta[:] = np.nan
    writer = LogWriter(tmp_path / "events.jsonl")
    for event in trainer.events():
        writer.write(event)
    writer.close()
    text = (tmp_path / "events.jsonl").read_text(encoding="utf-8")
    assert "NaN" not in text.replace("is nan", "")
    events, bad = read_log(tmp_path / "events.jsonl")
    assert (events[-1].reason, bad) == ("diverged", 0)
