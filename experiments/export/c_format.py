"""One C99 header that needs the standard library alone and allocates nothing."""

from collections.abc import Callable

from dnn_tui.mlp import Network

from .description import Description
from .literals import c_text, identifiers, number_texts, one_line

# g(a), F standing for the suffix of a float's functions
FUNCTIONS = {
    "sigmoid": "1 / (1 + expF(-a))",
    "tanh": "tanhF(a)",
    "relu": "a > 0 ? a : 0",
    "leaky_relu": "a > 0 ? a : a * (PREFIX_real)0.01",
    "elu": "a > 0 ? a : expm1F(a)",
    "gelu": "a * (PREFIX_real)0.5 * (1 + erfF(a * (PREFIX_real)0.70710678118654752))",
    "silu": "a / (1 + expF(-a))",
    "softplus": "(a > 0 ? a : 0) + log1pF(expF(-fabsF(a)))",
    "step": "a >= 0",
}

HEAD = """/* TITLE, exported by dnn-tui: C99, no allocation; link with -lm. */
#ifndef GUARD
#define GUARD

#include <math.h>
#include <stddef.h>
#include <string.h>

typedef REAL PREFIX_real;

/* One row, raw, as the network's data has it: a missing number is NAN, a missing text "" or NULL. */
typedef struct {
FIELDS
} PREFIX_row;
"""

LAYER = """
/* a = W h + b */
static inline void PREFIX_layer(const PREFIX_real *W, const PREFIX_real *b, int n, int m, const PREFIX_real *h,
                                PREFIX_real *a)
{
    for (int i = 0; i < n; i++) {
        PREFIX_real sum = b[i];
        for (int j = 0; j < m; j++)
            sum += W[(size_t)i * m + j] * h[j];
        a[i] = sum;
    }
}
"""

SOFTMAX = """
/* e^a_k / sum of e^a_j, without overflow */
static inline void PREFIX_softmax(PREFIX_real *a, int n)
{
    PREFIX_real most = a[0], sum = 0;
    for (int k = 1; k < n; k++)
        most = a[k] > most ? a[k] : most;
    for (int k = 0; k < n; k++)
        sum += a[k] = expF(a[k] - most);
    for (int k = 0; k < n; k++)
        a[k] /= sum;
}
"""


def write(described: Description, stem: str) -> dict[str, bytes]:
    """The file by its suffix."""
    net, transforms = described.network, described.transforms
    prefix = identifiers([stem])[0]
    real, suffix = ("double", "") if net.dtype == "float64" else ("float", "f")

    def named(source: str) -> str:  # before any text of the data is in it
        return source.replace("F(", f"{suffix}(").replace("PREFIX", prefix).replace("REAL", real)

    fields = identifiers(transform.column for transform in transforms)
    declared = "\n".join(
        f"    {t.kind}{'' if t.kind.endswith('*') else ' '}{field}{''.join(f'[{n}]' for n in t.shape)};"
        + _comment(t.column if field != t.column else "", t.about)
        for t, field in zip(transforms, fields, strict=True)
    )
    head = named(HEAD).replace("GUARD", f"{prefix.upper()}_H").replace("FIELDS", declared)
    parts = [head.replace("TITLE", one_line(described.title))]
    nothing = ", ".join(c_text(word) for word in described.missing)
    parts += [named(kind.C).replace("NOTHING", nothing) for kind in {type(transform): None for transform in transforms}]
    parts += [named(LAYER)]
    parts += [named(source) for source in dict.fromkeys(described.spelled(SOURCES))]
    parts += [named(_arrays(net, suffix)), _forward(described, fields, prefix, named)]
    parts += [described.answer.c(prefix), "\n#endif\n"]
    return {".h": "".join(parts).encode()}


def _comment(*texts: str) -> str:
    told = ", ".join(one_line(text) for text in texts if text)
    return f" /* {told} */" if told else ""


def _elementwise(name: str) -> str:
    return f"\nstatic inline PREFIX_real PREFIX_{name}(PREFIX_real a)\n{{\n    return {FUNCTIONS[name]};\n}}\n"


SOURCES = {"identity": "", "softmax": SOFTMAX, **{name: _elementwise(name) for name in FUNCTIONS}}


def _arrays(net: Network, suffix: str) -> str:
    parts = []
    for i in range(1, net.layers + 1):
        for letter, array in (("W", net.W[i]), ("b", net.b[i])):
            rows = array if array.ndim == 2 else array[None]
            body = ",\n    ".join(", ".join(_literal(text, suffix) for text in number_texts(row)) for row in rows)
            parts.append(f"\nstatic const PREFIX_real PREFIX_{letter}{i}[{array.size}] = {{\n    {body}}};\n")
    return "".join(parts)


def _literal(text: str, suffix: str) -> str:
    return text + suffix if any(sign in text for sign in ".e") else f"{text}.0{suffix}"


def _forward(described: Description, fields: list[str], prefix: str, named: Callable[[str], str]) -> str:
    net = described.network
    taken = []
    for transform, field in zip(described.transforms, fields, strict=True):
        # a picture's rows lie one after the other: its first element's address is that of all
        first = "".join("[0]" for _ in transform.shape)
        taken.append("    " + transform.c(prefix, f"&row->{field}{first}" if first else f"row->{field}"))
    inputs = "\n".join(taken)
    widest = max(net.sizes)
    lines = []
    for i, name in enumerate(described.activations, 1):
        n, m = net.sizes[i], net.sizes[i - 1]
        source, to = ("h", "a") if i % 2 else ("a", "h")
        to = "y" if i == net.layers else to
        lines.append(f"    PREFIX_layer(PREFIX_W{i}, PREFIX_b{i}, {n}, {m}, {source}, {to});")
        if name == "softmax":
            lines.append(f"    PREFIX_softmax({to}, {n});")
        elif name != "identity":
            lines.append(f"    for (int k = 0; k < {n}; k++)\n        {to}[k] = PREFIX_{name}({to}[k]);")
    hidden = "h" if net.layers == 1 else f"h[{widest}], a"
    space = net.sizes[0] if net.layers == 1 else widest
    begin = f"""
/* The network's output y ({net.sizes[-1]}) for a raw row. */
static inline void PREFIX_forward(const PREFIX_row *row, PREFIX_real *y)
{{
    PREFIX_real {hidden}[{space}], *x = h;
"""
    return named(begin) + inputs + "\n    (void)x;\n" + named("\n".join(lines)) + "\n}\n"
