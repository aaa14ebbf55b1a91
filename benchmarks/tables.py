"""Tables: test figures of dnn-tui's defaults beside scikit-learn's MLP and gradient boosting, on the same splits.

    python benchmarks/tables.py                            the tables no choice was made on, five seeds
    python benchmarks/tables.py --half chosen --seeds 3    those that the defaults were chosen on
    python benchmarks/tables.py --seeds 2 churn concrete   some of them
    python benchmarks/tables.py --tabkit --seeds 2 hitters RealMLP and TabM beside them, where `pytabkit` is installed

Each seed is another split and another start. Contestants see the same raw rows and train on the same rows:

  ours      what `dnn-tui train TABLE` does, validation rows choosing the epoch and the temperature
  mlp       MLPClassifier or MLPRegressor as scikit-learn makes it, behind impute, StandardScaler and OneHotEncoder;
            of a regression the target is standardised, too
  boosting  HistGradientBoosting as scikit-learn makes it, categories as categories
  realmlp, tabm  RealMLP_TD and TabM_D of pytabkit, one network each, our validation rows choosing the epoch

The validation rows (16 % of all) are trained on by nobody, unless --all gives them to the two others: ours needs them
for its choice of the epoch. Figures: accuracy and log loss, of a regression R². The difference is paired, split by
split; "better" and "worse" are said where it is larger than two of its standard errors and than .005 of accuracy or R²,
3 % of log loss.

The tables lie outside the project (../shared/tables, tables.toml says where each is from). The half that was chosen on
is random.Random(14).sample(sorted(names), 8); nothing was ever chosen by the others.
"""

import argparse
import json
import statistics
import time
import tomllib
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.impute import SimpleImputer
from sklearn.metrics import log_loss, r2_score
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler
from threadpoolctl import threadpool_limits

from dnn_tui import datasets
from dnn_tui.datasets.tables.preparation import from_preparation
from dnn_tui.experiments.building import build_trainer, configured
from dnn_tui.experiments.evaluating import answer
from dnn_tui.experiments.recipes import Recipe
from dnn_tui.mlp import TrainingConfig
from dnn_tui.runs.config import DatasetConfig, RunConfig

SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "tables"
CHOSEN = ("computers", "concrete", "german-credit", "hitters", "hpc", "oj", "penguins", "wine")
REPORTED = ("bikeshare", "census-kdd", "churn", "credit", "deliveries", "diamonds", "spam7", "titanic")

MARGIN = {"accuracy": 0.005, "r2": 0.005, "log loss": 0.03}  # of log loss a share

Figures = dict[str, float]


def load(name: str, seed: int, **options: Any) -> tuple[datasets.Dataset, RunConfig]:
    """The table as `dnn-tui train` loads it, and the run's configuration so far."""
    options = {"target": _facts()[name]["target"], **options}
    source = str(SHARED / f"{name}.csv")
    data = datasets.load(source, seed=seed, **options)
    return data, RunConfig(DatasetConfig(source, options=options), training=TrainingConfig(seed=seed))


def _facts() -> dict[str, dict[str, str]]:
    return tomllib.loads((SHARED / "tables.toml").read_text(encoding="utf-8"))


def ours(data: datasets.Dataset, config: RunConfig, **training: Any) -> Figures:
    """The test figures of dnn-tui's defaults, as `eval` gives them."""
    network = {key: training.pop(key) for key in ("hidden", "activation") if key in training}
    config = configured(config, data.defaults, Recipe("", ""), network, {"pace": 0.0, **training})
    trainer = build_trainer(config, data)
    for _ in trainer.events():
        pass
    answers = answer(trainer.network, from_preparation(data.preparation), data.test.x)
    return figures(data, answers.predicted, answers.scores)


def figures(data: datasets.Dataset, predicted: np.ndarray, scores: np.ndarray | None) -> Figures:
    """Of answers for the test rows, in the target's own unit; scores (n, classes) probabilities."""
    if scores is None:
        offset, scale = data.target_scale[0]
        return {"r2": float(r2_score(data.test.y[:, 0] * scale + offset, predicted.reshape(-1)))}
    labels = range(len(data.class_names))
    probable = np.clip(scores.astype(np.float64), 1e-15, 1)
    probable /= probable.sum(axis=1, keepdims=True)
    accuracy = float((predicted == data.test.y).mean())
    return {"accuracy": accuracy, "log loss": float(log_loss(data.test.y, probable, labels=labels))}


