"""What is only rounding is 0 in the sentence of an update, too; units that are copies of one another are named."""

import numpy as np
import pytest

from dnn_tui.mlp import Network
from dnn_tui.mlp.explain import explain, find_step
from dnn_tui.mlp.optimizers import make_optimizer


@pytest.mark.parametrize(("small", "shown"), [(1e-8, "0"), (1e-5, "1.5e−5"), (1e-3, "0.0015")])
def test_an_update_spells_the_gradient_as_the_backward_pass_does(small, shown):
    """½ (x1 + x2 − y)² at x = (10⁶, small): ∂L/∂w = δ x, and below 10⁻¹² of δ 10⁶ there is only rounding."""
    network = Network((2, 1), output="identity", dtype=np.float64)
    network.W[1][...], network.b[1][...] = 1.5e-6, 0.0  # ŷ = 1.5, δ = 1.5
    x = [1e6, small]
    steps = explain(network, x, [0.0], "half_squared_error", make_optimizer("sgd", 3, np.float64), lr=1.0)
    assert find_step(steps, "B1 W").substituted((0, 1)).endswith(f"= {shown}")
    change = "0" if shown == "0" else f"−{shown}"
    assert find_step(steps, "U1").substituted((0, 1)) == f"Δw_{{112}} = −1·{shown} = {change}"


@pytest.mark.parametrize("units", [1, 2, 3])
def test_two_units_are_enough_to_be_copies_of_one_another_and_one_is_not(units):
    network = Network((2, units, 2), "tanh", "softmax", dtype=np.float64)
    network.theta[...] = 0.5
    network.W[2][1] = 0.25  # or the paths of the two outputs cancel
    notes = [note for step in explain(network, [1.0, 2.0], [0.0, 1.0], "cross_entropy") for note in step.notes]
    assert any(note.text.startswith("All units of layer 1 have the same weights") for note in notes) is (units > 1)
    network.W[1][0, 0] = 0.25  # not any more
    notes = [note for step in explain(network, [1.0, 2.0], [0.0, 1.0], "cross_entropy") for note in step.notes]
    assert not any("same weights in and out" in note.text for note in notes) or units == 1
