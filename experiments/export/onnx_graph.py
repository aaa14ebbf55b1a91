"""An ONNX graph, built node by node: names given, constants and inputs kept in order."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

TYPES = {
    np.dtype(np.float32): TensorProto.FLOAT,
    np.dtype(np.float64): TensorProto.DOUBLE,
    np.dtype(np.int64): TensorProto.INT64,
    np.dtype(np.str_): TensorProto.STRING,
}


class Graph:
    """Collects nodes; `model` makes the file of them. dtype: what the network computes in."""

    def __init__(self, dtype: Any, reserved: Sequence[str] = ()) -> None:
        self.dtype = np.dtype(dtype)
        self._nodes: list[onnx.NodeProto] = []
        self._inputs: list[onnx.ValueInfoProto] = []
        self._outputs: list[onnx.ValueInfoProto] = []
        self._constants: list[onnx.TensorProto] = []
        self._taken = set(reserved)
        self._count = 0

    def take(self, name: str, dtype: Any, shape: Sequence[int]) -> str:
        """An input of the graph: rows of `shape`."""
        self._inputs.append(helper.make_tensor_value_info(name, TYPES[np.dtype(dtype)], ["rows", *shape]))
        return name

    def give(self, name: str, value: str, dtype: Any, shape: Sequence[int]) -> None:
        """An output of the graph; a name that an input has gets an underscore."""
        while name in self._taken:
            name += "_"
        self._taken.add(name)
        self._nodes.append(helper.make_node("Identity", [value], [name]))
        self._outputs.append(helper.make_tensor_value_info(name, TYPES[np.dtype(dtype)], ["rows", *shape]))

    def constant(self, value: Any, name: str | None = None) -> str:
        """A constant: a NumPy array or number, or an object array of texts."""
        tensor = numpy_helper.from_array(np.asarray(value), self._name(name))
        self._constants.append(tensor)
        return tensor.name

    def node(self, op: str, *inputs: str, name: str | None = None, domain: str = "", **attributes: Any) -> str:
        """One operator; gives the name of its output."""
        output = self._name(name)
        self._nodes.append(helper.make_node(op, list(inputs), [output], domain=domain, **attributes))
        return output

    def cast(self, value: str, dtype: Any) -> str:
        """`value` in another element type; the new value's name."""
        return self.node("Cast", value, to=TYPES[np.dtype(dtype)])

    def column(self, value: str) -> str:
        """(rows,) as (rows, 1)."""
        return self.node("Reshape", value, self.constant(np.array([-1, 1], np.int64)))

    def model(self, name: str, about: str, metadata: dict[str, str], version: str) -> onnx.ModelProto:
        """The whole, checked. Raises onnx.checker.ValidationError."""
        graph = helper.make_graph(self._nodes, name, self._inputs, self._outputs, self._constants)
        # opset 20 is the first with Gelu; IR 9 is its time's, so that older runtimes read the file
        opsets = [helper.make_opsetid("", 20), helper.make_opsetid("ai.onnx.ml", 3)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=9, producer_name="dnn-tui")
        model.producer_version, model.doc_string = version, about
        helper.set_model_props(model, metadata)
        onnx.checker.check_model(model, full_check=True)
        return model

    def _name(self, wanted: str | None) -> str:
        if wanted is None:
            self._count += 1
            wanted = f"t{self._count}"
        while wanted in self._taken:
            wanted += "_"
        self._taken.add(wanted)
        return wanted
