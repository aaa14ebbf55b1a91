"""MLPClassifier and MLPRegressor: scikit-learn's contract, and scikit-learn's own perceptrons as the measure."""

import pickle
import subprocess
import sys
import warnings

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="scikit-learn is not installed: pip install 'dnn-tui[sklearn]'")

from joblib import parallel_config
from sklearn import datasets as data_of
from sklearn import neural_network as theirs
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import accuracy_score, r2_score
from sklearn.model_selection import GridSearchCV, cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from dnn_tui.experiments import MLPClassifier, MLPRegressor
from dnn_tui.experiments.estimators.settings import in_its_type

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")]
OURS, THEIRS = (MLPClassifier, MLPRegressor), (theirs.MLPClassifier, theirs.MLPRegressor)


@parametrize_with_checks([MLPClassifier(), MLPRegressor()])
def test_every_check_of_scikit_learn_passes(estimator, check):
    check(estimator)


@pytest.mark.parametrize(("ours", "their"), list(zip(OURS, THEIRS, strict=True)))
def test_every_setting_of_scikit_learns_is_here_with_the_same_default_and_in_the_same_place(ours, their):
    known, given = ours().get_params(), their().get_params()
    assert {name: known[name] for name in given if name in known} == given
    their_order = list(their.__init__.__code__.co_varnames[1:4])
    assert list(ours.__init__.__code__.co_varnames[1:4]) == their_order


def pair(ours, their, X, y, **settings):
    """One of ours and one of scikit-learn's that begin from the same weights; both fitted on from there."""
    fitted = []
    for kind in (ours, their):
        estimator = kind(warm_start=True, max_iter=1, shuffle=False, tol=0, n_iter_no_change=10**6, **settings)
        fitted.append(estimator.fit(X, y))
    fitted[0].coefs_ = [coef.copy() for coef in fitted[1].coefs_]
    fitted[0].intercepts_ = [intercept.copy() for intercept in fitted[1].intercepts_]
    return [estimator.set_params(max_iter=25) for estimator in fitted]


def targets(kind, X):
    rng = np.random.default_rng(5)
    return {
        "classes": rng.integers(0, 4, len(X)),
        "binary": np.where(X[:, 0] > 0, "yes", "no"),
        "labels": (X[:, :3] > 0).astype(int),
        "number": X[:, 0] * X[:, 1],
        "numbers": np.stack([X[:, 0], X[:, 1] ** 2], axis=1),
    }[kind]


@pytest.mark.parametrize("kind", ["classes", "binary", "labels", "number", "numbers"])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(
    "settings",
    [
        {"solver": "sgd", "momentum": 0.9, "activation": "tanh"},
        {"solver": "sgd", "momentum": 0.7, "nesterovs_momentum": False, "alpha": 0.5},
        {"solver": "sgd", "momentum": 0.0, "activation": "logistic", "learning_rate_init": 0.1},
        {"solver": "adam", "beta_1": 0.8, "beta_2": 0.99, "alpha": 0.1, "batch_size": 30, "epsilon": 1e-14},
    ],
    ids=["nesterov", "momentum", "plain", "adam"],
)
def test_from_the_same_start_the_weights_become_those_of_scikit_learn(kind, settings, weighted):
    X = np.random.default_rng(0).normal(size=(90, 5))
    y = targets(kind, X)
    # ε is added to √v̂ here, as in PyTorch, and to √v there: small enough, it does not matter. And
    # batches of one weight each: of others scikit-learn divides α by what each happens to weigh
    weight = np.tile(np.random.default_rng(1).random(30) + 0.1, 3) if weighted else None
    which = kind in ("number", "numbers")
    estimators = pair(OURS[which], THEIRS[which], X, y, hidden_layer_sizes=(8, 6), random_state=0, **settings)
    for estimator in estimators:
        estimator.fit(X, y, sample_weight=weight)
    ours, their = estimators
    for mine, wanted in zip(ours.coefs_ + ours.intercepts_, their.coefs_ + their.intercepts_, strict=True):
        np.testing.assert_allclose(mine, wanted, rtol=1e-5, atol=1e-7)
    # the penalty in the curve is that of the epoch's end here, of each batch there
    np.testing.assert_allclose(ours.loss_curve_[1:], their.loss_curve_[1:], rtol=2e-2)
    if hasattr(ours, "predict_proba"):
        np.testing.assert_array_equal(ours.predict(X), their.predict(X))
        np.testing.assert_allclose(ours.predict_proba(X), their.predict_proba(X), rtol=1e-4)
        np.testing.assert_allclose(ours.predict_log_proba(X), np.log(their.predict_proba(X)), rtol=1e-3, atol=1e-4)
    else:
        np.testing.assert_allclose(ours.predict(X), their.predict(X), rtol=1e-4, atol=1e-6)
    assert ours.score(X, y, sample_weight=weight) == pytest.approx(their.score(X, y, sample_weight=weight), abs=1e-6)
    for name in ("n_iter_", "t_", "n_layers_", "n_outputs_", "out_activation_", "n_features_in_"):
        assert getattr(ours, name) == getattr(their, name), name


