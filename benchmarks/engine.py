"""The engine beside PyTorch, scikit-learn and the bare matrix products: samples a second, and their ratios.

    python benchmarks/engine.py                        the whole table (about five minutes)
    python benchmarks/engine.py --network 64-32-10 --optimizer adam --threads 1 --rounds 3

All contestants train the same network on the same rows in float32, gather shuffled batches, and take turns: each
round times every contestant once for a fraction of a second, so that a slow minute of the machine slows all of
them. Each lives in a process of its own and is silent while others run: idle threads of one matrix library, which
wait by spinning, would else slow the threads of another. Reported: the median over the rounds and the quartiles;
ratios are taken at each side's best thread count, round by round, and the median of those is what is printed.

  engine    dnn_tui's own Trainer, with everything it does: events, snapshots, the loss of every step; compiled by
            Numba where that is installed (the `fast` extra)
  numpy     the same Trainer without Numba
  torch     PyTorch eager, its fastest ordinary settings: zero_grad(set_to_none), the fused optimizer where that is
            faster (both are timed), no .item() in the loop
  sklearn   MLPClassifier.partial_fit, one epoch a call
  gemm      the bare-gemm bound: only the step's matrix products, preallocated, nothing else
"""

import argparse
import gc
import json
import multiprocessing
import platform
import statistics
import time
import tracemalloc
import warnings
from dataclasses import dataclass, field
from importlib.metadata import version
from importlib.util import find_spec
from itertools import pairwise

from dnn_tui.mlp import Network, Trainer, TrainingConfig
from dnn_tui.mlp.compiled import INSTALL, is_installed
from dnn_tui.mlp.events import Progress
from dnn_tui.mlp.threads import on_threads

import numpy as np  # isort: skip
from threadpoolctl import threadpool_info, threadpool_limits  # isort: skip

NETWORKS = {
    "2-8-8-2": ((2, 8, 8, 2), 32),
    "64-32-10": ((64, 32, 10), 32),
    "784-128-64-10 b64": ((784, 128, 64, 10), 64),
    "784-128-64-10 b128": ((784, 128, 64, 10), 128),
    "784-800-10": ((784, 800, 10), 128),
    "784-512-256-10": ((784, 512, 256, 10), 256),
}
#: (÷ torch, ÷ gemm with SGD, ÷ gemm with Adam) each network should reach.
TARGETS = {
    "2-8-8-2": (6, None, None),
    "64-32-10": (5, None, None),
    "784-128-64-10 b64": (1.8, None, None),
    "784-128-64-10 b128": (1.8, None, None),
    "784-800-10": (1.1, None, None),
    "784-512-256-10": (1.1, 0.85, 0.75),
}
ROWS = {2: 200_000, 64: 100_000, 784: 60_000}
ENGINES = {"engine": "auto", "numpy": "numpy"}
LR = {"sgd": 0.01, "adam": 0.001}


@dataclass(frozen=True, eq=False)
class Rows:
    x: np.ndarray
    y: np.ndarray

    def __len__(self) -> int:
        return len(self.x)


@dataclass(eq=False)
class Data:
    """Random rows with the fields a Trainer reads: what is timed does not depend on the values."""

    train: Rows
    validation: Rows
    test: Rows
    class_names: tuple[str, ...]
    name: str = "random"
    task: str = "classes"
    feature_names: tuple[str, ...] = ()
    target_names: tuple[str, ...] = ()
    target_scale: tuple = ()
    target_unit: str = ""
    image_shape: None = None
    n_outputs: int = field(init=False)

    def __post_init__(self) -> None:
        self.n_outputs = len(self.class_names)


def make_data(features: int, classes: int) -> Data:
    rng = np.random.default_rng(0)
    x = rng.random((ROWS[features], features), dtype=np.float32)
    y = rng.integers(0, classes, len(x))
    few = Rows(x[:100], y[:100])
    return Data(Rows(x, y), few, few, tuple(str(k) for k in range(classes)))


class Engine:
    """Times the Trainer between its Progress events."""

    def __init__(self, sizes, batch, optimizer, data: Data, engine: str = "auto") -> None:
        self.batch = batch
        config = TrainingConfig(optimizer=optimizer, lr=LR[optimizer], batch_size=batch, epochs=10**9, engine=engine)
        self.trainer = Trainer(Network(sizes, "relu", "softmax"), data, config)
        self.events = self.trainer.events()
        while not isinstance(next(self.events), Progress):
            pass

    def run(self, threads: int, seconds: float) -> float:
        """Samples a second over the steps; the evaluation between epochs, which no other contestant does, left out."""
        rows, spent, waited = 0.0, 0.0, True
        with on_threads(self.trainer, threads):
            for event in self.events:
                if isinstance(event, Progress) and waited:
                    waited = False  # this one's time includes the others' turns
                elif isinstance(event, Progress):
                    fresh = len(event.losses) * self.batch
                    rows, spent = rows + fresh, spent + fresh / event.rate
                    if spent >= seconds:
                        return rows / spent
        raise AssertionError("the run ended")


