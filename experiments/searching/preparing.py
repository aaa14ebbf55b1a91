"""A search's plan made real: the data loaded, the space read, and what could never be trained refused."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from dnn_tui.datasets import Dataset
from dnn_tui.mlp import TrainingConfig
from dnn_tui.runs.config import RunConfig

from ..building import build_trainer, configured, load_data
from ..recipes import Recipe, recipe
from .folder import Plan, SearchError
from .space import Space, SpaceError, read_space

NETWORK = ("hidden", "activation", "output", "initialization", "initialization_scale")


@dataclass(frozen=True)
class Prepared:
    """A plan made real: its data, the space, and the configuration that every trial begins from."""

    plan: Plan
    data: Dataset
    space: Space
    base: RunConfig
    recipe: Recipe

    def config(self, values: Mapping[str, Any], seed: int | None = None) -> RunConfig:
        """The run of a trial with these values, or of the same with another seed: of the weights, not of the rows."""
        asked = {"pace": 0.0, **self.space.settings(values)}
        network = {name: asked.pop(name) for name in NETWORK if name in asked}
        base = self.base
        if seed is not None:
            base = replace(base, training=replace(base.training, seed=seed))
        return configured(base, self.data.defaults, self.recipe, network, asked)


def prepare(plan: Plan, data: Dataset | None = None) -> Prepared:
    """Load the data and read the space. Raises SearchError, SpaceError, DataError and what a network would.

    What could never be trained is refused here, before anything is written.
    """
    base = RunConfig(plan.dataset, training=TrainingConfig(seed=plan.seed), threads=plan.threads)
    data = load_data(base) if data is None else data
    followed = recipe(plan.recipe) if plan.recipe else Recipe("", "")
    if not len(data.validation):
        raise SearchError(f"{data.name} has no validation rows to choose by: keep some with --val 0.2.")
    hidden = tuple(followed.network.get("hidden", data.defaults.hidden))
    space = read_space(plan.space, hidden)
    if (kind := space.judged_by_loss()) and plan.metric == "loss":
        other = "mae" if data.task == "regression" else "accuracy"
        raise SpaceError(f"Losses of another {kind.replace('_', ' ')} cannot be compared: choose by --metric {other}.")
    figures = ("loss", "mae", "r2") if data.task == "regression" else ("loss", "accuracy")
    if plan.metric not in figures:
        raise SearchError(f"{data.name} has no {plan.metric} to choose by: use {' or '.join(figures)}.")
    plan = replace(plan, space=_whole(plan.space, hidden), second="r2" if data.task == "regression" else "accuracy")
    found = Prepared(plan, data, space, base, followed)
    some = found.config(next(space.grid()))
    usual = {"optimizer": some.training.optimizer, "schedule": some.training.schedule,
             "loss": some.training.loss, "initialization": some.network.initialization}  # fmt: skip
    found = replace(found, space=space.hanging_on(usual))
    build_trainer(found.config(next(found.space.grid())), data)  # refused now, and not by every trial
    return found


def _whole(space: Mapping[str, str], hidden: tuple[int, ...]) -> dict[str, str]:
    """The space with what it leaves to the data said: whoever reads it later need not load them."""
    sizes = space.get("hidden")
    if sizes is not None and ".." in sizes and "layers" not in space:
        return {**space, "layers": str(len(hidden) or 1)}
    if sizes is None and "layers" in space:
        return {**space, "hidden": str(hidden[0] if hidden else 64)}
    return dict(space)
