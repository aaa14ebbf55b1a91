"""An evaluation as it is printed."""

import sys

import numpy as np
import pytest
from rich.console import Console

from dnn_tui.experiments.evaluating import Report
from dnn_tui.tui.printed.report import _print_confusion


@pytest.mark.parametrize(
    ("names", "width", "head", "first"),
    [
        (("versicolor", "virginica"), 80, "versicolor virginica", "versicolor 3 1"),
        (("cultivar of Barolo 1", "cultivar of Barolo 2"), 80, "1 2", "1 cultivar of Barolo 1 3 1"),
    ],
)
def test_classes_can_be_told_apart_in_a_printed_confusion_matrix(capsys, names, width, head, first):
    report = Report(8, {}, np.array([[3, 1], [0, 4]]), dict.fromkeys(names), [], None, {})
    _print_confusion(Console(width=width, file=sys.stdout), report)
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split() == head.split()
    assert lines[2].split() == first.split()
