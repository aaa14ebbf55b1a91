"""scikit-learn's perceptron."""

import time

import numpy as np
from threadpoolctl import threadpool_limits

from .data import LR, Data


class Sklearn:
    """scikit-learn's MLPClassifier, an epoch over some of the rows a call."""

    def __init__(self, sizes, batch, optimizer, data: Data) -> None:
        from sklearn.neural_network import MLPClassifier

        rows = min(len(data.train), 4000)
        self.x, self.y, self.classes = data.train.x[:rows], data.train.y[:rows], np.arange(sizes[-1])
        self.model = MLPClassifier(
            sizes[1:-1], solver=optimizer, alpha=0, batch_size=batch, learning_rate_init=LR[optimizer], momentum=0
        )
        self.model.partial_fit(self.x, self.y, classes=self.classes)

    def run(self, threads: int, seconds: float) -> float:
        with threadpool_limits(threads):
            begin, rows = time.perf_counter(), 0
            while True:
                self.model.partial_fit(self.x, self.y)
                rows += len(self.x)
                if (elapsed := time.perf_counter() - begin) >= seconds:
                    return rows / elapsed
