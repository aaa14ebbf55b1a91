"""`dnn-tui import`: a network of another program becomes a run."""

from typing import Annotated

import typer

from . import options

HELP = """Import a network from an ONNX or safetensors file as a run, which inspect, eval, predict and explain work on.

FILE is an MLP: ONNX with Gemm (or MatMul and Add) and known activations; the safetensors of a torch.nn.Sequential of
linear layers; or what dnn-tui export wrote.

[dim]Examples:[/dim]
  dnn-tui import iris.onnx
  dnn-tui import mlp.safetensors --activation relu --data patients.csv --target label
"""


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("import", help=HELP)(import_)


def import_(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A file that ends in .onnx or .safetensors.")],
    name: Annotated[str | None, typer.Option(metavar="NAME", help="Of the run, beside its time and data.")] = None,
    data: Annotated[
        str | None, typer.Option(metavar="DATA", help="A data set, file or folder that it is a network for.")
    ] = None,
    target: Annotated[
        list[str] | None, typer.Option(metavar="COLUMN", help="Of a table: what is predicted; again for more.")
    ] = None,
    activation: Annotated[
        str | None, typer.Option(metavar="NAME[,NAME…]", help="Of the hidden layers, where FILE does not say.")
    ] = None,
    output: Annotated[
        str | None, typer.Option(metavar="NAME", help="Of the last layer: identity, sigmoid, softmax.")
    ] = None,
    classes: Annotated[
        str | None, typer.Option(metavar="NAME,NAME…", help="Of the outputs, in their order, without DATA.")
    ] = None,
    runs_dir: options.RunsDir = None,
) -> None:
    from dnn_tui.experiments.importing.into_run import import_network
    from dnn_tui.tui.printed.lines import say

    folder = import_network(
        file,
        options.runs_dir(runs_dir),
        name,
        data,
        {"target": target},
        tuple(activation.split(",")) if activation else (),
        output,
        tuple(classes.split(",")) if classes else (),
    )
    say(f"{file} imported as the run {folder.name}.")
