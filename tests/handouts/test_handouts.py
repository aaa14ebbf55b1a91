"""Lessons on paper: every step with its numbers and pictures, in three formats; worksheets tell nothing early."""

import base64
import re
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from functools import cache
from html.parser import HTMLParser

import pytest

from dnn_tui.datasets.lessons import lesson_names, load_lesson
from dnn_tui.experiments.explaining.batch_subject import batches_of
from dnn_tui.experiments.explaining.lessons import subject_of
from dnn_tui.experiments.handouts.sheet import sheet_of
from dnn_tui.experiments.handouts.writing import FORMATS, write_sheet

SOON = {
    "f6-backprop",
    "c1-chain",
    "s2-softmax-table",
    "p5-learning-rates",
    "f13-fruit",
}  # one of each kind, and a large
LESSONS = [pytest.param(name, marks=() if name in SOON else pytest.mark.slow) for name in lesson_names()]
PAGES = [name for name in lesson_names() if name in SOON or name.startswith(("f1", "q", "p3"))]
VOID = {"meta", "link", "br"}


@cache
def subject(name: str):
    return subject_of(load_lesson(name))


class Balanced(HTMLParser):
    """Raises where a tag is closed that was not open; remembers the text."""

    def __init__(self):
        super().__init__()
        self.open, self.text = [], []

    def handle_starttag(self, tag, attrs):
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def text_of(page: str) -> str:
    parser = Balanced()
    parser.feed(page)
    assert parser.open == []
    return " ".join(" ".join(parser.text).split())


@pytest.mark.parametrize("name", PAGES)
def test_a_web_page_is_whole_loads_nothing_and_has_every_steps_title_and_numpy(name):
    page = write_sheet(subject(name), "html")
    text = text_of(page)
    assert not re.search(r'(src|href)="(?!data:)', page)
    for entry in sheet_of(subject(name)).entries:
        assert " ".join(entry.numpy.split()) in text
    if subject(name).kind != "table":
        assert "<svg" in page


@pytest.mark.parametrize("name", PAGES)
def test_markdown_and_latex_have_every_step_too_and_latex_is_ascii_with_its_braces_closed(name):
    markdown, tex = (write_sheet(subject(name), form) for form in ("md", "tex"))
    for entry in sheet_of(subject(name)).entries:
        assert f"\n```python\n{entry.numpy}\n```" in markdown
    bare = re.sub(r"\\[{}|\\]", "", tex)
    assert bare.count("{") == bare.count("}")
    assert not [character for character in tex if ord(character) > 127]


@pytest.mark.parametrize("name", LESSONS)
def test_a_worksheet_has_a_gap_for_each_number_and_tells_it_only_among_the_answers(name):
    sheet = sheet_of(subject(name), worksheet=True)
    gaps = [gap for entry in sheet.entries for gap in entry.gaps]
    assert [gap.number for gap in gaps] == list(range(1, len(gaps) + 1))
    assert gaps
    page = write_sheet(subject(name), "md", worksheet=True)
    questions, _, answers = page.partition("## Answers")
    assert questions.count(") ") >= len(gaps)
    assert len(re.findall(r"^- \(\d+\) ", answers, re.MULTILINE)) == len(gaps)
    for entry in sheet.entries:  # nothing but the rule, and what one starts from
        assert (entry.lines, entry.grids, entry.numpy) == ((), (), "")


def test_the_lectures_numbers_are_on_the_handout_and_not_on_the_worksheets_questions():
    handout = text_of(write_sheet(subject("f6-backprop"), "html"))
    page = text_of(write_sheet(subject("f6-backprop"), "html", worksheet=True))
    questions, _, answers = page.partition("Answers")
    for number in ("0.9478", "0.7703", "0.2609", "−0.2297", "−0.01547", "0.002232"):  # LESSONS.md, F6, cross entropy
        if number == "−0.01547":  # squared error's
            assert number not in handout
            continue
        assert number in handout
        assert number in answers
        assert number not in questions


def test_pictures_in_markdown_are_svg_and_show_the_units_values():
    addresses = re.findall(r"data:image/svg\+xml;base64,([^)]+)", write_sheet(subject("f6-backprop"), "md"))
    assert len(addresses) == 2  # the network, and sigmoid with the first unit on it
    root = ElementTree.fromstring(base64.b64decode(addresses[0]))
    texts = [one.text for one in root.iter("{http://www.w3.org/2000/svg}text")]
    assert len(list(root.iter("{http://www.w3.org/2000/svg}circle"))) == 4 + 4 + 2
    assert {"0.9478", "0.7703", "−0.5"} <= set(texts)


