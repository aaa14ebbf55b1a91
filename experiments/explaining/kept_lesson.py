"""A network as it stands, kept as a lesson of one's own: its weights, a few rows, and the words around them."""

import os
import re
from pathlib import Path
from typing import Any

import numpy as np
import tomli_w

from dnn_tui.datasets.lessons import LessonError, load_lesson
from dnn_tui.mlp import Network
from dnn_tui.mlp.batches import target_table
from dnn_tui.mlp.data import Data
from dnn_tui.runs.preferences import preferences_file

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
MOST_PARAMETERS = 2000  # that a person could step through
ROWS = 4


def own_lessons() -> Path:
    """Where lessons of one's own lie: beside config.toml, in the user's configuration folder."""
    return preferences_file().with_name("lessons")


def own_lesson(name: str) -> str:
    """The file of a lesson of one's own, by its name; any other name as it is."""
    path = own_lessons() / f"{name}.toml"
    return str(path) if NAME.fullmatch(name) and path.is_file() else name


def keep_lesson(
    name: str, folder: Path, network: Network, data: Data, loss: str, optimizer: str, lr: float, about: str
) -> Path:
    """Write it as `folder`/name.toml, whole or not at all; where. Raises LessonError."""
    if not NAME.fullmatch(name):
        raise LessonError(f"{name!r} is no name: use small letters, digits and dashes, at most 40 of them.")
    if network.parameters > MOST_PARAMETERS:
        raise LessonError(
            f"A lesson has at most {MOST_PARAMETERS:,} parameters to step through; this network has"
            f" {network.parameters:,}."
        )
    path = folder / f"{name}.toml"
    if path.exists():
        raise LessonError(f"There is a lesson {name!r} already: choose another name.")
    beside = folder / f".{os.getpid()}-{name}.toml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        beside.write_text(lesson_text(name, network, data, loss, optimizer, lr, about), encoding="utf-8")
        load_lesson(str(beside))  # what could not be opened is not kept
        beside.replace(path)
    except OSError as error:
        raise LessonError(f"The lesson cannot be written to {folder}: {error.strerror}.") from None
    finally:
        beside.unlink(missing_ok=True)
    return path


def lesson_text(name: str, network: Network, data: Data, loss: str, optimizer: str, lr: float, about: str) -> str:
    """The lesson's TOML, with weights to the last digit of their type."""
    rows = data.validation if len(data.validation) else data.train
    places = np.linspace(0, len(rows) - 1, min(ROWS, len(rows))).astype(int)
    x, y = np.asarray(rows.x)[places], _targets(np.asarray(rows.y)[places], data)
    body = {
        "sizes": list(network.sizes),
        "activation": [activation.name for activation in network.activations[:-1]],
        "output": network.activations[-1].name,
        "loss": loss,
        "optimizer": optimizer,
        "lr": float(lr),
        "W": [_plain(W) for W in network.W[1:]],
        "b": [_plain(b) for b in network.b[1:]],
        "weights_source": "calc",
        "inputs": list(data.feature_names),
        "outputs": _outputs(data),
    }
    samples = [
        {"name": f"row {k}", "x": _plain(one), "y": _plain(wanted)} for k, one, wanted in zip(places, x, y, strict=True)
    ]
    return tomli_w.dumps({
        "title": name.replace("-", " "),
        "kind": "network",
        "teaches": about,
        "text": f"A network that was trained on {data.name}, as it stood when it was kept.",
        "network": body,
        "samples": samples,
    })  # fmt: skip


def _targets(y: np.ndarray, data: Data) -> np.ndarray:
    """Rows of outputs: one-hot for classes, one number for a yes or no."""
    if data.task == "regression":
        return y.reshape(len(y), -1)
    classes = data.n_outputs if data.task == "classes" else 2
    return np.asarray(target_table(classes, data.task == "binary", 0.0, np.dtype(float))[y.astype(int)])


def _outputs(data: Data) -> list[str]:
    if data.task == "classes":
        return list(data.class_names)
    return list(data.target_names) if data.task == "regression" else [str((*data.class_names, "", "1")[1])]


def _plain(values: np.ndarray) -> list[Any]:
    """As TOML numbers, to the nine digits that float32 needs."""
    return [_plain(row) if np.ndim(row) else float(f"{row:.9g}") for row in values]