@pytest.mark.parametrize("learning_rate", ["invscaling", "adaptive"])
def test_the_learning_rates_of_scikit_learn_move_as_there(learning_rate):
    X = np.random.default_rng(0).normal(size=(60, 4))
    y = targets("number", X)
    settings = {"solver": "sgd", "momentum": 0.0, "learning_rate": learning_rate, "learning_rate_init": 0.05}
    estimators = pair(MLPRegressor, theirs.MLPRegressor, X, y, random_state=0, batch_size=20, **settings)
    for estimator in estimators:
        estimator.set_params(tol=1e-3, n_iter_no_change=1, max_iter=300, alpha=0).fit(X, y)
    np.testing.assert_allclose(estimators[0].coefs_[0], estimators[1].coefs_[0], rtol=1e-6)
    assert estimators[0].n_iter_ == estimators[1].n_iter_


def test_partial_fit_keeps_the_optimizers_memory_from_call_to_call():
    X = np.random.default_rng(0).normal(size=(40, 4))
    y = targets("classes", X)
    kinds = (MLPClassifier, theirs.MLPClassifier)
    estimators = [kind(random_state=0, shuffle=False, epsilon=1e-14) for kind in kinds]
    for estimator in estimators:
        estimator.partial_fit(X, y, classes=np.arange(4))
    estimators[0].coefs_ = [coef.copy() for coef in estimators[1].coefs_]
    estimators[0].intercepts_ = [intercept.copy() for intercept in estimators[1].intercepts_]
    for name, arrays in (("m", estimators[1]._optimizer.ms), ("v", estimators[1]._optimizer.vs)):
        flat = [a.T.ravel() for pair in zip(arrays[:2], arrays[2:], strict=True) for a in pair]
        # ours keeps m / (1 - β₁) and v / (1 - β₂)
        kept, beta = estimators[0]._optimizer_state[name], {"m": 0.9, "v": 0.999}[name]
        kept[...] = np.concatenate(flat) / (1 - beta)
    for estimator in estimators:
        for _ in range(12):
            estimator.partial_fit(X, y)
    np.testing.assert_allclose(estimators[0].coefs_[0], estimators[1].coefs_[0], rtol=1e-4, atol=1e-6)
    assert len(estimators[0].loss_curve_) == 13


def test_early_stopping_keeps_the_best_network_and_says_how_it_went():
    X, y = data_of.load_digits(return_X_y=True)
    ours = MLPClassifier(early_stopping=True, random_state=0, max_iter=40, n_iter_no_change=3, learning_rate_init=0.01)
    ours.fit(X / 16, y)
    scores = ours.validation_scores_
    assert ours.best_validation_score_ == max(scores) > 0.95
    assert ours.n_iter_ == len(scores) < 40
    assert ours.best_loss_ is None
    # ended after more than three epochs without improvement by tol, as scikit-learn counts them
    assert all(max(scores[:k]) > scores[k] - ours.tol for k in range(len(scores) - 4, len(scores)))
    # what is kept is the network of the best epoch: the rows it was judged on are found again
    kept = train_test_split(X / 16, y, random_state=after_the_first_draw(0), test_size=0.1, stratify=y)
    assert accuracy_score(kept[3], ours.predict(kept[1])) == pytest.approx(max(scores))


def after_the_first_draw(seed):
    rng = np.random.RandomState(seed)
    rng.randint(np.iinfo(np.int32).max)
    return rng


