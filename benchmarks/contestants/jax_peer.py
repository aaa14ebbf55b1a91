"""JAX, compiled by XLA: a step a call, or 64 steps in one `lax.scan`; float32, the rows gathered inside.

How many threads it has is read from NPROC as it starts.
"""

import time
from itertools import pairwise

import jax
import jax.numpy as jnp
import numpy as np

from .data import LR, Data

SCANNED = 64
BETA1, BETA2, EPS = 0.9, 0.999, 1e-8


def loss(parameters, x, y):
    """Mean cross entropy of softmax; hidden layers ReLU."""
    *hidden, (W, b) = parameters
    for V, c in hidden:
        x = jax.nn.relu(x @ V + c)
    return -jnp.take_along_axis(jax.nn.log_softmax(x @ W + b), y[:, None], axis=1).mean()


def sgd(state, g):
    parameters, *rest = state
    return (jax.tree.map(lambda p, d: p - LR["sgd"] * d, parameters, g), *rest)


def adam(state, g):
    parameters, m, v, t = state
    t = t + 1
    m = jax.tree.map(lambda m, d: BETA1 * m + (1 - BETA1) * d, m, g)
    v = jax.tree.map(lambda v, d: BETA2 * v + (1 - BETA2) * d * d, v, g)
    rate, root = LR["adam"] / (1 - BETA1**t), jnp.sqrt(1 - BETA2**t)
    return jax.tree.map(lambda p, m, v: p - rate * m / (jnp.sqrt(v) / root + EPS), parameters, m, v), m, v, t


class Jax:
    """steps: how many a call makes."""

    def __init__(self, sizes, batch, optimizer, data: Data, steps: int) -> None:
        self.batch, self.steps = batch, steps
        rng = np.random.default_rng(0)
        parameters = [
            (jnp.asarray(rng.normal(0, n**-0.5, (n, m)), jnp.float32), jnp.zeros(m, jnp.float32))
            for n, m in pairwise(sizes)
        ]
        zeros = [jax.tree.map(jnp.zeros_like, parameters) for _ in range(2)]
        self.state = (parameters, *zeros, jnp.float32(0)) if optimizer == "adam" else (parameters,)
        self.x, self.y = jnp.asarray(data.train.x), jnp.asarray(data.train.y, jnp.int32)
        update = {"sgd": sgd, "adam": adam}[optimizer]

        def step(state, rows, x, y):
            value, g = jax.value_and_grad(loss)(state[0], x[rows], y[rows])
            return update(state, g), value

        def scan(state, rows, x, y):
            return jax.lax.scan(lambda state, rows: step(state, rows, x, y), state, rows)

        self.call = jax.jit(scan if steps > 1 else step, donate_argnums=0)
        self.run(0, 0.1)

    def run(self, threads: int, seconds: float) -> float:
        rows, n = self.batch * self.steps, len(self.x)
        rng = np.random.default_rng()
        begin, done = time.perf_counter(), 0
        while True:
            order = rng.permutation(n).astype(np.int32)
            for start in range(0, n - rows + 1, rows):
                chosen = order[start : start + rows]
                if self.steps > 1:
                    chosen = chosen.reshape(self.steps, self.batch)
                self.state, value = self.call(self.state, chosen, self.x, self.y)
                done += rows
                if done // rows % (1 if self.steps > 1 else 8) == 0:
                    value.block_until_ready()
                    if (elapsed := time.perf_counter() - begin) >= seconds:
                        return done / elapsed


class Gemm:
    """The products of one step by XLA's library, in one call."""

    def __init__(self, sizes, batch, optimizer, data: Data) -> None:
        self.batch = batch
        rng = np.random.default_rng(0)

        def some(*shape):
            return jnp.asarray(rng.random(shape, dtype=np.float32))

        h, delta = [some(batch, n) for n in sizes], [some(batch, n) for n in sizes]
        W = [some(m, n) for n, m in pairwise(sizes)]

        def products(h, delta, W):
            out = []
            for i, V in enumerate(W, start=1):
                out += [h[i - 1] @ V.T, delta[i].T @ h[i - 1]]
                if i > 1:
                    out.append(delta[i] @ V)
            return out

        self.arguments, self.call = (h, delta, W), jax.jit(products)
        self.run(0, 0.1)

    def run(self, threads: int, seconds: float) -> float:
        begin, steps = time.perf_counter(), 0
        while True:
            for _ in range(8):
                found = self.call(*self.arguments)
            found[0].block_until_ready()
            steps += 8
            if (elapsed := time.perf_counter() - begin) >= seconds:
                return steps * self.batch / elapsed
