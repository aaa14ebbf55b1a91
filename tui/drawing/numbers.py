"""Numbers as a person reads them."""

import math


def figure(value: float | None, digits: int = 4) -> str:
    """A value to `digits` significant digits: 0.03142, 1.5e-05, 12,300, NaN, ∞; – where there is none."""
    if value is None:
        return "–"
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == 0:
        return "0"
    if abs(value) >= 10 ** max(digits, 4):
        text = f"{value:,.0f}" if abs(value) < 1e7 else f"{value:.{digits - 1}e}"
    elif abs(value) < 1e-4:
        text = f"{value:.{max(0, digits - 3)}e}"
    else:
        decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
        text = f"{value:.{decimals}f}"
    return text.replace("-", "−") if value < 0 and "e" not in text else text


def short(value: float, digits: int = 4) -> str:
    """To so many digits, without zeros at the end: 6.5 and 12,000, never 1.2e+04."""
    text = f"{value:,.0f}" if 10**digits <= abs(value) < 1e7 else f"{value:.{digits}g}"
    return text.replace("-", "−", 1) if value < 0 else text


def percent(share: float | None, decimals: int = 1) -> str:
    """A share of 1 as per cent. Never 100 % unless it is all, never 0 % unless it is none."""
    if share is None or math.isnan(share):
        return "–"
    text = f"{100 * share:.{decimals}f}"
    if float(text) >= 100 and share < 1:
        text = f"{100 - 10**-decimals:.{decimals}f}"
    elif float(text) == 0 and share > 0:
        return f"<{10**-decimals:g} %"
    return ("100" if share == 1 else "0" if share == 0 else text) + " %"


def duration(seconds: float | None) -> str:
    """0.8 s, 12 s, 1:02 min, 1:02:03 h."""
    if seconds is None or math.isnan(seconds):
        return "–"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02d} min"
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d} h"


def per_second(rate: float) -> str:
    """A rate to three digits: 12.3k."""
    for limit, unit in ((1e6, "M"), (1e4, "k")):
        if rate >= limit:
            return f"{rate / (1e6 if unit == 'M' else 1e3):.3g}{unit}"
    return f"{rate:,.0f}"
