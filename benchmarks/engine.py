"""The engine beside JAX, PyTorch, scikit-learn and the bare matrix products: samples a second, and their ratios.

    python benchmarks/engine.py                        both tables, all networks (about an hour)
    python benchmarks/engine.py --quiet --network 64-32-10 --optimizer adam --threads 1 --rounds 3

All contestants train the same network on the same rows in float32, gather shuffled batches, and take turns: each
round times every contestant once for a fraction of a second, so that a slow minute of the machine slows all of
them. Everything is measured twice: quiet, and beside another process that keeps a processor busy. Reported: the median
over the rounds and the quartiles; ratios are taken at each side's best thread count, round by round, and the median of
those is what is printed. "On one thread, by processor time" is the same of samples a second that the process was on a
processor: what others do on the machine changes it little.

  engine          dnn_tui's own Trainer, with everything it does: events, snapshots, the loss of every step; compiled
                  by Numba where that is installed (the `fast` extra)
  numpy           the same Trainer without Numba
  jax scan, step  compiled by XLA; 64 steps a call, and one
  torch …         PyTorch eager; with its fused optimizer; with torch.compile and that
  sklearn         MLPClassifier.partial_fit, one epoch a call
  gemm …          the bare-gemm bound: only the step's matrix products, preallocated, nothing else, by each library of
                  the machine: NumPy's OpenBLAS with each kernel that the processor can run, PyTorch's, XLA's

A library that is not installed is left out, and named: pip install torch jax.
"""

import argparse
import gc
import json
import os
import platform
import statistics
import tracemalloc
import warnings
from collections.abc import Callable
from contextlib import nullcontext
from importlib.metadata import version
from importlib.util import find_spec
from itertools import pairwise

from dnn_tui.experiments import kernels

if __name__ == "__main__":
    kernels.choose()  # as `dnn-tui train` does; the processes of the contestants inherit it

from contestants import Contestant, Neighbour, OneEach  # isort: skip
from dnn_tui.mlp.compiled import INSTALL, is_installed  # isort: skip

NETWORKS = {
    "2-8-8-2": ((2, 8, 8, 2), 32),
    "64-32-10": ((64, 32, 10), 32),
    "784-128-64-10 b64": ((784, 128, 64, 10), 64),
    "784-128-64-10 b128": ((784, 128, 64, 10), 128),
    "784-800-10": ((784, 800, 10), 128),
    "784-512-256-10": ((784, 512, 256, 10), 256),
    "1024-1024-10": ((1024, 1024, 10), 256),
}
SMALL = 200_000  # parameters
PEERS = ("jax scan", "jax step", "torch fused", "torch compile")
#: What ÷ the fastest of PEERS should reach: quiet, quiet with a small network, beside a busy neighbour.
AGAINST_PEERS = (1.0, 1.3, 0.9)
OF_NUMPY = 0.95  # of our own NumPy engine, whatever the neighbours
#: What ÷ the fastest gemm should reach, quiet, with SGD and with Adam.
OF_GEMM = {"784-512-256-10": (0.9, 0.85), "1024-1024-10": (0.9, 0.85)}
OPTIMIZERS = ("sgd", "adam")

Runner = Contestant | OneEach
Rates = list[tuple[float, float]]  # samples a second by the clock and by processor time, a pair a round
Figures = dict[str, dict[int, Rates]]  # by contestant and threads


def contestants(name: str, optimizer: str, threads: list[int]) -> dict[str, Callable[[], Runner]]:
    """What makes each contestant's processes, of those whose library is here."""
    task = (*NETWORKS[name], optimizer)
    found: dict[str, Callable[[], Runner]] = {
        "engine": lambda: Contestant("ours:Engine", *task, "auto"),
        "numpy": lambda: Contestant("ours:Engine", *task, "numpy"),
    }
    if find_spec("jax"):
        found["jax scan"] = lambda: OneEach(threads, "NPROC", "jax_peer:Jax", *task, 64)
        found["jax step"] = lambda: OneEach(threads, "NPROC", "jax_peer:Jax", *task, 1)
        found["gemm xla"] = lambda: OneEach(threads, "NPROC", "jax_peer:Gemm", *task)
    if find_spec("torch"):
        for how in ("eager", "fused", "compile"):
            found[f"torch {how}"] = lambda how=how: Contestant("torch_peer:Torch", *task, how)  # type: ignore[misc]
        found["gemm torch"] = lambda: Contestant("torch_peer:Gemm", *task)
    if find_spec("sklearn"):
        found["sklearn"] = lambda: Contestant("sklearn_peer:Sklearn", *task)
    for kernel in {"": None, **dict.fromkeys(kernels.usable())}:
        environment = {kernels.VARIABLE: kernel}  # "": OpenBLAS's own choice
        found[f"gemm {kernel or 'openblas'}"] = lambda env=environment: Contestant(  # type: ignore[misc]
            "numpy_gemm:Gemm", *task, environment=env
        )
    return found


def measure(
    wanted: dict[str, Callable[[], Runner]], threads: list[int], rounds: int, seconds: float, states: tuple[bool, ...]
) -> dict[bool, Figures]:
    """Samples a second of every contestant at every thread count, round by round; by whether a neighbour is busy."""
    runners = {name: make() for name, make in wanted.items()}
    figures: dict[bool, Figures] = {busy: {c: {t: [] for t in threads} for c in runners} for busy in states}
    for busy in states:
        with Neighbour() if busy else nullcontext():
            for _ in range(rounds):
                for count in threads:
                    for name, runner in runners.items():
                        if name == "sklearn" and figures[busy][name][count][2:]:
                            continue  # the slowest by far: three rounds of it are enough
                        figures[busy][name][count].append(runner.run(count, seconds))
    for runner in runners.values():
        runner.end()
    return figures


