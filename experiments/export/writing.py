"""From a run to files: the format chosen, everything made in memory, then put under its names at once."""

import os
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from dnn_tui.runs.config import RunError
from dnn_tui.runs.folder import RunFolder

from .description import describe


@dataclass(frozen=True)
class Format:
    """module: its `write(described, stem)` gives contents by suffix; main: the suffix one names it by."""

    module: str
    main: str
    needs: str = ""  # the package it is written with, where that is an extra of the same name
    says: str = ""


FORMATS = {
    "onnx": Format("onnx_format", ".onnx", "onnx", "one graph, raw columns in"),
    "numpy": Format("numpy_format", ".py", says="one file, NumPy alone"),
    "c": Format("c_format", ".h", says="one C99 header"),
    "safetensors": Format("weights", ".safetensors", says="weights, layers.N.weight and layers.N.bias"),
    "torch": Format("torch_format", ".py", says="an nn.Module, weights beside it"),
    "keras": Format("keras_format", ".py", says="a Keras 3 model, weights beside it"),
    "sklearn": Format("sklearn_format", ".py", says="a fitted Pipeline, weights beside it"),
}
BY_SUFFIX = {".onnx": "onnx", ".py": "numpy", ".h": "c", ".safetensors": "safetensors"}


def export_run(
    folder: RunFolder, to: str | Path, format: str | None = None, checkpoint: str = "last", force: bool = False
) -> list[Path]:
    """Write the run's network to `to`, and give the files. Raises RunError.

    format: a name of FORMATS, else what the suffix of `to` says. A folder gets a file called model; what consists of
    several files has them beside each other. force: overwrite.
    """
    to = Path(to).expanduser()
    name = _format(to, format)
    chosen = FORMATS[name]
    main = to / f"model{chosen.main}" if to.is_dir() or not to.suffix else to
    if main.suffix.lower() != chosen.main:
        raise RunError(f"{to} does not fit the format {name}: call it {to.with_suffix(chosen.main)}.")
    if not main.stem.replace("_", "").isalnum() and chosen.main == ".py":
        raise RunError(f"{main.name} cannot be imported by Python: choose letters, digits and underscores.")
    described = describe(folder, checkpoint)
    try:
        module = import_module(f".{chosen.module}", __package__)
    except ImportError as error:
        if not chosen.needs or (error.name or "").split(".")[0] != chosen.needs:
            raise
        raise RunError(f"The format {name} needs one more package: pip install 'dnn-tui[{chosen.needs}]'.") from None
    contents = {main.with_suffix(suffix): data for suffix, data in module.write(described, main.stem).items()}
    standing = [path for path in contents if path.exists() or path.is_symlink()]
    if standing and not force:
        raise RunError(f"{standing[0]} exists already: choose another name, or --force to overwrite it.")
    write_all(contents)
    return list(contents)


def _format(to: Path, asked: str | None) -> str:
    if asked is not None:
        if asked not in FORMATS:
            raise RunError(f"There is no format {asked!r}: use one of {', '.join(FORMATS)}.")
        return asked
    if to.suffix.lower() in BY_SUFFIX and not to.is_dir():
        return BY_SUFFIX[to.suffix.lower()]
    known = ", ".join(f"{suffix} ({name})" for suffix, name in BY_SUFFIX.items())
    raise RunError(f"{to} does not say in what format: end it in {known}, or give --format {'|'.join(FORMATS)}.")


def write_all(contents: dict[Path, bytes]) -> None:
    """Write the files so that none is ever seen half-written, and none appears unless all could be. Raises RunError."""
    made: dict[Path, Path] = {}
    path = next(iter(contents))
    created = not path.parent.exists()
    try:
        if created:
            path.parent.mkdir()
        for path, data in contents.items():
            temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
            made[temporary] = path
            with temporary.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            if path.is_dir():
                raise IsADirectoryError(21, "it is a folder")
        for temporary, path in made.items():
            os.replace(temporary, path)
    except OSError as error:
        for temporary in made:
            with suppress(OSError):  # where its folder is none, it was never made
                temporary.unlink()
        if created and path.parent.is_dir() and not any(path.parent.iterdir()):
            path.parent.rmdir()
        raise RunError(f"Cannot write {path}: {error.strerror or error}.") from None
