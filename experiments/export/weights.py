"""The weights as safetensors, named as PyTorch names a list of linear layers, with the facts in the header."""

import numpy as np

from .description import Description


def write(described: Description, stem: str) -> dict[str, bytes]:
    """The file by its suffix: layers.0.weight (n_1, n_0), layers.0.bias (n_1,) and so on."""
    from safetensors.numpy import save

    network, arrays = described.network, {}
    for i in range(1, network.layers + 1):
        arrays[f"layers.{i - 1}.weight"] = np.ascontiguousarray(network.W[i])
        arrays[f"layers.{i - 1}.bias"] = np.ascontiguousarray(network.b[i])
    contents: bytes = save(arrays, metadata={"format": "pt", **described.metadata()})
    return {".safetensors": contents}