def by_clock(rates: Rates) -> list[float]:
    return [clock for clock, _ in rates]


def at_best_threads(figures: dict[int, Rates]) -> list[float]:
    return max(map(by_clock, figures.values()), key=statistics.median)


def on_one_thread(figures: dict[int, Rates]) -> list[float]:
    return [work for _, work in figures[min(figures)]]


def ratio(
    figures: Figures, peers: list[str], of: Callable[[dict[int, Rates]], list[float]]
) -> tuple[str, tuple[float, float, float]] | None:
    """The fastest of the peers, and the quartiles of engine ÷ it; of: which figures."""
    at_best = {name: of(figures[name]) for name in ("engine", *peers) if name in figures}
    ours = at_best.pop("engine")
    if not at_best:
        return None
    fastest = max(at_best, key=lambda name: statistics.median(at_best[name]))
    ratios = [a / b for a, b in zip(ours, at_best[fastest], strict=False)]
    return fastest, quartiles(ratios)


def quartiles(values: list[float]) -> tuple[float, float, float]:
    low, middle, high = statistics.quantiles(values, n=4) if len(values) > 1 else values * 3
    return low, middle, high


def goals(name: str, optimizer: str, busy: bool, figures: Figures) -> list[tuple[str, list[str], float | None]]:
    """What the engine is divided by, the contestants that this can be, and what should come out."""
    sizes = NETWORKS[name][0]
    parameters = sum((n + 1) * m for n, m in pairwise(sizes))
    peers = AGAINST_PEERS[2] if busy else AGAINST_PEERS[parameters < SMALL]
    gemm = None if busy or name not in OF_GEMM else OF_GEMM[name][optimizer == "adam"]
    return [
        ("the fastest peer", list(PEERS), peers),
        ("NumPy's engine", ["numpy"], OF_NUMPY),
        ("PyTorch eager", ["torch eager"], None),
        ("scikit-learn", ["sklearn"], None),
        ("the fastest gemm", [who for who in figures if who.startswith("gemm")], gemm),
    ]


def show(name: str, optimizer: str, busy: bool, figures: Figures) -> None:
    """Print one network's figures and ratios."""
    state = "beside a busy neighbour" if busy else "quiet"
    print(f"\n{name}, batch {NETWORKS[name][1]}, {optimizer}, {state}: samples/s")
    for contestant, by_threads in figures.items():
        cells = []
        for count, values in by_threads.items():
            low, middle, high = quartiles(by_clock(values))
            cells.append(f"{count} thr {middle:>11,.0f} ({low:,.0f} … {high:,.0f})")
        print(f"  {contestant:14} " + "   ".join(cells))
    for what, peers, goal in goals(name, optimizer, busy, figures):
        if found := ratio(figures, peers, at_best_threads):
            who, (low, middle, high) = found
            said = "" if goal is None else f"   should be {goal}: " + ("met" if middle >= goal else "MISSED")
            other, (_, work, _) = ratio(figures, peers, on_one_thread)
            print(
                f"  ÷ {what:17} {middle:6.2f}  ({low:.2f} … {high:.2f})  {who}{said};"
                f" on one thread, by processor time {work:.2f} ({other})",
                flush=True,
            )


def memory() -> list[tuple[str, int, int]]:
    """Bytes that Python and NumPy allocate at most while steps run, above what was there before them."""
    from contestants.data import make_data
    from contestants.ours import Engine

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
    parser.add_argument("--optimizer", choices=OPTIMIZERS, action="append")
    parser.add_argument("--threads", type=int, action="append", help="default: 1, 2 and all")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.25, help="each contestant's turn")
    parser.add_argument("--only", action="append", metavar="NAME", help="contestants whose name begins so")
    parser.add_argument("--quiet", action="store_true", help="not beside a busy neighbour")
    parser.add_argument("--busy", action="store_true", help="only beside a busy neighbour")
    parser.add_argument("--json", metavar="FILE", help="also write every figure there")
    parser.add_argument("--no-memory", action="store_true")
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    cpus = os.cpu_count() or 1
    threads = options.threads or sorted({1, min(2, cpus), cpus})
    states = tuple(busy for busy in (False, True) if not (options.quiet if busy else options.busy))
    from dnn_tui.mlp.kernel import loaded_kernel

    print(f"{platform.machine()}, {cpus} CPUs, NumPy {version('numpy')}, OpenBLAS's kernel {loaded_kernel()}")
    print("Numba", version("numba") if is_installed() else f"is not installed, the engine is NumPy's ({INSTALL})")
    missing = [package for package in ("jax", "torch", "sklearn") if not find_spec(package)]
    print(f"Not installed, left out: {', '.join(missing)}" if missing else "All peers are here.")
    record: dict = {}
    for name in options.network or NETWORKS:
        for optimizer in options.optimizer or OPTIMIZERS:
            wanted = contestants(name, optimizer, threads)
            if options.only:
                wanted = {who: make for who, make in wanted.items() if who.startswith(("engine", *options.only))}
            figures = measure(wanted, threads, options.rounds, options.seconds, states)
            for busy in states:
                record[f"{name} {optimizer} {'busy' if busy else 'quiet'}"] = figures[busy]
                show(name, optimizer, busy, figures[busy])
    if not options.no_memory:
        print("\nAllocated in 200 steps of Adam (tracemalloc peak above the start)")
        for name, parameters, peak in memory():
            print(f"  {name:20} {parameters:>9,} parameters ({4 * parameters:>10,} bytes): {peak:>7,} bytes")
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(record, file, indent=1)


if __name__ == "__main__":
    main()
