"""Numbers as people write them: thousands set apart, a decimal comma, a currency, a percent sign or a unit around them.

How a column writes its numbers is a short code, the sign of thousands (if any) and then the decimal sign: ",." reads
1,234.5, ".," reads 1.234,5, "," reads 1234,5, "." reads $1234.5; "" is what Python's `float` reads.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

CODES = (",.", ",", ".,", "'.", " .", "',", " ,")
_CURRENCY = r"[€$£¥₹]|USD|EUR|CHF|GBP|CAD|AUD|US\$"
_UNITS = (
    r"%|‰|°\s?[CFKcf]?|[µnmck]?m[²³23]?|[µmk]?g|[mµ]?s|[mcdh]?l|L|mL|km/h|kmh|kph|mph|m/s|ft|yd|mi|miles?|inch(?:es)?|in|"
    r"lbs?|oz|t|min|mins?|h|hrs?|hours?|days?|weeks?|months?|years?|yrs?|[kMG]?Wh?|[mk]?V|[mk]?A|[kMG]?Hz|[kKMGT]i?B|"
    r"px|pt|bar|[hkM]?Pa|k?J|k?cal|mmol/l|mg/dl|kg/m[²³23]|K|hp|cc|bn|mn"
)
NUMERAL = (
    r"(?P<open>[-+−(]?)\s?(?P<before>" + _CURRENCY + r")?\s?(?P<sign>[-+−]?)"
    r"(?P<body>\d[\d.,' ]*\d|\d[.,]?|[.,]\d+)(?P<power>(?:[eE][-+]?\d+)?)\s?(?P<after>"
    + _CURRENCY
    + "|"
    + _UNITS
    + r")?\)?"
)
_NUMERAL = re.compile(NUMERAL)


def numeral(cell: str, thousands: str, decimal: str) -> float:
    """The number a cell says, written with these signs; NaN where it says none."""
    text = cell.replace("\u00a0", " ").replace("\u202f", " ").replace("’", "'").strip()
    match = re.fullmatch(NUMERAL, text)
    if match is None:
        return float("nan")
    body = match["body"]
    if thousands and thousands in body:
        whole = body.split(decimal)[0].split(thousands)
        if not (1 <= len(whole[0]) <= 3 and all(len(group) == 3 for group in whole[1:])):
            return float("nan")
        body = body.replace(thousands, "")
    negative = (match["open"] in ("-", "−", "(")) != (match["sign"] in ("-", "−"))
    try:
        value = float(body.replace(decimal, ".", 1) + match["power"]) if decimal == "." or "." not in body else None
    except ValueError:
        value = None
    return float("nan") if value is None else -value if negative else value


@dataclass(frozen=True)
class Written:
    """How a column writes its numbers. code: see above; unit: what stands around them; example: a cell.

    ambiguous: the cells could mean two things, such as 1,234.
    """

    code: str
    unit: str
    example: str
    ambiguous: bool = False

    @property
    def said(self) -> str:
        """In words, for the report."""
        thousands, decimal = self.code[:-1], self.code[-1:]
        named = {",": "comma", ".": "point", "'": "apostrophe", " ": "blank"}
        told = []
        if thousands:
            told.append(f"a {named[thousands]} between thousands".replace("a apo", "an apo"))
        if decimal == ",":
            told.append("a decimal comma")
        if self.unit:
            told.append(f"{self.unit} left aside")
        return f"read with {' and '.join(told)} ({self.example})"


def like_number(text: str) -> bool:
    """Whether a cell is a number, however it is written."""
    return _NUMERAL.fullmatch(_plain(text)) is not None


def code_of(example: str) -> str | None:
    """The code that an example such as "1.234,5" shows; None where it shows none."""
    found = [sign for sign in example if not sign.isdigit()]
    if not found:
        return "."
    if any(sign not in ".,' " for sign in found) or len(found) > 2:
        return None
    if len(found) == 2:
        return "".join(found) if found[0] != found[1] and found[1] in ".," else None
    head, tail = example.split(found[0])
    grouped = len(head) <= 3 and len(tail) == 3
    if found[0] in "' ":
        return f"{found[0]}."
    return ({",": ",.", ".": ".,"}[found[0]]) if grouped else found[0]


def detect(texts: Iterable[str]) -> Written | None:
    """How these cells write numbers, none of them missing; None where they are no numbers, or of different units."""
    bodies, units, example, separated = [], set(), "", ""
    for text in texts:
        match = _NUMERAL.fullmatch(_plain(text))
        if match is None:
            return None
        bodies.append(match["body"])
        units.add(match["before"] or match["after"] or "")
        if not example and (match["before"] or match["after"]):
            example = text
        if not separated and any(sign in match["body"] for sign in ",' "):
            separated = text
    units.discard("")
    if not bodies or len(units) > 1:
        return None
    unit = next(iter(units), "")
    shown = separated or example or bodies[0]
    if all(_fits(body, ".") for body in bodies):
        pointed = [body for body in bodies if "." in body]
        # three digits after the point of every price: Europe's thousands, or not?
        unsure = bool(unit and pointed and re.fullmatch(_CURRENCY, unit) and all(map(doubtful, pointed)))
        return Written(".", unit, pointed[0] if unsure else shown, unsure)
    fitting = [code for code in CODES if all(_fits(body, code) for body in bodies)]
    if not fitting:
        return None
    code = fitting[0]
    mixed = any("," in body for body in bodies) and any("." in body for body in bodies)
    if mixed and ",." in fitting and ".," in fitting:  # 9,999 beside 2.000
        return Written(code, unit, separated, ambiguous=True)
    if code == ",." and "," in fitting:  # 1,234: a comma of thousands, or of decimals with three digits?
        plain = [body for body in bodies if "," not in body]
        unsure = not plain or any(float(body) >= 1000 for body in plain)
        if unsure:
            return Written(code, unit, separated, ambiguous=True)
    return Written(code, unit, shown)


def doubtful(text: str) -> bool:
    """Whether a plain number such as 1.234 or 12.345 could be one with a point between thousands."""
    return re.fullmatch(r"[-+]?[1-9]\d{0,2}(\.\d{3})+", text) is not None


def _plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ").replace("’", "'")


def _fits(body: str, code: str) -> bool:
    thousands, decimal = re.escape(code[:-1]), re.escape(code[-1])
    grouped = rf"[1-9]\d{{0,2}}(?:{thousands}\d{{3}})+(?:{decimal}\d*)?|" if thousands else ""
    return re.fullmatch(rf"{grouped}\d*(?:{decimal}\d*)?", body) is not None
