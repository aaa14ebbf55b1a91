"""A configuration made real: built, evaluated, predicted with, explained, exported; recipes.

Knows `runs`, `mlp` and `datasets`; no terminal. What stands here is imported when it is asked for: `MLPClassifier` and
`MLPRegressor` need scikit-learn.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .estimators.classifier import MLPClassifier as MLPClassifier
    from .estimators.regressor import MLPRegressor as MLPRegressor
    from .kernels import use_fastest_kernel as use_fastest_kernel
    from .opened import Run as Run
    from .opened import open_run as open_run

__all__ = ["MLPClassifier", "MLPRegressor", "Run", "open_run", "use_fastest_kernel"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name == "use_fastest_kernel":
        from .kernels import use_fastest_kernel

        return use_fastest_kernel
    if name in ("Run", "open_run"):
        from . import opened

        return getattr(opened, name)
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
