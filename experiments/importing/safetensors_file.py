"""The safetensors of a torch.nn.Sequential of linear layers (`N.weight`, `N.bias`), or of ours (`layers.N.weight`)."""

import re
from pathlib import Path

import numpy as np

from dnn_tui.runs.config import RunError

from .found import Found, check_chain, facts_of, no_mlp

NAME = re.compile(r"(?:layers\.)?(\d+)\.(weight|bias)")


def read(path: Path) -> Found:
    """The layers in the order of their numbers. Raises RunError."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            metadata = dict(file.metadata() or {})
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (no mapping)
    except (SafetensorError, OSError, TypeError) as error:
        raise RunError(f"{path} cannot be read as safetensors: {error}.") from None
    layers: dict[int, dict[str, str]] = {}
    for name in sorted(arrays, key=_natural):
        match = NAME.fullmatch(name)
        if match is None:
            raise no_mlp(path, f"its tensor {name!r} is none of N.weight, N.bias, layers.N.weight, layers.N.bias")
        if arrays[name].ndim != (2 if match[2] == "weight" else 1):
            raise no_mlp(path, f"its tensor {name!r} is of shape {arrays[name].shape}, not that of a linear layer")
        if arrays[name].dtype.kind != "f":
            raise no_mlp(path, f"its tensor {name!r} holds {arrays[name].dtype}, and weights are floats")
        layers.setdefault(int(match[1]), {})[match[2]] = name
    if not layers:
        raise no_mlp(path, "it has no tensors")
    W, b, names = [], [], []
    for number in sorted(layers):
        found = layers[number]
        if "weight" not in found:
            raise no_mlp(path, f"its tensor {found['bias']!r} has no weight beside it")
        W.append(arrays[found["weight"]])
        names.append(found["weight"])
        b.append(arrays[found["bias"]] if "bias" in found else np.zeros(len(W[-1]), W[-1].dtype))
    check_chain(path, names, W, b)
    facts = facts_of(path, metadata)
    activations: list[str | None] = list(facts.get("activations", [None] * len(W)))
    if len(activations) != len(W):
        raise no_mlp(path, f"it says {len(activations)} activations for {len(W)} layers")
    return Found(path, W, b, activations, facts)


def _natural(name: str) -> list[tuple[int, str]]:
    """10 after 9."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in name.split(".")]