@pytest.mark.parametrize("kind", ["classes", "binary", "labels", "number", "numbers"])
def test_lbfgs_finds_what_scikit_learns_finds(kind):
    X = np.random.default_rng(0).normal(size=(60, 4))
    y = targets(kind, X)
    which = kind in ("number", "numbers")
    settings = {"solver": "lbfgs", "hidden_layer_sizes": (6,), "activation": "tanh", "alpha": 1.0, "random_state": 0}
    found = []
    for estimator in pair(OURS[which], THEIRS[which], X, y, **settings):
        found.append(estimator.set_params(max_iter=2000, tol=1e-7).fit(X, y, sample_weight=1 + X[:, 0] ** 2))
    if kind == "numbers":  # scikit-learn's loss is the mean over the outputs, its gradient their sum's: it stops early
        assert found[0].score(X, y) >= found[1].score(X, y)
    else:
        assert found[0].loss_ == pytest.approx(found[1].loss_, rel=1e-3)
        assert found[0].score(X, y) == pytest.approx(found[1].score(X, y), abs=0.02)


def test_search_pipeline_and_cross_validation():
    X, y = data_of.load_wine(return_X_y=True)
    pipeline = make_pipeline(StandardScaler(), MLPClassifier(max_iter=60, learning_rate_init=0.01, random_state=0))
    assert cross_val_score(pipeline, X, y, cv=3).min() > 0.9
    grid = {"mlpclassifier__dropout": [0.0, 0.2], "mlpclassifier__hidden_layer_sizes": [(8,), (16, 8)]}
    with parallel_config("multiprocessing"):  # forks, which need not import anything again
        search = GridSearchCV(pipeline, grid, cv=3, n_jobs=2).fit(X, y)
    assert search.best_score_ > 0.9
    assert set(search.best_params_) == set(grid)


def test_scores_are_those_of_scikit_learn_on_the_same_splits():
    X, y = data_of.load_digits(return_X_y=True)
    X, X_test, y, y_test = train_test_split(X / 16, y, random_state=0, stratify=y)
    kinds = (MLPClassifier, theirs.MLPClassifier)
    scores = [kind(max_iter=60, random_state=0).fit(X, y).score(X_test, y_test) for kind in kinds]
    assert scores[0] >= scores[1] - 0.01
    X, y = data_of.load_diabetes(return_X_y=True)
    X, y = StandardScaler().fit_transform(X), (y - y.mean()) / y.std()
    X, X_test, y, y_test = train_test_split(X, y, random_state=0)
    r2 = r2_score(y_test, MLPRegressor(alpha=1.0, early_stopping=True, random_state=0).fit(X, y).predict(X_test))
    assert r2 > 0.25


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_data_frames_come_in_and_their_names_are_kept(library):
    frames = pytest.importorskip(library)
    X, y = data_of.load_iris(return_X_y=True)
    names = ["sepal length", "sepal width", "petal length", "petal width"]
    frame = frames.DataFrame(dict(zip(names, X.T, strict=True)))
    labels = frames.Series(np.array(["setosa", "versicolor", "virginica"])[y].tolist())
    fitted = MLPClassifier(max_iter=50, random_state=0).fit(frame, labels)
    assert fitted.feature_names_in_.tolist() == names
    assert fitted.classes_.tolist() == ["setosa", "versicolor", "virginica"]
    plain = MLPClassifier(max_iter=50, random_state=0).fit(X, labels)
    np.testing.assert_array_equal(fitted.predict(frame), plain.predict(X))
    with pytest.raises(ValueError, match="feature names should match"):
        fitted.predict(frame[names[::-1]])


def test_a_fitted_one_is_pickled_and_cloned_and_the_same_seed_gives_the_same_network():
    X, y = data_of.load_iris(return_X_y=True)
    fitted = MLPClassifier(activation="leaky_relu", max_iter=20, random_state=3, dropout=0.1).fit(X, y)
    again = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(again.predict_proba(X), fitted.predict_proba(X))
    twin = clone(fitted).fit(X, y)
    np.testing.assert_array_equal(twin.coefs_[0], fitted.coefs_[0])
    assert not hasattr(clone(fitted), "coefs_")


