"""A small expression graph: each gate with its forward value, its local derivatives, and the gradient it passes back.

The lectures' scalar circuits: `q = x + y`, `f = q * z`. Written as `Step`s, like a pass through a network.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from dnn_tui.datasets.expression import ExpressionError, Node, evaluate, names_in, parse, written
from dnn_tui.mlp.explain.numbers import Number, joined
from dnn_tui.mlp.explain.step import Focus, Note, Operand, Step


@dataclass(frozen=True)
class Gate:
    """One operation: name = op(inputs). Inputs are names of variables or of earlier gates, or numbers."""

    name: str
    op: str
    inputs: tuple[str | float, ...]

    @property
    def node(self) -> Node:
        """The gate as a node of an expression."""
        parts = tuple(Node("name", i) if isinstance(i, str) else Node("number", value=i) for i in self.inputs)
        return Node("call", self.op, inputs=parts)


Forward = Callable[..., float]
Local = Callable[..., tuple[float, ...]]

#: For each operation: forward from its inputs, and its local derivatives ∂out/∂input, beside each other.
GATES: dict[str, tuple[Forward, Local, tuple[str, ...]]] = {
    "+": (lambda x, y: x + y, lambda x, y, out: (1.0, 1.0), ("1", "1")),
    "-": (lambda x, y: x - y, lambda x, y, out: (1.0, -1.0), ("1", "−1")),
    "*": (lambda x, y: x * y, lambda x, y, out: (y, x), ("{1}", "{0}")),
    "/": (lambda x, y: x / y, lambda x, y, out: (1 / y, -x / y**2), ("1 / {1}", "−{0} / {1}^2")),
    "**": (
        lambda x, y: np.power(x, y),
        lambda x, y, out: (y * np.power(x, y - 1), out * np.log(x) if x > 0 else np.nan),
        ("{1}·{0}^({1} − 1)", "{0}^{1}·ln {0}"),
    ),
    "neg": (lambda x: -x, lambda x, out: (-1.0,), ("−1",)),
    "exp": (np.exp, lambda x, out: (out,), ("exp({0})",)),
    "ln": (np.log, lambda x, out: (1 / x,), ("1 / {0}",)),
    "log": (np.log, lambda x, out: (1 / x,), ("1 / {0}",)),
    "sin": (np.sin, lambda x, out: (np.cos(x),), ("cos({0})",)),
    "cos": (np.cos, lambda x, out: (-np.sin(x),), ("−sin({0})",)),
    "tanh": (np.tanh, lambda x, out: (1 - out**2,), ("1 − tanh({0})^2",)),
    "sigmoid": (
        lambda x: 0.5 * (1 + np.tanh(0.5 * x)),
        lambda x, out: (out * (1 - out),),
        ("sigmoid({0})·(1 − sigmoid({0}))",),
    ),
    "relu": (lambda x: max(x, 0.0), lambda x, out: (float(x > 0),), ("1 if {0} > 0 else 0",)),
    "sqrt": (np.sqrt, lambda x, out: (0.5 / out,), ("1 / (2 sqrt({0}))",)),
}
#: ∂out/∂input as Python, beside the formulas above for people.
NUMPY_LOCAL = {
    "+": ("1.0", "1.0"),
    "-": ("1.0", "-1.0"),
    "*": ("{1}", "{0}"),
    "/": ("1 / {1}", "-{0} / {1}**2"),
    "**": ("{1} * {0} ** ({1} - 1)", "{out} * np.log({0})"),
    "neg": ("-1.0",),
    "exp": ("{out}",),
    "ln": ("1 / {0}",),
    "log": ("1 / {0}",),
    "sin": ("np.cos({0})",),
    "cos": ("-np.sin({0})",),
    "tanh": ("1 - {out}**2",),
    "sigmoid": ("{out} * (1 - {out})",),
    "relu": ("np.where({0} > 0, 1.0, 0.0)",),
    "sqrt": ("0.5 / {out}",),
}


class Graph:
    """Gates in the order they are computed; the last one's output is what gradients are taken of.

    assignments: "q = x + y", "f = q * z". A compound right-hand side becomes several gates.
    Raises ExpressionError.
    """

    def __init__(self, assignments: Sequence[str]) -> None:
        self.gates: list[Gate] = []
        self.variables: list[str] = []
        for text in assignments:
            name, equals, body = text.partition("=")
            name = name.strip()
            if not equals or not name.isidentifier():
                raise ExpressionError(f"“{text}” is no gate: write it as “q = x + y”.")
            if name in self.variables or name in self.names:
                raise ExpressionError(f"{name} is given twice.")
            tree = parse(body)
            if tree.kind != "call":
                raise ExpressionError(f"“{text}” computes nothing.")
            self._add(tree, name)
        if not self.gates:
            raise ExpressionError("A graph needs at least one gate.")

    @property
    def names(self) -> list[str]:
        """The gates' names, in order."""
        return [gate.name for gate in self.gates]

    @property
    def output(self) -> str:
        """The last gate's name."""
        return self.gates[-1].name

    def _add(self, node: Node, name: str = "") -> str | float:
        if node.kind == "number":
            return node.value
        if node.kind == "name":
            if node.op not in self.names and node.op not in self.variables:
                self.variables.append(node.op)
            return node.op
        if node.kind != "call" or node.op not in GATES or len(node.inputs) != len(GATES[node.op][2]):
            raise ExpressionError(f"{written(node)} is no gate: there are {', '.join(GATES)}.")
        inputs = tuple(self._add(part) for part in node.inputs)
        if not name:
            name = f"u{sum(gate.name.startswith('u') for gate in self.gates) + 1}"
        self.gates.append(Gate(name, node.op, inputs))
        return name

    def forward(self, values: dict[str, float]) -> dict[str, float]:
        """Every variable and gate by name. Raises ExpressionError for a missing value."""
        missing = [name for name in self.variables if name not in values]
        if missing:
            raise ExpressionError(f"There is no value for {missing[0]}.")
        found = {name: float(values[name]) for name in self.variables}
        with np.errstate(all="ignore"):
            for gate in self.gates:
                found[gate.name] = float(GATES[gate.op][0](*self._numbers(gate, found)))
        return found

    @staticmethod
    def _numbers(gate: Gate, found: dict[str, float]) -> list[float]:
        return [np.float64(found[part] if isinstance(part, str) else part) for part in gate.inputs]

    def numpy_backward(self, name: str) -> str:
        """∂(output)/∂node as Python: over its uses, the sum of upstream · local."""
        terms = []
        for gate in self.gates:
            parts = [part if isinstance(part, str) else f"{part!r}" for part in gate.inputs]
            for place, part in enumerate(gate.inputs):
                if part == name:
                    local = NUMPY_LOCAL[gate.op][place].format(*parts, out=gate.name)
                    terms.append(f"d{gate.name} * ({local})" if " " in local else f"d{gate.name} * {local}")
        return f"d{name} = {' + '.join(terms)}"

    def consumers(self, name: str, found: dict[str, float]) -> list[tuple[Gate, float, str]]:
        """Each use of a node: the gate, the local derivative there, and that derivative's formula."""
        uses = []
        for gate in self.gates:
            _, local, formulas = GATES[gate.op]
            with np.errstate(all="ignore"):
                derivatives = local(*self._numbers(gate, found), np.float64(found[gate.name]))
            for place, part in enumerate(gate.inputs):
                if part == name:
                    texts = [p if isinstance(p, str) else f"{p:g}" for p in gate.inputs]
                    formula = _simpler(formulas[place].format(*texts))
                    uses.append((gate, float(derivatives[place]), formula))
        return uses

    def backward(self, found: dict[str, float]) -> dict[str, float]:
        """∂(output)/∂node for every node: over its consumers, the sum of upstream × local."""
        gradients = {self.output: 1.0}
        for name in [*reversed(self.names[:-1]), *reversed(self.variables)]:
            gradients[name] = sum(gradients[gate.name] * local for gate, local, _ in self.consumers(name, found))
        return gradients

    def depth(self, name: str) -> int:
        """0 for a variable, else one more than its deepest input: its column in a drawing."""
        gate = next((gate for gate in self.gates if gate.name == name), None)
        if gate is None:
            return 0
        return 1 + max((self.depth(part) for part in gate.inputs if isinstance(part, str)), default=0)


