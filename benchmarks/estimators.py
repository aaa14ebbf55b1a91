"""`MLPClassifier` beside scikit-learn's of the same name: samples a second while fitting and predicting, and the score.

    python benchmarks/estimators.py [--epochs N] [--seeds N]

All in one process, by turns: the same settings (scikit-learn's defaults), the same rows and the same number of epochs,
none stopping early. scikit-learn's as it comes, its matrix products on all processors, and on one, as ours are; ours
as it comes, which computes in float32 where the data is large, and in the type of the rows, float64. Samples a second
and seconds to predict 100,000 rows are medians, accuracies means over the seeds; "÷ in CPU time" is the ratio of rows
a second of all processors together, which a busy neighbour changes little. Compiling is not counted, all else is.
"products alone" is what no engine that computes with this matrix library can pass: the five matrix products of a step
(two forward, three backward) on arrays that lie ready, in float32, on one thread or two, whichever is faster, and
nothing else; it means something on quiet processors only.
MNIST is read from the folder that DNN_TUI_DATA names.
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

EPOCHS = {"digits": 60, "mnist 10,000": 10, "like covtype": 5}
ROWS = {"mnist 10,000": 10_000, "like covtype": 50_000}
PREDICTED = 100_000
CONTESTANTS = {
    "theirs": (Theirs, 0, {}),
    "theirs, one thread": (Theirs, 1, {}),
    "ours": (Ours, 0, {}),
    "ours, float64": (Ours, 0, {"dtype": "float64"}),
}


HIDDEN, BATCH = 100, 200  # scikit-learn's defaults


def products_alone(inputs: int, outputs: int, seconds: float = 1.0) -> float:
    """Rows a second of a step's matrix products alone, in float32, at the best number of threads."""
    rng = np.random.default_rng(0)
    x, h, out = (rng.random((BATCH, units), np.float32) for units in (inputs, HIDDEN, outputs))
    first, last = (rng.random(shape, np.float32) for shape in ((inputs, HIDDEN), (HIDDEN, outputs)))
    pairs = ((x, first), (h, last), (h.T, out), (out, last.T), (x.T, h))
    into = [np.empty((a.shape[0], b.shape[1]), np.float32) for a, b in pairs]
    best = 0.0
    for threads in (1, 2):
        with threadpool_limits(threads, user_api="blas"):
            for _ in range(3):
                begin, steps = time.perf_counter(), 0
                while time.perf_counter() - begin < seconds / 3:
                    for (a, b), c in zip(pairs, into, strict=True):
                        np.matmul(a, b, out=c)
                    steps += 1
                best = max(best, steps * BATCH / (time.perf_counter() - begin))
    return best


def main() -> None:
    """Measure and print a line a data set and contestant."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=0, help="instead of each data set's own")
    parser.add_argument("--seeds", type=int, default=3)
    given = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)
    print(f"{'':34} samples/s   ÷ theirs   ÷ in CPU time   ÷ one thread   accuracy   predict   ÷ theirs")
    for name, (x, y) in data().items():
        measure(name, x.astype(np.float64), y, given.epochs or EPOCHS[name], given.seeds)


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


def measure(name: str, x: np.ndarray, y: np.ndarray, epochs: int, seeds: int) -> None:
    """Print a line a contestant; a ratio is the median of the seeds' ratios."""
    settings = {"max_iter": epochs, "tol": 0.0, "n_iter_no_change": 10**9}
    rates, works, scores, asked = ({who: [] for who in CONTESTANTS} for _ in range(4))
    Ours(max_iter=1, engine="compiled").fit(x[:200], y[:200])  # compiled once on a machine
    for seed in range(seeds):
        parts = train_test_split(x, y, train_size=ROWS.get(name), random_state=seed, stratify=y)
        many = np.resize(parts[1], (PREDICTED, x.shape[1]))
        for who in CONTESTANTS if seed % 2 else reversed(CONTESTANTS):
            kind, threads, own = CONTESTANTS[who]
            with threadpool_limits(threads, user_api="blas") if threads else nullcontext():
                estimator = kind(random_state=seed, **settings, **own)
                begin, worked = time.perf_counter(), time.process_time()
                estimator.fit(parts[0], parts[2])
                rates[who].append(len(parts[0]) * estimator.n_iter_ / (time.perf_counter() - begin))
                works[who].append(len(parts[0]) * estimator.n_iter_ / (time.process_time() - worked))
                scores[who].append(estimator.score(parts[1], parts[3]))
                seconds = []
                for _ in range(3):
                    begin = time.perf_counter()
                    estimator.predict(many)
                    seconds.append(time.perf_counter() - begin)
                asked[who].append(statistics.median(seconds))
    for who in CONTESTANTS:
        quicker = [a / b for a, b in zip(asked["theirs"], asked[who], strict=True)]
        ratios = [
            statistics.median(a / b for a, b in zip(figures[who], figures[other], strict=True))
            for figures, other in ((rates, "theirs"), (works, "theirs"), (rates, "theirs, one thread"))
        ]
        speed = f"{statistics.median(rates[who]):9,.0f}   {ratios[0]:8.1f}   {ratios[1]:13.1f}   {ratios[2]:12.1f}"
        asking = f"{statistics.median(asked[who]):7.3f}   {statistics.median(quicker):8.1f}"
        print(f"{name + ', ' + who:34} {speed}   {statistics.mean(scores[who]):8.4f}   {asking}", flush=True)
    classes = len(np.unique(y))
    bound = products_alone(x.shape[1], classes if classes > 2 else 1)
    print(
        f"{name + ', products alone':34} {bound:9,.0f}   {bound / statistics.median(rates['theirs']):8.1f}", flush=True
    )


if __name__ == "__main__":
    main()
