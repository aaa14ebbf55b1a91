"""What both estimators share: a network fitted by our engine, kept as the arrays that scikit-learn's MLP shows."""

import warnings
from functools import cache
from pathlib import Path
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from dnn_tui.datasets.dataset import Dataset, Split
from dnn_tui.datasets.tables.preparation import plain_preparation
from dnn_tui.mlp import Network, Trainer
from dnn_tui.mlp.data import Rows
from dnn_tui.mlp.kernel import loaded_kernel
from dnn_tui.mlp.losses import LOSSES
from dnn_tui.mlp.optimizers import OPTIMIZERS
from dnn_tui.runs.config import DatasetConfig, NetworkConfig, RunConfig
from dnn_tui.runs.folder import RunFolder, create_run, default_runs_dir

from .. import kept
from ..building import prepare_engine
from . import settings
from .epochs import Epochs, Quiet, Recorded
from .lbfgs import minimize

MOST_VALUES = 1 << 31  # rows times features of a sparse matrix, which is made dense: 16 GiB as float64
#: The output's activation as scikit-learn calls it → ours
OUTPUTS = {"softmax": "softmax", "logistic": "sigmoid", "identity": "identity"}


class Perceptron(BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """The part of an estimator that does not depend on what y is.

    Fitted: coefs_ and intercepts_, by layer, (n_{i-1}, n_i) and (n_i,): the only copy of the network, from which
    `predict` computes. The arithmetic is done in their type.
    """

    hidden_layer_sizes: Any
    activation: str
    solver: str
    alpha: float
    batch_size: int | str
    learning_rate: str
    learning_rate_init: float
    power_t: float
    max_iter: int
    shuffle: bool
    random_state: Any
    tol: float
    verbose: bool
    warm_start: bool
    early_stopping: bool
    validation_fraction: float
    n_iter_no_change: float
    max_fun: int
    initialization: str
    dtype: str | None
    threads: int
    record: bool | str
    run_name: str | None
    runs_dir: str | None

    coefs_: list[np.ndarray]
    intercepts_: list[np.ndarray]
    n_features_in_: int
    loss_curve_: list[float]
    best_loss_: Any  # of these three, those of early stopping or the other are None, as in scikit-learn
    validation_scores_: Any
    best_validation_score_: Any
    _optimizer_state: dict[str, np.ndarray] | None  # of the last epoch, for partial_fit
    _rate: float  # η of the last step

    # ---- of the subclass

    def _checked(self, X: Any, y: Any, incremental: bool, first: bool) -> tuple[Any, np.ndarray]:
        """X and y as arrays, y as `Split.y` has it; learns of classes. Raises ValueError."""
        raise NotImplementedError

    def _kind(self) -> tuple[str, str, str]:
        """The task (`Dataset.task`), the output's activation as scikit-learn calls it, the loss."""
        raise NotImplementedError

    def _names(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The names of the classes, and of the targets."""
        raise NotImplementedError

    def _validation_score(self, yhat: np.ndarray, y: np.ndarray, weight: np.ndarray | None) -> float:
        """What early stopping judges by: higher is better."""
        raise NotImplementedError

    # ---- fitting

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Fit to rows X (n, features), dense or sparse, and y; sample_weight (n,): how much each row counts.

        Raises ValueError.
        """
        return self._fit(X, y, sample_weight, incremental=False)

    def _fit(self, X: Any, y: Any, sample_weight: Any, incremental: bool) -> Self:
        self._validate_params()
        settings.check_together(self)
        hidden = settings.hidden_sizes(self.hidden_layer_sizes)
        if incremental and self.early_stopping:
            raise ValueError("partial_fit does not support early_stopping=True")
        if incremental and self.record:
            raise ValueError("partial_fit cannot be recorded: a run is one fit; set record=False.")
        first = not hasattr(self, "coefs_") or not (self.warm_start or incremental)
        X, y = self._checked(X, y, incremental, first)
        x = _dense(X)
        weight = None if sample_weight is None else _check_sample_weight(sample_weight, x, dtype=x.dtype)
        rng = check_random_state(self.random_state)
        if first:
            self._begin()
        # a call that goes on from the last one shuffles, and drops units, differently from it
        seed = (int(rng.randint(np.iinfo(np.int32).max)) + self.t_) % 2**31
        network = self._fresh_network(hidden, x, y, seed) if first else self._network()
        if self.solver == "lbfgs":
            self._fit_lbfgs(network, x, y, weight)
        else:
            self._fit_steps(network, x, y, weight, rng, seed, incremental)
        self._keep(network)
        return self

    def _types(self, first: bool) -> Any:
        """What X may be of: the type that is asked for, else that of the network that goes on, else what X is of."""
        if self.dtype in ("float32", "float64"):
            return self.dtype
        return (np.float64, np.float32) if first else self.coefs_[0].dtype

    def _begin(self) -> None:
        self.n_iter_ = self.t_ = 0
        self._waited, self._optimizer_state, self._rate = 0, None, float(self.learning_rate_init)
        self.loss_curve_ = []
        self.best_loss_ = None if self.early_stopping else np.inf
        self.validation_scores_ = [] if self.early_stopping else None
        self.best_validation_score_ = -np.inf if self.early_stopping else None

    def _fresh_network(self, hidden: tuple[int, ...], x: np.ndarray, y: np.ndarray, seed: int) -> Network:
        task, self.out_activation_, _ = self._kind()
        self.n_outputs_ = len(self._names()[0]) if task == "classes" else 1 if task == "binary" else y.shape[1]
        self.n_layers_ = len(hidden) + 2
        return Network(
            (x.shape[1], *hidden, self.n_outputs_),
            settings.ACTIVATIONS.get(self.activation, self.activation),
            OUTPUTS[self.out_activation_],
            self.initialization,
            seed=seed,
            dtype=x.dtype.type,
        )

    def _fit_steps(
        self,
        network: Network,
        x: np.ndarray,
        y: np.ndarray,
        weight: np.ndarray | None,
        rng: np.random.RandomState,
        seed: int,
        incremental: bool,
    ) -> None:
        train, validation = Split(x, y, weight=weight), Split(x[:0], y[:0])
        if self.early_stopping:
            train, validation = self._split(train, rng)
        rows = len(train)
        if self.batch_size != "auto" and int(self.batch_size) > rows:
            warnings.warn("Got `batch_size` larger than sample size. It is going to be clipped", stacklevel=4)
        mean_weight = 1.0 if train.weight is None else float(train.weight.mean())
        loss = self._kind()[2]
        epochs = 1 if incremental else int(self.max_iter)
        config = settings.training_config(self, loss, rows, mean_weight or 1.0, epochs, seed)
        data = self._dataset(train, validation)
        trainer = Trainer(network, data, config)
        folder = self._record(trainer, data) if self.record else None
        if incremental and self._optimizer_state is not None:
            for name, array in trainer.optimizer.state().items():
                array[...] = self._optimizer_state[name]
            trainer.set_lr(self._rate)
        prepare_engine(trainer)
        self._follow(trainer, Recorded(trainer, folder, self.threads) if folder else Quiet(trainer, self.threads))
        self._optimizer_state = {name: array.copy() for name, array in trainer.optimizer.state().items()}
        self._rate = trainer.lr
        if not incremental and self.n_iter_ == self.max_iter:
            warnings.warn(
                f"Stochastic Optimizer: Maximum iterations ({self.max_iter}) reached and the optimization hasn't"
                " converged yet.",
                ConvergenceWarning,
                stacklevel=4,
            )

    def _record(self, trainer: Trainer, data: Dataset) -> RunFolder:
        """The folder of the run that this training becomes, its rows in it unless they are too large."""
        network = trainer.network
        shape = NetworkConfig(
            network.sizes[1:-1],
            tuple(activation.name for activation in network.activations[:-1]),
            network.activations[-1].name,
            self.initialization,
        )
        place = kept.KEPT if self.record == "rows" or kept.size(data) <= kept.MOST_BYTES else kept.LEFT_OUT
        wanted = RunConfig(
            DatasetConfig(data.name, rows=place), shape, trainer.config, threads=self.threads, kernel=loaded_kernel()
        )
        folder = create_run(wanted, Path(self.runs_dir) if self.runs_dir else default_runs_dir(), self.run_name)
        folder.write_preparation(data.preparation)
        if place == kept.KEPT:
            kept.keep(folder, data)
        trainer.run = self.run_ = folder.name
        return folder

    def _split(self, rows: Split, rng: np.random.RandomState) -> tuple[Split, Split]:
        """The rows to train on and those kept for early stopping."""
        task = self._kind()[0]
        weight = np.ones(len(rows), rows.x.dtype) if rows.weight is None else rows.weight
        parts = train_test_split(
            rows.x,
            rows.y,
            weight,
            random_state=rng,
            test_size=self.validation_fraction,
            stratify=rows.y if task in ("classes", "binary") else None,
        )
        x, x_kept, y, y_kept, weight, weight_kept = parts
        if len(x_kept) < 2:
            raise ValueError(
                "The validation set is too small. Increase 'validation_fraction' or the size of your dataset."
            )
        given = rows.weight is not None
        return Split(x, y, weight=weight if given else None), Split(x_kept, y_kept, weight=weight_kept)

    def _dataset(self, train: Split, validation: Split) -> Dataset:
        task = self._kind()[0]
        classes, targets = self._names()
        features = getattr(self, "feature_names_in_", None)
        names = tuple(f"x{k}" for k in range(train.x.shape[1])) if features is None else tuple(map(str, features))
        scale = ((0.0, 1.0),) * len(targets) if task == "regression" else ()
        # needed by a run alone, and slow to make of many features
        preparation = plain_preparation(names, task, targets, classes, scale) if self.record else {}  # type: ignore[arg-type]
        return Dataset(
            type(self).__name__,
            task,  # type: ignore[arg-type]
            train,
            validation,
            Split(train.x[:0], train.y[:0]),
            names,
            classes,
            targets,
            target_scale=scale,
            preparation=preparation,
        )

    def _follow(self, trainer: Trainer, epochs: Epochs) -> None:
        """Watch the training, and end it where it no longer improves."""
        network, rows = trainer.network, len(trainer.data.train)
        best_theta = network.theta.copy() if self.early_stopping else None
        # as scikit-learn shows it: the penalty of each batch counts with the batch's rows
        penalty = 0.5 * trainer.config.l2 * trainer.config.batch_size * trainer.steps_per_epoch / rows
        self.n_iter_ = 0
        try:
            for loss in epochs:
                self.n_iter_ += 1
                self.t_ += rows
                squares = sum(float(np.vdot(W, W)) for W in network.W[1:]) if penalty else 0.0
                self.loss_ = self._shown(loss) + penalty * squares
                self.loss_curve_.append(self.loss_)
                if self.verbose:
                    print(f"Iteration {self.n_iter_}, loss = {self.loss_:.8f}")
                improved = self._judge(network, trainer.data.validation)
                if improved and best_theta is not None:
                    best_theta[...] = network.theta
                last = self.n_iter_ == trainer.epochs
                if self.solver == "sgd" and self.learning_rate == "invscaling":
                    trainer.set_lr(self.learning_rate_init / (self.t_ + 1) ** self.power_t)
                if self._waited > self.n_iter_no_change and not self._go_on_slower(trainer):
                    last = True
                    epochs.stop(f"no improvement by tol={self.tol:g} in {self.n_iter_no_change} epochs")
                if last and best_theta is not None:
                    network.theta[...] = best_theta
        except KeyboardInterrupt:
            warnings.warn("Training interrupted by user.", stacklevel=5)
            if best_theta is not None:
                network.theta[...] = best_theta

    def _shown(self, loss: float) -> float:
        """The engine's loss as scikit-learn defines it."""
        return loss

    def _judge(self, network: Network, kept: Rows) -> bool:
        """Count the epochs without improvement by `tol`; gives whether this one is the best so far."""
        if not self.early_stopping:
            best = self.best_loss_
            self._waited = self._waited + 1 if self.loss_ > best - self.tol else 0
            self.best_loss_ = min(best, self.loss_)
            return bool(self.loss_ < best)
        score = self._validation_score(network.predict(kept.x), kept.y, getattr(kept, "weight", None))
        self.validation_scores_.append(score)
        if self.verbose:
            print(f"Validation score: {score:f}")
        best = self.best_validation_score_
        self._waited = self._waited + 1 if score < best + self.tol else 0
        self.best_validation_score_ = max(best, score)
        return bool(score > best)

    def _go_on_slower(self, trainer: Trainer) -> bool:
        """With learning_rate="adaptive": a fifth of the rate, unless it is very small; gives whether to go on."""
        if self.solver != "sgd" or self.learning_rate != "adaptive" or trainer.lr <= 1e-6:
            return False
        trainer.set_lr(trainer.lr / 5)
        self._waited = 0
        if self.verbose:
            print(f"Setting learning rate to {trainer.lr:f}")
        return True

    def _fit_lbfgs(self, network: Network, x: np.ndarray, y: np.ndarray, weight: np.ndarray | None) -> None:
        task, _, loss = self._kind()
        options = {"maxfun": self.max_fun, "maxiter": self.max_iter, "gtol": self.tol}
        found = minimize(network, LOSSES[loss], task, x, y, weight, self.alpha, **options)
        squares = sum(float(np.vdot(W, W)) for W in network.W[1:])
        penalty = 0.5 * self.alpha * squares / (len(x) if weight is None else float(weight.sum()))
        self.n_iter_ = min(int(found.nit), self.max_iter)
        self.loss_ = self._shown(float(found.fun) - penalty) + penalty
        if not found.success:
            warnings.warn(
                f"lbfgs failed to converge after {self.n_iter_} iteration(s) ({found.message}). You might want to"
                " increase max_iter or to scale the data.",
                ConvergenceWarning,
                stacklevel=4,
            )

    # ---- the fitted network

    def _keep(self, network: Network) -> None:
        self.coefs_ = [np.ascontiguousarray(W.T) for W in network.W[1:]]
        self.intercepts_ = [b.copy() for b in network.b[1:]]

    def _network(self) -> Network:
        """The network that coefs_ and intercepts_ are. Raises NotFittedError."""
        check_is_fitted(self, "coefs_")
        sizes = (self.coefs_[0].shape[0], *(len(b) for b in self.intercepts_))
        hidden = settings.ACTIVATIONS.get(self.activation, self.activation)
        network = Network(sizes, hidden, OUTPUTS[self.out_activation_], "zeros", dtype=self.coefs_[0].dtype.type)
        for i, (coef, intercept) in enumerate(zip(self.coefs_, self.intercepts_, strict=True), start=1):
            network.W[i][...], network.b[i][...] = coef.T, intercept
        return network

    def _outputs(self, X: Any) -> np.ndarray:
        """ŷ of rows X, (n, outputs)."""
        check_is_fitted(self, "coefs_")
        X = validate_data(self, X, accept_sparse=["csr", "csc"], dtype=(np.float64, np.float32), reset=False)
        with _blas().limit(limits=self.threads, user_api="blas"):  # blocks of rows are too small to be shared out
            return self._network().predict(_dense(X))

    def _is_stochastic(self) -> bool:
        if self.solver == "lbfgs":
            raise AttributeError("partial_fit is only available for stochastic optimizers. lbfgs is not stochastic.")
        return self.solver in OPTIMIZERS

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags


@cache
def _blas() -> Any:
    """The matrix library's threads; looked for once, which takes some milliseconds."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def _dense(X: Any) -> np.ndarray:
    """A sparse matrix as an array: the engine has no sparse product. Raises ValueError."""
    if isinstance(X, np.ndarray):
        return X
    if X.shape[0] * X.shape[1] > MOST_VALUES:
        raise ValueError(f"A sparse X of {X.shape[0]:,} × {X.shape[1]:,} values is made dense here, and is too large.")
    return np.ascontiguousarray(X.toarray())
