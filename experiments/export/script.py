"""The frame that every exported Python file has: preparing, a network, the answer, and a small command line."""

from collections.abc import Iterable

from dnn_tui.datasets.tables.columns import NO_NUMBER

from .description import Description
from .literals import one_line
from .transforms import Date, Number, Pixels

READ_TABLE = '''
def read(file):
    """The columns of a text file by name: separated by , ; tab or |, with their names above or in their order.

    Where commas do not separate the fields, numbers may have a decimal comma. It may be gzip, as .gz.
    """
    opener = gzip.open if file.lower().endswith(".gz") else open
    with opener(file, "rt", newline="", encoding="utf-8-sig") as opened:
        lines = opened.readlines()
    for k, separator in enumerate(";\\t|,;"):
        cells = csv.reader(lines, delimiter=separator, skipinitialspace=True)
        rows = [row for row in cells if len(row) > 1 or any(cell.strip() for cell in row)]
        names = [cell.strip() for cell in rows[0]] if rows else []
        if k < 3 and len(names) < 2:
            continue  # a comma may also stand within numbers: it is tried after what cuts the line
        numbered = [f"column {k}" for k in range(1, len(names) + 1)]
        if set(COLUMNS) <= set(names):
            rows = rows[1:]
        elif set(COLUMNS) <= set(numbered):
            names = numbered
        elif len(names) == len(COLUMNS):
            names = COLUMNS
        else:
            continue
        if separator != ",":
            rows = [[decimal(cell) if name in NUMBERS else cell for name, cell in zip(names, row)] for row in rows]
        return {name: [row[k] for row in rows] for k, name in enumerate(names)}
    sys.exit(f"{file} must have the columns {', '.join(COLUMNS)}")


def decimal(cell):
    """A number's text with a point where it has a comma."""
    return cell.replace(",", ".", 1) if "." not in cell else cell
'''
READ_PICTURES = '''
def read(file):
    """The pictures of a .npy file, or x of a .npz file."""
    found = np.load(file, allow_pickle=False)
    return {"pixels": found if isinstance(found, np.ndarray) else found["x"]}
'''
PREDICT = """
def predict(rows):
    \"\"\"The answer for each row; rows are columns by name, such as EXAMPLE.\"\"\"
    return answer(network(prepare(rows)))
"""
MAIN = """

if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(f"usage: {sys.argv[0]} FILE")
    csv.writer(sys.stdout, lineterminator="\\n").writerows(lines(predict(read(sys.argv[1]))))
"""


def script(described: Description, needs: str, imports: Iterable[str], network: str, stem: str, tail: str = "") -> str:
    """A file of Python. network: the source of `network(x)`, or of `predict(rows)`; tail: before the end."""
    transforms = described.transforms
    pictures = isinstance(transforms[0], Pixels)
    file = "pictures.npz" if pictures else "rows.csv"
    kinds = {type(transform): transform for transform in transforms}
    helpers = dict.fromkeys(source for transform in transforms for source in transform.helpers)
    functions = [*helpers, *(kind.PYTHON for kind in kinds)]
    columns = [transform.column for transform in transforms]
    words = ""
    if not pictures:
        numbers = [t.column for t in transforms if isinstance(t, Number) and not t.written]
        words = f"COLUMNS = {columns!r}\nNUMBERS = {numbers!r}\nMISSING = {{\n{_listed(described.missing)}}}"
        if any(isinstance(transform, (Number, Date)) for transform in transforms):
            words += f"\nNO_NUMBER = MISSING | {{\n{_listed(sorted(NO_NUMBER))}}}"
    calls = ",\n        ".join(transform.python("rows") for transform in transforms)
    inputs = sum(transform.width for transform in transforms)
    cast = ".astype(np.float64)" if described.network.dtype == "float64" else ""
    own = ["import gzip"] if not pictures else []
    own += [f"import {name}" for name in ("datetime", "re") if any(f"{name}." in source for source in helpers)]
    modules = "\n".join([*sorted(["import csv", "import sys", *own]), *imports])
    shown = '{"pixels": an array of pictures}' if pictures else f"{{'{one_line(columns[0])}': [...], ...}}"
    predict = "" if "def predict(" in network else PREDICT.replace("EXAMPLE", shown)
    title = f"""\"\"\"A {one_line(described.title)}, exported by dnn-tui. Needs {needs}.

    python {stem}.py {file}
\"\"\"
"""
    prepare = f"""
def prepare(rows):
    \"\"\"x = h_0, the network's inputs (n, {inputs}), of raw columns by name.\"\"\"
    parts = [
        {calls},
    ]
    return np.concatenate(parts, axis=1).astype(np.float32){cast}
"""
    read = READ_PICTURES if pictures else READ_TABLE
    parts = (*functions, prepare, network, described.answer.python(), read, predict, tail, MAIN)
    head = "\n\n".join(part.strip("\n") for part in (title + "\n" + modules, words) if part)
    return "\n\n\n".join([head, *(part.strip("\n") for part in parts if part)]) + "\n"


def _listed(words: list[str]) -> str:
    """Texts as the lines of a set."""
    told = [repr(word) for word in words]
    return "".join(f"    {', '.join(told[k : k + 10])},\n" for k in range(0, len(told), 10))
