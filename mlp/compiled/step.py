"""Training steps, compiled: many in one call, several threads a step, no Python between.

A step has two phases in which no thread needs another. *Rows*: each takes some rows of the batch from the sums of
layer 1 to the loss and back, since a row needs no other; it also gathers some rows of the next batch. *Units*: each
takes some units of every layer, forms their rows of ∂L/∂W and updates their weights, and then computes the next batch's
sums of its units of layer 1, by far the widest in most networks: so its rows of W_1 never leave its cache. The matrix
products are single-threaded BLAS calls on these slabs, so that no second team of threads is in the way.

The mathematics is backprop.py's; `part` of `parts` is a thread's share of the work.
"""

from typing import NamedTuple

import numpy as np
from numba import prange

from ..arrays import Array
from .elementwise import activate, add_bias, loss_and_delta, multiply, sum_of_rows, times_derivative
from .jit import compiled, compiled_parallel, compiled_sum
from .memory import matrix, vector
from .rules import update

ROWS, UNITS, UPDATE, GATHER, FIRST = range(5)
#: Rows of `Job.plan`, (9, L + 1) integers by layer: n_i; where in θ W_i begins (b_i follows it); the place in
#: ACTIVATIONS; where in the work space h_i, what layer i + 1 gets of it (h_i, or h_i ⊙ mask_i) and δ_i begin,
#: (batch, n_i) each, and δ_i once more in blocks: (batch, units of a part) one after the other; where in a step's masks
#: mask_i begins, -1 where nothing is dropped; 1 where W_i and b_i are frozen.
SIZE, WEIGHTS, ACTIVATION, H, PASSED, DELTA, BLOCKS, MASK, FROZEN = range(9)


class Job(NamedTuple):
    """Everything that a call works on, as numbers: arrays are given by their addresses (see memory.py)."""

    layers: int  # L
    batch: int  # rows of a step
    plan: int
    loss: int  # LOSS_CODES
    value_factor: float  # of the loss; its type is that of all vectors below
    delta_factor: float  # of δ_L
    rule: int  # RULE_CODES
    flag: bool
    flag2: bool
    decay: float  # λ of the weight decay that is added to ∇
    l1: float
    l2: float
    clip_norm: float
    max_norm: float
    theta: int  # (parameters,), as grad and the states that the rule has
    grad: int
    s: int
    s2: int
    s3: int
    space: int  # the work space
    input_stride: int  # from where h_0 of even steps begins to where that of odd steps does
    sums: int  # where in the work space a_1 without b_1 begins, in blocks too
    x: int  # (any, n_0), of which rows are taken
    rows: int  # (steps · batch,) integers, one step after the other
    targets: int  # (any, n_L), of which target_rows are taken
    target_rows: int  # (steps · batch,) integers
    weight: int  # (steps · batch,) of each row in the mean of its step
    masks: int  # (steps, mask_size)
    mask_size: int
    numbers: int  # (steps, numbers_size) of the optimizer
    numbers_size: int


@compiled_parallel
def train(parts: int, job: Job, losses: Array) -> int:
    """Steps until all are done or a loss is no number (its step then changes no weight); returns how many.

    losses: (steps,) float64, written.
    """
    clip, shares, scale, steps = job.clip_norm, np.zeros(parts), 1.0, losses.size
    for step in range(-1, steps):  # before the first step there is something to be made ready
        for phase in (GATHER, FIRST, -1) if step < 0 else (ROWS, UNITS, UPDATE if clip else -1):
            if phase < 0:
                continue
            if parts == 1:
                shares[0] = work(phase, 0, 1, step, steps, scale, job)
            else:
                for part in prange(parts):
                    # unsigned once it is parallel: everything would be compiled for that too
                    signed: int = np.int64(part)  # type: ignore[assignment]
                    shares[part] = work(phase, signed, parts, step, steps, scale, job)
            if phase == ROWS:
                losses[step] = shares.sum()
                if not np.isfinite(losses[step]):
                    return step + 1
            elif phase == UNITS and clip:  # torch divides by length + 1e-6, and multiplies only where that is below 1
                length = np.sqrt(shares.sum())
                scale = min(1.0, clip / (length + 1e-6)) if length > clip else 1.0
    return steps


@compiled
def work(phase: int, part: int, parts: int, step: int, steps: int, scale: float, job: Job) -> float:
    """What a thread does in one phase of a step; returns its share of the loss, or of ‖∇‖².

    Clipping needs the length of the whole gradient: only then are the weights updated in a phase of their own.
    """
    like, like_integers = np.full(1, job.value_factor), np.zeros(1, np.int64)
    plan, result = matrix(job.plan, 0, 9, job.layers + 1, like_integers), 0.0
    if phase == ROWS:
        result = through_rows(part, parts, step, job, plan, like, like_integers)
    elif phase == UNITS:
        result = gradients_of_units(part, parts, step, job, plan, like)
    if phase == UPDATE or (phase == UNITS and not job.clip_norm):
        update_units(part, parts, step, scale, job, plan, like)
    if step + 1 < steps:
        if phase in (ROWS, GATHER):
            gather_rows(part, parts, step + 1, job, plan, like, like_integers)
        elif phase in (FIRST, UPDATE) or not job.clip_norm:
            first_sums(part, parts, step + 1, job, plan, like)
    return result


