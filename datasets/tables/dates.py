"""Dates and times as people write them, as days since 1970-01-01: 0.5 is noon; a time of day alone is 0 to 1.

How a column writes its dates is the format of `strptime`, or "iso" for all of ISO 8601, or "quarter" for 2014Q1.
"""

import datetime
import re
from collections.abc import Sequence

_DAYS = ("%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%Y/%m/%d", "%d-%m-%Y", "%m-%d-%Y", "%d.%m.%y", "%m/%d/%y", "%d/%m/%y")
_TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
_WORDS = ("%d %b %Y", "%d %B %Y", "%b %d %Y", "%B %d %Y", "%b %d, %Y", "%B %d, %Y", "%d-%b-%Y", "%d-%b-%y", "%d %b %y")
FORMATS = (
    "iso", *(day + time for day in _DAYS for time in _TIMES), *_WORDS, "%Y-%m", "%Y/%m", "%m/%Y", "%b %Y", "%B %Y",
    "%b-%y", "quarter", "%H:%M", "%H:%M:%S", "%I:%M %p",
)  # fmt: skip
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
LOOKS = re.compile(
    rf"\d{{4}}[-/.]\d{{1,2}}([-/.]\d{{1,2}}([T ].*)?)?|\d{{1,2}}[-/.]\d{{1,2}}[-/.](\d{{2}}|\d{{4}})( .*)?"
    rf"|\d{{1,2}}/\d{{4}}|\d{{1,2}}:\d{{2}}(:\d{{2}})?( ?[ap]m)?|\d{{4}} ?Q[1-4]"
    rf"|\d{{1,2}}[ -]{_MONTH}[ -]\d{{2,4}}|{_MONTH}[ -](\d{{1,2}},? )?\d{{2,4}}",
    re.IGNORECASE,
)


def days(cell: str, form: str) -> float:
    """Days since 1970-01-01 that a cell of this format says, as its clock has it; NaN where it says none."""
    text = " ".join(cell.split())
    try:
        if form == "iso":
            moment = datetime.datetime.fromisoformat(text).replace(tzinfo=None)
        elif form == "quarter":
            year, quarter = text.upper().replace(" ", "").split("Q")
            moment = datetime.datetime(int(year), 3 * int(quarter) - 2, 1)
        else:
            moment = datetime.datetime.strptime(text, form)
    except ValueError:
        return float("nan")
    start = moment.replace(hour=0, minute=0, second=0, microsecond=0) if form.startswith(("%H", "%I")) else None
    return (moment - (start or datetime.datetime(1970, 1, 1))) / datetime.timedelta(days=1)


def detect(texts: Sequence[str]) -> tuple[str, str] | None:
    """The format that reads at least nine of ten of these cells, and another that reads as many ("" if none does).

    None where they are no dates.
    """
    some = texts[:: max(1, len(texts) // 200)]
    looking = [text for text in some if LOOKS.fullmatch(text)]
    if not looking or len(looking) < 0.9 * len(some):
        return None
    read = {form: sum(value == value for value in (days(text, form) for text in looking)) for form in FORMATS}
    best = max(FORMATS, key=lambda form: read[form])
    if read[best] < 0.9 * len(some):
        return None
    also = [form for form in FORMATS if form != best and read[form] == read[best]]
    return best, also[0] if also else ""


def has_day(form: str) -> bool:
    """Whether the format says a day, not only a time of day."""
    return not form.startswith(("%H", "%I"))
