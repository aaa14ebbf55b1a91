"""What Dask adds: workers that train, on a shared disk or not, that are told to stop, that die, and that do not fit."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip("distributed")

from dnn_tui.experiments.searching import running, workers  # noqa: E402
from dnn_tui.experiments.searching.folder import Plan, SearchError, create_search, find_search  # noqa: E402
from dnn_tui.experiments.searching.preparing import prepare  # noqa: E402
from dnn_tui.experiments.searching.reading import read_search  # noqa: E402
from dnn_tui.experiments.searching.running import Running  # noqa: E402
from dnn_tui.experiments.searching.workers import Workers  # noqa: E402
from dnn_tui.runs.config import DatasetConfig  # noqa: E402

DNN_TUI = str(Path(sys.executable).with_name("dnn-tui"))
SPACE = {"lr": "1e-3..1e-1", "hidden": "2..8", "layers": "1", "epochs": "2"}
PLAN = Plan(DatasetConfig("iris", seed=0), SPACE, trials=3, sampler="random", pruner="none", finalists=1, seeds=1)


@pytest.fixture(scope="module")
def hands():
    found = Workers(2, processes=False)
    yield found
    found.close()


def searched(plan, hands, tmp_path):
    prepared = prepare(plan)
    folder = create_search(prepared.plan, tmp_path)
    with folder.carried_on():
        assert Running(folder, prepared, hands, lambda news: None).run() == "ended"
    return folder, read_search(folder)


def test_runs_are_the_same_whether_or_not_the_workers_share_the_disk(hands, tmp_path):
    hands.check(PLAN.dataset, 0)
    near, here = searched(PLAN, hands, tmp_path)
    hands.far = True
    try:
        far, there = searched(PLAN, hands, tmp_path)
    finally:
        hands.far = False
    assert [t.scores for t in there.trials] == [t.scores for t in here.trials]
    assert there.winner.test_score == here.winner.test_score
    for name in ("trial-000", there.trials[0].run.rpartition("/")[2], f"final-{there.winner.trial:03}-seed-1"):
        files = [sorted(str(p.relative_to(f.path / name)) for p in (f.path / name).rglob("*")) for f in (near, far)]
        assert files[0] == files[1]


def test_a_trial_that_is_pruned_stops_long_before_its_last_epoch(hands, tmp_path, monkeypatch):
    import optuna

    class Prunes(optuna.pruners.BasePruner):
        def prune(self, study, trial):
            return trial.params["epochs"] == 400

    monkeypatch.setattr(running, "make_pruner", lambda kind, epochs: Prunes())
    plan = replace(PLAN, space={"epochs": "2,400", "hidden": "4"}, sampler="grid", seeds=0)
    _, state = searched(plan, hands, tmp_path)
    short, long = sorted(state.trials, key=lambda trial: trial.values["epochs"])
    assert (short.state, len(short.scores)) == ("complete", 2)
    assert long.state == "pruned"
    assert 1 <= len(long.scores) < 400


def test_a_worker_of_another_version_or_without_the_data_is_told(hands, monkeypatch):
    with pytest.raises(SearchError, match=r"cannot load the data: .*nowhere.csv"):
        hands.check(DatasetConfig("/nowhere.csv", options={"target": "y"}), 0)
    monkeypatch.setattr(workers, "_who", lambda: "0.0.1")
    with pytest.raises(SearchError, match=r"has dnn-tui 0.0.1 and this is .*: install the same version"):
        hands.check(PLAN.dataset, 0)


def test_a_cluster_that_does_not_answer_is_told(monkeypatch):
    monkeypatch.setattr(workers, "PATIENCE", 0.3)
    with pytest.raises(SearchError, match=r"No Dask scheduler answers at tcp://127\.0\.0\.1:1 "):
        Workers(0, "tcp://127.0.0.1:1")


def ended(runs: Path) -> dict[int, str]:
    """The trials that have ended so far, with the last line of their logs."""
    found = list(runs.glob("*/search.toml"))
    if not found:
        return {}
    folder = find_search(runs)
    return {
        trial.number: folder.trial(trial.number).events_file.read_text().splitlines()[-1]
        for trial in read_search(folder).trials
        if trial.state == "complete"
    }


def workers_of(pid: int) -> list[int]:
    out = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(pid)], capture_output=True, text=True).stdout
    return [int(line.split()[0]) for line in out.splitlines() if "spawn_main" in line]


def test_killed_with_its_worker_a_search_goes_on_and_trains_none_twice(tmp_path):
    env = {**os.environ, "DNN_TUI_RUNS": str(tmp_path), "OMP_NUM_THREADS": "1"}
    words = ["iris", "--lr", "1e-3..1e-1", "--hidden", "16..32", "--layers", "1", "--epochs", "20", "--trials", "5",
             "--finalists", "1", "--seeds", "0", "--workers", "1"]  # fmt: skip

    def start(*arguments):
        return subprocess.Popen([DNN_TUI, "search", *arguments, "--headless"], env=env, stdout=subprocess.DEVNULL)

    process = start(*words)
    until = time.monotonic() + 120
    while len(ended(tmp_path)) < 2 and time.monotonic() < until:
        time.sleep(0.1)
    for worker in workers_of(process.pid):
        os.kill(worker, signal.SIGKILL)
    process.kill()
    process.wait()
    before = ended(tmp_path)
    assert len(before) >= 2
    assert start("--resume").wait(timeout=300) == 0
    now = ended(tmp_path)
    assert sorted(now) == [0, 1, 2, 3, 4]
    assert {number: now[number] for number in before} == before
    for log in tmp_path.glob("*/trial-*/events.jsonl"):
        assert [json.loads(line)["event"] for line in log.read_text().splitlines()].count("run_ended") == 1
