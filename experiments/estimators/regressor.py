"""`MLPRegressor`: numbers, one or several a row."""

from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.metrics import r2_score
from sklearn.utils import column_or_1d
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import validate_data

from .base import Perceptron
from .settings import CONSTRAINTS, LOSSES, in_its_type


class MLPRegressor(RegressorMixin, Perceptron):  # type: ignore[misc]  # scikit-learn has no types
    """A multilayer perceptron that predicts numbers; in the place of scikit-learn's of the same name.

    loss: "squared_error", or "mae" or "huber", the mean over the outputs; Poisson's is not here. Targets are learned as
    they are given, so scale those that are far from 1 (`TransformedTargetRegressor`). All else: see `MLPClassifier`.
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **CONSTRAINTS,
        "loss": [StrOptions({*LOSSES, "mae", "huber"})],
    }

    def __init__(
        self,
        loss: str = "squared_error",
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
        self.loss = loss
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

    @available_if(lambda self: self._is_stochastic())  # type: ignore[untyped-decorator]  # scikit-learn has no types
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """One epoch over these rows; the optimizer goes on from where the last call left it. Raises ValueError."""
        return self._fit(X, y, sample_weight, incremental=True)

    def predict(self, X: Any) -> np.ndarray:
        """The number of each row, (n,), or the numbers, (n, outputs)."""
        yhat = self._outputs(X)
        return yhat[:, 0] if yhat.shape[1] == 1 else yhat

    # ---- what fitting asks

    def _checked(self, X: Any, y: Any, incremental: bool, first: bool) -> tuple[Any, np.ndarray]:
        X, y = validate_data(
            self,
            X,
            y,
            accept_sparse=["csr", "csc"],
            multi_output=True,
            y_numeric=True,
            dtype=self._types(first),
            reset=first,
        )
        X = in_its_type(X, self.dtype) if first else X
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        y = np.asarray(y, X.dtype).reshape(len(y), -1)
        if not first and y.shape[1] != self.n_outputs_:
            raise ValueError(f"`y` has {y.shape[1]} outputs a row, but was fitted with {self.n_outputs_}.")
        if first:
            self.n_outputs_ = y.shape[1]
        return X, y

    def _kind(self) -> tuple[str, str, str]:
        return "regression", "identity", LOSSES.get(self.loss, self.loss)

    def _names(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        return (), ("target",) if self.n_outputs_ == 1 else tuple(f"target {k}" for k in range(self.n_outputs_))

    def _shown(self, loss: float) -> float:
        # the mean over the outputs; what is minimised is their sum, there as here
        return loss / self.n_outputs_ if self.loss == "squared_error" else loss

    def _validation_score(self, yhat: np.ndarray, y: np.ndarray, weight: np.ndarray | None) -> float:
        return float(r2_score(y, yhat, sample_weight=weight))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
