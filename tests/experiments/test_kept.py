"""What is kept of a play: a recipe and a lesson of one's own, read back, whole or not at all."""

import numpy as np
import pytest

from dnn_tui import datasets
from dnn_tui.datasets.lessons import LessonError, load_lesson
from dnn_tui.experiments.building import build_network, build_trainer, configured, load_data
from dnn_tui.experiments.explaining.kept_lesson import keep_lesson, own_lesson, own_lessons
from dnn_tui.experiments.recipes import Recipe, RecipeError, own_recipes, recipe, recipe_names
from dnn_tui.experiments.recipes.own import keep_recipe
from dnn_tui.mlp import Network, TrainingConfig
from dnn_tui.runs.config import DatasetConfig, NetworkConfig, RunConfig

PLAYED = RunConfig(
    DatasetConfig("xor", 0.4, options={"noise": 0.1, "inputs": "x1,x2,x1*x2"}),
    NetworkConfig((5, 3), ("relu", "tanh"), None, "uniform", 0.3),
    TrainingConfig(optimizer="rmsprop", lr=0.02, batch_size=7, epochs=9, dropout=0.1, pace=60.0),
)


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("DNN_TUI_CONFIG", str(tmp_path / "own" / "config.toml"))


def test_a_kept_recipe_trains_the_same():
    assert keep_recipe("my-xor", PLAYED).endswith("--recipe my-xor")
    assert recipe_names()[-1] == "my-xor"
    kept = recipe("my-xor")
    extra = dict(kept.data)
    again = RunConfig(DatasetConfig(kept.dataset, extra.pop("validation"), options=extra))
    again = configured(again, load_data(again).defaults, kept, {}, {})
    assert again.dataset == PLAYED.dataset
    assert again.network == PLAYED.network
    assert again.training == PLAYED.training
    one, other = (build_network(config, load_data(config)) for config in (PLAYED, again))
    assert np.array_equal(one.theta, other.theta)


@pytest.mark.parametrize("name", ["best", "My recipe", "", "../x"])
def test_a_recipe_that_has_no_name_of_its_own_is_not_kept(name):
    with pytest.raises(RecipeError):
        keep_recipe(name, PLAYED)
    assert not own_recipes().exists()


def test_a_broken_recipe_of_ones_own_is_named_and_the_others_work():
    own_recipes().mkdir(parents=True)
    (own_recipes() / "broken.toml").write_text("not = [")
    with pytest.raises(RecipeError, match="broken"):
        recipe("broken")
    assert recipe("best").name == "best"


@pytest.mark.parametrize("data", ["xor", "iris", "plane"])
def test_a_kept_lesson_has_the_network_s_answers(data, tmp_path):
    loaded = datasets.load(data)
    config = configured(RunConfig(DatasetConfig(data)), loaded.defaults, Recipe("", ""), {"hidden": (3,)}, {})
    trainer = build_trainer(config, loaded)
    for _ in trainer.advance(20):
        pass
    path = keep_lesson("kept", tmp_path, trainer.network, loaded, trainer.loss.name, "sgd", 0.1, "what it says")
    body = load_lesson(str(path)).body
    x = np.array([sample.x for sample in body.samples])
    twin = Network(body.sizes, body.activations, body.output, dtype=np.float64)
    for i in range(1, twin.layers + 1):
        twin.W[i][...], twin.b[i][...] = body.W[i - 1], body.b[i - 1]
    assert np.allclose(twin.predict(x), trainer.network.predict(x), atol=1e-5)
    with pytest.raises(LessonError, match="already"):
        keep_lesson("kept", tmp_path, trainer.network, loaded, trainer.loss.name, "sgd", 0.1, "again")
    assert [file.name for file in tmp_path.glob("*.toml")] == ["kept.toml"]


def test_a_network_too_large_to_step_through_is_no_lesson(tmp_path):
    data = datasets.load("iris")
    with pytest.raises(LessonError, match="2,000 parameters"):
        keep_lesson("big", tmp_path, Network((4, 400, 3)), data, "cross_entropy", "sgd", 0.1, "nothing")
    assert not list(tmp_path.glob("*.toml"))


def test_a_lesson_of_one_s_own_is_found_by_its_name():
    assert own_lesson("kept") == "kept"
    own_lessons().mkdir(parents=True)
    (own_lessons() / "kept.toml").write_text("", encoding="utf-8")
    assert own_lesson("kept") == str(own_lessons() / "kept.toml")
    assert own_lesson("../lessons/kept") == "../lessons/kept"
