"""A Sequential model of Keras 3 with the preparation, and its weights beside it."""

from . import weights
from .description import Description
from .script import script

ACTIVATIONS = {
    "identity": '"linear"',
    "sigmoid": '"sigmoid"',
    "tanh": '"tanh"',
    "relu": '"relu"',
    "leaky_relu": "lambda a: keras.ops.leaky_relu(a, 0.01)",
    "elu": '"elu"',
    "gelu": "lambda a: keras.ops.gelu(a, approximate=False)",
    "silu": '"silu"',
    "softplus": '"softplus"',
    "step": 'lambda a: keras.ops.cast(a >= 0, "float32")',
    "softmax": '"softmax"',
}

MODEL = '''
def load():
    """The trained model: its weights lie beside this file. A kernel of Keras is W transposed."""
    model = keras.Sequential(
        [
            keras.Input(({inputs},), dtype={dtype!r}),
{layers}
        ]
    )
    arrays = load_file(Path(__file__).with_name({file!r}))
    for k, layer in enumerate(model.layers):
        layer.set_weights([arrays[f"layers.{{k}}.weight"].T, arrays[f"layers.{{k}}.bias"]])
    return model


def network(x):
    """ŷ of prepared inputs, NumPy in and out."""
    return load().predict(x, verbose=0)
'''


def write(described: Description, stem: str) -> dict[str, bytes]:
    """The files by their suffixes."""
    network = described.network
    dtype = network.dtype.name
    activations = [g.replace("float32", dtype) for g in described.spelled(ACTIVATIONS)]
    layers = "\n".join(
        f"            keras.layers.Dense({size}, activation={g}, dtype={dtype!r}),"
        for size, g in zip(network.sizes[1:], activations, strict=True)
    )
    source = MODEL.format(inputs=network.sizes[0], layers=layers, dtype=dtype, file=f"{stem}.safetensors")
    imports = ["from pathlib import Path", "", "import keras", "import numpy as np"]
    imports += ["from safetensors.numpy import load_file"]
    needs = "Keras 3 with any backend, NumPy and safetensors"
    text = script(described, needs, imports, source, stem)
    return {".py": text.encode(), **weights.write(described, stem)}
