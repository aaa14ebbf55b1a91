"""What the elements and arrays of a batch are called: a raised number in brackets says which row."""

from ..notation import indexed
from ..step import Operand
from .passes import BatchPass


def of_row(symbol: str, row: int, *indices: int) -> str:
    """`a_{12}^(3)`: an element of layer 1's unit 2, in row 3 (both counted from 1)."""
    return f"{indexed(symbol, *indices) if indices else symbol}^({row + 1})"


def operand_h(p: BatchPass, i: int) -> Operand:
    """H_i, called Ŷ in the last layer: (B, n_i)."""
    last = i == p.layers
    return Operand("Ŷ" if last else f"H_{i}", "yhat" if last else f"h{i}", p.h[i])


def operand_kept(p: BatchPass, i: int) -> Operand:
    """What layer i + 1 gets: H_i, or D_i where units were dropped."""
    return operand_h(p, i) if p.mask[i] is None else Operand(f"D_{i}", f"kept{i}", p.kept[i])
