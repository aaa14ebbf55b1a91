"""A fitted Pipeline of scikit-learn, rebuilt by a script from its weights: nothing is pickled."""

from dnn_tui.runs.config import RunError

from . import weights
from .answers import Classes
from .description import Description
from .script import script

KNOWN = {"identity": "identity", "sigmoid": "logistic", "tanh": "tanh", "relu": "relu"}
OUTPUTS = {"identity": "identity", "sigmoid": "logistic", "softmax": "softmax"}

WEIGHTS = """    arrays = load_file(Path(__file__).with_name({file!r}))
    mlp.coefs_ = [arrays[f"layers.{{k}}.weight"].T for k in range({layers})]
    mlp.intercepts_ = [arrays[f"layers.{{k}}.bias"] for k in range({layers})]
    mlp.n_layers_, mlp.n_features_in_, mlp.n_outputs_ = {layers} + 1, {inputs}, {outputs}
    mlp.out_activation_ = {output!r}
    mlp.n_iter_, mlp.t_ = {epoch}, 0
"""

CLASSIFIER = '''
def load():
    """The fitted pipeline, of raw columns by name (a dict or a DataFrame): its weights lie beside this file."""
    mlp = MLPClassifier({hidden}, activation={activation!r})
{weights}    mlp.classes_ = np.array(CLASSES)
    binarizer = LabelBinarizer().fit(CLASSES)
    binarizer.classes_, binarizer.y_type_ = mlp.classes_, {kind!r}  # in the network's order
    mlp._label_binarizer = binarizer
    return Pipeline([("prepare", FunctionTransformer(prepare)), ("mlp", mlp)])


def predict(rows):
    """The class of each row, and a number for each class; rows are columns by name."""
    scores = load().predict_proba(rows)
    return np.array(CLASSES)[{best}], scores
'''

REGRESSOR = '''
def load():
    """The fitted pipeline, of raw columns by name (a dict or a DataFrame): its weights lie beside this file.

    The targets' scale is in the last layer, so that it gives them in their unit.
    """
    mlp = MLPRegressor({hidden}, activation={activation!r})
{weights}    scale, offset = np.array({scale!r}), np.array({offset!r})
    mlp.coefs_[-1] = mlp.coefs_[-1] * scale
    mlp.intercepts_[-1] = mlp.intercepts_[-1] * scale + offset
    return Pipeline([("prepare", FunctionTransformer(prepare)), ("mlp", mlp)])


def predict(rows):
    """(n, {outputs}): the targets of each row; rows are columns by name."""
    return {values}
'''


def write(described: Description, stem: str) -> dict[str, bytes]:
    """The files by their suffixes. Raises RunError where scikit-learn has no such network."""
    network, answer = described.network, described.answer
    *hidden, output = described.activations
    odd = next((name for name in hidden if name not in KNOWN), None)
    if odd:
        raise RunError(
            f"scikit-learn's MLP has no {odd} layers ({', '.join(KNOWN)} only): use --format numpy, torch or keras."
        )
    if len(set(hidden)) > 1:
        raise RunError(
            f"scikit-learn's MLP has one activation for all hidden layers, not {' and '.join(dict.fromkeys(hidden))}:"
            " use --format numpy, torch or keras."
        )
    classes = isinstance(answer, Classes)
    if not classes and output != "identity":
        raise RunError(f"scikit-learn's MLPRegressor has no {output} output: use --format numpy, torch or keras.")
    facts = {
        "hidden": tuple(network.sizes[1:-1]),
        "activation": KNOWN[hidden[0]] if hidden else "identity",
        "inputs": network.sizes[0],
        "outputs": network.sizes[-1],
        "layers": network.layers,
        "output": OUTPUTS[output],
        "epoch": described.facts["epoch"],
        "file": f"{stem}.safetensors",
    }
    if isinstance(answer, Classes):
        kind = "binary" if answer.binary else "multiclass"
        source = CLASSIFIER.format(weights=WEIGHTS.format(**facts), kind=kind, best=answer.best, **facts)
    else:
        offset, scale = ([float(pair[k]) for pair in answer.scale] for k in (0, 1))
        values = answer.clipped(f"load().predict(rows).reshape(-1, {network.sizes[-1]})")
        source = REGRESSOR.format(weights=WEIGHTS.format(**facts), offset=offset, scale=scale, values=values, **facts)
    imports = ["from pathlib import Path", "", "import numpy as np", "from safetensors.numpy import load_file"]
    imports += [f"from sklearn.neural_network import {'MLPClassifier' if classes else 'MLPRegressor'}"]
    imports += ["from sklearn.pipeline import Pipeline"]
    imports += [f"from sklearn.preprocessing import FunctionTransformer{', LabelBinarizer' if classes else ''}"]
    needs = "scikit-learn, NumPy and safetensors"
    text = script(described, needs, imports, source, stem)
    return {".py": text.encode(), **weights.write(described, stem)}