def others(data: datasets.Dataset, name: str, seed: int, every: bool) -> dict[str, tuple[Figures, float]]:
    """The test figures of the two others, and the seconds each took to fit."""
    record = from_preparation(data.preparation)
    frame = pandas.read_csv(SHARED / f"{name}.csv")[[feature.name for feature in record.features]]
    regression = data.task == "regression"
    parts = [data.train, data.validation] if every else [data.train]
    rows = np.concatenate([part.rows for part in parts])
    y = np.concatenate([part.y for part in parts])
    y = y[:, 0] if regression else y
    words = [column for column in frame if not pandas.api.types.is_numeric_dtype(frame[column])]
    numbers = [column for column in frame if column not in words]
    frame[words] = frame[words].astype(object).where(frame[words].notna(), "missing").astype(str)
    scaled = ColumnTransformer(
        [
            ("numbers", make_pipeline(SimpleImputer(), StandardScaler()), numbers),
            ("words", OneHotEncoder(handle_unknown="ignore"), words),
        ],
        sparse_threshold=0,
    )
    coded = ColumnTransformer(
        [
            ("words", OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan), words),
            ("numbers", "passthrough", numbers),
        ]
    )  # fmt: skip
    if regression:
        net: Any = TransformedTargetRegressor(MLPRegressor(random_state=seed), transformer=StandardScaler())
        trees: Any = HistGradientBoostingRegressor(random_state=seed, categorical_features=range(len(words)))
    else:
        net = MLPClassifier(random_state=seed)
        trees = HistGradientBoostingClassifier(random_state=seed, categorical_features=range(len(words)))
    found = {}
    for contestant, model in (("mlp", make_pipeline(scaled, net)), ("boosting", make_pipeline(coded, trees))):
        begun = time.perf_counter()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            warnings.simplefilter("ignore", UserWarning)
            model.fit(frame.iloc[rows], y)
            seconds = time.perf_counter() - begun
            tested = frame.iloc[data.test.rows]
            if regression:
                offset, scale = data.target_scale[0]
                found[contestant] = (figures(data, model.predict(tested) * scale + offset, None), seconds)
                continue
            scores = np.zeros((len(tested), len(data.class_names)))
            scores[:, model.classes_] = model.predict_proba(tested)
        found[contestant] = (figures(data, scores.argmax(axis=1), scores), seconds)
    return found


def tabkit(data: datasets.Dataset, name: str, seed: int) -> dict[str, tuple[Figures, float]]:
    """The test figures of RealMLP and TabM with their own defaults, and the seconds each took to fit."""
    import pytabkit

    record = from_preparation(data.preparation)
    frame = pandas.read_csv(SHARED / f"{name}.csv")[[feature.name for feature in record.features]]
    words = [column for column in frame if not pandas.api.types.is_numeric_dtype(frame[column])]
    numbers = [column for column in frame if column not in words]
    frame[words] = frame[words].astype(object).where(frame[words].notna(), "missing").astype(str)
    frame[numbers] = frame[numbers].fillna(frame[numbers].iloc[data.train.rows].mean()).astype("float32")
    regression = data.task == "regression"
    kind = "Regressor" if regression else "Classifier"
    y, held = (part.y[:, 0] if regression else part.y for part in (data.train, data.validation))
    found = {}
    for contestant, model in (("realmlp", f"RealMLP_TD_{kind}"), ("tabm", f"TabM_D_{kind}")):
        begun = time.perf_counter()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fitted = getattr(pytabkit, model)(device="cpu", random_state=seed, n_cv=1, n_refit=0, n_threads=1)
            fitted.fit(frame.iloc[data.train.rows], y, frame.iloc[data.validation.rows], held, cat_col_names=words)
            seconds = time.perf_counter() - begun
            tested = frame.iloc[data.test.rows]
            if regression:
                offset, scale = data.target_scale[0]
                found[contestant] = (figures(data, fitted.predict(tested) * scale + offset, None), seconds)
                continue
            scores = np.zeros((len(tested), len(data.class_names)))
            scores[:, fitted.classes_] = fitted.predict_proba(tested)
        found[contestant] = (figures(data, scores.argmax(axis=1), scores), seconds)
    return found


