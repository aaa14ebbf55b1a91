"""`MLPClassifier` beside scikit-learn's of the same name: samples a second while fitting and predicting, and the score.

    python benchmarks/estimators.py [--epochs N] [--seeds N]

Both in one process, by turns, with the same settings (scikit-learn's defaults), the same rows, the same type of number
and the same number of epochs, neither stopping early: twice with scikit-learn's matrix products on all processors, as
it comes, and on one, as ours are. MNIST is read from the folder that DNN_TUI_DATA names.
"""

import argparse
import os
import statistics
import time
import warnings
from contextlib import nullcontext
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits, make_classification
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier as Theirs
from threadpoolctl import threadpool_limits

from dnn_tui import datasets
from dnn_tui.experiments import MLPClassifier as Ours

EPOCHS = {"digits": 100, "mnist 10,000": 20, "like covtype": 10}
PREDICTED = 100_000


def main() -> None:
    """Measure and print a line a data set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=0, help="instead of each data set's own")
    parser.add_argument("--seeds", type=int, default=3)
    given = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)
    print("                                 samples a second           ÷   accuracy        predict")
    print("                                     theirs        ours         theirs  ours          ÷")
    for name, (x, y) in data().items():
        for kind in (np.float64, np.float32):
            for threads in (0, 1):
                measure(name, x.astype(kind), y, threads, given.epochs or EPOCHS[name], given.seeds)


def data() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Rows and classes of each data set; MNIST where it is at hand."""
    x, y = load_digits(return_X_y=True)
    found = {"digits": (x / 16, y)}
    folder = os.environ.get("DNN_TUI_DATA")
    if folder:
        mnist = datasets.load("mnist", data_dir=Path(folder), offline=True)
        found["mnist 10,000"] = mnist.train.x[:12_000], mnist.train.y[:12_000]
    else:
        print("MNIST is left out: DNN_TUI_DATA names no folder.")
    covtype = make_classification(
        60_000, 54, n_informative=20, n_redundant=10, n_classes=7, class_sep=1.5, random_state=0
    )
    found["like covtype"] = covtype
    return found


def measure(name: str, x: np.ndarray, y: np.ndarray, threads: int, epochs: int, seeds: int) -> None:
    """threads: of scikit-learn's matrix products, 0: as many as there are."""
    settings = {"max_iter": epochs, "tol": 0.0, "n_iter_no_change": 10**9}
    rates: dict[type, list[float]] = {Theirs: [], Ours: []}
    scores: dict[type, list[float]] = {Theirs: [], Ours: []}
    asked: dict[type, list[float]] = {Theirs: [], Ours: []}
    rows = {"mnist 10,000": 10_000, "like covtype": 50_000}.get(name)
    Ours(**settings | {"max_iter": 1}, engine="compiled").fit(x[:200], y[:200])  # compiled once on a machine
    for seed in range(seeds):
        parts = train_test_split(x, y, train_size=rows, random_state=seed, stratify=y)
        many = np.resize(parts[1], (PREDICTED, x.shape[1]))
        for kind in (Theirs, Ours) if seed % 2 else (Ours, Theirs):
            alone = threadpool_limits(1, user_api="blas") if threads and kind is Theirs else nullcontext()
            with alone:
                estimator = kind(random_state=seed, **settings)
                begin = time.perf_counter()
                estimator.fit(parts[0], parts[2])
                rates[kind].append(len(parts[0]) * estimator.n_iter_ / (time.perf_counter() - begin))
                scores[kind].append(estimator.score(parts[1], parts[3]))
                for _ in range(3):
                    begin = time.perf_counter()
                    estimator.predict(many)
                    asked[kind].append(time.perf_counter() - begin)
    middle = {kind: statistics.median(rates[kind]) for kind in rates}
    ratios = [ours / theirs for ours, theirs in zip(rates[Ours], rates[Theirs], strict=True)]
    accuracy = [statistics.mean(scores[kind]) for kind in (Theirs, Ours)]
    quicker = statistics.median(asked[Theirs]) / statistics.median(asked[Ours])
    label = f"{name}, {x.dtype}, {'one thread' if threads else 'all'}"
    print(
        f"{label:32} {middle[Theirs]:10,.0f}  {middle[Ours]:10,.0f} {statistics.median(ratios):5.1f}"
        f"   {accuracy[0]:.4f}  {accuracy[1]:.4f}  {quicker:6.1f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
