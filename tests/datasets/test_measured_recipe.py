"""The accuracy that the documentation tells of MNIST was measured with the recipe that is MNIST's."""

import re
from pathlib import Path

import pytest

from dnn_tui.datasets import entry

ENGINE = Path(__file__).resolve().parents[2] / "docs" / "engine.md"


@pytest.mark.parametrize("name", ["mnist", "fashion-mnist", "kmnist"])
def test_the_defaults_are_those_whose_accuracy_is_told(name):
    found, defaults = entry(name), entry(name).defaults
    line = re.search(r"^\| defaults: (\S+), batches of (\d+), dropout, one-cycle \| (\d+) \|", ENGINE.read_text(), re.M)
    assert line is not None
    assert line[1] == "-".join(map(str, (found.features, *defaults.hidden, found.classes)))
    assert (int(line[2]), int(line[3])) == (defaults.batch_size, defaults.epochs)
    assert (defaults.schedule, defaults.dropout > 0) == ("one_cycle", True)