class Torch:
    """PyTorch eager; `fused` is its optimizer in one kernel."""

    def __init__(self, sizes, batch, optimizer, data: Data, fused: bool) -> None:
        import torch

        self.torch, self.batch = torch, batch
        layers = []
        for n, m in pairwise(sizes):
            layers += [torch.nn.Linear(n, m), torch.nn.ReLU()]
        self.model = torch.nn.Sequential(*layers[:-1])
        self.loss = torch.nn.CrossEntropyLoss()
        kind = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[optimizer]
        self.optimizer = kind(self.model.parameters(), lr=LR[optimizer], fused=fused)
        self.x, self.y = torch.from_numpy(data.train.x), torch.from_numpy(data.train.y)

    def run(self, threads: int, seconds: float) -> float:
        torch, batch, n = self.torch, self.batch, len(self.x)
        torch.set_num_threads(threads)
        begin, steps = time.perf_counter(), 0
        while True:
            order = torch.randperm(n)
            for start in range(0, n - batch + 1, batch):
                rows = order[start : start + batch]
                x, y = self.x[rows], self.y[rows]
                self.optimizer.zero_grad(set_to_none=True)
                self.loss(self.model(x), y).backward()
                self.optimizer.step()
                steps += 1
                if steps % 8 == 0 and (elapsed := time.perf_counter() - begin) >= seconds:
                    return steps * batch / elapsed


class Sklearn:
    """scikit-learn's MLPClassifier, an epoch over some of the rows a call."""

    def __init__(self, sizes, batch, optimizer, data: Data) -> None:
        from sklearn.neural_network import MLPClassifier

        rows = min(len(data.train), 4000)
        self.x, self.y, self.classes = data.train.x[:rows], data.train.y[:rows], np.arange(sizes[-1])
        self.model = MLPClassifier(
            sizes[1:-1], solver=optimizer, alpha=0, batch_size=batch, learning_rate_init=LR[optimizer], momentum=0
        )
        self.model.partial_fit(self.x, self.y, classes=self.classes)

    def run(self, threads: int, seconds: float) -> float:
        with threadpool_limits(threads):
            begin, rows = time.perf_counter(), 0
            while True:
                self.model.partial_fit(self.x, self.y)
                rows += len(self.x)
                if (elapsed := time.perf_counter() - begin) >= seconds:
                    return rows / elapsed


class Gemm:
    """Only the matrix products of one step: L forward, L for ∂L/∂W, L - 1 backward."""

    def __init__(self, sizes, batch, optimizer, data: Data) -> None:
        self.batch = batch
        rng = np.random.default_rng(0)
        h = [rng.random((batch, n), dtype=np.float32) for n in sizes]
        delta = [rng.random((batch, n), dtype=np.float32) for n in sizes]
        self.products = []
        for i in range(1, len(sizes)):
            W = rng.random((sizes[i], sizes[i - 1]), dtype=np.float32)
            self.products.append((h[i - 1], W.T, h[i]))
            self.products.append((delta[i].T, h[i - 1], np.empty_like(W)))
            if i > 1:
                self.products.append((delta[i], W, delta[i - 1]))

    def run(self, threads: int, seconds: float) -> float:
        with threadpool_limits(threads):
            begin, steps = time.perf_counter(), 0
            while True:
                for _ in range(8):
                    for a, b, out in self.products:
                        np.dot(a, b, out)
                steps += 8
                if (elapsed := time.perf_counter() - begin) >= seconds:
                    return steps * self.batch / elapsed


class Contestant:
    """One of them in a process of its own, which waits while others are timed."""

    def __init__(self, kind: type, *arguments) -> None:
        processes = multiprocessing.get_context("spawn")
        self._pipe, other = processes.Pipe()
        self._process = processes.Process(target=_take_turns, args=(other, kind, arguments), daemon=True)
        self._process.start()
        other.close()
        self._answer()

    def run(self, threads: int, seconds: float) -> float:
        """Samples a second on so many threads, timed for so many seconds."""
        self._pipe.send((threads, seconds))
        return self._answer()

    def end(self) -> None:
        self._pipe.send(None)
        self._process.join()

    def _answer(self) -> float:
        try:
            return self._pipe.recv()
        except EOFError:
            raise SystemExit("A contestant's process ended: its message stands above.") from None


def _take_turns(pipe, kind: type, arguments: tuple) -> None:
    warnings.filterwarnings("ignore")
    sizes, batch, optimizer, *others = arguments
    contestant = kind(sizes, batch, optimizer, make_data(sizes[0], sizes[-1]), *others)
    pipe.send(0.0)
    while turn := pipe.recv():
        threads, seconds = turn
        contestant.run(threads, 0.05)  # wakes the threads, and lets those of the one before fall asleep
        pipe.send(contestant.run(threads, seconds))


