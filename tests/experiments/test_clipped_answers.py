"""--clip-answers: no number beyond those of the training rows, in eval and predict; and it is measured so."""

import numpy as np
import pytest

from dnn_tui import datasets
from dnn_tui.datasets import DataError
from dnn_tui.datasets.tables.new_rows import prepare_rows
from dnn_tui.experiments.evaluating import answer, report
from dnn_tui.mlp import Network
from dnn_tui.runs.config import DatasetConfig, RunConfig


@pytest.fixture(scope="module")
def cubes(tmp_path_factory):
    """y = 10 x³, learned by a line that goes far beyond."""
    x = np.random.default_rng(0).normal(size=120).round(4)
    path = tmp_path_factory.mktemp("cubes") / "t.csv"
    path.write_text("\n".join(["x,y", *(f"{v},{10 * v**3:.4f}" for v in x)]))
    data = datasets.load(str(path), target="y", column=["x=standard"], clip_answers=True)
    network = Network((1, 1), (), "identity", dtype=np.float64)
    network.W[1][...] = 3.0
    return data, network, path


def test_answers_end_where_the_training_rows_do_and_no_others_are_changed(cubes, tmp_path):
    data, network, _ = cubes
    offset, scale = data.target_scale[0]
    seen = data.train.y[:, 0] * scale + offset
    (tmp_path / "new.csv").write_text("x\n-9\n0.1\n9\n")
    rows = prepare_rows(data.preparation, tmp_path / "new.csv")
    low, middle, high = answer(network, rows.preparation, rows.x).predicted[:, 0]
    assert (low, high) == pytest.approx((seen.min(), seen.max()), rel=1e-6)
    assert middle == pytest.approx(network.predict(rows.x.astype(float))[1, 0] * scale + offset)
    assert any(line.startswith("Answers are kept from ") for line in data.report)


def test_the_figures_are_those_of_the_clipped_answers(cubes):
    metrics = pytest.importorskip("sklearn.metrics")
    data, network, path = cubes
    preparation = prepare_rows(data.preparation, path).preparation
    found = report(network, RunConfig(DatasetConfig("x")), preparation, data.train.x, data.train.y)
    offset, scale = data.target_scale[0]
    true = data.train.y[:, 0] * scale + offset
    free = network.predict(data.train.x.astype(float))[:, 0] * scale + offset
    said = np.clip(free, true.min(), true.max())
    assert np.abs(free - said).max() > 1
    assert found.metrics["r2"] == pytest.approx(metrics.r2_score(true, said), rel=1e-5)
    assert found.metrics["mae"] == pytest.approx(metrics.mean_absolute_error(true, said), rel=1e-5)
    assert found.targets["y"].r2 == pytest.approx(found.metrics["r2"])


def test_classes_have_no_range(tmp_path):
    (tmp_path / "t.csv").write_text("x,y\n" + "".join(f"{k * k % 7 + 0.5},{'ab'[k % 2]}\n" for k in range(40)))
    with pytest.raises(DataError, match="classes have no range"):
        datasets.load(str(tmp_path / "t.csv"), target="y", clip_answers=True)
