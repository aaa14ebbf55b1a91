"""`NetworkSubject`: a network with its samples, loss and optimizer, as the inspect view looks at it and changes it."""

import re
from collections.abc import Iterable, Sequence

import numpy as np

from dnn_tui.datasets.expression import number
from dnn_tui.mlp import Network
from dnn_tui.mlp.backprop import Workspace, backward, forward
from dnn_tui.mlp.explain import Checked, Meaning, Number, Pass, Step, check_one, explain_pass, gradient_check, run_pass
from dnn_tui.mlp.explain.check import TOLERANCE
from dnn_tui.mlp.explain.updates import float64_optimizer, rule_of
from dnn_tui.mlp.losses import LOSSES, Loss
from dnn_tui.mlp.optimizers import OPTIMIZERS, Optimizer, make_optimizer
from dnn_tui.mlp.regularization import Regularizer

from .subject import Field, InspectError, Restore, Row, Subject


class NetworkSubject(Subject):
    """A network, its samples, a loss, an optimizer with its state. The network given is never changed:

    `apply` works on our float64 copy. meaning: the names of inputs and outputs in the data, and how they were scaled.
    loss and optimizer may be given by name; None is plain gradient descent.
    """

    rows: Sequence[Row]

    def __init__(
        self,
        title: str,
        *,
        network: Network,
        rows: Sequence[Row] = (),
        loss: Loss | str = "cross_entropy",
        optimizer: Optimizer | str | None = None,
        lr: float = 0.1,
        text: str = "",
        image_shape: tuple[int, ...] | None = None,
        meaning: Meaning | None = None,
    ) -> None:
        super().__init__(title, "network", text, rows)
        self.network = network.copy(np.float64)
        self.loss = LOSSES[loss] if isinstance(loss, str) else loss
        if optimizer is None or isinstance(optimizer, str):
            optimizer = make_optimizer(optimizer or "sgd", self.network.parameters, self.network.dtype)
        self.optimizer: Optimizer = float64_optimizer(optimizer, self.network.parameters)
        self.lr, self.image_shape = lr, image_shape
        self.meaning = meaning or Meaning()
        self.beyond: dict[str, float] = {}  # what the training it comes from does besides a plain pass, by its setting
        self.weights: np.ndarray | None = None  # how much each row counts in a batch's mean; None: all the same
        self._pass: Pass | None = None
        self._edited: dict[int, Row] = {}  # our copies of rows whose x or y was changed

    @property
    def row(self) -> Row:
        """The sample looked at, with what was changed in it."""
        return self._edited.get(self.at) or self.rows[self.at]

    @property
    def run(self) -> Pass:
        """The pass of the sample looked at."""
        if self._pass is None:
            self._pass = run_pass(self.network, self.row.x, self.row.y, self.loss, self.meaning)
        return self._pass

    def _compute(self) -> list[Step]:
        return explain_pass(self.run, self.optimizer, self.lr)

    def changed(self) -> None:
        super().changed()
        self._pass = None

    def fields(self) -> list[Field]:
        written, network = Number(6).text, self.network
        found = [
            Field("lr", "η, the learning rate", written(self.lr)),
            Field("loss", f"one of {', '.join(LOSSES)}", self.loss.name),
            Field("optimizer", f"one of {', '.join(OPTIMIZERS)}", rule_of(self.optimizer)[0]),
        ]
        for i in range(1, network.layers + 1):
            found.append(Field(f"g{i}", f"the activation of layer {i}", network.activations[i - 1].name))
        found += [Field(f"x{k + 1}", "an input", written(v)) for k, v in enumerate(self.row.x[:64])]
        found += [Field(f"y{k + 1}", "a target", written(v)) for k, v in enumerate(self.row.y[:64])]
        return found

    def value(self, key: str) -> float:
        """The number `key` names: "x2", "y1", "W2[2,2]", "b1[3]", "lr"."""
        array, index = self._place(key)
        return float(array[index])

    def _place(self, key: str) -> tuple[np.ndarray, tuple[int, ...]]:
        """The array and index that a key names; indices count from 1."""
        plain = key.replace(" ", "").replace("_", "").replace("{", "[").replace("}", "]")
        network = self.network
        if match := re.fullmatch(r"([xy])\[?(\d+)\]?", plain):
            array, indices, what = getattr(self.row, match[1]), [int(match[2])], match[1]
        elif match := re.fullmatch(r"([Wwb])(\d+)\[(\d+)(?:,(\d+))?\]", plain):
            i = int(match[2])
            if not 1 <= i <= network.layers:
                raise InspectError(f"There is no layer {i}: the network has {network.layers}.")
            array = (network.b if match[1] == "b" else network.W)[i]
            indices, what = [int(n) for n in match.groups()[2:] if n], f"{match[1].replace('w', 'W')}_{i}"
        elif match := re.fullmatch(r"w(\d)(\d)(\d)", plain):  # the lectures' w_222
            i, *indices = (int(n) for n in match.groups())
            if not 1 <= i <= network.layers:
                raise InspectError(f"There is no layer {i}: the network has {network.layers}.")
            array, what = network.W[i], f"W_{i}"
        elif match := re.fullmatch(r"b(\d)(\d)", plain):
            i, *indices = (int(n) for n in match.groups())
            if not 1 <= i <= network.layers:
                raise InspectError(f"There is no layer {i}: the network has {network.layers}.")
            array, what = network.b[i], f"b_{i}"
        else:
            raise InspectError(
                f"“{key}” is nothing to edit: say x2, y1, w222, W2[2,2], b1[3], lr, loss, optimizer or g1."
            )
        if len(indices) != array.ndim or not all(1 <= k <= n for k, n in zip(indices, array.shape, strict=True)):
            raise InspectError(f"{what} is {'×'.join(str(n) for n in array.shape)}: {key} is outside of it.")
        return array, tuple(k - 1 for k in indices)

    def _set(self, key: str, value: str) -> None:
        plain, value = key.strip(), value.strip()
        if plain in ("lr", "η", "eta"):
            lr = number(value)
            if lr <= 0:
                raise InspectError(f"The learning rate must be above 0, not {value}.")
            self.lr = lr
        elif plain == "loss":
            self.loss = LOSSES[_one_of(value, LOSSES, "loss")]
        elif plain == "optimizer":
            name = _one_of(value, OPTIMIZERS, "optimizer")
            self.optimizer = make_optimizer(name, self.network.parameters, self.network.dtype)
        elif plain[:1] == "g" and plain[1:].isdigit():
            self._set_activation(int(plain[1:]), value)
        else:
            typed = number(value)
            if plain[:1] in ("x", "y") and self.at not in self._edited:
                row = self.row
                self._edited[self.at] = Row(row.name, np.array(row.x, float), np.array(row.y, float))
            array, index = self._place(plain)
            array[index] = typed

    def _set_activation(self, layer: int, name: str) -> None:
        network = self.network
        if not 1 <= layer <= network.layers:
            raise InspectError(f"There is no layer {layer}: the network has {network.layers}.")
        names = [activation.name for activation in network.activations]
        names[layer - 1] = name
        twin = Network(network.sizes, names[:-1], names[-1], network.initialization, dtype=np.float64)
        twin.theta[...] = network.theta
        self.network = twin

    def _kept(self) -> Restore:
        network, loss, lr, at, edited = self.network.copy(), self.loss, self.lr, self.at, _copied(self._edited)
        optimizer = float64_optimizer(self.optimizer, network.parameters)

        def restore() -> None:
            # copied once more: it may be restored twice
            self.network, self.loss, self.lr, self.at, self._edited = network.copy(), loss, lr, at, _copied(edited)
            self.optimizer = float64_optimizer(optimizer, network.parameters)

        return restore

    def twin(self) -> "NetworkSubject":
        """The same rows with a network and an optimizer of its own, nothing to undo."""
        found = NetworkSubject(
            self.title,
            network=self.network,
            rows=self.rows,
            loss=self.loss,
            optimizer=self.optimizer,
            lr=self.lr,
            text=self.text,
            image_shape=self.image_shape,
            meaning=self.meaning,
        )
        found.first_row, found.at, found.beyond = self.first_row, self.at, self.beyond
        found.weights, found._edited = self.weights, _copied(self._edited)
        return found

    def take_over(self, other: "NetworkSubject") -> None:
        """Go on with another's network, loss and optimizer; can be undone. Nothing happens where they are the same."""
        if self.settings() == other.settings() and (self.network.theta == other.network.theta).all():
            return
        self._begin()
        self._undo.append(self._kept())
        self.network, self.loss, self.lr = other.network.copy(), other.loss, other.lr
        self.optimizer = float64_optimizer(other.optimizer, self.network.parameters)
        self.changed()

    def step(self, gradient: np.ndarray, max_norm: float = 0.0) -> None:
        """One update by a gradient, (parameters,), for `BatchSubject.apply`, which keeps what it was before."""
        self.optimizer.step(self.network.theta, gradient.copy(), self.lr)
        Regularizer(self.network, max_norm=max_norm).constrain()

    def settings(self) -> dict[str, str | float]:
        activations = {f"g{i}": activation.name for i, activation in enumerate(self.network.activations, start=1)}
        return {"lr": self.lr, "loss": self.loss.name, "optimizer": rule_of(self.optimizer)[0], **activations}

    def _content(self) -> object:
        edited = [(k, row.x.tolist(), row.y.tolist()) for k, row in sorted(self._edited.items())]
        return self.network.theta.tolist(), edited

    def apply(self, times: int = 1) -> list[float]:
        """Make `times` updates on this sample; returns the loss before and after each. Can be undone at once."""
        self._begin()
        before = self._kept()
        losses = [self.run.value]
        with np.errstate(all="ignore"):  # too large a step may end in numbers that are none: they are shown
            for _ in range(times):
                self.optimizer.step(self.network.theta, self.run.network.grad.copy(), self.lr)
                self._pass = None
                losses.append(self.run.value)
        self._undo.append(before)
        self.changed()
        return losses

    def check(self) -> list[Checked]:
        """The gradient check of this pass; sets the badge."""
        checked = gradient_check(self.run)
        failed = sum(row.verdict == "fail" for row in checked)
        kinks = sum(row.verdict == "kink" for row in checked)
        # where the gradient is 0 the difference is rounding, and its relative error says nothing
        worst = max((row.error for row in checked if row.verdict == "pass" and row.error < TOLERANCE), default=0.0)
        extra = f", {kinks} at a kink" if kinks else ""
        self.badge = (
            f"✗ {failed} of {len(checked)} gradients differ from central differences"
            if failed
            else f"✓ {len(checked)} gradients checked{extra} (worst {Number(2).text(worst)})"
        )
        return checked

    def check_weight(self, layer: int, kind: str, index: tuple[int, ...]) -> Checked:
        """One parameter against its central difference."""
        return check_one(self.run, layer, kind, index)

    def spread(self, layer: int, kind: str, index: tuple[int, ...], most: int = 256) -> np.ndarray:
        """The gradient of one parameter for each of the first rows, at most `most` of them: (rows,)."""
        rows = [self._edited.get(k) or self.rows[k] for k in range(min(most, len(self.rows)))]
        workspace = Workspace(self.network, len(rows), keep_a=True)
        workspace.h[0][...], workspace.y[...] = [row.x for row in rows], [row.y for row in rows]
        network = self.network.copy()
        with np.errstate(all="ignore"):
            forward(network, workspace)
            backward(network, workspace, self.loss)
            delta = workspace.delta[layer][:, index[0]] * len(rows)  # the engine's δ is of the mean over the rows
            return delta * workspace.h[layer - 1][:, index[1]] if kind == "W" else delta

    def harder(self, start: int) -> int | None:
        """The next sample after `start` that is misclassified; None where there is none.

        Raises InspectError where the network's answers are quantities: none is wrong, only more or less far off.
        """
        if self.network.activations[-1].name not in ("softmax", "sigmoid"):
            raise InspectError("These answers are quantities, not classes: l finds the one that is furthest off.")
        order = [(start + 1 + k) % len(self.rows) for k in range(len(self.rows))]
        for begin in range(0, len(order), 512):
            part = order[begin : begin + 512]
            yhat = self.network.predict(np.stack([self.rows[k].x for k in part]))
            y = np.stack([self.rows[k].y for k in part])
            wrong = yhat.argmax(axis=1) != y.argmax(axis=1) if y.shape[1] > 1 else (yhat[:, 0] > 0.5) != (y[:, 0] > 0.5)
            if wrong.any():
                return part[int(np.flatnonzero(wrong)[0])]
        return None

    def worst(self) -> int:
        """The sample with the highest loss."""
        losses = []
        for begin in range(0, len(self.rows), 512):
            part = [self.rows[k] for k in range(begin, min(begin + 512, len(self.rows)))]
            yhat = self.network.predict(np.stack([row.x for row in part]))
            losses.append(self.loss.values(yhat, np.stack([row.y for row in part]).astype(float)))
        return int(np.concatenate(losses).argmax())


def _copied(rows: dict[int, Row]) -> dict[int, Row]:
    return {k: Row(row.name, row.x.copy(), row.y.copy()) for k, row in rows.items()}


def _one_of(value: str, known: Iterable[str], what: str) -> str:
    if value not in known:
        raise InspectError(f"There is no {what} {value!r}: there are {', '.join(known)}.")
    return value
