"""Tables: test figures of dnn-tui beside scikit-learn's MLP on the same rows of the same splits.

    python benchmarks/tables.py                  all tables (a minute)
    python benchmarks/tables.py --seeds 20 iris  some of them, over more splits

Each seed is another split and another start. Contestants see the same prepared inputs and train on the same rows:

  ours       what `dnn-tui train TABLE` does: the data set's recommended defaults, the weights of the last epoch
  default    MLPClassifier or MLPRegressor as scikit-learn makes it: 100 hidden units, Adam, at most 200 epochs
  same net   the same with our hidden layers, activation, learning rate, batch size and number of epochs

Figures: accuracy, and for regression R². The difference is paired, split by split, with its standard error; "worse"
is said where ours is lower by more than two of them. boston has a column (b) that encodes race: scikit-learn took
the data set out for that reason, and it serves here only to compare numbers.
"""

import argparse
import json
import statistics
import warnings
from pathlib import Path

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier, MLPRegressor
from threadpoolctl import threadpool_limits

from dnn_tui import datasets
from dnn_tui.mlp import Network, Trainer, TrainingConfig
from dnn_tui.mlp.losses import DEFAULT_PAIR

SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "csv"
TABLES = {
    "liver": {"name": str(SHARED / "indian_liver_patients.csv"), "target": "label"},
    "boston": {"name": str(SHARED / "boston_housing.csv"), "target": "medv"},
    "iris": {"name": "iris"},
    "wine": {"name": "wine"},
    "breast-cancer": {"name": "breast-cancer"},
    "diabetes": {"name": "diabetes"},
    "digits": {"name": "digits"},
}
SKLEARN_NAMES = {"sigmoid": "logistic", "identity": "identity", "tanh": "tanh", "relu": "relu"}


def ours(data: datasets.Dataset, seed: int) -> float:
    """The test figure of dnn-tui's defaults."""
    d = data.defaults
    sizes = (data.n_features, *d.hidden, data.n_outputs)
    network = Network(sizes, d.activation, DEFAULT_PAIR[data.task][0], seed=seed)
    config = TrainingConfig(
        optimizer=d.optimizer, lr=d.lr, batch_size=d.batch_size, epochs=d.epochs, l2=d.l2, seed=seed
    )
    *_, ended = Trainer(network, data, config).events()
    return ended.metrics["test"]["r2" if data.task == "regression" else "accuracy"]


def sklearn(data: datasets.Dataset, seed: int, same_net: bool) -> float:
    """The test figure of scikit-learn's MLP."""
    d, chosen = data.defaults, {}
    if same_net:
        chosen = {
            "hidden_layer_sizes": d.hidden,
            "activation": SKLEARN_NAMES[d.activation],
            "learning_rate_init": d.lr,
            "batch_size": d.batch_size,
            "max_iter": d.epochs,
            "n_iter_no_change": d.epochs,
            # its penalty is ½ α Σw² / n a batch of n rows; ours ½ λ Σw² beside the mean loss
            "alpha": d.l2 * d.batch_size,
        }
    regression = data.task == "regression"
    model = (MLPRegressor if regression else MLPClassifier)(random_state=seed, **chosen)
    y_train, y_test = (part.y[:, 0] if regression else part.y for part in (data.train, data.test))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return float(model.fit(data.train.x, y_train).score(data.test.x, y_test))


def compare(name: str, seeds: int) -> dict:
    """Mean figures over the seeds, and the paired difference to each of scikit-learn's two."""
    figures: dict[str, list[float]] = {"ours": [], "default": [], "same net": []}
    for seed in range(seeds):
        data = datasets.load(seed=seed, **TABLES[name])
        figures["ours"].append(ours(data, seed))
        figures["default"].append(sklearn(data, seed, same_net=False))
        figures["same net"].append(sklearn(data, seed, same_net=True))
    result = {"table": name, "figure": "R²" if data.task == "regression" else "accuracy", "test rows": len(data.test)}
    for contestant, values in figures.items():
        result[contestant] = statistics.mean(values)
    for contestant in ("default", "same net"):
        difference = np.subtract(figures["ours"], figures[contestant])
        error = float(difference.std(ddof=1) / np.sqrt(seeds))
        verdict = "worse" if difference.mean() < -2 * error else "better" if difference.mean() > 2 * error else "equal"
        result[f"to {contestant}"] = (float(difference.mean()), error, verdict)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("tables", nargs="*", metavar="TABLE", help=f"of {', '.join(TABLES)}")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if unknown := [name for name in options.tables if name not in TABLES]:
        parser.error(f"there is no table {unknown[0]!r}: choose of {', '.join(TABLES)}")
    if options.seeds < 2:
        parser.error("a difference needs two seeds or more")
    if not options.json:
        print(f"{'table':14}{'':9}{'ours':>8}{'default':>9}{'same net':>9}   ours - default       ours - same net")
    with threadpool_limits(1, user_api="blas"):
        for name in options.tables or TABLES:
            if not Path(TABLES[name]["name"]).exists() and "/" in TABLES[name]["name"]:
                print(f"{name:14}left out: {TABLES[name]['name']} is not here")
                continue
            result = compare(name, options.seeds)
            print(json.dumps(result, ensure_ascii=False) if options.json else _line(result), flush=True)


def _line(result: dict) -> str:
    figures = "".join(f"{result[key]:{width}.4f}" for key, width in (("ours", 8), ("default", 9), ("same net", 9)))
    differences = (
        f"{mean:+.4f} ±{error:.4f} {verdict}" for mean, error, verdict in (result["to default"], result["to same net"])
    )
    return (
        f"{result['table']:14}{result['figure']:9}{figures}   "
        + "  ".join(f"{told:21}" for told in differences).rstrip()
    )


if __name__ == "__main__":
    main()
