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
        from .named.published import DOWNLOADS

        return DOWNLOADS[self.name].folder(data_dir) is not None


_GENERATED = ("noise", "samples", "inputs", "points")
_TABLE = ("target", "task", "split", "drop", "keep", "unit")
_CC = "CC BY 4.0"


def _plane(name: str, summary: str, defaults: Defaults, task: Task = "binary") -> Entry:
    return Entry(
        name, summary, task, 600, 2, 2 if task == "binary" else 0, "generated", "none needed: computed here",
        "as scikit-learn's make_moons" if name == "moons" else "as TensorFlow Playground (D. Smilkov and others)",
        "generated.playground:load", defaults, 0.25, 0.25, _GENERATED,
    )  # fmt: skip


def _mnist_like(name: str, summary: str, licence: str, source: str, size: int) -> Entry:
    return Entry(
        name, summary, "classes", 70_000, 784, 10, "download", licence, source, "images.pictures:mnist_family",
        Defaults(
            (256, 128), "relu", "adam", 0.003, 128, 15, schedule="one_cycle", dropout=0.2, input_dropout=0.1
        ), 5000 / 60_000, None, size=size,
    )  # fmt: skip


def _table(
    name: str, summary: str, task: Task, rows: int, features: int, classes: int, licence: str, source: str,
    defaults: Defaults,
) -> Entry:  # fmt: skip
    return Entry(
        name, summary, task, rows, features, classes, "built in", licence, source, "named.embedded:table", defaults,
        options=_TABLE,
    )  # fmt: skip


def _lecture(name: str, summary: str, task: Task, rows: int, features: int, hidden: int) -> Entry:
    return Entry(
        name, summary, task, rows, features, 2 if task == "binary" else 0, "built in", "none needed: facts",
        "a lecture's slide", "named.lecture_tables:load", Defaults((hidden,), "sigmoid", "adam", 0.03, rows, 500, 100),
        0.0, 0.0, _TABLE,
    )  # fmt: skip


ENTRIES: dict[str, Entry] = {
    entry.name: entry
    for entry in (
        Entry(
            "digits", "handwritten digits, 8x8 grey", "classes", 1797, 64, 10, "built in", _CC,
            "UCI Optical Recognition of Handwritten Digits (E. Alpaydin, C. Kaynak, 1998), test part, "
            "https://doi.org/10.24432/C50P49",
            "named.embedded:digits", Defaults((128, 64), "relu", "adam", 0.002, 32, 30, 80), 0.1, 0.2,
        ),
        _mnist_like(
            "mnist", "handwritten digits, 28x28 grey", "CC BY-SA 3.0",
            "Y. LeCun, C. Cortes, C. Burges: The MNIST database of handwritten digits", 11_594_722,
        ),
        _mnist_like(
            "fashion-mnist", "articles of clothing, 28x28 grey", "MIT",
            "H. Xiao, K. Rasul, R. Vollgraf (Zalando, 2017), https://github.com/zalandoresearch/fashion-mnist",
            30_878_645,
        ),
        _mnist_like(
            "kmnist", "cursive Japanese characters, 28x28 grey", "CC BY-SA 4.0",
            "KMNIST Dataset (created by CODH), adapted from Kuzushiji Dataset (created by NIJL and others), "
            "doi:10.20676/00000341", 21_240_888,
        ),
        Entry(
            "cifar-10", "photographs, 32x32 RGB", "classes", 60_000, 3072, 10, "download", "not stated",
            "A. Krizhevsky: Learning Multiple Layers of Features from Tiny Images (2009)", "images.pictures:cifar_10",
            Defaults((512, 256), "relu", "adam", 0.0005, 128, 15), 0.1, None, size=170_052_171,
        ),
        _table(
            "iris", "three kinds of iris by their petals and sepals", "classes", 150, 4, 3, _CC,
            "R. A. Fisher (1936), UCI, https://doi.org/10.24432/C56C76, as scikit-learn has it",
            Defaults((16,), "tanh", "adam", 0.01, 16, 80, 60),
        ),
        _table(
            "wine", "three cultivars by chemical analysis", "classes", 178, 13, 3, _CC,
            "S. Aeberhard, M. Forina (1991), UCI, https://doi.org/10.24432/C5PC7J",
            Defaults((16,), "tanh", "adam", 0.01, 16, 50, 60, 0.003),
        ),
        _table(
            "breast-cancer", "malignant or benign by cell nuclei (Wisconsin)", "binary", 569, 30, 2, _CC,
            "W. Wolberg, O. Mangasarian, N. Street, W. Street (1993), UCI, https://doi.org/10.24432/C5DW2B",
            Defaults((16,), "tanh", "adam", 0.003, 16, 30, 60, 0.003),
        ),
        _table(
            "diabetes", "progression of the disease after a year", "regression", 442, 10, 0, "not stated",
            "B. Efron, T. Hastie, I. Johnstone, R. Tibshirani: Least Angle Regression (2004)",
            Defaults((8,), "tanh", "adam", 0.003, 16, 40, 60, 0.01),
        ),
        _plane("spiral", "two arms wound into each other", Defaults((16, 16), "relu", "adam", 0.01, 10, 150, 150)),
        _plane("circle", "a disc inside a ring", Defaults((8,), "tanh", "adam", 0.02, 10, 30, 60)),
        _plane("xor", "opposite quadrants belong together", Defaults((8,), "tanh", "adam", 0.02, 10, 30, 60)),
        _plane("gauss", "two round clouds", Defaults((4,), "tanh", "adam", 0.01, 10, 10, 60)),
        _plane("moons", "two half circles", Defaults((8,), "tanh", "adam", 0.03, 10, 60, 80)),
        _plane("plane", "a tilted plane", Defaults((4,), "tanh", "adam", 0.01, 10, 30, 60), "regression"),
        _plane(
            "multi-gauss", "six hills and hollows", Defaults((32, 32), "tanh", "adam", 0.02, 20, 200, 150), "regression"
        ),
        Entry(
            "vline", "all 512 images of 3x3: is there a single vertical line?", "binary", 512, 9, 2, "generated",
            "none needed: computed here", "pattern counting, second lecture", "generated.vline:load",
            Defaults((32, 16), "relu", "adam", 0.01, 16, 60, 80), 0.2, 0.2, ("rule",),
        ),
        Entry(
            "formula", "any function of x, or x1, x2 …, you type (--formula)", "binary", 1000, 2, 2, "generated",
            "none needed: computed here", "your formula", "generated.formula:load",
            Defaults((16, 16), "tanh", "adam", 0.01, 16, 80, 100), 0.2, 0.2, ("formula", *_GENERATED),
        ),
        _lecture("student-exam", "exam mark by hours of study and sleep", "regression", 8, 3, 4),
        _lecture("house-rent", "rent by area and bedrooms", "regression", 3, 2, 2),
        _lecture("liver-4", "four people of the liver data", "binary", 4, 3, 3),
        _lecture("boston-5", "four of five houses in Boston", "regression", 4, 3, 3),
        _lecture("phones", "is a phone liked, by screen and cost?", "binary", 4, 2, 4),
        _lecture("will-i-pass", "lectures attended and hours of project", "binary", 3, 2, 2),
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
