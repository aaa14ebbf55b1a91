"""One ONNX graph from raw columns, an input each, to named classes and probabilities, or to targets in their unit."""

from collections.abc import Callable

from dnn_tui.runs.config import RunError

from .description import Description
from .onnx_graph import Graph


def write(described: Description, stem: str) -> dict[str, bytes]:
    """The file by its suffix. Raises RunError."""
    network = described.network
    columns = [transform.column for transform in described.transforms]
    graph = Graph(network.dtype, columns)
    inputs = [name for transform in described.transforms for name in transform.onnx(graph)]
    h = graph.node("Concat", *inputs, axis=1) if len(inputs) > 1 else inputs[0]
    if network.dtype != "float32":
        h = graph.cast(h, network.dtype)
    # the two names that `dnn-tui import` finds the network between
    h = graph.node("Identity", h, name="dnn-tui:x")
    for i, activation in enumerate(described.spelled(ONNX_ACTIVATIONS), 1):
        W = graph.constant(network.W[i], f"layers.{i - 1}.weight")
        b = graph.constant(network.b[i], f"layers.{i - 1}.bias")
        a = graph.node("Gemm", h, W, b, transB=1)
        h = activation(graph, a)
    h = graph.node("Identity", h, name="dnn-tui:y")
    described.answer.onnx(graph, h)
    model = graph.model(stem, described.title, described.metadata(), described.facts["version"])
    contents: bytes = model.SerializeToString()
    if len(contents) >= 1 << 31:
        raise RunError("The network is too large for one ONNX file (2 GB): use --format torch.")
    return {".onnx": contents}


def _silu(graph: Graph, a: str) -> str:
    return graph.node("Mul", a, graph.node("Sigmoid", a))  # no operator of its own before opset 24


def _step(graph: Graph, a: str) -> str:
    zero = graph.constant(graph.dtype.type(0))
    return graph.cast(graph.node("GreaterOrEqual", a, zero), graph.dtype)


ONNX_ACTIVATIONS: dict[str, Callable[[Graph, str], str]] = {
    "identity": lambda graph, a: a,
    "sigmoid": lambda graph, a: graph.node("Sigmoid", a),
    "tanh": lambda graph, a: graph.node("Tanh", a),
    "relu": lambda graph, a: graph.node("Relu", a),
    "leaky_relu": lambda graph, a: graph.node("LeakyRelu", a, alpha=0.01),
    "elu": lambda graph, a: graph.node("Elu", a),
    "gelu": lambda graph, a: graph.node("Gelu", a),
    "silu": _silu,
    "softplus": lambda graph, a: graph.node("Softplus", a),
    "step": _step,
    "softmax": lambda graph, a: graph.node("Softmax", a, axis=-1),
}
