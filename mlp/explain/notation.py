"""The lectures' notation, written for a terminal, for LaTeX, and with z/a instead of a/h. Pure functions.

Equations are kept as plain text with subscripts as `W_2` or `w_{2,11,3}`.
"""

import re
from collections.abc import Callable

_SUBSCRIPT = re.compile(r"_(?:\{([^}]*)\}|(\d+|[A-Za-z])(?![A-Za-z0-9_]))")  # not the underscores of a_python_name
_OF_ROW = re.compile(r"\^\((\d+|r)\)")  # x^(3): of the third row of a batch
_SMALL = str.maketrans("0123456789ijknrt", "₀₁₂₃₄₅₆₇₈₉ᵢⱼₖₙᵣₜ")
_RAISED = str.maketrans("0123456789r", "⁰¹²³⁴⁵⁶⁷⁸⁹ʳ")
#: Signs as LaTeX math.
SIGNS = {
    "α": r"\alpha", "β": r"\beta", "δ": r"\delta", "Δ": r"\Delta", "ε": r"\varepsilon", "η": r"\eta",
    "θ": r"\theta", "λ": r"\lambda", "μ": r"\mu", "π": r"\pi", "ρ": r"\rho", "σ": r"\sigma", "Σ": r"\sum",
    "φ": r"\varphi", "Φ": r"\Phi", "∂": r"\partial", "∇": r"\nabla", "ŷ": r"\hat{y}", "Ŷ": r"\hat{Y}",
    "m̂": r"\hat{m}", "v̂": r"\hat{v}", "·": r"\cdot", "⊙": r"\odot", "⊗": r"\otimes", "×": r"\times",
    "≈": r"\approx", "≤": r"\le", "≥": r"\ge", "±": r"\pm", "←": r"\leftarrow", "→": r"\to",
    "↑": r"\uparrow", "↓": r"\downarrow", "−": "-",
    "…": r"\ldots", "½": r"\tfrac{1}{2}", "¼": r"\tfrac{1}{4}", "‖": r"\|", "ᵀ": r"^{\top}", "²": "^{2}",
    "√": r"\surd", "%": r"\%", "#": r"\#", "&": r"\&", "{": r"\{", "}": r"\}", "⁰": "^{0}", "³": "^{3}",
    "ᵢ": "_{i}", "ⱼ": "_{j}", "ₖ": "_{k}", "ₙ": "_{n}", "ₜ": "_{t}", "ᵣ": "_{r}", "ʳ": "^{r}", "⁽": "^{(}", "⁾": "^{)}",
    "ᵗ": "^{t}", "ⁱ": "^{i}", "⟂": r"\perp",
    "✓": r"\checkmark", "′": "'", "ℓ": r"\ell", "⌀": r"\varnothing", "≠": r"\neq",
    "∞": r"\infty", "∈": r"\in", "₊": "_{+}", "⁻": "^{-}",
} | {sign: f"_{{{n}}}" for n, sign in enumerate("₀₁₂₃₄₅₆₇₈₉")}  # fmt: skip
_NAME = re.compile(r"⟪([^⟫]*)⟫")  # a name of the data, in which no letter is a symbol
_TOKEN = re.compile(
    r"⟪(?P<words>[^⟫]*)⟫|∂(?P<what>[LJℓ])/∂(?P<of>[ŷŶ]|[A-Za-zθ]+)(?P<at>_\{[^}]*\}|_\w)?"
    r"|(?P<number>\d+(?:\.\d+)?)(?:e(?P<power>[−-]?\d+))?(?![A-Za-z])"
    r"|(?P<name>m̂|v̂|[A-Za-zŷŶα-ωΑ-Ω](?:(?<=[A-Za-z])[A-Za-z]+)?)(?:_(?P<letters>[A-Za-z0-9]+(?:_[A-Za-z0-9]+)*))?"
    r"(?:_\{(?P<index>[^}]*)\})?"
    r"|(?P<other>.)",
    re.DOTALL,
)


def indexed(symbol: str, *indices: int) -> str:
    """`w_{222}`, or `w_{2,11,3}` where an index has two digits."""
    comma = "," if any(k > 9 for k in indices) else ""
    return f"{symbol}_{{{comma.join(str(k) for k in indices)}}}"


def pretty(text: str) -> str:
    """With real subscripts: `W₂`, `w₂₂₂`. One that has no small letters stays as it is: `a_L`."""

    def small(match: re.Match[str]) -> str:
        index = match[1] or match[2]
        if re.search(r"[A-Za-z]_[A-Za-z0-9]*$", match.string[: match.start()]) and match[2]:
            return match[0]  # tanh_of_1 is a name, and 1 a part of it
        short = index.translate(_SMALL)
        return f"_{index}" if any(c.isalnum() and c.isascii() for c in short) else short

    def subscripts(part: str) -> str:
        return _OF_ROW.sub(lambda match: f"⁽{match[1].translate(_RAISED)}⁾", _SUBSCRIPT.sub(small, part))

    return _around_names(text, subscripts, lambda name: name)


