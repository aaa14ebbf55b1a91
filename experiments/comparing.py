"""Several runs side by side: where their configurations differ, and their figures."""

from dataclasses import dataclass
from typing import Any

from dnn_tui.runs.config import read_toml
from dnn_tui.runs.folder import RunFolder
from dnn_tui.runs.summary import HIGHER_IS_BETTER, Summary, summarise


@dataclass(frozen=True)
class Comparison:
    """A column a run. differences: settings by dotted name where not all are alike, None where a run has none;

    figures: "best accuracy", "test loss" …, None where a run has none.
    """

    summaries: tuple[Summary, ...]
    differences: dict[str, list[Any]]
    figures: dict[str, list[float | None]]


def compare(folders: list[RunFolder]) -> Comparison:
    """Compare runs. Raises RunError."""
    configs = [flat({k: v for k, v in read_toml(f.config_file).items() if isinstance(v, dict)}) for f in folders]
    found = tuple(summarise(folder) for folder in folders)
    keys = sorted({key for config in configs for key in config})
    columns = {key: [config.get(key) for config in configs] for key in keys}
    differences = {key: values for key, values in columns.items() if any(value != values[0] for value in values)}
    return Comparison(found, differences, {key: [_metric(s, key) for s in found] for key in _metric_names(found)})


def best_of(key: str, values: list[float | None]) -> float | None:
    """The best of a row of figures; None where there is nothing to compare."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return None
    return max(known) if key.split(" ", 1)[1] in HIGHER_IS_BETTER else min(known)


def flat(record: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """A nested configuration with dotted names: {"training": {"lr": .1}} is {"training.lr": .1}."""
    found: dict[str, Any] = {}
    for key, value in record.items():
        found |= flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value}
    return found


def _metric_names(found: tuple[Summary, ...]) -> list[str]:
    names = {f"{split} {name}" for summary in found for split, metrics in summary.metrics.items() for name in metrics}
    return [*sorted({f"best {summary.headline}" for summary in found if summary.best is not None}), *sorted(names)]


def _metric(summary: Summary, key: str) -> float | None:
    split, name = key.split(" ", 1)
    if split == "best":
        return summary.best if summary.headline == name else None
    return summary.metrics.get(split, {}).get(name)