@compiled
def share(part: int, parts: int, n: int) -> tuple[int, int]:
    """The share [low, high) of n things that `part` of `parts` has."""
    return part * n // parts, (part + 1) * n // parts


@compiled
def gather_rows(part: int, parts: int, step: int, job: Job, plan: Array, like: Array, like_integers: Array) -> None:
    """h_0 of these rows of a step, and what layer 1 gets of it."""
    low, high = share(part, parts, job.batch)
    n, other = plan[SIZE, 0], (step & 1) * job.input_stride
    rows = vector(job.rows, step * job.batch + low, high - low, like_integers)
    h = matrix(job.space, plan[H, 0] + other + low * n, high - low, n, like)
    for r in range(rows.size):
        _copy(vector(job.x, rows[r] * n, n, like), h[r])
    if plan[MASK, 0] >= 0:
        _drop(0, h, step, low, other, job, plan, like)


@compiled
def first_sums(part: int, parts: int, step: int, job: Job, plan: Array, like: Array) -> None:
    """a_1 of these units, without their biases, for all rows of a step."""
    m = plan[SIZE, 0]
    low, high = share(part, parts, plan[SIZE, 1])
    if high > low:
        h = matrix(job.space, plan[PASSED, 0] + (step & 1) * job.input_stride, job.batch, m, like)
        W = matrix(job.theta, plan[WEIGHTS, 1] + low * m, high - low, m, like)
        np.dot(h, W.T, matrix(job.space, job.sums + low * job.batch, job.batch, high - low, like))


@compiled
def through_rows(part: int, parts: int, step: int, job: Job, plan: Array, like: Array, like_integers: Array) -> float:
    """From the sums of layer 1 to the loss, and the deltas back to layer 1; returns these rows' share of the loss."""
    low, high = share(part, parts, job.batch)
    count, L = high - low, job.layers
    if count == 0:
        return 0.0
    for i in range(1, L + 1):
        n, m = plan[SIZE, i], plan[SIZE, i - 1]
        a = matrix(job.space, plan[H, i] + low * n, count, n, like)
        if i == 1:
            _from_blocks(job, job.sums, low, a, parts, like)
        else:
            below = matrix(job.space, plan[PASSED, i - 1] + low * m, count, m, like)
            np.dot(below, matrix(job.theta, plan[WEIGHTS, i], n, m, like).T, a)
        b = vector(job.theta, plan[WEIGHTS, i] + n * m, n, like)
        if i < L:
            activate(plan[ACTIVATION, i], a, b)
        else:
            add_bias(a, b)
        if plan[MASK, i] >= 0:
            _drop(i, a, step, low, 0, job, plan, like)
    loss = _output_deltas(job, plan, step * job.batch + low, low, count, parts, like, like_integers)
    for i in range(L, 1, -1):
        n, m = plan[SIZE, i], plan[SIZE, i - 1]
        above = matrix(job.space, plan[DELTA, i] + low * n, count, n, like)
        delta = matrix(job.space, plan[DELTA, i - 1] + low * m, count, m, like)
        np.dot(above, matrix(job.theta, plan[WEIGHTS, i], n, m, like), delta)
        if plan[MASK, i - 1] >= 0:
            mask = matrix(job.masks, step * job.mask_size + plan[MASK, i - 1] + low * m, count, m, like)
            multiply(delta, mask, delta)
        h = matrix(job.space, plan[H, i - 1] + low * m, count, m, like)
        times_derivative(plan[ACTIVATION, i - 1], delta, h)
        _to_blocks(job, plan[BLOCKS, i - 1], low, delta, parts, like)
    return loss


@compiled
def _drop(i: int, h: Array, step: int, low: int, other: int, job: Job, plan: Array, like: Array) -> None:
    """h ⊙ mask of these rows, from `low` on, to where layer i + 1 looks for them."""
    mask = matrix(job.masks, step * job.mask_size + plan[MASK, i] + low * h.shape[1], h.shape[0], h.shape[1], like)
    multiply(h, mask, matrix(job.space, plan[PASSED, i] + other + low * h.shape[1], h.shape[0], h.shape[1], like))


@compiled
def _output_deltas(
    job: Job, plan: Array, first: int, low: int, count: int, parts: int, like: Array, like_integers: Array
) -> float:
    """δ_L of these rows, each weighted with its share in the mean; returns their part of the loss."""
    n, L, loss = plan[SIZE, job.layers], job.layers, 0.0
    a = matrix(job.space, plan[H, L] + low * n, count, n, like)
    delta = matrix(job.space, plan[DELTA, L] + low * n, count, n, like)
    target_rows = vector(job.target_rows, first, count, like_integers)
    weight = vector(job.weight, first, count, like)
    for r in range(count):
        y, row = vector(job.targets, target_rows[r] * n, n, like), delta[r]
        loss += weight[r] * loss_and_delta(job.loss, job.value_factor, job.delta_factor, a[r], y, row)
        _scale(row, weight[r])
    _to_blocks(job, plan[BLOCKS, L], low, delta, parts, like)
    return loss


