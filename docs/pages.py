"""Writes the pages that are made from the program's own tables, so that none can fall behind them.

python docs/pages.py

Each is a module beside this one whose `page()` gives the Markdown: keys.py makes keys.md.
"""

import importlib.util
from pathlib import Path

PAGES = ("keys", "lectures", "settings")


def file(name: str) -> Path:
    """The page itself."""
    return Path(__file__).with_name(f"{name}.md")


def page(name: str) -> str:
    """What the page should say."""
    spec = importlib.util.spec_from_file_location(f"docs_{name}", Path(__file__).with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.page()


if __name__ == "__main__":
    for name in PAGES:
        file(name).write_text(page(name), encoding="utf-8")
