"""What a search costs and finds: how busy its workers are, two of them against one, its samplers, and scikit-learn's.

    python benchmarks/search.py [--parts busy,two,samplers,sklearn,kill] [--trials 40] [--seeds 5] [--times 30]

busy: the share of the time that two workers train, on trials of some seconds. two: the time of the same trials on two
workers over that on one. samplers: the best validation loss after the trials with TPE over that with random search, on
digits, spiral and one table, the median over seeds. sklearn: `RandomizedSearchCV(MLPClassifier)` over the same space.
kill: client, worker and scheduler are killed with −9 at random moments, and the search is gone on with: the journal
opens each time, no finished trial is lost, none is trained twice. Exits with 1 where that does not hold. The load of
the machine is printed with every figure; ratios alone are worth comparing.
"""

import argparse
import json
import os
import random
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from dnn_tui.experiments.searching.folder import Plan, SearchFolder, create_search
from dnn_tui.experiments.searching.preparing import prepare
from dnn_tui.experiments.searching.reading import read_search
from dnn_tui.experiments.searching.running import Running
from dnn_tui.experiments.searching.state import ENDED, SearchState
from dnn_tui.experiments.searching.workers import Workers
from dnn_tui.runs.config import DatasetConfig

DNN_TUI = str(Path(sys.executable).with_name("dnn-tui"))
PARTS = ("busy", "two", "samplers", "sklearn", "kill")
SPACE = {"lr": "1e-4..1e-1", "hidden": "16..128", "layers": "1..2", "activation": "relu,tanh", "l2": "1e-6..1e-2",
         "epochs": "10"}  # fmt: skip
DATA = {"digits": {}, "spiral": {"epochs": "40"}, "breast-cancer": {}}


def said(text: str) -> None:
    print(f"{text}  [load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors]", flush=True)


def searched(plan: Plan, workers: int, runs: Path, hands: Workers | None = None) -> tuple[SearchState, float]:
    """A whole search and its seconds, those in which the workers start and load the data left out."""
    prepared = prepare(plan)
    folder = create_search(prepared.plan, runs)
    own = hands or Workers(workers)
    try:
        own.check(plan.dataset, plan.seed)
        begin = time.perf_counter()
        with folder.carried_on():
            Running(folder, prepared, own, lambda news: None).run()
        seconds = time.perf_counter() - begin
    finally:
        if hands is None:
            own.close()
    return read_search(folder), seconds


def plan_of(data: str, **changes: object) -> Plan:
    seed = int(changes.get("seed", 0))
    space = {**SPACE, **DATA.get(data, {}), **changes.pop("space", {})}
    given = {"pruner": "none", "finalists": 1, "seeds": 0, **changes}
    return Plan(DatasetConfig(data, seed=seed), space, **given)


def busy(runs: Path, trials: int) -> None:
    plan = plan_of("digits", trials=max(8, trials // 4), sampler="random",
                   space={"epochs": "60", "hidden": "64..128", "layers": "2"})  # fmt: skip
    state, seconds = searched(plan, 2, runs)
    trained = [trial.seconds for trial in state.trials]
    share = sum(trained) / (2 * seconds)
    said(f"busy: {share:.2f} of the time, on {len(trained)} trials of {statistics.median(trained):.1f} s, 2 workers")


def two(runs: Path, trials: int) -> None:
    plan = plan_of("digits", trials=trials, sampler="random")
    seconds = {workers: searched(plan, workers, runs)[1] for workers in (1, 2)}
    said(f"two: {trials} trials of digits, 2 workers {seconds[2]:.1f} s, 1 worker {seconds[1]:.1f} s, "
         f"ratio {seconds[2] / seconds[1]:.2f}")  # fmt: skip


def samplers(runs: Path, trials: int, seeds: int) -> None:
    with closing(Workers(2)) as hands:
        for data in DATA:
            found: dict[str, list[float]] = {}
            for sampler in ("tpe", "random"):
                for seed in range(seeds):
                    plan = plan_of(data, trials=trials, sampler=sampler, seed=seed)
                    state, _ = searched(plan, 2, runs, hands)
                    found.setdefault(sampler, []).append(state.best.score)
            tpe, chance = (statistics.median(found[name]) for name in ("tpe", "random"))
            said(f"samplers: {data}, best validation loss after {trials} trials, median of {seeds}: TPE {tpe:.4g}, "
                 f"random {chance:.4g}, ratio {tpe / chance:.2f}")  # fmt: skip


def sklearn(runs: Path, trials: int) -> None:
    import warnings

    import numpy as np
    from scipy.stats import loguniform
    from sklearn.model_selection import PredefinedSplit, RandomizedSearchCV
    from sklearn.neural_network import MLPClassifier

    plan = plan_of("digits", trials=trials, sampler="tpe")
    state, ours = searched(plan, 2, runs)
    data = prepare(plan).data
    x, y = np.concatenate([data.train.x, data.validation.x]), np.concatenate([data.train.y, data.validation.y])
    fold = np.concatenate([np.full(len(data.train), -1), np.zeros(len(data.validation), int)])
    sizes = (16, 32, 64, 128)
    shapes = [(a,) for a in (*sizes, 23, 45, 91)] + [(a, b) for a in sizes for b in sizes]
    space = {"learning_rate_init": loguniform(1e-4, 1e-1), "hidden_layer_sizes": shapes, "activation": ["relu", "tanh"],
             "alpha": loguniform(1e-6, 1e-2)}  # fmt: skip
    search = RandomizedSearchCV(
        MLPClassifier(max_iter=10, batch_size=32, random_state=0), space, n_iter=trials, n_jobs=2, random_state=0,
        cv=PredefinedSplit(fold), scoring="neg_log_loss", refit=False,
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        os.environ["PYTHONWARNINGS"] = "ignore"
        begin = time.perf_counter()
        search.fit(x, y)
        theirs = time.perf_counter() - begin
    said(f"sklearn: digits, {trials} trials, 2 workers: best validation loss {state.best.score:.4g} in {ours:.1f} s, "
         f"RandomizedSearchCV {-search.best_score_:.4g} in {theirs:.1f} s; ratios "
         f"{state.best.score / -search.best_score_:.2f}"
         f" and {ours / theirs:.2f}")  # fmt: skip


# ---- kill −9


def a_port() -> int:
    with closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def children(pid: int) -> list[int]:
    """The worker processes of an embedded cluster."""
    out = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(pid)], capture_output=True, text=True).stdout
    return [int(line.split()[0]) for line in out.splitlines() if "spawn_main" in line]


