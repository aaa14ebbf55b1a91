"""Single parameters set by hand, in place, and set back."""

from dataclasses import replace

from dnn_tui.mlp import Network

from .changed import Edit
from .words import ChangeError


def check_edits(network: Network, edits: tuple[Edit, ...]) -> None:
    """Raises ChangeError where there is no such parameter."""
    for edit in edits:
        if edit.layer > network.layers:
            raise ChangeError(f"There is no layer {edit.layer}: the network has {network.layers} layers of weights.")
        rows, columns = network.W[edit.layer].shape
        if edit.row >= rows or (edit.column or 0) >= columns:
            raise ChangeError(f"Layer {edit.layer} has rows 0 to {rows - 1} and columns 0 to {columns - 1}.")


def made(network: Network, edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
    """Set the parameters, in place; the edits that set them back."""
    back = []
    for edit in edits:
        values = network.b[edit.layer] if edit.column is None else network.W[edit.layer]
        at = edit.row if edit.column is None else (edit.row, edit.column)
        back.append(replace(edit, value=float(values[at])))
        values[at] = edit.value
    return tuple(reversed(back))
