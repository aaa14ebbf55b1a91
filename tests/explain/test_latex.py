"""What `explain --format latex` writes is typeset as it is meant: whole exponents, known signs, and TeX takes it."""

import re
import shutil
import subprocess
from functools import cache

import pytest

from dnn_tui.datasets.lessons import lesson_names, load_lesson
from dnn_tui.experiments.explaining.document import document
from dnn_tui.experiments.explaining.lessons import subject_of
from dnn_tui.mlp.explain.notation import latex

LONG = {"f7-descent": pytest.mark.slow}  # a walk of many steps
LESSONS = [pytest.param(name, marks=LONG.get(name, ())) for name in lesson_names()]


@pytest.mark.parametrize(
    ("text", "typeset"),
    [
        ("e^−2.9", "e^{- 2.9}"),
        ("e^1.657", "e^{1.657}"),
        ("2^25", "2^{25}"),
        ("(2^side − 1)^(side − 1)", r"( 2^{\mathrm{side}} - 1 )^{( \mathrm{side} - 1 )}"),
        ("√v̂ + ε", r"\sqrt{\hat{v}} + \varepsilon"),
        ("√(v + ε)", r"\sqrt{( v + \varepsilon )}"),
        ("∂L/∂w_{222}", r"\frac{\partial L}{\partial w_{222}}"),
        ("1.5e−7·x_1", r"1.5 \cdot 10^{-7} \cdot x_1"),
        ("e^−|a|", "e^{- | a |}"),
    ],
)
def test_exponents_roots_and_indices_are_whole(text, typeset):
    assert latex(text) == typeset


@cache
def bodies(name: str) -> list[str]:
    """The lesson's samples as LaTeX, without what stands before and after; a long walk's first steps."""
    subject = subject_of(load_lesson(name))
    found = []
    for k in range(min(2, len(subject.rows))):
        subject.choose(k)
        whole = document(subject, "latex")
        body = whole.partition(r"\begin{document}")[2].partition(r"\end{document}")[0]
        found.append(
            "".join(body.split(r"\subsection*")[0:1] + [r"\subsection*" + s for s in body.split(r"\subsection*")[1:40]])
        )
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", LESSONS)
def test_braces_match_and_every_sign_is_one_that_tex_knows(name):
    for body in bodies(name):
        bare = re.sub(r"\\[{}|\\]", "", body)
        depth = 0
        for character in bare:
            depth += (character == "{") - (character == "}")
            assert depth >= 0
        assert depth == 0
        assert not [c for c in body if ord(c) > 127], name
        assert not re.search(r"\^[^{]", body.replace(r"\^", ""))  # an exponent of more than one sign, cut short


@pytest.mark.slow
def test_tex_typesets_every_lesson(tmp_path):
    if shutil.which("pdflatex") is None:
        pytest.skip("pdflatex is not installed (Debian: texlive-latex-base)")
    head = document(subject_of(load_lesson("p1")), "latex").partition(r"\begin{document}")[0]
    text = (
        head + r"\begin{document}" + "\n".join(b for name in lesson_names() for b in bodies(name)) + r"\end{document}"
    )
    (tmp_path / "all.tex").write_text(text, encoding="utf-8")
    words = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "all.tex"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, timeout=600)
    assert done.returncode == 0, done.stdout.decode(errors="replace")[-1500:]
    assert (tmp_path / "all.pdf").stat().st_size > 100_000