def finished(folder: SearchFolder) -> dict[int, tuple[str, float | None, int]]:
    """The trials that have ended, and how often the log says so."""
    found = {}
    for trial in read_search(folder).trials:
        if trial.state in ENDED:
            log = folder.trial(trial.number).events_file.read_text().splitlines()
            ends = [line for line in log if line.startswith('{"event":"run_ended"')]
            # one that was broken off by a signal goes on; what must not come twice is an end that counts
            count = sum(json.loads(line)["reason"] not in ("interrupted",) for line in ends)
            found[trial.number] = (trial.state, trial.score, count)
    return found


def kill(runs: Path, times: int, seed: int = 0) -> None:
    moments = random.Random(seed)
    env = {**os.environ, "DNN_TUI_RUNS": str(runs), "OMP_NUM_THREADS": "1"}
    trials = max(6, times // 2)
    asked = [
        DNN_TUI,
        "search",
        "digits",
        "--lr",
        "1e-3..1e-1",
        "--hidden",
        "32..128",
        "--layers",
        "2",
        "--epochs",
        "20",
    ]
    asked += ["--trials", str(trials), "--finalists", "1", "--seeds", "1", "--workers", "2", "--headless"]
    killed: dict[str, int] = {}
    before: dict[int, tuple[str, float | None, int]] = {}
    again = [DNN_TUI, "search", "--resume", "--headless"]
    for _ in range(times):
        found = list(runs.glob("*/search.toml"))
        folder = SearchFolder(found[0].parent) if found else None
        who = moments.choice(("client", "worker", "scheduler"))
        others, words = [], []
        if who == "scheduler":
            address = f"tcp://127.0.0.1:{(port := a_port())}"
            others = [
                subprocess.Popen([sys.executable, "-m", *command], env=env, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL, start_new_session=True)
                for command in (
                    ("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"),
                    ("distributed.cli.dask_worker", address, "--nthreads", "1", "--nworkers", "2", "--no-dashboard"),
                )
            ]  # fmt: skip
            words = ["--cluster", address]
        process = subprocess.Popen([*(again if folder else asked), *words], env=env, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, text=True)  # fmt: skip
        until = time.monotonic() + 90  # a trial has begun
        marks = {path: path.stat().st_size for path in runs.glob("*/*/events.jsonl")}
        while time.monotonic() < until and process.poll() is None:
            if any(path.stat().st_size > marks.get(path, 0) for path in runs.glob("*/*/events.jsonl")):
                break
            time.sleep(0.1)
        time.sleep(moments.uniform(0.0, 6.0))
        if process.poll() is None:
            killed[who] = killed.get(who, 0) + 1
            if who == "scheduler":
                os.kill(others[0].pid, signal.SIGKILL)
                process.wait(timeout=120)
                assert process.returncode == 2, f"exit code {process.returncode}: {process.stderr.read()}"
            elif who == "worker" and (kids := children(process.pid)):
                os.kill(moments.choice(kids), signal.SIGKILL)
                time.sleep(moments.uniform(0.5, 4.0))  # its trial goes to another
        process.kill()
        process.wait()
        for other in others:
            os.killpg(other.pid, signal.SIGKILL)
            other.wait()
        if not list(runs.glob("*/search.toml")):
            continue
        folder = SearchFolder(next(runs.glob("*/search.toml")).parent)
        now = finished(folder)  # the journal opens
        for number, end in before.items():
            assert now.get(number) == end, f"trial {number} was {end} and is {now.get(number)}"
        before = now
        print(f"  {who}: {len(now)} of {trials} have ended", flush=True)
        if len(now) == trials:
            break
    done = subprocess.run(again, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    now = finished(folder)
    assert len(now) == trials, f"{len(now)} of {trials} trials"
    assert {number: now[number] for number in before} == before
    assert all(count == 1 for *_, count in now.values()), "a trial was trained twice"
    told = ", ".join(f"{who} {count}" for who, count in sorted(killed.items()))
    said(f"kill: {told}; {trials} trials, each trained to its end once, none was lost")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parts", default=",".join(PARTS))
    parser.add_argument("--trials", type=int, default=40)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--times", type=int, default=30)
    chosen = parser.parse_args()
    runs = Path(tempfile.mkdtemp(prefix="dnn-tui-search-"))
    try:
        for part in chosen.parts.split(","):
            own = runs / part
            own.mkdir()
            match part:
                case "busy":
                    busy(own, chosen.trials)
                case "two":
                    two(own, chosen.trials)
                case "samplers":
                    samplers(own, chosen.trials, chosen.seeds)
                case "sklearn":
                    sklearn(own, chosen.trials)
                case "kill":
                    kill(own, chosen.times)
                case _:
                    parser.error(f"--parts: {part} is none of {', '.join(PARTS)}")
    finally:
        shutil.rmtree(runs, ignore_errors=True)


if __name__ == "__main__":
    main()
