"""An nn.Module of PyTorch with the preparation, and its weights beside it."""

from . import weights
from .description import Description
from .script import script

MODULES = {
    "identity": "nn.Identity()",
    "sigmoid": "nn.Sigmoid()",
    "tanh": "nn.Tanh()",
    "relu": "nn.ReLU()",
    "leaky_relu": "nn.LeakyReLU(0.01)",
    "elu": "nn.ELU()",
    "gelu": "nn.GELU()",
    "silu": "nn.SiLU()",
    "softplus": "nn.Softplus()",
    "step": "Step()",
    "softmax": "nn.Softmax(dim=1)",
}

STEP = '''
class Step(nn.Module):
    """1 where a >= 0, else 0."""

    def forward(self, a):
        return (a >= 0).to(a.dtype)

'''

MODEL = '''
class Model(nn.Module):
    """h_i = g_i(W_i h_(i-1) + b_i), from prepared inputs to the last layer's output."""

    def __init__(self):
        super().__init__()
        sizes = {sizes}
        self.layers = nn.ModuleList(nn.Linear(n, m) for n, m in zip(sizes, sizes[1:]))
        self.activations = nn.ModuleList([{modules}])

    def forward(self, h):
        for layer, g in zip(self.layers, self.activations):
            h = g(layer(h))
        return h


def load():
    """The trained model: its weights lie beside this file."""
    model = Model(){dtype}
    model.load_state_dict(load_file(Path(__file__).with_name({file!r})))
    return model.eval()


def network(x):
    """ŷ of prepared inputs, NumPy in and out."""
    with torch.no_grad():
        return load()(torch.from_numpy(x)).numpy()
'''


def write(described: Description, stem: str) -> dict[str, bytes]:
    """The files by their suffixes."""
    network = described.network
    source = MODEL.format(
        sizes=list(network.sizes),
        modules=", ".join(described.spelled(MODULES)),
        dtype=".double()" if network.dtype == "float64" else "",
        file=f"{stem}.safetensors",
    )
    imports = ["from pathlib import Path", "", "import numpy as np", "import torch"]
    imports += ["from safetensors.torch import load_file", "from torch import nn"]
    step = STEP if "step" in described.activations else ""
    text = script(described, "PyTorch, NumPy and safetensors", imports, step + source, stem)
    return {".py": text.encode(), **weights.write(described, stem)}