def _simpler(formula: str) -> str:
    """`2·x^(2 − 1)` as one writes it: 2·x; `3·x^(3 − 1)`: 3·x^2."""
    match = re.fullmatch(r"(-?[\d.]+)·(\w+)\^\(\1 − 1\)", formula)
    if match is None:
        return formula.replace("-", "−")
    power = float(match[1]) - 1
    written = "" if power == 0 else f"·{match[2]}" if power == 1 else f"·{match[2]}^{power:g}"
    return f"{match[1]}{written}".replace("-", "−")


def explain_graph(graph: Graph, values: dict[str, float]) -> list[Step]:
    """One step a gate forward ("F q"), then one a node backward ("B q", "B x"), the output first."""
    found = graph.forward(values)
    gradients = graph.backward(found)
    order = [*reversed(graph.names), *graph.variables]
    return [_forward(graph, gate, found) for gate in graph.gates] + [
        _backward(graph, name, found, gradients) for name in order
    ]


def _operand(name: str, value: float) -> Operand:
    return Operand(name, name, np.asarray(float(value)))


def _forward(graph: Graph, gate: Gate, found: dict[str, float]) -> Step:
    used = names_in(gate.node)
    equation = f"{gate.name} = {written(gate.node)}"

    def spell(focus: Focus, number: Number) -> str:
        line = written(gate.node, lambda name: number.text(found[name]))
        return f"{gate.name} = {line} = {number.text(found[gate.name])}"

    return Step(
        id=f"F {gate.name}",
        phase="F",
        layer=graph.depth(gate.name),
        symbol=gate.name,
        title="A gate computes its output and remembers its inputs",
        equation=equation,
        numpy=f"{gate.name} = {_python(gate)}",
        operands=tuple(_operand(name, found[name]) for name in used),
        result=_operand(gate.name, found[gate.name]),
        operation=lambda *inputs: evaluate(gate.node, dict(zip(used, inputs, strict=True))),
        speller=spell,
        shapes="number",
    )


