"""Checkpoints: arrays in a safetensors file, what they mean as JSON in its header. Nothing is unpickled."""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np

from dnn_tui.mlp import Network

from .config import RunError


def save_checkpoint(path: Path, network: Network, arrays: dict[str, np.ndarray], **facts: Any) -> None:
    """Write θ and `arrays` beside the network's shape and `facts` (JSON-able): whole, or not at all."""
    from safetensors.numpy import save

    about = {
        "sizes": list(network.sizes),
        "activations": [activation.name for activation in network.activations],
        **facts,
    }
    contents = save({"theta": network.theta, **arrays}, metadata={"dnn-tui": json.dumps(about)})
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(contents)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def load_checkpoint(path: Path) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """The arrays and the facts of a checkpoint. Raises RunError."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            facts = json.loads((file.metadata() or {})["dnn-tui"])
            return {name: file.get_tensor(name) for name in file.keys()}, facts  # noqa: SIM118 (no mapping)
    except FileNotFoundError:
        raise RunError(f"There is no checkpoint {path.name} in {path.parent.parent} yet.") from None
    except (SafetensorError, KeyError, ValueError, OSError) as error:
        raise RunError(f"{path} is no checkpoint of dnn-tui: {error}.") from None


def load_network(path: Path) -> Network:
    """The network a checkpoint holds. Raises RunError."""
    arrays, facts = load_checkpoint(path)
    *hidden, output = facts["activations"]
    network = Network(facts["sizes"], hidden, output, dtype=arrays["theta"].dtype)
    network.theta[...] = arrays["theta"]
    return network
