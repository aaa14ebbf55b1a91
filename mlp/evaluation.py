"""Measuring a network on rows it does not train on, in batches of bounded memory."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .backprop import Workspace, forward, row_losses
from .events import Metrics
from .losses import Loss
from .metrics import confusion_matrix, mean_absolute_error, r2
from .network import Network


@dataclass(frozen=True, eq=False)
class Evaluation:
    """metrics by name; confusion (K, K) counts of true class i predicted as j, None in regression.

    predicted: (n,) class indices or (n, outputs) values; confidence: (n,) probability of the predicted class.
    """

    metrics: Metrics
    confusion: np.ndarray | None
    predicted: np.ndarray
    confidence: np.ndarray | None


class Evaluator:
    """Evaluates one network with one loss; keeps its workspace between calls."""

    def __init__(
        self,
        network: Network,
        loss: Loss,
        task: str,
        target_scale: Sequence[tuple[float, float]] = (),
        batch_size: int = 1024,
    ) -> None:
        self.network, self.loss, self.task = network, loss, task
        self.offset = np.array([offset for offset, _ in target_scale] or [0.0])
        self.scale = np.array([scale for _, scale in target_scale] or [1.0])
        self.batch_size = batch_size
        self._workspaces: dict[int, Workspace] = {}

    def __call__(self, x: np.ndarray, y: np.ndarray) -> Evaluation:
        """Metrics over rows x (n, n_0) with targets y, as the data set gives them. n must be at least 1."""
        n, outputs = len(x), self.network.sizes[-1]
        yhat = np.empty((n, outputs), self.network.dtype)
        losses = np.empty(n)
        for start in range(0, n, self.batch_size):
            stop = min(start + self.batch_size, n)
            workspace = self._workspace(stop - start)
            workspace.h[0][...] = x[start:stop]
            fill_targets(workspace.y, y[start:stop], self.task)
            yhat[start:stop] = forward(self.network, workspace)
            losses[start:stop] = row_losses(self.network, workspace, self.loss)
        metrics = {"loss": float(losses.mean())}
        if self.task == "regression":
            raw, predicted = y * self.scale + self.offset, yhat * self.scale + self.offset
            metrics["mae"] = mean_absolute_error(raw, predicted)
            metrics["r2"] = r2(raw, predicted)
            return Evaluation(metrics, None, predicted, None)
        if self.task == "binary":
            predicted = (yhat[:, 0] > 0.5).astype(np.int64)
            confidence, classes = np.where(predicted == 1, yhat[:, 0], 1 - yhat[:, 0]), 2
        else:
            predicted = yhat.argmax(axis=1)
            confidence, classes = yhat[np.arange(n), predicted], outputs
        metrics["accuracy"] = float((predicted == y).mean())
        return Evaluation(metrics, confusion_matrix(y, predicted, classes), predicted, confidence)

    def _workspace(self, rows: int) -> Workspace:
        if rows != self.batch_size:
            return Workspace(self.network, rows)
        if rows not in self._workspaces:
            self._workspaces[rows] = Workspace(self.network, rows)
        return self._workspaces[rows]


def fill_targets(out: np.ndarray, y: np.ndarray, task: str) -> None:
    """Write targets as the loss wants them: one-hot rows for classes, a 0/1 column for binary, else as they are."""
    if task == "classes":
        out.fill(0)
        out[np.arange(len(y)), y] = 1
    elif task == "binary":
        out[:, 0] = y
    else:
        out[...] = y
