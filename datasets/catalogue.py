"""The data sets known by name: what they are, where they come from, and how to train on them."""

import difflib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from .dataset import DataError, Defaults, Task


@dataclass(frozen=True)
class Entry:
    """One named data set.

    rows and features as loaded by default; classes 0 in regression. where: in the package, computed, or fetched.
    size: bytes of the download. validation and test: default shares (test None: it has a test set of its own).
    options: names of further options of `load`. loader: "module:function" of this package.
    """

    name: str
    summary: str
    task: Task
    rows: int
    features: int
    classes: int
    where: Literal["built in", "generated", "download"]
    licence: str
    source: str
    loader: str
    defaults: Defaults
    validation: float = 0.2
    test: float | None = 0.2
    options: tuple[str, ...] = ()
    size: int = 0

    def is_here(self, data_dir: Path | None = None) -> bool:
        """Whether loading it needs no network."""
        if self.where != "download":
            return True
        from .download import DOWNLOADS

        return DOWNLOADS[self.name].folder(data_dir) is not None


_PLANE = ("noise", "samples")
_PLAYGROUND = ("as in TensorFlow Playground (Smilkov and others, Apache 2.0)", "computed here: no licence needed")


def _plane(name: str, summary: str, defaults: Defaults, task: Task = "binary") -> Entry:
    source, licence = _PLAYGROUND
    classes = 2 if task == "binary" else 0
    return Entry(
        name, summary, task, 600, 2, classes, "generated", licence, source, f"playground:{name}", defaults, 0.25, 0.25,
        _PLANE,
    )  # fmt: skip


ENTRIES: dict[str, Entry] = {
    entry.name: entry
    for entry in (
        Entry(
            "digits", "handwritten digits, 8x8 grey", "classes", 1797, 64, 10, "built in", "CC BY 4.0",
            "UCI Optical Recognition of Handwritten Digits (E. Alpaydin, C. Kaynak, 1998), test part, "
            "https://doi.org/10.24432/C50P49",
            "embedded:digits", Defaults((128, 64), "relu", "adam", 0.002, 32, 30, 80), 0.1, 0.2,
        ),
        Entry(
            "mnist", "handwritten digits, 28x28 grey", "classes", 70_000, 784, 10, "download", "CC BY-SA 3.0",
            "Y. LeCun, C. Cortes, C. Burges: The MNIST database of handwritten digits",
            "idx:load", Defaults((128, 64), "relu", "adam", 0.001, 128, 15), 5000 / 60_000, None, size=11_594_722,
        ),
        _plane("spiral", "two arms wound into each other", Defaults((16, 16), "relu", "adam", 0.01, 10, 150, 150)),
        _plane("circle", "a disc inside a ring", Defaults((8,), "tanh", "adam", 0.02, 10, 30, 60)),
        _plane("xor", "opposite quadrants belong together", Defaults((8,), "tanh", "adam", 0.02, 10, 30, 60)),
        _plane("gauss", "two round clouds", Defaults((4,), "tanh", "adam", 0.01, 10, 10, 60)),
    )
}  # fmt: skip


def catalogue() -> list[Entry]:
    """All named data sets, in the order to show them."""
    return list(ENTRIES.values())


def entry(name: str) -> Entry:
    """The entry of that name. Raises DataError, with the nearest name, where there is none."""
    if name in ENTRIES:
        return ENTRIES[name]
    near = difflib.get_close_matches(name.lower(), ENTRIES, n=1, cutoff=0.5)
    advice = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(ENTRIES)}."
    raise DataError(f"There is no data set {name!r}: {advice}")
