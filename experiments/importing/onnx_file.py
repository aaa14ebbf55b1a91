"""An ONNX graph that is an MLP: a chain of Gemm (or MatMul and Add), with an activation of ours between them.

Activations are recognised by what they compute: the operators between two layers are run on numbers, so that SiLU as
Mul and Sigmoid or GELU as Erf and five others are found whatever an exporter made of them.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from dnn_tui.mlp.activations import ACTIVATIONS
from dnn_tui.runs.config import RunError

from .found import Found, check_chain, facts_of, no_mlp

START, END = "dnn-tui:x", "dnn-tui:y"  # in our own files the network stands between these values
FOLDED = ("Cast", "Concat", "Identity", "Reshape", "Squeeze", "Transpose", "Unsqueeze")  # beside those, of constants
SAME = ("Identity", "Flatten", "Reshape", "Dropout", "Squeeze", "Unsqueeze")  # change no number
ELEMENTWISE = (
    "Abs", "Add", "Cast", "Clip", "Div", "Elu", "Equal", "Erf", "Exp", "Gelu", "Greater", "GreaterOrEqual", "LeakyRelu",
    "Less", "LessOrEqual", "Log", "Max", "Min", "Mul", "Neg", "Not", "Pow", "Reciprocal", "Relu", "Sigmoid", "Softmax",
    "Softplus", "Sqrt", "Sub", "Swish", "Tanh", "Where",
)  # fmt: skip


def read(path: Path) -> Found:
    """The layers in their order. Raises RunError, which names the first operator that does not fit."""
    try:
        model = onnx.load(str(path), load_external_data=False)  # another file is none that was asked for
        if any(tensor.data_location == onnx.TensorProto.EXTERNAL for tensor in model.graph.initializer):
            raise RunError(f"{path} keeps its weights in another file: save it as one file.")
        onnx.checker.check_model(model)
        chain = _Chain(path, model)
    except RunError:
        raise
    except Exception as error:  # protobuf, the checker and the converters raise kinds of their own
        reason = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
        raise RunError(f"{path} cannot be read as ONNX: {reason}.") from None
    facts = facts_of(path, {entry.key: entry.value for entry in model.metadata_props})
    chain.walk(own=bool(facts))
    check_chain(path, chain.names, chain.W, chain.b)
    return Found(path, chain.W, chain.b, list(chain.activations), facts)


class _Chain:
    """Walks the nodes in their order, which ONNX promises to be one of computing."""

    def __init__(self, path: Path, model: onnx.ModelProto) -> None:
        self.path, self.model = path, model
        self.constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
        self.names: list[str] = []
        self.W: list[np.ndarray] = []
        self.b: list[np.ndarray] = []
        self.activations: list[str] = []
        self._segment: list[onnx.NodeProto] = []  # since the last layer
        self._alive: set[str] = set()  # values that this segment may look at
        self._from = ""  # what the last layer gives
        self._open_bias = False

    def walk(self, own: bool) -> None:
        graph = self.model.graph
        inputs = [value.name for value in graph.input if value.name not in self.constants]
        if not own and len(inputs) != 1:
            raise no_mlp(self.path, f"it has {len(inputs)} inputs ({', '.join(inputs[:4])}), and an MLP has one")
        outputs = {value.name for value in graph.output}
        at, begun = ("", False) if own else (inputs[0], True)
        for node in graph.node:
            if not begun:
                if node.output[0] == START:
                    at, begun = START, True
                continue
            at = self._take(node, at)
            if own and at == END:
                break
        self._close(at)
        if not self.W:
            raise no_mlp(self.path, "it has no layer (Gemm, or MatMul and Add)")
        if not own and at not in outputs:
            raise no_mlp(self.path, f"what its last operator gives ({at!r}) is not what it puts out")

    def _take(self, node: onnx.NodeProto, at: str) -> str:
        """Where the chain stands after this node."""
        op, inputs, gives = node.op_type, [name for name in node.input if name], str(node.output[0])
        if op == "Constant":
            self.constants[node.output[0]] = _constant(node)
            return at
        if inputs and all(name in self.constants for name in inputs) and op in (*FOLDED, *ELEMENTWISE):
            self._fold(node)
            return at
        same = op in SAME or (op == "Cast" and not self.W)
        if same and inputs and inputs[0] == at and all(name in self.constants for name in inputs[1:]):
            self._alive.add(node.output[0])
            self._segment.append(_identity(at, node.output[0]))
            return gives
        if op in ("Gemm", "MatMul") and inputs[0] == at and inputs[1] in self.constants:
            self._close(at)
            self._layer(node, inputs)
            return gives
        if op == "Add" and self._open_bias and at in inputs:
            other = inputs[1 - inputs.index(at)]
            bias = self.constants.get(other)
            if bias is not None and bias.size in (1, len(self.b[-1])):
                self.b[-1] = np.broadcast_to(bias.reshape(-1), self.b[-1].shape).astype(self.W[-1].dtype)
                self._open_bias, self._from, self._alive = False, node.output[0], {node.output[0]}
                self._segment = []
                return gives
        known = set(inputs) <= self._alive | set(self.constants)
        if op not in ELEMENTWISE or not self.W or not known or node.domain not in ("", "ai.onnx"):
            raise no_mlp(self.path, f"its operator {op}{f' ({node.name})' if node.name else ''} does not fit one")
        self._segment.append(node)
        self._alive |= set(node.output)
        self._open_bias = False
        return gives

    def _layer(self, node: onnx.NodeProto, inputs: Sequence[str]) -> None:
        given = {attribute.name: helper.get_attribute_value(attribute) for attribute in node.attribute}
        if given.get("transA"):
            raise no_mlp(self.path, f"its operator Gemm ({node.name or node.output[0]}) takes its rows as columns")
        W = _float(self.constants[inputs[1]])
        if W.ndim != 2:
            raise no_mlp(self.path, f"its operator {node.op_type} has weights of shape {W.shape}, not a matrix")
        W = W if given.get("transB") else W.T
        alpha, beta = given.get("alpha", 1.0), given.get("beta", 1.0)
        b = np.zeros(len(W), W.dtype)
        if node.op_type == "Gemm" and len(inputs) > 2:
            if inputs[2] not in self.constants:
                raise no_mlp(
                    self.path, f"its operator Gemm ({node.name or node.output[0]}) has a bias that is computed"
                )
            b = np.broadcast_to(_float(self.constants[inputs[2]]).reshape(-1), len(W)).astype(W.dtype)
        self.names.append(node.name or f"{node.op_type} {len(self.names) + 1}")
        self.W.append(W if alpha == 1 else W * W.dtype.type(alpha))
        self.b.append(b if beta == 1 else b * W.dtype.type(beta))
        self._from, self._segment, self._alive = node.output[0], [], {node.output[0]}
        self._open_bias = node.op_type == "MatMul"

    def _fold(self, node: onnx.NodeProto) -> None:
        """A constant that is only turned round or renamed is a constant."""
        for name, value in zip(node.output, self._run([node], {}, list(node.output)), strict=True):
            self.constants[name] = value

    def _close(self, at: str) -> None:
        """Recognise what stands between the last layer and here."""
        if not self.W:
            return
        if not self._segment:
            self.activations.append("identity")
            return
        n, dtype = len(self.b[-1]), self.W[-1].dtype
        a = np.random.default_rng(0).normal(0, 2, (64, n)).astype(dtype)
        a[0], a[1], a[2] = 0, 8, -8
        h = self._run(self._segment, {self._from: a}, [at])[0]
        for name, activation in ACTIVATIONS.items():
            ours = np.empty_like(a)
            activation.forward(a.copy(), ours)
            if h.shape == a.shape and np.allclose(h, ours, rtol=1e-5, atol=2e-6):
                self.activations.append(name)
                return
        named = next(node for node in self._segment if node.op_type != "Identity")
        why = f"its operator {named.op_type} after layer {len(self.W)} begins an activation that is none of ours"
        raise no_mlp(self.path, why)

    def _run(
        self, nodes: Sequence[onnx.NodeProto], given: dict[str, np.ndarray], wanted: list[str]
    ) -> list[np.ndarray]:
        """The values of these nodes, by ONNX's own reference."""
        needed = {name for node in nodes for name in node.input if name in self.constants}
        kinds = {name: helper.np_dtype_to_tensor_dtype(value.dtype) for name, value in given.items()}
        graph = helper.make_graph(
            list(nodes),
            "part",
            [helper.make_tensor_value_info(name, kinds[name], value.shape) for name, value in given.items()],
            [helper.make_empty_tensor_value_info(name) for name in wanted],
            [numpy_helper.from_array(self.constants[name], name) for name in sorted(needed)],
        )
        part = helper.make_model(graph, opset_imports=list(self.model.opset_import), ir_version=self.model.ir_version)
        return [np.asarray(value) for value in ReferenceEvaluator(part).run(None, given)]


def _float(array: np.ndarray) -> np.ndarray:
    return array if array.dtype == np.float64 else array.astype(np.float32)


def _identity(given: str, output: str) -> onnx.NodeProto:
    return helper.make_node("Identity", [given], [output])


def _constant(node: onnx.NodeProto) -> np.ndarray:
    value: Any = helper.get_attribute_value(node.attribute[0])
    return numpy_helper.to_array(value) if isinstance(value, onnx.TensorProto) else np.asarray(value)