def test_a_circuit_shows_values_and_gradients_as_the_lecture_has_them():
    root = ElementTree.fromstring(
        base64.b64decode(re.search(r"base64,([^)]+)", write_sheet(subject("c1-chain"), "md"))[1])
    )
    texts = {one.text for one in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {"−12", "3", "∂ −4", "∂ 3"} <= texts  # LESSONS.md, C1
    blank = ElementTree.fromstring(
        base64.b64decode(re.search(r"base64,([^)]+)", write_sheet(subject("c1-chain"), "md", worksheet=True))[1])
    )
    assert "−12" not in {one.text for one in blank.iter("{http://www.w3.org/2000/svg}text")}


@pytest.mark.parametrize("name", ["f6-backprop", "p10-optimizer-race"])
def test_no_blank_in_a_tex_picture_moves_what_follows_it(name):
    pictures = re.findall(r"\\begin\{picture\}(.*?)\\end\{picture\}", write_sheet(subject(name), "tex"), re.DOTALL)
    assert len(pictures) == 2
    for lines in pictures:
        assert not [line for line in lines.splitlines() if not line.endswith("%")]


def test_each_walk_has_a_colour_of_its_own():
    page = write_sheet(subject("p10-optimizer-race"), "tex")
    assert {f"\\color{{s{k}}}" for k in range(5)} <= set(re.findall(r"\\color\{s\d\}", page))


def test_a_calculation_drawn_along_a_value_has_its_curves():
    page = write_sheet(subject("p12-three-fits"), "html")
    assert page.count("<svg") == 1
    assert len(re.findall("<circle", page)) > 8  # its measured points
    assert page.count('stroke="#') >= 3  # three fits


def test_a_batch_has_a_picture_of_its_votes():
    page = write_sheet(batches_of(subject("f5-softmax"), "3"), "html")
    assert "share of the gradient" in text_of(page)
    assert "row 3" in page


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="TeX is not installed")
@pytest.mark.parametrize("worksheet", [False, True])
@pytest.mark.parametrize("name", ["f6-backprop", "f7-descent", "c1-chain", "s2-softmax-table", "p1-perceptron"])
def test_tex_takes_a_handout(name, worksheet, tmp_path):
    (tmp_path / "sheet.tex").write_text(write_sheet(subject(name), "tex", worksheet=worksheet))
    words = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "sheet.tex"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, timeout=300)
    assert done.returncode == 0, done.stdout.decode(errors="replace")[-2000:]


@pytest.mark.parametrize("form", FORMATS)
def test_the_command_writes_a_file_and_never_over_one(command_line, tmp_path, form):
    path = tmp_path / f"sheet.{form}"
    code, text, _ = command_line("lesson", "f6", "--worksheet", "-o", path)
    assert (code, text) == (0, f"{path} written.\n")
    before = path.read_text()
    assert before == write_sheet(subject("f6-backprop"), form, worksheet=True)
    code, _, said = command_line("lesson", "f6", f"--{form}", "-o", path)
    assert code == 2
    assert "exists already" in " ".join(said.replace("│", " ").split())  # the frame's lines break where the path ends
    assert path.read_text() == before


def test_the_command_refuses_what_is_no_format_or_two(command_line, tmp_path):
    for words in (("--html", "--tex"), ("-o", tmp_path / "f6.docx"), ("--html", "-o", tmp_path / "f6.md")):
        code, _, said = command_line("lesson", "f6", *words)
        assert code == 2
        assert "one format at a time" in " ".join(said.split())
    assert list(tmp_path.glob("f6.*")) == []


def test_names_from_a_lesson_file_are_no_markup(tmp_path):
    path = tmp_path / "evil.toml"
    path.write_text(
        'title = "<script>alert(1)</script>"\nkind = "network"\nteaches = "x"\ntext = "<b>x</b>"\n[network]\n'
        'sizes = [1, 1]\nactivation = []\noutput = "identity"\nloss = "mse"\nW = [[[2]]]\nb = 0\n'
        'inputs = ["<i>"]\n[[samples]]\nx = [3]\ny = [1]\n'
    )
    page = write_sheet(subject_of(load_lesson(str(path))), "html")
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "<i>" not in page
