"""PyTorch: eager with its optimizers, and compiled by `torch.compile`; and its matrix products alone."""

import time
from itertools import pairwise

import torch

from .data import LR, Data


class Torch:
    """Its fastest ordinary settings: zero_grad(set_to_none), no .item() in the loop.

    how: "eager"; "fused", its optimizer in one kernel; "compile", that and the passes compiled.
    """

    def __init__(self, sizes, batch, optimizer, data: Data, how: str) -> None:
        self.batch = batch
        layers = []
        for n, m in pairwise(sizes):
            layers += [torch.nn.Linear(n, m), torch.nn.ReLU()]
        model, loss = torch.nn.Sequential(*layers[:-1]), torch.nn.CrossEntropyLoss()
        self.passes = lambda x, y: loss(model(x), y)
        if how == "compile":
            self.passes = torch.compile(self.passes)
        kind = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[optimizer]
        self.optimizer = kind(model.parameters(), lr=LR[optimizer], fused=how != "eager")
        self.x, self.y = torch.from_numpy(data.train.x), torch.from_numpy(data.train.y)
        self.run(1, 0.1)

    def run(self, threads: int, seconds: float) -> float:
        batch, n = self.batch, len(self.x)
        if torch.get_num_threads() != threads:
            torch.set_num_threads(threads)
        begin, steps = time.perf_counter(), 0
        while True:
            order = torch.randperm(n)
            for start in range(0, n - batch + 1, batch):
                rows = order[start : start + batch]
                x, y = self.x[rows], self.y[rows]
                self.optimizer.zero_grad(set_to_none=True)
                self.passes(x, y).backward()
                self.optimizer.step()
                steps += 1
                if steps % 8 == 0 and (elapsed := time.perf_counter() - begin) >= seconds:
                    return steps * batch / elapsed


class Gemm:
    """The products of one step by PyTorch's library, MKL's in its wheels for x86."""

    def __init__(self, sizes, batch, optimizer, data: Data) -> None:
        self.batch = batch
        h = [torch.rand(batch, n) for n in sizes]
        delta = [torch.rand(batch, n) for n in sizes]
        self.products = []
        for i in range(1, len(sizes)):
            W = torch.rand(sizes[i], sizes[i - 1])
            self.products += [(h[i - 1], W.T, h[i]), (delta[i].T, h[i - 1], torch.empty_like(W))]
            if i > 1:
                self.products.append((delta[i], W, delta[i - 1]))

    @torch.inference_mode()
    def run(self, threads: int, seconds: float) -> float:
        if torch.get_num_threads() != threads:
            torch.set_num_threads(threads)
        begin, steps = time.perf_counter(), 0
        while True:
            for _ in range(8):
                for a, b, out in self.products:
                    torch.mm(a, b, out=out)
            steps += 8
            if (elapsed := time.perf_counter() - begin) >= seconds:
                return steps * self.batch / elapsed
