"""Optuna's part: where a study is kept, who proposes and who prunes. Optuna is imported when asked."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from .folder import Plan, SearchError, SearchFolder
from .space import Space
from .state import Axis

if TYPE_CHECKING:
    import optuna

NEEDED = "A search needs Optuna and Dask: pip install 'dnn-tui[search]'."
STUDY = "search"  # the study's name in its storage, where it is alone
RESULT = "result"  # what of a trial the study keeps beside its score


def require() -> None:
    """Raise SearchError where the extra is not installed."""
    from importlib.util import find_spec

    if find_spec("optuna") is None or find_spec("distributed") is None:
        raise SearchError(NEEDED)


@contextmanager
def quietly() -> Iterator[None]:
    """Without Optuna's remarks on standard error: it says which of its parts are still being tried."""
    import optuna

    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        warnings.simplefilter("ignore", FutureWarning)
        try:
            yield
        finally:
            optuna.logging.set_verbosity(before)


def open_storage(folder: SearchFolder, plan: Plan) -> "optuna.storages.BaseStorage":
    """Where the study is kept. Raises SearchError."""
    require()
    import optuna
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    with quietly():
        if not plan.storage:
            return JournalStorage(JournalFileBackend(str(folder.journal_file)))
        try:
            return optuna.storages.get_storage(plan.storage)
        except Exception as error:  # whatever the driver of the database raises
            said = str(error).strip().splitlines() or [type(error).__name__]
            raise SearchError(f"The storage {plan.storage} cannot be opened: {said[0].removesuffix('.')}.") from None


def study_name(folder: SearchFolder, plan: Plan) -> str:
    """The study's name: that of the search where a storage may hold others."""
    return folder.name if plan.storage else STUDY


def open_study(folder: SearchFolder, plan: Plan) -> "optuna.Study":
    """The search's study, made where there is none yet. Raises SearchError."""
    storage = open_storage(folder, plan)
    import optuna

    with quietly():
        return optuna.create_study(
            storage=storage,
            study_name=study_name(folder, plan),
            direction="minimize",
            load_if_exists=True,
            pruner=make_pruner(plan.pruner, 1),
        )


def make_sampler(kind: str, seed: int) -> "optuna.samplers.BaseSampler":
    """Who proposes; a grid's values are put into the queue, and need nobody."""
    import optuna

    with quietly():
        if kind == "tpe":
            return optuna.samplers.TPESampler(seed=seed, multivariate=True, group=True, constant_liar=True)
        return optuna.samplers.RandomSampler(seed=seed)


def make_pruner(kind: str, epochs: int) -> "optuna.pruners.BasePruner":
    """Who breaks off; epochs: the most that a trial may have."""
    import optuna

    with quietly():
        match kind:
            case "median":
                return optuna.pruners.MedianPruner(n_startup_trials=5, n_warmup_steps=max(1, epochs // 5))
            case "hyperband":
                return optuna.pruners.HyperbandPruner(min_resource=1, max_resource=max(3, epochs), reduction_factor=3)
        return optuna.pruners.NopPruner()


def axes_of(space: Space) -> tuple[Axis, ...]:
    """The space's dimensions, as viewers draw them."""
    return tuple(
        Axis(one.name, one.low, one.high, one.log, tuple(one.choices) or None, one.integer, one.now)
        for one in space.varied
    )
