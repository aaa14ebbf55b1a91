"""`dnn-tui runs`, as a user and a script meet it."""

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from recorded import call

from dnn_tui.runs.folder import RunFolder, find_run
from dnn_tui.runs.log import LogWriter, read_log
from dnn_tui.runs.summary import age, summarise

DNN_TUI = str(Path(sys.executable).with_name("dnn-tui"))


@pytest.fixture(scope="module")
def recorded_runs(tmp_path_factory) -> Path:
    """Three finished runs: two of digits, one of spiral."""
    where = tmp_path_factory.mktemp("recorded")
    for arguments in (
        ("digits", "--hidden", "16", "--epochs", "3", "--name", "first"),
        ("digits", "--hidden", "16", "--epochs", "2", "--lr", "0.01", "--name", "second"),
        ("spiral", "--hidden", "4", "--epochs", "2", "--name", "third"),
    ):
        assert call(where, "train", *arguments, "--headless").returncode == 0
    return where


def from_json(where: Path, *arguments: str):
    done = call(where, "runs", *arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_list_is_newest_first_and_can_be_ordered_otherwise(recorded_runs):
    names = [run["name"].rsplit("-", 1)[1] for run in from_json(recorded_runs)]
    assert names == ["third", "second", "first"]
    by_name = [run["name"] for run in from_json(recorded_runs, "--sort", "name")]
    assert by_name == sorted(by_name)
    best = [run["best"] for run in from_json(recorded_runs, "--sort", "best")]
    assert best == sorted(best, reverse=True)


def test_the_list_tells_what_the_log_tells(recorded_runs):
    folder = find_run(recorded_runs, "first")
    events, _ = read_log(folder.events_file)
    epochs = [event for event in events if event.event == "epoch_ended"]
    best = min(epochs, key=lambda epoch: epoch.validation["loss"])
    run = next(run for run in from_json(recorded_runs) if run["name"] == folder.name)
    assert (run["state"], run["ended"], run["epochs"]) == ("finished", "completed", 3)
    assert (run["best_epoch"], run["headline"], run["best"]) == (best.epoch, "accuracy", best.validation["accuracy"])
    assert run["architecture"] == "64-16-10"
    assert run["size"] == sum(file.stat().st_size for file in folder.path.rglob("*") if file.is_file())
    assert run["metrics"]["test"] == events[-1].metrics["test"]


def test_the_table_fits_eighty_columns(recorded_runs):
    done = call(recorded_runs, "runs", columns="80")
    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    for word in ("network", "best", "epochs", "state", "age", "64-16-10", "finished"):
        assert word in done.stdout


def test_long_names_are_never_broken_and_other_columns_give_way(recorded_runs, tmp_path):
    name = "20260101-120000-a-table-with-a-long-name-128-64"
    shutil.copytree(find_run(recorded_runs, "first").path, tmp_path / name)
    done = call(tmp_path, "runs", columns="80")
    head, row = done.stdout.splitlines()
    assert row.startswith(f"{name} ")
    assert row.rstrip().endswith("finished")
    assert head.split() == ["run", "best", "epochs", "state"]
    assert "age" in call(tmp_path, "runs", columns="160").stdout


def test_runs_compared_in_eighty_columns_keep_their_names(recorded_runs):
    first, newest = find_run(recorded_runs, "first").name, find_run(recorded_runs).name
    done = call(recorded_runs, "runs", "compare", "first", "newest", columns="60")
    assert done.stdout.startswith(f"1  {first}\n2  {newest}\n")


@pytest.mark.slow
@pytest.mark.parametrize("command", [["runs"], ["runs", "show"], ["eval"], ["data", "spiral"], ["data", "digits"]])
def test_what_is_piped_has_no_escape_codes(recorded_runs, command):
    # a process with a real pipe: what it writes to is the point
    env = {**os.environ, "DNN_TUI_RUNS": str(recorded_runs)}
    done = subprocess.run([DNN_TUI, *command], capture_output=True, text=True, timeout=600, env=env)
    assert done.returncode == 0
    assert done.stdout
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize(
    ("leave", "state"), [("open", "live"), ("closed", "crashed"), ("detached", "detached"), ("nothing", "empty")]
)
def test_a_run_that_has_not_ended_is_live_as_long_as_somebody_writes_it(leave, state, recorded_runs, tmp_path):
    folder = RunFolder(tmp_path / "run")
    folder.path.mkdir()
    whole = find_run(recorded_runs, "first")
    folder.config_file.write_text(whole.config_file.read_text(encoding="utf-8"), encoding="utf-8")
    lines = whole.events_file.read_text(encoding="utf-8").splitlines(keepends=True)[:-1]
    if leave == "detached":
        lines[0] = lines[0].replace('"detached":false', '"detached":true')
    if leave != "nothing":
        folder.events_file.write_text("".join(lines), encoding="utf-8")
        writer = LogWriter(folder.events_file)
        if leave == "closed":
            writer.close()
    assert summarise(folder).state == state


def test_show_names_the_figures_and_draws_the_losses(recorded_runs):
    done = call(recorded_runs, "runs", "show", "first")
    assert done.returncode == 0, done.stderr
    for wanted in ("64-16-10", "relu, softmax", "3 of 3", "test", "train loss", "validation loss", "epoch"):
        assert wanted in done.stdout


def test_compare_shows_what_differs_and_only_that(recorded_runs):
    record = from_json(recorded_runs, "compare", "first", "second")
    assert record["differences"] == {"training.epochs": [3, 2], "training.lr": [0.002, 0.01]}
    assert len(record["figures"]["best accuracy"]) == 2
    text = call(recorded_runs, "runs", "compare", "first", "second").stdout
    assert "training.lr" in text
    assert "training.seed" not in text


def test_csv_has_a_line_an_epoch_or_a_line_a_step(recorded_runs):
    folder = find_run(recorded_runs, "first")
    events, _ = read_log(folder.events_file)
    epochs = [event for event in events if event.event == "epoch_ended"]
    rows = list(csv.DictReader(io.StringIO(call(recorded_runs, "runs", "export", "first", "--csv", "-").stdout)))
    assert [float(row["validation_loss"]) for row in rows] == [epoch.validation["loss"] for epoch in epochs]
    losses = [loss for event in events if event.event == "progress" for loss in event.losses]
    text = call(recorded_runs, "runs", "export", "first", "--csv", "-", "--steps").stdout
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [int(row["step"]) for row in rows] == list(range(1, len(losses) + 1))
    assert [float(row["loss"]) for row in rows] == pytest.approx(losses, rel=1e-6)


def test_json_export_holds_configuration_and_curves(recorded_runs, tmp_path):
    file = tmp_path / "run.json"
    assert call(recorded_runs, "runs", "export", "second", "--json", str(file)).returncode == 0
    record = json.loads(file.read_text(encoding="utf-8"))
    assert record["config"]["training"]["lr"] == 0.01
    assert len(record["epochs"]) == 2
    assert len(record["loss"]) == record["summary"]["step"]


@pytest.mark.slow
def test_tensorboard_opens_what_is_exported_for_it(recorded_runs, tmp_path):
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    assert call(recorded_runs, "runs", "export", "first", "--tensorboard", str(tmp_path)).returncode == 0
    folder = find_run(recorded_runs, "first")
    read = accumulator.EventAccumulator(str(tmp_path / folder.name))
    read.Reload()
    events, _ = read_log(folder.events_file)
    epochs = [event for event in events if event.event == "epoch_ended"]
    scalars = read.Scalars("accuracy/validation")
    assert [scalar.step for scalar in scalars] == [epoch.step for epoch in epochs]
    assert [scalar.value for scalar in scalars] == pytest.approx([e.validation["accuracy"] for e in epochs])
    again = call(recorded_runs, "runs", "export", "first", "--tensorboard", str(tmp_path))
    assert again.returncode == 2
    assert "is not empty" in again.stderr


def test_rm_asks_and_refuses_a_live_run(recorded_runs, tmp_path):
    assert call(tmp_path, "train", "digits", "--headless", "--epochs", "1", "--hidden", "4").returncode == 0
    folder = find_run(tmp_path)
    kept = call(tmp_path, "runs", "rm", folder.name, answer="n\n")
    assert "Kept" in kept.stdout
    assert folder.path.exists()
    writer = LogWriter(folder.events_file)
    text = folder.events_file.read_text(encoding="utf-8").splitlines(keepends=True)
    folder.events_file.write_text("".join(text[:-1]), encoding="utf-8")
    refused = call(tmp_path, "runs", "rm", folder.name, "--yes")
    assert refused.returncode == 2
    assert "is being trained" in refused.stderr
    writer.close()
    assert call(tmp_path, "runs", "rm", folder.name, answer="y\n").returncode == 0
    assert not folder.path.exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["show", "nobody"], "No run in"),
        (["compare", "first"], "two runs or more"),
        (["export", "first", "--csv", "/nowhere/file.csv"], "Cannot write /nowhere/file.csv"),
        (["--sort", "luck"], "use one of age, name"),
    ],
)
def test_mistakes_are_answered_in_a_sentence(arguments, said, recorded_runs):
    done = call(recorded_runs, "runs", *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_without_runs_says_how_to_begin(tmp_path):
    done = call(tmp_path, "runs")
    assert done.returncode == 0
    assert "dnn-tui train digits" in done.stdout


@pytest.mark.parametrize(
    ("ago", "said"), [(5, "5 s"), (300, "5 min"), (7200, "2 h"), (3 * 86400, "3 d"), (30 * 86400, "2001-08-10")]
)
def test_ages_are_short(ago, said):
    assert age(1_000_000_000 - ago, 1_000_000_000) == said


def test_a_run_that_cannot_be_read_is_named_beside_the_list_and_can_be_removed(recorded_runs, tmp_path):
    whole = find_run(recorded_runs, "third")
    for name in (whole.name, "broken"):
        shutil.copytree(whole.path, tmp_path / name)
    (tmp_path / "broken" / "run.toml").write_text("[dataset\n")
    listed = call(tmp_path, "runs")
    assert (listed.returncode, whole.name in listed.stdout) == (0, True)
    assert "broken cannot be read: " in listed.stderr
    assert "broken" not in listed.stdout
    assert call(tmp_path, "runs", "rm", "broken", "--yes").returncode == 0
    assert not (tmp_path / "broken").exists()
    assert (tmp_path / whole.name).exists()