@compiled
def gradients_of_units(part: int, parts: int, step: int, job: Job, plan: Array, like: Array) -> float:
    """∂L/∂W and ∂L/∂b of these units of every layer, with penalties; returns the sum of their squares."""
    squares = 0.0
    for i in range(1, job.layers + 1):
        n, m = plan[SIZE, i], plan[SIZE, i - 1]
        low, high = share(part, parts, n)
        if high == low or plan[FROZEN, i]:
            continue
        delta = matrix(job.space, plan[BLOCKS, i] + low * job.batch, job.batch, high - low, like)
        dW = matrix(job.grad, plan[WEIGHTS, i] + low * m, high - low, m, like)
        db = vector(job.grad, plan[WEIGHTS, i] + n * m + low, high - low, like)
        other = (step & 1) * job.input_stride if i == 1 else 0
        np.dot(delta.T, matrix(job.space, plan[PASSED, i - 1] + other, job.batch, m, like), dW)
        sum_of_rows(delta, db)
        if job.l1 or job.l2:
            W = matrix(job.theta, plan[WEIGHTS, i] + low * m, high - low, m, like)
            _penalize(W, dW, like.dtype.type(job.l1), like.dtype.type(job.l2))
        if job.clip_norm:
            squares += _sum_of_squares(dW.reshape(dW.size)) + _sum_of_squares(db)
    return squares


@compiled
def update_units(part: int, parts: int, step: int, scale: float, job: Job, plan: Array, like: Array) -> None:
    """The optimizer's step, and max-norm, on the weights and biases of these units; ∇ is shortened by `scale` first."""
    for i in range(1, job.layers + 1):
        if plan[FROZEN, i]:
            continue
        n, m = plan[SIZE, i], plan[SIZE, i - 1]
        low, high = share(part, parts, n)
        W, b = plan[WEIGHTS, i], plan[WEIGHTS, i] + n * m
        _update(job, step, scale, W + low * m, (high - low) * m, like)
        _update(job, step, scale, b + low, high - low, like)
        if job.max_norm:
            for j in range(low, high):
                row = vector(job.theta, W + j * m, m, like)
                norm = np.sqrt(_sum_of_squares(row))
                if norm > job.max_norm:
                    _scale(row, like.dtype.type(job.max_norm / norm))


@compiled
def _update(job: Job, step: int, scale: float, at: int, size: int, like: Array) -> None:
    """The rule on a stretch of θ."""
    theta, grad = vector(job.theta, at, size, like), vector(job.grad, at, size, like)
    if scale != 1:
        _scale(grad, like.dtype.type(scale))
    s, s2, s3 = vector(job.s, at, size, like), vector(job.s2, at, size, like), vector(job.s3, at, size, like)
    numbers = vector(job.numbers, step * job.numbers_size, job.numbers_size, like)
    update(job.rule, job.flag, job.flag2, like.dtype.type(job.decay), theta, grad, s, s2, s3, numbers)


@compiled
def _copy(source: Array, target: Array) -> None:
    for j in range(target.size):
        target[j] = source[j]


@compiled
def _scale(values: Array, factor: float) -> None:
    for j in range(values.size):
        values[j] *= factor


@compiled
def _to_blocks(job: Job, at: int, low: int, values: Array, parts: int, like: Array) -> None:
    """Write these rows, (count, n), from row `low` on, into the blocks that the parts of the units will read."""
    for part in range(parts):
        left, right = share(part, parts, values.shape[1])
        block = matrix(job.space, at + left * job.batch, job.batch, right - left, like)
        for r in range(values.shape[0]):
            _copy(values[r, left:right], block[low + r])


@compiled
def _from_blocks(job: Job, at: int, low: int, values: Array, parts: int, like: Array) -> None:
    """Read these rows, (count, n), from row `low` on, out of the blocks that the parts of the units have written."""
    for part in range(parts):
        left, right = share(part, parts, values.shape[1])
        block = matrix(job.space, at + left * job.batch, job.batch, right - left, like)
        for r in range(values.shape[0]):
            _copy(block[low + r], values[r, left:right])


@compiled
def _penalize(W: Array, dW: Array, l1: float, l2: float) -> None:
    """∂L/∂W ← ∂L/∂W + λ₁ sign(W) + λ₂ W."""
    for j in range(W.shape[0]):
        w, g = W[j], dW[j]
        for k in range(w.size):
            g[k] += l1 * np.sign(w[k]) + l2 * w[k]


@compiled_sum
def _sum_of_squares(values: Array) -> float:
    total = 0.0
    for j in range(values.size):
        total += values[j] * values[j]
    return total
