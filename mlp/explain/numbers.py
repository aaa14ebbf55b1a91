"""Numbers as a person reads them: four significant digits, a true minus, no rounding noise. Pure functions."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal

NOISE = 1e-12  # of the scale of what was added up: below it, a sum that should be 0 shows only rounding
SMALL, LARGE = 1e-4, 1e6  # outside, scientific notation is shorter
COUNTED = 1e11  # below it a whole number is a count, and is said to its last digit


@dataclass(frozen=True)
class Number:
    """How to write numbers. truncate=True cuts digits off, as many slides do, instead of rounding."""

    digits: int = 4
    truncate: bool = False

    def text(self, value: float, scale: float = 0.0) -> str:
        """`value` in `digits` significant digits; 0 where |value| < 1e-12 · scale.

        Digits that are all zero are left off: .5 is "0.5", not "0.5000".
        """
        value = float(value)
        if not math.isfinite(value):
            return "nan" if math.isnan(value) else ("∞" if value > 0 else "−∞")
        if value == 0 or abs(value) < NOISE * scale:
            return "0"
        # through 12 digits first: .1 + .2 is .3, also where it is truncated
        exact = Decimal(f"{value:.12g}")
        exponent = exact.adjusted()
        cut = ROUND_DOWN if self.truncate else ROUND_HALF_EVEN
        short = exact.quantize(Decimal(1).scaleb(exponent - self.digits + 1), rounding=cut)
        exponent = short.adjusted()  # 9.9996 became 10.00
        sign = "−" if short < 0 else ""
        short = abs(short)
        if SMALL <= short < LARGE or (short < COUNTED and exact == exact.to_integral_value()):
            # a whole number keeps all its digits: 123457, not 123500
            return sign + _plain(abs(exact).quantize(Decimal(1), rounding=cut) if exponent >= self.digits else short)
        mantissa = _plain(short.scaleb(-exponent))
        return f"{sign}{mantissa}e{'−' if exponent < 0 else ''}{abs(exponent)}"

    def factor(self, value: float, scale: float = 0.0) -> str:
        """`value` as it stands inside a product: in parentheses if negative."""
        text = self.text(value, scale)
        return f"({text})" if text.startswith("−") else text

    def toggled(self) -> "Number":
        """The same with rounding and truncation exchanged."""
        return replace(self, truncate=not self.truncate)


@dataclass(frozen=True)
class Fixed(Number):
    """Numbers with `digits` decimals, for a table of one magnitude: 0.00 is small, 0 is nothing."""

    digits: int = 2

    def text(self, value: float, scale: float = 0.0) -> str:
        if value == 0 or not math.isfinite(value) or abs(value) < NOISE * scale:
            return super().text(value, scale)
        cut = ROUND_DOWN if self.truncate else ROUND_HALF_EVEN
        short = Decimal(f"{float(value):.12g}").quantize(Decimal(1).scaleb(-self.digits), rounding=cut)
        return f"{'−' if value < 0 else ''}{abs(short):f}"


def _plain(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def column(texts: Iterable[str]) -> list[str]:
    """Numbers of one column, padded to one width with their decimal points under each other."""
    texts = list(texts)
    heads = [_point(text) for text in texts]
    left = max(heads, default=0)
    right = max((len(text) - head for text, head in zip(texts, heads, strict=True)), default=0)
    return [" " * (left - head) + text.ljust(head + right) for text, head in zip(texts, heads, strict=True)]


def _point(text: str) -> int:
    """Characters left of the decimal point, or of where it would be."""
    for mark in (".", "e"):
        if mark in text:
            return text.index(mark)
    return len(text)


def products(
    left: Iterable[float],
    right: Iterable[float],
    number: Number,
    constant: float | None = None,
    most: int = 5,
    full: int = 8,
) -> str:
    """`0.1·2 + 0.3·5 − 0.4·3`: a sum of products with numbers put in.

    Up to `full` terms are written in order. Of a longer sum the `most` largest are, and the others as
    "[… 779 more = …]", so that the sum still closes.
    """
    pairs = [(float(u), float(v)) for u, v in zip(left, right, strict=True)]
    shown: Sequence[int] = range(len(pairs))
    rest = 0.0
    if len(pairs) > full:
        order = sorted(range(len(pairs)), key=lambda k: -abs(pairs[k][0] * pairs[k][1]))
        shown = sorted(order[:most])
        rest = math.fsum(pairs[k][0] * pairs[k][1] for k in order[most:])
    parts = [(pairs[k][0] < 0, f"{number.text(abs(pairs[k][0]))}·{number.factor(pairs[k][1])}") for k in shown]
    text = joined(parts)
    if len(pairs) > full:
        text += f" + [… {len(pairs) - most} more = {number.text(rest)}]"
    if constant is not None:
        text += f" {'−' if constant < 0 else '+'} {number.text(abs(constant))}"
    return text


def joined(parts: Iterable[tuple[bool, str]]) -> str:
    """Terms, each with whether it is subtracted, as one sum."""
    text = ""
    for negative, part in parts:
        if not text:
            text = f"−{part}" if negative else part
        else:
            text += f" {'−' if negative else '+'} {part}"
    return text or "0"
