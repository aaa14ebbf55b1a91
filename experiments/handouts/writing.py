"""A sheet as text: HTML, Markdown or LaTeX, from the templates beside this file."""

import base64
import re
from functools import cache
from pathlib import Path

from jinja2 import Environment
from markupsafe import Markup, escape

from dnn_tui.mlp.explain import Number
from dnn_tui.mlp.explain.notation import escaped, latex, pretty, renamed

from ..explaining.document import in_rows
from ..explaining.subject import Subject
from ..templating import html_templates, plain_templates, shown
from .figures import Figure
from .sheet import sheet_of

FORMATS = ("html", "md", "tex")
TEMPLATES = Path(__file__).parent / "templates"


def write_sheet(
    subject: Subject, form: str, number: Number | None = None, worksheet: bool = False, z_a: bool = False
) -> str:
    """The handout of a subject, or its worksheet, in a format of FORMATS. Raises InspectError."""
    sheet = sheet_of(subject, number, worksheet)
    return _templates(form, z_a).get_template(f"handout.{form}.j2").render(sheet=sheet)


@cache  # to read a template takes longer than to fill it in
def _templates(form: str, z_a: bool) -> Environment:
    environment = (
        html_templates(TEMPLATES) if form in ("html", "svg") else plain_templates(TEMPLATES, tex=form == "tex")
    )
    say = _raised if form == "html" else str
    environment.filters |= {
        "say": lambda text: say(pretty(renamed(text, z_a))),
        "tell": lambda text: pretty(renamed(text, z_a, everywhere=False)),
        "code": lambda text: renamed(text, z_a),
        "tex": lambda text: latex(renamed(text, z_a)),
        "rows": lambda text: [(indent, latex(row)) for indent, row in in_rows(renamed(text, z_a))],
        "escaped": lambda text: escaped(pretty(renamed(text, z_a, everywhere=False))),
        "picture": lambda figure: _as_address(figure, z_a),
    }
    return environment


def _raised(text: str) -> Markup:
    """Exponents raised, as markup; the text itself is none."""
    return Markup(re.sub(r"\^(\((?:[^()]|\([^()]*\))*\)|−?[\w.]+)", r"<sup>\1</sup>", str(escape(shown(text)))))


def _as_address(figure: Figure, z_a: bool) -> str:
    """A picture as a data: address, for Markdown."""
    svg = _templates("svg", z_a).get_template("figure.svg.j2").render(figure=figure, alone=True)
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"
