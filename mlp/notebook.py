"""A network as a notebook shows it: a small table, a layer a row. Self-contained HTML in the notebook's own colours."""

from typing import Protocol

import numpy as np

from .activations import Activation

TABLE = '<table style="border-collapse:collapse;font-variant-numeric:tabular-nums">'
CELL = "padding:.15em .7em;text-align:right;border-bottom:1px solid rgba(127,127,127,.35)"
BARS, WIDTH, HEIGHT = 24, 96, 18  # of a histogram: bars, and pixels


class Layers(Protocol):
    """What is shown of a network, as `network.Network` has it."""

    sizes: tuple[int, ...]
    layers: int
    parameters: int
    activations: tuple[Activation, ...]
    W: list[np.ndarray]
    b: list[np.ndarray]


def network_html(network: Layers) -> str:
    """Size, activation, weights of each layer, with a histogram of W."""
    sizes = "-".join(str(n) for n in network.sizes)
    rows = [row("layer", "units", "activation", "W", "‖W‖", "of W from … to …", "", head=True)]
    rows.append(row("0", f"{network.sizes[0]:,}", "input", "", "", "", ""))
    for i in range(1, network.layers + 1):
        W, name = network.W[i], network.activations[i - 1].name
        span = f"{W.min():.3g} … {W.max():.3g}"
        shape = f"{W.shape[0]}×{W.shape[1]}"
        rows.append(row(str(i), f"{len(W):,}", name, shape, f"{np.linalg.norm(W):.3g}", span, histogram(W)))
    return f"<div><b>{sizes}</b>, {network.parameters:,} parameters{TABLE}{''.join(rows)}</table></div>"


def row(*cells: str, head: bool = False) -> str:
    """A row of the table; the cells are HTML."""
    kind = "th" if head else "td"
    return "<tr>" + "".join(f'<{kind} style="{CELL}">{cell}</{kind}>' for cell in cells) + "</tr>"


def histogram(values: np.ndarray) -> str:
    """How often which size occurs (square roots, so that a rare size is still seen), as a small picture."""
    finite = values[np.isfinite(values)]
    if not finite.size:
        return "not finite"
    counts, _ = np.histogram(finite, BARS)
    heights, step = HEIGHT * np.sqrt(counts / counts.max()), WIDTH / BARS
    bars = "".join(
        f'<rect x="{k * step:g}" y="{HEIGHT - h:.1f}" width="{step - 1:g}" height="{h:.1f}"/>'
        for k, h in enumerate(heights)
        if h
    )
    return f'<svg width="{WIDTH}" height="{HEIGHT}" fill="currentColor" opacity=".7" role="img">{bars}</svg>'