@pytest.mark.parametrize(("kind", "dtype"), [(np.float32, None), (np.float64, "float32")])
def test_float32_stays_float32_and_float64_becomes_it_where_it_is_asked_for(kind, dtype):
    X, y = data_of.load_iris(return_X_y=True)
    fitted = MLPClassifier(max_iter=5, dtype=dtype).fit(X.astype(kind), y)
    assert {coef.dtype for coef in fitted.coefs_} == {np.dtype(np.float32)}
    assert fitted.predict_proba(X.astype(np.float32)).dtype == np.float32


@pytest.mark.parametrize(("rows", "kind"), [(999, np.float64), (1000, np.float32)])
def test_a_large_fit_is_in_float32_and_a_small_one_in_float64_and_each_goes_on_as_it_began(rows, kind):
    X, y = np.zeros((rows, 1000)), np.arange(rows) % 2
    fitted = MLPClassifier((2,), max_iter=1).fit(X, y)
    assert {coef.dtype for coef in fitted.coefs_} == {np.dtype(kind)}
    assert fitted.partial_fit(X[:10], y[:10]).coefs_[0].dtype == kind


@pytest.mark.parametrize("largest", [3e38, 4e38])
def test_a_large_fit_stays_in_float64_where_float32_cannot_hold_a_value(largest):
    sparse = pytest.importorskip("scipy.sparse")
    X = np.zeros((1000, 1000))
    X[0, 0] = largest
    kind = np.float32 if largest < 3.4e38 else np.float64  # its largest is 3.403e38
    assert in_its_type(X, "auto").dtype == in_its_type(sparse.csr_array(X), "auto").dtype == kind
    assert in_its_type(X, None).dtype == in_its_type(X, "float64").dtype == np.float64


def test_sparse_rows_are_learned_as_dense_ones():
    sparse = pytest.importorskip("scipy.sparse")
    X, y = data_of.load_digits(return_X_y=True)
    X = MinMaxScaler().fit_transform(X)[:300]
    fitted = [MLPClassifier(max_iter=5, random_state=0).fit(given, y[:300]) for given in (X, sparse.csr_array(X))]
    np.testing.assert_array_equal(fitted[0].predict_proba(X), fitted[1].predict_proba(sparse.csc_array(X)))


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"solver": "newton"}, "The 'solver' parameter of MLPClassifier must be a str among"),
        ({"hidden_layer_sizes": (5, -1)}, "hidden_layer_sizes must be > 0"),
        ({"hidden_layer_sizes": (5, 2.5)}, "hidden_layer_sizes must be > 0"),
        ({"dropout": 1.0}, "The 'dropout' parameter of MLPClassifier must be a float in the range"),
        ({"solver": "lbfgs", "dropout": 0.1}, "solver='lbfgs' of MLPClassifier has no dropout"),
        ({"solver": "lbfgs", "record": True}, "makes no steps to record"),
        ({"solver": "sgd", "learning_rate": "adaptive", "schedule": "cosine"}, "both move the learning rate"),
        ({"activation": "gelu", "engine": "compiled"}, "compiled engine cannot train this"),
        (
            {"solver": "sgd", "learning_rate_init": 1e30, "activation": "identity"},
            "Training diverged: the loss of step",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_sentence(settings, sentence):
    X, y = data_of.load_iris(return_X_y=True)
    with pytest.raises(ValueError, match=sentence):
        MLPClassifier(random_state=0, **settings).fit(X, y)


def test_warnings_are_those_of_scikit_learn():
    X, y = data_of.load_iris(return_X_y=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ConvergenceWarning, match=r"Maximum iterations \(3\) reached"):
            MLPClassifier(max_iter=3).fit(X, y)
        with pytest.raises(UserWarning, match="larger than sample size"):
            MLPClassifier(max_iter=3, batch_size=1000).fit(X, y)
    with pytest.raises(AttributeError, match="has no attribute 'partial_fit'"):
        MLPClassifier(solver="lbfgs").partial_fit  # noqa: B018


def test_scikit_learn_is_imported_only_where_an_estimator_is():
    code = "import sys, dnn_tui.experiments as e; print('sklearn' in sys.modules, hasattr(e, 'nothing'))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["False", "False"]


def test_without_scikit_learn_one_sentence_says_what_to_install():
    code = """
import sys
sys.modules["sklearn"] = None
import dnn_tui.experiments as e
try:
    e.MLPClassifier
except ModuleNotFoundError as error:
    print(error)
"""
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "MLPClassifier needs scikit-learn: pip install 'dnn-tui[sklearn]'."
