"""The text of a change: parts separated by ";", each `key=value`, or a verb and its values."""

from dataclasses import dataclass

from dnn_tui.mlp.settings import SETTINGS, Setting

LONGEST = 4000  # characters of a change
ALIASES = {"val": "validation", "eta": "lr", "η": "lr", "features": "inputs"}
#: verb → what it must be told, what it may be told; None: any coordinates besides
VERBS: dict[str, tuple[tuple[str, ...], tuple[str, ...] | None]] = {
    "reset": ((), ("seed",)),
    "regenerate": ((), ("seed",)),
    "insert": (("layer",), ("units", "activation")),
    "remove": (("layer",), ("unit",)),
    "units": (("layer", "units"), ()),
    "weight": (("layer", "row", "column", "value"), ()),
    "bias": (("layer", "row", "value"), ()),
    "freeze": (("layer",), ()),
    "thaw": ((), ("layer",)),
    "point": (("x1", "x2"), None),
    "unpoint": (("x1", "x2"), None),
}
WHAT = "a change is key=value, such as hidden=8,8 or lr=0.1, or begins with " + ", ".join(VERBS)


class ChangeError(ValueError):
    """A change that cannot be made: one sentence for the user."""


@dataclass(frozen=True)
class Part:
    """One of a text's changes. verb: "set" with one key, or one of VERBS."""

    verb: str
    values: dict[str, str]

    def number(self, key: str, low: int = 0) -> int:
        """A whole number from `low`. Raises ChangeError."""
        text = self.values[key].strip()
        if not (text.isascii() and text.isdecimal()) or int(text) < low:
            raise ChangeError(f"{text!r} is no {key} to {self.verb}: give a whole number from {low}.")
        return int(text)

    def figure(self, key: str) -> float:
        """A finite number. Raises ChangeError."""
        text = self.values[key]
        try:
            value = float(text.replace("−", "-"))
        except ValueError:
            value = float("nan")
        if not abs(value) <= 1e30:  # NaN is neither
            raise ChangeError(f"{text!r} is no {key} to {self.verb}: give a number.")
        return value


def parts(text: str) -> list[Part]:
    """The changes that a text asks for, in its order. Raises ChangeError."""
    if len(text) > LONGEST:
        raise ChangeError(f"A change has at most {LONGEST:,} characters.")
    found = [_part(part) for piece in text.split(";") if (part := piece.strip())]
    if not found:
        raise ChangeError(f"Nothing is asked for: {WHAT}.")
    return found


def setting_of(key: str) -> Setting | None:
    """The setting of that name, or whose option it is."""
    if key in SETTINGS:
        return SETTINGS[key]
    return next((entry for entry in SETTINGS.values() if entry.flag[2:].replace("-", "_") == key), None)


def _part(text: str) -> Part:
    verb, _, rest = text.partition(" ")
    if verb in VERBS and not rest.lstrip().startswith("="):
        return Part(verb, _values(verb, rest))
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise ChangeError(f"{_short(text)} is no change: {WHAT}.")
    key = key.strip().lower().removeprefix("--").replace("-", "_")
    key = ALIASES.get(key, key)
    known = setting_of(key)
    return Part("set", {known.name if known else key: value.strip()})


def _values(verb: str, text: str) -> dict[str, str]:
    """The key=value words after a verb. Raises ChangeError."""
    must, may = VERBS[verb]
    values: dict[str, str] = {}
    for word in text.split():
        key, equals, value = word.partition("=")
        if not equals or not value:
            raise ChangeError(f"{_short(word)} says nothing: after {verb} stand words such as {_example(verb)}.")
        values[key] = value
    missing = [key for key in must if key not in values]
    if missing:
        raise ChangeError(f"{verb} needs {' and '.join(missing)}: {verb} {_example(verb)}.")
    unknown = [key for key in values if may is not None and key not in (*must, *may)]
    if unknown:
        raise ChangeError(f"{verb} has no {unknown[0]}: {verb} {_example(verb)}.".replace(" .", "."))
    return values


def _example(verb: str) -> str:
    must, may = VERBS[verb]
    return " ".join(f"{key}=…" for key in (*must, *(("class",) if may is None else may)))


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:39] + "…")
