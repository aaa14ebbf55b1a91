"""Columns that only name or count rows: a network that is given them learns nothing that holds for new rows."""

import re

import numpy as np

# names that say so, if every row has another number
_NAMED = re.compile(r"(index|level_0|key|nr|no|row|rownames|unnamed.*|row[_ ]?(no|nr|number|names?)|#)", re.IGNORECASE)
# names that say so, even where numbers repeat (several rows of one person)
_ID = re.compile(
    r"id|(?:.*[_ .-])id|uuid|guid|ssn|subject(?:[_ .]?(?:id|no|nr|number))?|subj|pid|cid|sid|schid|row[_ ]?id"
    r"|(?:.*[_ .-])(?:uuid|guid|ssn)",
    re.IGNORECASE,
)
_CAMEL = re.compile(r".*[a-z0-9](?:Id|ID)|Id|ID|.*SSN")
_CODE = re.compile(r"(?:.*[_ .-])?(?:zip|zip[_ ]?code|post(?:al)?[_ ]?code|plz)|[a-z]+Zip(?:Code)?", re.IGNORECASE)


def names_rows(name: str, unnamed: bool, rows: np.ndarray, numbers: np.ndarray) -> str:
    """Why a column of numbers only names or counts rows, or "". numbers: of the training `rows`, NaN where missing.

    unnamed: its header is blank.
    """
    known = numbers[~np.isnan(numbers)]
    if not len(known) or not (known == np.round(known)).all():
        return ""
    different = len(np.unique(known)) == len(known)
    if different and len(known) == len(numbers):
        if unnamed:
            return "its header is blank and every row has another number, so it counts the rows"
        if _NAMED.fullmatch(name):
            return "it looks like a row number or identifier"
        if len(rows) >= 20 and np.isin((known - rows)[0], (0, 1)) and np.ptp(known - rows) == 0:
            return "it looks like a row number or identifier, for it counts the rows"
    if (_ID.fullmatch(name) or _CAMEL.fullmatch(name)) and (different or len(np.unique(known)) > 10):
        again = "" if different else f"; its {len(np.unique(known)):,} numbers come again"
        return f"it looks like a row number or identifier by its name{again}"
    return ""


def is_code(name: str) -> bool:
    """Whether numbers of a column called so are names of places, such as zip codes, and no quantities."""
    return _CODE.fullmatch(name) is not None