def _python(gate: Gate) -> str:
    parts = [part if isinstance(part, str) else f"{part!r}" for part in gate.inputs]
    match gate.op:
        case "+" | "-" | "*" | "/" | "**":
            return f"{parts[0]} {gate.op} {parts[1]}"
        case "neg":
            return f"-{parts[0]}"
        case "ln" | "log":
            return f"np.log({parts[0]})"
        case "relu":
            return f"np.maximum(0, {parts[0]})"
        case "sigmoid":
            return f"1 / (1 + np.exp(-{parts[0]}))"
    return f"np.{gate.op}({parts[0]})"


def _backward(graph: Graph, name: str, found: dict[str, float], gradients: dict[str, float]) -> Step:
    output, uses = graph.output, graph.consumers(name, found)
    result = Operand(f"∂{output}/∂{name}", f"d{name}", np.asarray(gradients[name]))
    if name == output:
        return Step(
            id=f"B {name}",
            phase="B",
            layer=graph.depth(name),
            symbol=result.name,
            title="Backwards begins: the output changes with itself one to one",
            equation=f"∂{name}/∂{name} = 1",
            numpy=f"d{name} = 1.0",
            operands=(),
            result=result,
            operation=lambda: np.asarray(1.0),
            speller=lambda focus, number: f"∂{name}/∂{name} = 1",
            shapes="number",
        )
    upstream = np.array([gradients[gate.name] for gate, _, _ in uses])
    local = np.array([derivative for _, derivative, _ in uses])
    terms = " + ".join(f"∂{output}/∂{gate.name}·∂{gate.name}/∂{name}" for gate, _, _ in uses)
    formulas = ", ".join(f"∂{gate.name}/∂{name} = {text}" for gate, _, text in uses)

    def spell(focus: Focus, number: Number) -> str:
        parts = [(u < 0, f"{number.text(abs(u))}·{number.factor(v)}") for u, v in zip(upstream, local, strict=True)]
        return f"∂{output}/∂{name} = {joined(parts)} = {number.text(gradients[name])}"

    note: tuple[Note, ...] = ()
    if len(uses) > 1:
        note = (Note("paths", f"{name} is used {len(uses)} times: the gradients of the paths add up."),)
    elif uses and uses[0][0].op == "+":
        note = (Note("gate", "A sum hands the upstream gradient on unchanged, to each of its inputs."),)
    elif uses and uses[0][0].op == "*":
        note = (Note("gate", "A product swaps: the local derivative of one input is the other input."),)
    return Step(
        id=f"B {name}",
        phase="B",
        layer=graph.depth(name),
        symbol=result.name,
        title=f"Back to {name}: upstream × local",
        equation=f"∂{output}/∂{name} = {terms},  {formulas}",
        numpy=graph.numpy_backward(name),
        operands=(
            Operand("upstream: " + ", ".join(f"∂{output}/∂{gate.name}" for gate, _, _ in uses), "upstream", upstream),
            Operand("local: " + ", ".join(f"∂{gate.name}/∂{name}" for gate, _, _ in uses), "local", local),
        ),
        result=result,
        operation=lambda upstream, local: upstream @ local,
        speller=spell,
        upstream=Operand(", ".join(f"∂{output}/∂{gate.name}" for gate, _, _ in uses), "upstream", upstream),
        local=Operand(", ".join(f"∂{gate.name}/∂{name}" for gate, _, _ in uses), "local", local),
        shapes="number × number → number",
        notes=note,
    )
