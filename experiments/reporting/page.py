"""The page: what was gathered, in HTML that needs nothing else. Names in it come from data, and are never markup.

Nothing on it depends on when it was made: the same run gives the same page.
"""

import math
from pathlib import Path

from jinja2 import Environment

from dnn_tui.runs.config import RunError
from dnn_tui.runs.folder import RunFolder

from ..building import ShowProgress
from ..comparing import Comparison, best_of, compare
from ..evaluating import write_whole
from ..templating import PAGES, html_templates
from .gathering import curves_together, gather

SUFFIXES = (".html", ".htm")
MOST_BYTES = 1_000_000
# what is tried in turn until the page is small enough: mistakes shown of each run, and whether each run has its part
DETAILS = ((24, True), (8, True), (0, True), (0, False))
LONGEST_NAME = 60  # characters of a name in a table


def write_report(
    folders: list[RunFolder],
    to: Path,
    checkpoint: str = "last",
    force: bool = False,
    data_dir: str | None = None,
    progress: ShowProgress | None = None,
) -> Path:
    """Write the page of one run, or of several compared, and give its path. Raises RunError; then nothing is written.

    checkpoint: last or best, whose weights are evaluated. force: overwrite. data_dir: where data files lie.
    """
    to = to.expanduser()
    if to.suffix.lower() not in SUFFIXES:
        raise RunError(f"A report is a web page: call it {to.with_suffix('.html').name}, not {to.name}.")
    if to.is_dir():
        raise RunError(f"{to} is a folder: give the name of a file.")
    if not to.parent.is_dir():
        raise RunError(f"There is no folder {to.parent} to write the report into.")
    if (to.exists() or to.is_symlink()) and not force:
        raise RunError(f"{to} exists already: choose another name, or --force to overwrite it.")
    write_whole(to, report_page(folders, checkpoint, data_dir, progress))
    return to


def report_page(
    folders: list[RunFolder],
    checkpoint: str = "last",
    data_dir: str | None = None,
    progress: ShowProgress | None = None,
) -> str:
    """The page as text, at most MOST_BYTES of UTF-8. Raises RunError."""
    comparison = compare(folders) if len(folders) > 1 else None
    template = _environment().get_template("page.html.j2")
    text = ""
    for mistakes, each in DETAILS if comparison else DETAILS[:3]:
        parts = [gather(folder, checkpoint, mistakes, data_dir, progress) for folder in folders]
        text = template.render(
            parts=parts,
            each=each,
            comparison=comparison,
            rows=_rows(comparison) if comparison else (),
            together=curves_together(parts) if comparison else (),
        )
        text = text.encode("utf-8", "replace").decode("utf-8")
        if len(text.encode("utf-8")) <= MOST_BYTES:
            return text
    raise RunError(f"The report would be larger than {MOST_BYTES:,} bytes: report on fewer runs at once.")


def _rows(comparison: Comparison) -> list[tuple[str, list[float | None], float | None]]:
    return [(name, values, best_of(name, values)) for name, values in comparison.figures.items()]


def _environment() -> Environment:
    environment = html_templates(PAGES)
    environment.filters |= {"number": number, "share": share, "metric": metric, "cut": cut}
    return environment


def number(value: float | None) -> str:
    """To four digits; – where there is none."""
    if value is None or math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    text = f"{value:,.0f}" if 1e4 <= abs(value) < 1e7 else f"{value:.4g}"
    return text.replace("-", "−", 1) if value < 0 else text


def share(value: float | None, decimals: int = 1) -> str:
    """As per cent: never 100 % unless it is all, nor 0 % unless it is none."""
    if value is None or math.isnan(value):
        return "–"
    if value in (0, 1):
        return f"{100 * value:.0f} %"
    least = 10.0**-decimals
    return f"{min(100 - least, max(least, 100 * value)):.{decimals}f} %"


def metric(value: float | None, name: str) -> str:
    """A metric as one reads it: an accuracy as per cent."""
    return share(value, 2) if name.endswith("accuracy") else number(value)


def cut(text: str, most: int = LONGEST_NAME) -> str:
    """A name that is not too long for a table."""
    return text if len(text) <= most else text[: most - 1] + "…"
