"""`MLPClassifier`: classes, two or many, or several yes-or-no labels at once."""

from numbers import Real
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.metrics import accuracy_score
from sklearn.utils import column_or_1d
from sklearn.utils._param_validation import Interval
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import _check_partial_fit_first_call, check_classification_targets, type_of_target
from sklearn.utils.validation import validate_data

from .base import Perceptron
from .settings import CONSTRAINTS, in_its_type


class MLPClassifier(ClassifierMixin, Perceptron):  # type: ignore[misc]  # scikit-learn has no types
    """A multilayer perceptron that classifies; in the place of scikit-learn's of the same name.

    Parameters that scikit-learn's has mean what they mean there, with the same defaults. More values: `activation`
    takes every hidden activation of dnn_tui, `solver` every optimizer. Added:

    dropout, input_dropout: probability of dropping a hidden unit, an input. label_smoothing ε: the share of a target
    spread over all classes. clip_norm, max_norm: the longest gradient, the longest row of weights; 0: any.
    schedule, warmup: of the learning rate over max_iter epochs (`TrainingConfig`). initialization: how weights begin,
    Glorot's as there. dtype: "float32" or "float64" to compute in; None: that of X; "auto": float32 where X is float32
    or has a million values or more, else float64. PyTorch and most people train in float32: it is twice as fast, and
    rounds by far less than one batch differs from the next. Small fits keep float64, and equal scikit-learn's weights.
    engine: "auto", "numpy" or "compiled", which needs Numba. threads: for small networks one is the fastest.
    record: write the fit down as a run in runs_dir (None: where `dnn-tui` looks for runs), named after run_name, which
    `dnn-tui watch` shows while it goes. Its rows are kept with it up to 256 MB, with record="rows" whatever their size:
    `dnn-tui eval` and `train --resume` need them.

    Fitted: classes_, coefs_, intercepts_, loss_, loss_curve_, best_loss_, validation_scores_, best_validation_score_,
    n_iter_, t_, n_layers_, n_outputs_, out_activation_, n_features_in_, feature_names_in_ as in scikit-learn; run_, the
    name of the recorded run.
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **CONSTRAINTS,
        "label_smoothing": [Interval(Real, 0, 1, closed="left")],
    }

    def __init__(
        self,
        hidden_layer_sizes: Any = (100,),
        activation: str = "relu",
        *,
        solver: str = "adam",
        alpha: float = 0.0001,
        batch_size: int | str = "auto",
        learning_rate: str = "constant",
        learning_rate_init: float = 0.001,
        power_t: float = 0.5,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 1e-4,
        verbose: bool = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: float = 10,
        max_fun: int = 15000,
        dropout: float = 0.0,
        input_dropout: float = 0.0,
        label_smoothing: float = 0.0,
        clip_norm: float = 0.0,
        max_norm: float = 0.0,
        schedule: str = "constant",
        warmup: float = 0.0,
        initialization: str = "xavier",
        dtype: str | None = "auto",
        engine: str = "auto",
        threads: int = 1,
        record: bool | str = False,
        run_name: str | None = None,
        runs_dir: str | None = None,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.solver = solver
        self.alpha = alpha
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.learning_rate_init = learning_rate_init
        self.power_t = power_t
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.random_state = random_state
        self.tol = tol
        self.verbose = verbose
        self.warm_start = warm_start
        self.momentum = momentum
        self.nesterovs_momentum = nesterovs_momentum
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.n_iter_no_change = n_iter_no_change
        self.max_fun = max_fun
        self.dropout = dropout
        self.input_dropout = input_dropout
        self.label_smoothing = label_smoothing
        self.clip_norm = clip_norm
        self.max_norm = max_norm
        self.schedule = schedule
        self.warmup = warmup
        self.initialization = initialization
        self.dtype = dtype
        self.engine = engine
        self.threads = threads
        self.record = record
        self.run_name = run_name
        self.runs_dir = runs_dir

    classes_: np.ndarray

    @available_if(lambda self: self._is_stochastic())  # type: ignore[untyped-decorator]  # scikit-learn has no types
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None, classes: Any = None) -> Self:
        """One epoch over these rows; the optimizer goes on from where the last call left it.

        classes: all that will ever come, in the first call. Raises ValueError.
        """
        if _check_partial_fit_first_call(self, classes):
            self._several = type_of_target(y).startswith("multilabel")
        return self._fit(X, y, sample_weight, incremental=True)

    def predict(self, X: Any) -> np.ndarray:
        """The class of each row, (n,); of several labels, 0 or 1 each, (n, labels)."""
        yhat = self._outputs(X)
        if self._several:
            return (yhat > 0.5).astype(int)
        if self.out_activation_ == "softmax":
            return np.asarray(self.classes_[yhat.argmax(axis=1)])
        # of a single class there is no second
        return np.asarray(self.classes_[np.minimum(yhat[:, 0] > 0.5, len(self.classes_) - 1).astype(int)])

    def predict_proba(self, X: Any) -> np.ndarray:
        """The probability of each class, (n, classes) in the order of classes_; of each label, (n, labels)."""
        yhat = self._outputs(X)
        if self._several or self.out_activation_ == "softmax":
            return yhat
        return np.hstack([1 - yhat, yhat]) if len(self.classes_) == 2 else np.ones_like(yhat)

    def predict_log_proba(self, X: Any) -> np.ndarray:
        """The natural logarithm of `predict_proba`."""
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(self.predict_proba(X)))

    # ---- what fitting asks

    def _checked(self, X: Any, y: Any, incremental: bool, first: bool) -> tuple[Any, np.ndarray]:
        X, y = validate_data(
            self,
            X,
            y,
            accept_sparse=["csr", "csc"],
            multi_output=True,
            dtype=self._types(first),
            reset=first,
        )
        X = in_its_type(X, self.dtype) if first else X
        check_classification_targets(y)
        if type_of_target(y).startswith("multilabel"):
            return X, self._checked_labels(X, y, incremental, first)
        y = column_or_1d(y, warn=True)
        if first and not incremental:
            self._several = False
            self.classes_ = np.unique(y)
        elif self._several:
            raise ValueError("`y` has one label a row, but was fitted with several.")
        classes = np.unique(y)
        if first or incremental:
            if len(np.setdiff1d(classes, self.classes_, assume_unique=True)):
                raise ValueError(
                    f"`y` has classes not in `self.classes_`. `self.classes_` has {self.classes_}. 'y' has {classes}."
                )
        elif set(classes) != set(self.classes_):
            raise ValueError(
                "warm_start can only be used where `y` has the same classes as in the previous call to fit. Previously"
                f" got {self.classes_}, `y` has {classes}"
            )
        return X, np.searchsorted(self.classes_, y).astype(np.int64)

    def _checked_labels(self, X: Any, y: Any, incremental: bool, first: bool) -> np.ndarray:
        """Several yes-or-no labels a row, as numbers of X's type."""
        y = np.asarray(y.toarray() if hasattr(y, "toarray") else y)
        if first and not incremental:
            self._several, self.classes_ = True, np.arange(y.shape[1])
        if not self._several or y.shape[1] != len(self.classes_):
            raise ValueError(f"`y` has {y.shape[1]} labels a row, which is not what was fitted: {self.classes_}.")
        if self.label_smoothing:
            raise ValueError("label_smoothing is for one class a row, not for several labels: set it to 0.")
        return np.asarray(y, X.dtype)

    def _kind(self) -> tuple[str, str, str]:
        if self._several:
            return "regression", "logistic", "binary_cross_entropy"
        if len(self.classes_) <= 2:
            return "binary", "logistic", "binary_cross_entropy"
        return "classes", "softmax", "cross_entropy"

    def _names(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        names = tuple(map(str, self.classes_))
        if self._several:
            return (), tuple(f"label {name}" for name in names)
        return (names if len(names) > 1 else (*names, "none")), ("class",)

    def _validation_score(self, yhat: np.ndarray, y: np.ndarray, weight: np.ndarray | None) -> float:
        if self._several or self.out_activation_ == "logistic":
            predicted = yhat > 0.5
            return float(accuracy_score(y.reshape(predicted.shape) > 0.5, predicted, sample_weight=weight))
        return float(accuracy_score(y, yhat.argmax(axis=1), sample_weight=weight))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags
