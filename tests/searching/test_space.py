"""What a person types becomes a space: ranges, lists, layers that may be there or not; what is none is refused."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnn_tui.experiments.recipes import RecipeError, parse_recipe, recipe
from dnn_tui.experiments.searching.space import Space, SpaceError, Varied, read_space
from dnn_tui.mlp.settings import SETTINGS, SettingError


class Dice:
    """Proposes as Optuna's trials do, by chance."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def suggest_float(self, name, low, high, *, log=False):
        if log:
            return min(high, math.exp(self.random.uniform(math.log(low), math.log(high))))
        return self.random.uniform(low, high)

    def suggest_int(self, name, low, high, *, log=False):
        return self.random.randint(low, high)

    def suggest_categorical(self, name, choices):
        return self.random.choice(choices)


def varied(space: Space, name: str) -> Varied:
    return next(one for one in space.varied if one.name == name)


def test_a_range_goes_by_factors_where_the_setting_does_and_begins_above_0():
    space = read_space({"lr": "1e-4..1", "dropout": "0..0.5", "l2": "0..0.1", "l1": "1e-3..1e-1:linear"})
    assert [(one.name, one.low, one.high, one.log) for one in space.varied] == [
        ("dropout", 0, 0.5, False),
        ("l2", 0, 0.1, False),
        ("l1", 0.001, 0.1, False),
        ("lr", 1e-4, 1, True),
    ]


def test_layers_have_units_only_where_they_exist():
    space = read_space({"hidden": "32..512", "layers": "1..3"})
    seen = set()
    for seed in range(40):
        values = space.suggest(Dice(seed))
        sizes = [values.get(f"hidden_{i}") for i in (1, 2, 3)]
        assert [size is not None for size in sizes] == [i <= values["layers"] for i in (1, 2, 3)]
        assert space.settings(values)["hidden"] == tuple(size for size in sizes if size is not None)
        seen.add(values["layers"])
    assert seen == {1, 2, 3}


def test_an_optimizers_own_setting_is_proposed_only_with_it():
    space = read_space({"optimizer": "sgd,adam", "momentum": "0..0.9", "beta1": "0.9"})
    for seed in range(20):
        values = space.suggest(Dice(seed))
        taken = space.settings(values)
        assert ("momentum" in taken) == (values["optimizer"] == "sgd")
        assert ("beta1" in taken) == (values["optimizer"] == "adam")


def test_whole_architectures_are_listed_with_dashes():
    space = read_space({"hidden": "128-64,64"})
    assert space.settings({"hidden": "128-64"})["hidden"] == (128, 64)
    assert space.settings({"hidden": "64"})["hidden"] == (64,)
    assert read_space({"hidden": "128,64", "lr": "0.1..1"}).fixed == {"hidden": (128, 64)}  # as train reads it


def test_a_grid_has_every_combination_once():
    space = read_space({"activation": "relu,tanh", "lr": "0.01..1", "optimizer": "sgd,adam", "momentum": "0.5,0.9"})
    points = list(space.grid())
    # 2 activations × 5 rates × (sgd with 2 momenta + adam with none)
    assert len(points) == 2 * 5 * 3
    assert sorted({round(point["lr"], 6) for point in points}) == [0.01, 0.031623, 0.1, 0.316228, 1]


@pytest.mark.parametrize(
    ("texts", "why"),
    [
        ({"lr": "1..1e-4"}, "the other way round: write 1e-4..1"),
        ({"layers": "3..1"}, "the other way round: write 1..3"),
        ({"speed": "1..2"}, "There is no setting 'speed'"),
        ({"lr": "0.1"}, "Nothing varies"),
        ({}, "Nothing varies"),
        ({"lr": "0..1"}, "above 0"),
        ({"activation": "relu..tanh"}, "list them"),
        ({"activation": "relu,wave"}, "There is no activation 'wave'"),
        ({"seed": "1..3"}, "the same for all trials"),
        ({"lr": "1e-3..1:loud"}, "ends with no scale"),
        ({"l2": "0..1:log"}, "begin above 0"),
    ],
)
def test_what_is_no_space_is_refused_in_one_sentence(texts, why):
    with pytest.raises((SpaceError, SettingError), match=why) as refused:
        read_space(texts)
    assert "\n" not in str(refused.value)


def test_a_dimension_that_no_branch_has_is_refused():
    with pytest.raises(SpaceError, match="--momentum is of the optimizer"):
        read_space({"momentum": "0..0.9"}).hanging_on({"optimizer": "adam"})


def test_a_range_can_be_narrowed_and_only_narrowed():
    space = read_space({"lr": "1e-4..1", "hidden": "32..512", "layers": "2", "activation": "relu,tanh"})
    assert varied(space.narrowed("lr", "1e-3..1e-2"), "lr").ends == (0.001, 0.01)
    both = space.narrowed("hidden", "64..128")  # every layer's
    assert varied(both, "hidden_1").ends == varied(both, "hidden_2").ends == (64, 128)
    for name, span in (("lr", "1e-5..1"), ("lr", "0.1..2"), ("lr", "3"), ("activation", "relu..tanh"), ("x", "1..2")):
        with pytest.raises(SpaceError):
            space.narrowed(name, span)


ranged = [entry for entry in SETTINGS.values() if entry.span and entry.kind in (int, float) and entry.name != "seed"]


@given(st.sampled_from(ranged), st.integers(0, 9))
def test_every_setting_with_a_span_can_be_searched_over_it(entry, seed):
    if entry.name == "pace":
        return
    low, high = entry.span
    space = read_space({entry.name: f"{low}..{high}"})
    values = space.suggest(Dice(seed))
    assert entry.refused(values[entry.name]) == ""
    assert low <= values[entry.name] <= high


def test_a_recipe_holds_a_space_as_one_types_it():
    space = read_space(recipe("wide").search)
    assert [one.name for one in space.varied] == [
        *("layers", "hidden_1", "hidden_2", "hidden_3", "activation", "batch_size", "dropout", "lr")
    ]
    assert varied(space, "batch_size").choices == (16, 32, 64, 128)
    assert parse_recipe("mine", "[search]\nshuffle = [true, false]").search == {"shuffle": "yes,no"}


@pytest.mark.parametrize("text", ['lr = "1..1e-3"', 'speed = "1..2"', "lr = 0.1"])
def test_a_recipe_with_a_space_that_is_none_is_refused(text):
    with pytest.raises(RecipeError, match=r"mine cannot have that in \[search\]"):
        parse_recipe("mine", f"[search]\n{text}\n")
