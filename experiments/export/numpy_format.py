"""One Python file that needs NumPy alone, in the lectures' notation, its weights inside."""

import base64
import textwrap

import numpy as np

from .description import Description
from .literals import number_texts
from .script import script

FEW = 2000  # parameters: so many can be read as numbers; more of them are text that only NumPy reads

FUNCTIONS = {
    "identity": "def identity(a):\n    return a",
    "sigmoid": "def sigmoid(a):\n    return (1 + np.tanh(a / 2)) / 2  # 1 / (1 + e^-a), without overflow",
    "tanh": "def tanh(a):\n    return np.tanh(a)",
    "relu": "def relu(a):\n    return np.maximum(a, 0)",
    "leaky_relu": "def leaky_relu(a):\n    return np.maximum(a, a * np.float32(0.01))",
    "elu": "def elu(a):\n    return np.where(a > 0, a, np.expm1(np.minimum(a, 0)))  # e^a - 1 below 0",
    "gelu": "def gelu(a):\n    erf = np.vectorize(math.erf, otypes=[a.dtype])\n"
    "    return a * (1 + erf(a / math.sqrt(2))) / 2  # a Φ(a)",
    "silu": "def silu(a):\n    return a * (1 + np.tanh(a / 2)) / 2  # a / (1 + e^-a)",
    "softplus": "def softplus(a):\n    return np.maximum(a, 0) + np.log1p(np.exp(-np.abs(a)))  # ln(1 + e^a)",
    "step": "def step(a):\n    return (a >= 0).astype(a.dtype)",
    "softmax": "def softmax(a):\n    e = np.exp(a - a.max(axis=1, keepdims=True))  # without overflow\n"
    "    return e / e.sum(axis=1, keepdims=True)",
}

NETWORK = '''
def network(x):
    """ŷ = h_L, layer by layer: a_i = W_i h_{i-1} + b_i, h_i = g_i(a_i). A row is a sample, so W_i is transposed."""
    h = x  # h_0
    for W_i, b_i, g_i in zip(W, b, g):
        a = h @ W_i.T + b_i
        h = g_i(a)
    return h
'''

FLOATS = '''
def floats(text, *shape):
    """An array whose bytes (little-endian {name}) are written as base64."""
    return np.frombuffer(base64.b64decode(text), "{code}").reshape(shape)

'''


def write(described: Description, stem: str) -> dict[str, bytes]:
    """The file by its suffix."""
    net = described.network
    functions = "\n\n\n".join(dict.fromkeys(described.spelled(FUNCTIONS)))
    layers = range(1, net.layers + 1)
    few = net.parameters <= FEW
    arrays = "\n".join(
        f"{letter}_{i} = {_listed(array[i]) if few else _packed(array[i])}"
        for i in layers
        for letter, array in (("W", net.W), ("b", net.b))
    )
    names = [", ".join(f"{letter}_{i}" for i in layers) for letter in "Wb"]
    tail = f"W = [{names[0]}]\nb = [{names[1]}]\ng = [{', '.join(described.activations)}]\n\n"
    if not few:
        arrays = FLOATS.format(name=net.dtype.name, code="<f8" if net.dtype == "float64" else "<f4") + "\n" + arrays
    imports = ["import math"] if "gelu" in described.activations else []
    imports = [*([] if few else ["import base64"]), *imports, "", "import numpy as np"]
    text = script(
        described,
        "NumPy alone",
        imports,
        f"\n{functions}\n\n{NETWORK}",
        stem,
        f"{arrays}\n{tail}",
    )
    return {".py": text.encode()}


def _listed(array: np.ndarray) -> str:
    """The array as numbers, a row a line."""
    if array.ndim == 1:
        body = "[" + ", ".join(number_texts(array)) + "]"
    else:
        body = "[\n" + "".join(f"    [{', '.join(number_texts(row))}],\n" for row in array) + "]"
    return f"np.array({body}, np.{array.dtype.name})"


def _packed(array: np.ndarray) -> str:
    little = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
    text = "\n".join(textwrap.wrap(base64.b64encode(little.tobytes()).decode(), 116))
    shape = ", ".join(map(str, array.shape))
    return f'floats("""\n{text}\n""", {shape})'
