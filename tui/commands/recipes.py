"""`dnn-tui recipes`: the ways to train by name, and what each shows."""

import typer


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("recipes")(recipes)


def recipes() -> None:
    """List the recipes: ways to train that work well, or show something going wrong.

    Follow one with `dnn-tui train --recipe NAME` (its data set can be left out); options change it.

    [dim]Examples:[/dim]
      dnn-tui recipes
      dnn-tui train --recipe overfit
      dnn-tui train mnist --recipe best --epochs 5
    """
    from rich.table import Table

    from dnn_tui.experiments.recipes import recipe, recipe_names
    from dnn_tui.tui.printed.console import Output

    table = Table("recipe", "data", "what it shows", box=None, pad_edge=False)
    for name in recipe_names():
        entry = recipe(name)
        table.add_row(name, entry.dataset or "any", entry.about)
    Output().print(table)