def _around_names(text: str, change: Callable[[str], str], of_name: Callable[[str], str]) -> str:
    """Change what is no name of the data, and the names in another way."""
    parts = _NAME.split(text)
    return "".join(of_name(part) if k % 2 else change(part) for k, part in enumerate(parts))


def latex(text: str) -> str:
    """As LaTeX math, without the dollar signs: whole exponents and roots in braces, words upright."""
    return re.sub(r" (?=[\^_]\{)", "", " ".join(_in_latex(list(_TOKEN.finditer(text)))))


def _in_latex(tokens: list[re.Match[str]]) -> list[str]:
    out: list[str] = []
    while tokens:
        sign = tokens[0]["other"]
        if sign in ("^", "√"):
            argument, tokens = _factor(tokens[1:])
            inside = " ".join(_in_latex(argument))
            out.append(f"^{{{inside}}}" if sign == "^" else rf"\sqrt{{{inside}}}")
        else:
            out.append(_word(tokens[0]))
            tokens = tokens[1:]
    return [piece for piece in out if piece]


def _factor(tokens: list[re.Match[str]]) -> tuple[list[re.Match[str]], list[re.Match[str]]]:
    """What an exponent or a root covers (a minus, then a number, a name, or parentheses), and what follows it."""
    end = 0
    while end < len(tokens) and tokens[end][0] in ("−", "-"):
        end += 1
    if end < len(tokens) and tokens[end][0] in ("(", "|"):
        close = {"(": ")", "|": "|"}[tokens[end][0]]
        depth = 1
        while end + 1 < len(tokens) and depth:
            end += 1
            depth += (tokens[end][0] == "(" and close == ")") - (tokens[end][0] == close)
    return tokens[: end + 1], tokens[end + 1 :]


def _word(token: re.Match[str]) -> str:
    if token["words"] is not None:
        return rf"\text{{{escaped(token['words'])}}}"
    if token["of"]:
        name = SIGNS.get(token["of"], token["of"])
        what = SIGNS.get(token["what"], token["what"])
        return rf"\frac{{\partial {what}}}{{\partial {name}{_subscript(token['at'] or '')}}}"
    if token["number"]:
        return token["number"] + (rf" \cdot 10^{{{token['power'].replace('−', '-')}}}" if token["power"] else "")
    if token["name"]:
        name, letters = token["name"], token["letters"] or ""
        if letters and len(name) > 1:  # a_python_name
            rest = letters.replace("_", r"\_")
            return rf"\mathrm{{{name}\_{rest}}}" + _subscript(token["index"] or "")
        upright = rf"\mathrm{{{name}}}" if len(name) > 1 and name.isascii() else SIGNS.get(name, name)
        return upright + _subscript(f"_{{{token['index'] or letters}}}" if token["index"] or letters else "")
    return SIGNS.get(token["other"], token["other"].strip())


def _subscript(text: str) -> str:
    inside = text.removeprefix("_").strip("{}").replace("−", "-").replace("_", r"\_")
    word = re.fullmatch(r"[A-Za-z]{2,}", inside)
    if len(inside) < 2:
        return f"_{inside}" if inside else ""
    return rf"_{{\mathrm{{{inside}}}}}" if word else f"_{{{inside}}}"


def renamed(text: str, z_a: bool, everywhere: bool = True) -> str:
    """With z for the pre-activation and a for the activation (Ng's letters), if z_a.

    everywhere=False renames only letters with a subscript: prose has the words "a" and "h" too.
    """
    if not z_a:
        return text
    pattern = r"(?<![A-Za-zŷ\\])([ah])(?=_|\d)" if not everywhere else r"(?<![A-Za-z\\])([ah])(?![A-Za-z])"

    def rename(part: str) -> str:
        part = re.sub(pattern, lambda match: "z" if match[1] == "a" else "a", part)
        part = re.sub(r"(?<![A-Za-z\\])([AH])(?=_[\d{i])", lambda match: "Z" if match[1] == "A" else "A", part)
        return re.sub(r"\bdh(?=\d)", "da", part)  # the NumPy name of ∂L/∂h

    return _around_names(text, rename, lambda name: f"⟪{name}⟫")


_TEXT = {"“": "``", "”": "''", "’": "'", "‘": "`", "\\": r"\textbackslash{}", "^": r"\^{}", "~": r"\~{}",
         "$": r"\$", "_": r"\_", "–": "--", "—": "---", "<": "$<$", ">": "$>$", "|": "$|$"}  # fmt: skip


def escaped(text: str) -> str:
    """Prose as LaTeX: signs as math, the rest escaped."""
    text = text.replace("m̂", "$\\hat{m}$").replace("v̂", "$\\hat{v}$") if "̂" in text else text
    out = []
    for character in text:
        sign = SIGNS.get(character)
        if character in _TEXT:
            out.append(_TEXT[character])
        elif sign is None or character in "%#&{}":
            out.append(sign or character)
        else:
            out.append(f"${{}}{sign}$" if sign[0] in "^_" else f"${sign}$")
    return "".join(out)