def compare(name: str, seeds: int, every: bool, more: bool = False) -> dict[str, Any]:
    """Mean figures and seconds over the seeds, and verdicts against the others. more: pytabkit's two are among them."""
    rivals = ("mlp", "boosting", *(("realmlp", "tabm") if more else ()))
    told: dict[str, list[Figures]] = {contestant: [] for contestant in ("ours", *rivals)}
    seconds: dict[str, list[float]] = {contestant: [] for contestant in told}
    for seed in range(seeds):
        data, config = load(name, seed)
        begun = time.perf_counter()
        told["ours"].append(ours(data, config))
        seconds["ours"].append(time.perf_counter() - begun)
        beside = others(data, name, seed, every) | (tabkit(data, name, seed) if more else {})
        for contestant, (found, took) in beside.items():
            told[contestant].append(found)
            seconds[contestant].append(took)
    result: dict[str, Any] = {"table": name, "rows": len(data.train)}
    result["seconds"] = {contestant: statistics.mean(values) for contestant, values in seconds.items()}
    for figure in told["ours"][0]:
        values = {contestant: [found[figure] for found in each] for contestant, each in told.items()}
        result[figure] = {contestant: statistics.mean(each) for contestant, each in values.items()}
        for other in rivals:
            result[f"{figure} to {other}"] = verdict(figure, values["ours"], values[other])
    return result


def verdict(figure: str, mine: list[float], theirs: list[float]) -> str:
    """better, level or worse: by more than the margin and than two standard errors of the paired difference."""
    better = np.subtract(theirs, mine) if figure == "log loss" else np.subtract(mine, theirs)
    margin = MARGIN[figure] * (statistics.mean(theirs) if figure == "log loss" else 1)
    error = float(better.std(ddof=1) / np.sqrt(len(better)))
    if abs(better.mean()) <= max(margin, 2 * error):
        return "level"
    return "better" if better.mean() > 0 else "worse"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("tables", nargs="*", metavar="TABLE", help=f"of {', '.join(CHOSEN + REPORTED)}")
    parser.add_argument("--half", choices=("reported", "chosen"), default="reported")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--all", action="store_true", help="the others train on the validation rows too")
    parser.add_argument("--tabkit", action="store_true", help="RealMLP and TabM as well; needs pytabkit")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if unknown := [name for name in options.tables if name not in CHOSEN + REPORTED]:
        parser.error(f"there is no table {unknown[0]!r}: choose of {', '.join(CHOSEN + REPORTED)}")
    if options.seeds < 2:
        parser.error("a difference needs two seeds or more")
    if not SHARED.is_dir():
        parser.error(f"{SHARED} is not here: the tables do not come with the project")
    counts: dict[str, dict[str, int]] = {}
    rivals = ("mlp", "boosting", *(("realmlp", "tabm") if options.tabkit else ()))
    if not options.json:
        print(f"{'table':14}{'figure':10}" + "".join(f"{each:>10}" for each in ("ours", *rivals)) + "   "
              + "".join(f"to {each:11}" for each in rivals) + "seconds")  # fmt: skip
    with threadpool_limits(1):
        for name in options.tables or (REPORTED if options.half == "reported" else CHOSEN):
            result = compare(name, options.seeds, options.all, options.tabkit)
            if options.json:
                print(json.dumps(result, ensure_ascii=False), flush=True)
                continue
            for figure in MARGIN:
                if figure in result:
                    print(_line(result, figure), flush=True)
                    for other in rivals:
                        tally = counts.setdefault(f"{figure} to {other}", {"better": 0, "level": 0, "worse": 0})
                        tally[result[f"{figure} to {other}"]] += 1
    for what, tally in counts.items():
        print(f"{what}: " + ", ".join(f"{count} {word}" for word, count in tally.items()))


def _line(result: dict[str, Any], figure: str) -> str:
    told = "".join(f"{value:10.4f}" for value in result[figure].values())
    words = "".join(f"{result[f'{figure} to {other}']:14}" for other in list(result[figure])[1:])
    seconds = " ".join(f"{value:.1f}" for value in result["seconds"].values())
    return f"{result['table']:14}{figure:10}{told}   {words}{seconds}"


if __name__ == "__main__":
    main()
