"""A configuration made real: built, evaluated, predicted with, explained, exported; recipes.

Knows `runs`, `mlp` and `datasets`; no terminal. `MLPClassifier` and `MLPRegressor` need scikit-learn, which is imported
where one of them is.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .estimators.classifier import MLPClassifier as MLPClassifier
    from .estimators.regressor import MLPRegressor as MLPRegressor

__all__ = ["MLPClassifier", "MLPRegressor"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        from .estimators.classifier import MLPClassifier
        from .estimators.regressor import MLPRegressor
    except ModuleNotFoundError as error:
        if error.name is None or error.name.split(".")[0] != "sklearn":
            raise
        raise ModuleNotFoundError(
            f"{name} needs scikit-learn: pip install 'dnn-tui[sklearn]'.", name="sklearn"
        ) from None
    return {"MLPClassifier": MLPClassifier, "MLPRegressor": MLPRegressor}[name]
