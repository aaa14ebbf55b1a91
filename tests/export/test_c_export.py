"""The exported header compiles without a warning as C99, and says of raw rows what `dnn-tui predict` says."""

import json
import shutil
import subprocess

import numpy as np
import pytest
from exported_kinds import KINDS, SETTLED, made

from dnn_tui.experiments.export.literals import c_text, identifiers
from dnn_tui.experiments.export.writing import export_run
from dnn_tui.mlp.activations import HIDDEN

COMPILER = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
STRICT = ["-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror", "-O1"]
pytestmark = [pytest.mark.slow, pytest.mark.skipif(COMPILER is None, reason="no C compiler")]


def said(run, header):
    """What a C program says of all raw rows: (rows, numbers), the class first where there are classes."""
    values = [row_text(run.raw, k) for k in range(len(next(iter(run.raw.values()))))]
    if run.expected.scores is not None:
        count = run.expected.scores.shape[1]
        call = f'float y[{count}]; printf("%d", model_predict(&rows[k], y));'
    else:
        count = run.expected.predicted.shape[1]
        call = f"double y[{count}]; model_predict(&rows[k], y);"
    program = f"""#include <stdio.h>
#include "{header.name}"
static const model_row rows[] = {{
{",".join(values)}}};
int main(void)
{{
    for (int k = 0; k < {len(values)}; k++) {{
        {call}
        for (int i = 0; i < {count}; i++)
            printf(" %.9g", (double)y[i]);
        puts("");
    }}
    return 0;
}}
"""
    source, binary = header.with_name("main.c"), header.with_name("main")
    source.write_text(program)
    built = subprocess.run(
        [COMPILER, *STRICT, source, "-o", binary, "-lm"], capture_output=True, text=True, timeout=600
    )
    assert built.returncode == 0, built.stderr[:2000]
    return np.loadtxt(
        subprocess.run([binary], capture_output=True, text=True, timeout=600).stdout.splitlines(), ndmin=2
    )


def row_text(raw, k):
    cells = []
    for values in raw.values():
        cell = values[k]
        if isinstance(cell, np.ndarray):
            body = ",".join(f"{float(value)!r}f" for value in cell.ravel())
            cells.append("{" * cell.ndim + body + "}" * cell.ndim if cell.ndim == 1 else nested(cell))
        elif isinstance(cell, str):
            cells.append(c_text(cell) if cell else "NULL")
        else:
            cells.append("NAN" if np.isnan(cell) else repr(float(cell)))
    return "{" + ",".join(cells) + "}"


def nested(array):
    if array.ndim == 0:
        return f"{float(array)!r}f"
    return "{" + ",".join(nested(part) for part in array) + "}"


def check(run, header):
    found = said(run, header)
    if run.expected.scores is not None:
        assert found[:, 0].astype(int).tolist() == run.expected.predicted.tolist()
        np.testing.assert_allclose(found[:, 1:], run.expected.scores, rtol=0, atol=2e-6)
        return
    spread = np.array([scale for _, scale in json.loads(run.folder.preparation_file.read_text())["target_scale"]])
    np.testing.assert_allclose(found / spread, run.expected.predicted / spread, rtol=1e-6, atol=2e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_raw_rows_of_every_kind_of_data_get_the_programs_own_answers(kind, tmp_path):
    run = made(kind, tmp_path)
    check(run, export_run(run.folder, tmp_path / "model.h")[0])


@pytest.mark.parametrize("kind", SETTLED)
def test_a_threshold_and_bounds_of_the_answers_are_kept(kind, tmp_path):
    run = made(kind, tmp_path, answers=SETTLED[kind])
    check(run, export_run(run.folder, tmp_path / "model.h")[0])


def test_every_activation_is_the_programs_own(tmp_path):
    names = (*HIDDEN, "step")
    run = made("mixed", tmp_path, hidden=(8,) * len(names), activations=names)
    check(run, export_run(run.folder, tmp_path / "model.h")[0])


def test_a_network_of_no_hidden_layer_is_a_header_too(tmp_path):
    run = made("many", tmp_path, hidden=(), activations=())
    check(run, export_run(run.folder, tmp_path / "model.h")[0])


def test_two_models_stand_in_one_program_and_nothing_is_allocated(tmp_path):
    run = made("mixed", tmp_path)
    for name in ("first.h", "2nd model.h"):
        text = export_run(run.folder, tmp_path / name)[0].read_text(encoding="utf-8")
        assert "alloc" not in text.replace("no allocation", "")
    (tmp_path / "main.c").write_text(
        '#include "first.h"\n#include "2nd model.h"\n#include <stdio.h>\n'
        "int main(void) { first_row a = {0}; c_2nd_model_row b = {0}; float s[2];\n"
        '  first_row c = {.age = 30, .home_town = NULL, .dose = NAN, .smoker = "True"};\n'
        "  int same = c_2nd_model_predict(&b, s) == first_predict(&a, s);\n"
        "  return puts(first_classes[first_predict(&c, s)]) < 0 || !same; }\n"
    )
    built = subprocess.run([COMPILER, *STRICT, tmp_path / "main.c", "-o", tmp_path / "main", "-lm"], timeout=600)
    assert built.returncode == 0
    assert subprocess.run([tmp_path / "main"], stdout=subprocess.DEVNULL, timeout=600).returncode == 0


def test_columns_get_names_that_c_allows_and_that_differ():
    assert identifiers(["a b", "a_b", "2nd", "int", "größe", "***"]) == [
        "a_b",
        "a_b_2",
        "c_2nd",
        "c_int",
        "gr_e",
        "column",
    ]
