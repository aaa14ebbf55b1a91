"""What was changed, in the few words that stand beside a mark on the curves: "relu → tanh"."""

from dataclasses import asdict
from typing import Any

from dnn_tui.datasets.generated.by_hand import is_gone
from dnn_tui.mlp.settings import SETTINGS
from dnn_tui.runs.config import RunConfig

from .changed import Change

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
UNNAMED = ("activations", "optimizer", "output", "schedule", "name")  # whose values say what they are


def described(before: RunConfig, after: RunConfig, change: Change | None = None) -> str:
    """The differences of two configurations, and what besides them was done, in words."""
    said = []
    if change and change.reset:
        said.append("reset")
    old, new = asdict(before), asdict(after)
    for section in ("dataset", "network", "training"):
        for key, value in new[section].items():
            if key == "options":  # other data has others
                said += _options(old[section][key], value) if before.dataset.name == after.dataset.name else []
            elif value != old[section][key] and key not in ("data_dir", "engine"):
                if key == "activations" and (not value or ({*value} == {*old[section][key]} and len({*value}) == 1)):
                    continue  # as many as there are layers now
                said.append(_difference(key, old[section][key], value, section))
    for number, unit in change.removed if change else ():
        said.append(f"without h{number}".translate(SUBSCRIPTS) + f",{unit + 1}".translate(SUBSCRIPTS))
    for edit in change.edits if change else ():
        layer = str(edit.layer).translate(SUBSCRIPTS)
        place = f"b{layer}[{edit.row}]" if edit.column is None else f"W{layer}[{edit.row},{edit.column}]"
        said.append(f"{place} = {_short(edit.value)}")
    return "; ".join(said) or "nothing"


def _difference(key: str, old: Any, new: Any, section: str) -> str:
    if key == "activations" and len(set(old)) <= 1 and len(set(new)) <= 1:
        old, new = old[:1] or ("none",), new[:1] or ("none",)
    name = {"hidden": "", "lr": "η", "batch_size": "B"}.get(key, key.replace("_", " "))
    if key in SETTINGS and SETTINGS[key].symbol[:1] in "λμβε" and SETTINGS[key].group == "Against overfitting":
        name = SETTINGS[key].symbol
    if section == "dataset" and key == "seed":
        name = "data's seed"
    if key in UNNAMED:
        name = ""
    return f"{name} {_short(old)} → {_short(new)}".strip()


def _options(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    said = []
    for key in dict.fromkeys((*old, *new)):
        was, now = old.get(key), new.get(key)
        if was == now:
            continue
        if key == "points":
            more = len(now or ()) - len(was or ())
            newest = (now or [""])[-1]
            verb = "taken away" if is_gone(newest) else "added"
            said.append(f"a point {verb}" if more == 1 else "other points")
        else:
            said.append(f"{key} {_short(was)} → {_short(now)}")
    return said


def _short(value: Any) -> str:
    if value is None or value == ():
        return "usual" if value is None else "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list | tuple):
        return ("-" if all(isinstance(item, int) for item in value) else ",").join(map(_short, value))
    text = str(value)
    return text if len(text) <= 40 else "…" + text[-39:]