def measure(name: str, optimizer: str, threads: list[int], rounds: int, seconds: float) -> dict:
    """Samples a second of every contestant at every thread count, round by round."""
    sizes, batch = NETWORKS[name]
    task = (sizes, batch, optimizer)
    contestants = {name: Contestant(Engine, *task, engine) for name, engine in ENGINES.items()}
    if find_spec("torch"):
        contestants["torch"] = Contestant(Torch, *task, False)
        contestants["torch fused"] = Contestant(Torch, *task, True)
    else:
        print("PyTorch is not installed: pip install torch==2.13.0")
    contestants["sklearn"] = Contestant(Sklearn, *task)
    contestants["gemm"] = Contestant(Gemm, *task)
    figures: dict[str, dict[int, list[float]]] = {c: {t: [] for t in threads} for c in contestants}
    for _ in range(rounds):
        for count in threads:
            for contestant, runner in contestants.items():
                if contestant == "sklearn" and figures["sklearn"][count][2:]:
                    continue  # the slowest by far: three rounds of it are enough
                figures[contestant][count].append(runner.run(count, seconds))
    for runner in contestants.values():
        runner.end()
    return figures


def best_threads(figures: dict[int, list[float]]) -> int:
    return max(figures, key=lambda count: statistics.median(figures[count]))


def ratio(figures: dict, peer: str) -> tuple[float, float, float] | None:
    """Quartiles of engine ÷ peer, each at its best thread count (torch: and at its best optimizer)."""
    peers = [figures[name] for name in figures if name.split()[0] == peer]
    if not peers:
        return None
    peer = max(peers, key=lambda runs: statistics.median(runs[best_threads(runs)]))
    ours, theirs = figures["engine"][best_threads(figures["engine"])], peer[best_threads(peer)]
    ratios = [a / b for a, b in zip(ours, theirs, strict=False)]
    low, middle, high = statistics.quantiles(ratios, n=4) if len(ratios) > 1 else ratios * 3
    return low, middle, high


def memory() -> list[tuple[str, int, int]]:
    """Bytes that Python and NumPy allocate at most while steps run, above what was there before them."""
    result = []
    for name, (sizes, batch) in NETWORKS.items():
        trainer = Engine(sizes, batch, "adam", make_data(sizes[0], sizes[-1])).trainer
        for _ in trainer.advance(20):  # what is allocated once is there now
            pass
        gc.collect()
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        for _ in trainer.advance(200):
            pass
        peak = tracemalloc.get_traced_memory()[1] - before
        tracemalloc.stop()
        result.append((name, trainer.network.parameters, peak))
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", choices=NETWORKS, action="append", help="only these; may be repeated")
    parser.add_argument("--optimizer", choices=LR, action="append")
    parser.add_argument("--threads", type=int, action="append", help="default: 1, 2 and all")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.25, help="each contestant's turn")
    parser.add_argument("--json", metavar="FILE", help="also write every figure there")
    parser.add_argument("--no-memory", action="store_true")
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    import os

    threads = options.threads or sorted({1, 2, os.cpu_count() or 1})
    kernels = {info["architecture"] for info in threadpool_info() if info.get("internal_api") == "openblas"}
    print(f"{platform.machine()}, {os.cpu_count()} CPUs, NumPy {np.__version__}, OpenBLAS kernels {kernels}")
    print("Numba", version("numba") if is_installed() else f"is not installed, the engine is NumPy's ({INSTALL})")
    record: dict = {}
    for name in options.network or NETWORKS:
        for optimizer in options.optimizer or LR:
            figures = record[f"{name} {optimizer}"] = measure(name, optimizer, threads, options.rounds, options.seconds)
            print(f"\n{name}, batch {NETWORKS[name][1]}, {optimizer}: samples/s")
            for contestant, by_threads in figures.items():
                cells = []
                for count, values in by_threads.items():
                    low, middle, high = statistics.quantiles(values, n=4) if len(values) > 1 else values * 3
                    cells.append(f"{count} thr {middle:>11,.0f} ({low:,.0f} … {high:,.0f})")
                print(f"  {contestant:12} " + "   ".join(cells))
            torch_target, *gemm_targets = TARGETS[name]
            gemm_target = gemm_targets[optimizer == "adam"]
            for peer, target in (("torch", torch_target), ("sklearn", None), ("gemm", gemm_target)):
                if quartiles := ratio(figures, peer):
                    low, middle, high = quartiles
                    goal = "" if target is None else f"   target {target}: " + ("met" if middle >= target else "MISSED")
                    print(f"  ÷ {peer:10} {middle:6.2f}  ({low:.2f} … {high:.2f}){goal}")
    if not options.no_memory:
        print("\nAllocated in 200 steps of Adam (tracemalloc peak above the start)")
        for name, parameters, peak in memory():
            print(f"  {name:20} {parameters:>8,} parameters ({4 * parameters:>9,} bytes): {peak:>7,} bytes")
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(record, file, indent=1)


if __name__ == "__main__":
    main()
