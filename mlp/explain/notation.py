"""The lectures' notation, written for a terminal, for LaTeX, and with z/a instead of a/h. Pure functions.

Equations are kept as plain text with subscripts as `W_2` or `w_{2,11,3}`.
"""

import re

_SUBSCRIPT = re.compile(r"_(?:\{([^}]*)\}|(\d+|[A-Za-z])(?![A-Za-z0-9_]))")  # not the underscores of a_python_name
_SMALL = str.maketrans("0123456789ijknt", "₀₁₂₃₄₅₆₇₈₉ᵢⱼₖₙₜ")
_LATEX = (
    ("∂L/∂θ", r"\nabla L"),
    ("ŷ", r"\hat{y}"),
    ("δ", r"\delta"),
    ("Δ", r"\Delta "),
    ("θ", r"\theta"),
    ("η", r"\eta"),
    ("μ", r"\mu"),
    ("β", r"\beta"),
    ("ρ", r"\rho"),
    ("ε", r"\varepsilon"),
    ("∇", r"\nabla "),
    ("σ", r"\sigma"),
    ("Σ", r"\sum"),
    ("ᵀ", r"^{\top}"),
    ("²", "^{2}"),
    ("·", r" \cdot "),
    ("⊙", r"\odot"),
    ("⊗", r"\otimes"),
    ("√", r"\sqrt "),
    ("½", r"\tfrac{1}{2}"),
    ("−", "-"),
    ("×", r"\times"),
    ("≈", r"\approx"),
    ("←", r"\leftarrow"),
    ("…", r"\ldots"),
    ("∞", r"\infty"),
    ("m̂", r"\hat{m}"),
    ("v̂", r"\hat{v}"),
)


def indexed(symbol: str, *indices: int) -> str:
    """`w_{222}`, or `w_{2,11,3}` where an index has two digits."""
    comma = "," if any(k > 9 for k in indices) else ""
    return f"{symbol}_{{{comma.join(str(k) for k in indices)}}}"


def pretty(text: str) -> str:
    """With real subscripts: `W₂`, `w₂₂₂`."""
    return _SUBSCRIPT.sub(lambda match: (match[1] or match[2]).translate(_SMALL), text)


def latex(text: str) -> str:
    """As LaTeX math, without the dollar signs."""
    text = re.sub(r"e\^(−?[ah](?:_\w)?)", r"e^{\1}", text)
    text = re.sub(r"∂L/∂(ŷ|[A-Za-zθ]+)(_\{[^}]*\}|_\w)?", r"\\frac{∂L}{∂\1\2}", text)
    for sign, command in _LATEX:
        text = text.replace(sign, command)
    text = text.replace("∂", r"\partial ")
    text = re.sub(r"(\d)e(-?\d+)", r"\1 \\cdot 10^{\2}", text)
    return re.sub(r"\b(exp|ln|max|min|tanh|softmax|sigmoid|relu|identity|diag|cos|sin|log)\b", r"\\mathrm{\1}", text)


def renamed(text: str, z_a: bool, everywhere: bool = True) -> str:
    """With z for the pre-activation and a for the activation (Ng's letters), if z_a.

    everywhere=False renames only letters with a subscript: prose has the words "a" and "h" too.
    """
    if not z_a:
        return text
    pattern = r"(?<![A-Za-zŷ\\])([ah])(?=_|\d)" if not everywhere else r"(?<![A-Za-z\\])([ah])(?![A-Za-z])"
    text = re.sub(pattern, lambda match: "z" if match[1] == "a" else "a", text)
    return re.sub(r"\bdh(?=\d)", "da", text)  # the NumPy name of ∂L/∂h
