"""Test accuracy on MNIST by epoch, and seconds, beside PyTorch with the same recipe: several seeds, the median.

    python benchmarks/mnist_accuracy.py --data-dir FOLDER                    the data set's defaults, three seeds
    python benchmarks/mnist_accuracy.py --data-dir FOLDER --recipe best --seeds 1 --no-torch

PyTorch gets the same architecture, initialisation, batches of shuffled rows, Adam, one-cycle schedule and dropout,
and (recipe best) images deformed by the same NumPy code; its own weights, its own random numbers. `make bench` runs
this only where the data lies (DNN_TUI_DATA).
"""

import argparse
import os
import statistics
import time
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from dnn_tui import datasets
from dnn_tui.experiments.building import build_network, build_trainer, configured, prepare_engine
from dnn_tui.experiments.recipes import recipe
from dnn_tui.mlp import TrainingConfig
from dnn_tui.mlp.augmentation import Augmenter
from dnn_tui.mlp.batches import CHUNK
from dnn_tui.mlp.events import EpochEnded, RunEnded
from dnn_tui.mlp.initialization import RECTIFIERS
from dnn_tui.mlp.threads import on_threads
from dnn_tui.runs.config import DatasetConfig, RunConfig


def ours(config: RunConfig, data, threads: int) -> tuple[list[float], float, float]:
    """Validation accuracy by epoch, test accuracy at the end, seconds of training (evaluation left out)."""
    curve, seconds, trainer = [], 0.0, build_trainer(config, data)
    prepare_engine(trainer)
    with on_threads(trainer, threads):
        for event in trainer.events():
            if isinstance(event, EpochEnded):
                curve.append(event.validation["accuracy"])
                seconds += event.seconds
            elif isinstance(event, RunEnded):
                return curve, event.metrics["test"]["accuracy"], seconds
    raise AssertionError("the run did not end")


def theirs(config: RunConfig, data, threads: int) -> tuple[list[float], float, float]:
    """The same in PyTorch eager."""
    import torch

    torch.set_num_threads(threads)
    torch.manual_seed(config.training.seed)
    training, network = config.training, build_network(config, data)
    assert (training.optimizer, training.schedule) == ("adam", "one_cycle"), "written for these"
    assert all(activation.name in RECTIFIERS for activation in network.activations[:-1])
    layers: list = [torch.nn.Dropout(training.input_dropout)]
    for n, m in zip(network.sizes, network.sizes[1:], strict=False):
        linear = torch.nn.Linear(n, m)
        torch.nn.init.kaiming_normal_(linear.weight)
        torch.nn.init.zeros_(linear.bias)
        layers += [linear, torch.nn.ReLU(), torch.nn.Dropout(training.dropout)]
    model = torch.nn.Sequential(*layers[:-2])
    torch.nn.init.xavier_uniform_(model[-1].weight)
    optimizer = torch.optim.Adam(model.parameters(), lr=training.lr, fused=True)
    rows, batch = len(data.train), training.batch_size
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, training.lr, total_steps=training.epochs * -(-rows // batch), cycle_momentum=False
    )
    loss = torch.nn.CrossEntropyLoss()
    augment = Augmenter(training, data.image_shape) if training.augments else None
    x, y = torch.from_numpy(data.train.x), torch.from_numpy(data.train.y)
    rng = np.random.default_rng(training.seed)
    chunk = CHUNK // batch * batch

    def accuracy(split) -> float:
        model.eval()
        with torch.no_grad():
            return float((model(torch.from_numpy(split.x)).argmax(1).numpy() == split.y).mean())

    curve, seconds = [], 0.0
    for _ in range(training.epochs):
        begin = time.perf_counter()
        model.train()
        order = torch.randperm(rows)
        for start in range(0, rows, batch):
            picked = order[start : start + batch]
            if augment is None:
                images = x[picked]
            else:
                if start % chunk == 0:
                    deformed = torch.from_numpy(augment(x[order[start : start + chunk]].numpy(), rng))
                images = deformed[start % chunk : start % chunk + batch]
            optimizer.zero_grad(set_to_none=True)
            loss(model(images), y[picked]).backward()
            optimizer.step()
            schedule.step()
        seconds += time.perf_counter() - begin
        curve.append(accuracy(data.validation))
    return curve, accuracy(data.test), seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-dir", type=Path, default=os.environ.get("DNN_TUI_DATA"))
    parser.add_argument("--recipe", default="default", choices=("default", "best"))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--no-torch", action="store_true")
    options = parser.parse_args()
    if options.data_dir is None:
        print("No --data-dir and no DNN_TUI_DATA: the accuracy on MNIST is not measured.")
        return
    if not options.no_torch and find_spec("torch") is None:
        print("PyTorch is not installed: only the engine is measured.")
        options.no_torch = True
    results: dict[str, list[tuple]] = {"engine": [], "torch": []}
    for seed in range(options.seeds):
        data = datasets.load("mnist", seed=seed, data_dir=options.data_dir, offline=True)
        start = RunConfig(DatasetConfig("mnist"), training=TrainingConfig(seed=seed))
        asked = {"pace": 0.0, "epochs": options.epochs}
        config = configured(start, data.defaults, recipe(options.recipe), {}, asked)
        results["engine"].append(ours(config, data, options.threads))
        if not options.no_torch:
            results["torch"].append(theirs(config, data, options.threads))
        for name, runs in results.items():
            if len(runs) > seed:
                curve, test, seconds = runs[-1]
                shown = " ".join(f"{100 * value:.2f}" for value in curve)
                print(f"seed {seed} {name:6}: test {100 * test:.2f} %, {seconds:.1f} s; validation {shown}", flush=True)
    for name, runs in results.items():
        if runs:
            tests, seconds = [run[1] for run in runs], [run[2] for run in runs]
            print(
                f"{options.recipe}, {name}: median test accuracy {100 * statistics.median(tests):.2f} %"
                f" ({100 * min(tests):.2f} to {100 * max(tests):.2f}), {statistics.median(seconds):.1f} s"
            )


if __name__ == "__main__":
    main()
