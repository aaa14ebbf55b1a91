"""One run of each kind of data that is loaded, and a thousand new raw rows for it, for the tests of exporting."""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dnn_tui import datasets
from dnn_tui.datasets.tables.new_rows import prepare_rows
from dnn_tui.experiments.evaluating import Answers, answer
from dnn_tui.mlp import Network
from dnn_tui.mlp.losses import DEFAULT_PAIR
from dnn_tui.runs.checkpoint import fingerprint, save_checkpoint
from dnn_tui.runs.config import DatasetConfig, NetworkConfig, RunConfig
from dnn_tui.runs.folder import RunFolder, create_run

ROWS = 1000
KINDS = (
    "mixed", "many", "regression", "several", "numbered", "headerless", "parquet", "npz-table", "iris", "spiral",
    "formula", "digits", "vline", "idx", "folder", "npz-pictures", "written", "dates", "shaped", "statistic",
)  # fmt: skip
# of a kind of data, what its preparation may say of answers: a threshold, and bounds for three targets
SETTLED = {
    "mixed": {"threshold": 0.31},
    "several": {"within": [[880.0, 930.0], [1940.0, 1955.5], [-20.0, 0.0]]},
}
# columns that formats could stumble over
ODD = ("label", 'a "quoted" name */', "2nd", "probabilities", "größe {cm}", "F(PREFIX)")


@dataclass(frozen=True, eq=False)
class Exported:
    """folder: the run. file: new rows as `dnn-tui predict` reads them; raw: the same by column, as numbers, texts or

    pictures; expected: what the program itself says of them.
    """

    folder: RunFolder
    file: Path
    raw: dict[str, np.ndarray]
    expected: Answers
    names: tuple[str, ...]


def made(
    kind: str, place: Path, hidden=(7, 5), activations=("tanh", "relu"), output=None, dtype=np.float32, answers=None
) -> Exported:
    """A run of that kind of data with weights and biases drawn at random, and new rows.

    answers: what its preparation says of them, such as a threshold.
    """
    rng = np.random.default_rng(KINDS.index(kind))
    name, options = _training_data(kind, place, rng)
    data = datasets.load(str(name), **options)
    output = output or DEFAULT_PAIR[data.task][0]
    network = Network((data.n_features, *hidden, data.n_outputs), activations, output, dtype=dtype)
    h = data.train.x.astype(dtype)
    for i in range(1, network.layers + 1):  # sums of mean 0 and deviation 1, so that rows differ in their answers
        a = h @ network.W[i].T
        network.W[i][...] /= a.std()
        network.b[i][...] = rng.normal(0, 0.2, len(network.b[i])) - a.mean(axis=0) / a.std()
        a = np.ascontiguousarray(h @ network.W[i].T + network.b[i])
        h = np.empty_like(a)
        network.activations[i - 1].forward(a, h)
    config = RunConfig(
        DatasetConfig(str(name), options=options), NetworkConfig(tuple(hidden), tuple(activations), output)
    )
    folder = create_run(config, place / "runs")
    preparation = data.preparation | (answers or {})
    folder.write_preparation(preparation)
    for which in ("last", "best"):
        save_checkpoint(folder.checkpoint_file(which), network, {}, step=9, epoch=3, data=fingerprint(data))
        network.theta[...] *= 1.25
    network.theta[...] /= 1.25**2
    file, raw = _new_rows(kind, place, rng, data)
    rows = prepare_rows(preparation, file)
    assert len(rows.x) == ROWS
    expected = answer(network, rows.preparation, rows.x)
    assert len(np.unique(expected.predicted)) > 1  # else a constant would do
    return Exported(folder, file, raw, expected, rows.preparation.class_names)


def _training_data(kind: str, place: Path, rng: np.random.Generator) -> tuple[Any, dict[str, Any]]:
    if kind in ("iris", "spiral", "digits", "vline"):
        return kind, {}
    if kind == "formula":
        return "formula", {"formula": "sin(3*x1) + x2"}
    if kind in ("idx", "folder", "npz-pictures"):
        return _pictures(kind, place, rng), {}
    if kind == "npz-table":
        x = rng.normal(3, 2, (300, 4)).astype(np.float32)
        np.savez(place / "data.npz", x=x, y=x[:, :2] * [1, 100])
        return place / "data.npz", {}
    columns, options = _table(kind, 400, rng, new=False)
    if kind == "parquet":
        return _write_parquet(place / "data.parquet", columns), options
    return _write(place / "data.csv", columns, header=kind != "headerless"), options


def _table(kind: str, rows: int, rng: np.random.Generator, new: bool) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Columns as texts, "" where missing, with values in new rows that training never had."""

    def holes(values, share=0.2):
        return np.where(rng.random(rows) < share, "", np.asarray(values, str))

    age = rng.integers(18, 90, rows).astype(str)
    towns = ["Ulm", "Rom", "São Paulo", "what??/", 'a"b\\n', "F(REAL)", *(["Paris", "?", "NA"] if new else [])]
    town = holes(rng.choice(towns, rows))
    if kind in ("mixed", "parquet"):
        columns = {
            "age": holes(age) if new else age,
            "home town": town,
            "dose": holes(rng.normal(0.5, 0.1, rows)),
            "smoker": rng.choice(["True", "False"], rows),
            "ill": rng.choice(["yes", "no"], rows),
        }
        return columns, {"target": "ill"}
    if kind == "many":
        columns = {name: rng.normal(1.7e9, 3e4, rows).astype(str) for name in ODD}
        columns["code"] = rng.choice([f"c{k}" for k in range(180)], rows)
        columns["class"] = rng.choice(["ash", "birch, silver", 'c"', "dönер"], rows)
        return columns, {"target": "class", "column": ["code=category"]}
    if kind == "numbered":
        return {"a": age, "b": rng.normal(0, 1, rows).astype(str), "n": rng.integers(1, 13, rows).astype(str)}, {
            "target": "n",
            "task": "classes",
        }
    columns = {"area": rng.gamma(3, 20, rows).astype(str), "town": town}
    if kind == "written":
        return _written_columns(rows, rng, new), {"target": "rent", "missing": ["-999"]}
    if kind == "dates":
        return _date_columns(rows, rng, new), {"target": "late"}
    if kind == "shaped":
        columns = {name: holes(rng.lognormal(1, 1.5, rows)) for name in ("far", "skewed", "binned", "plain")}
        columns["rent"] = rng.normal(900, 120, rows).astype(str)
        shapes = ["far=robust", "skewed=log", "binned=ple:9", "plain=standard"]
        return columns, {"target": "rent", "column": shapes, "missing": ["none here"]}
    if kind == "statistic":
        codes = [f"{k:04}" for k in range(120)] + (["9999", "what"] if new else [])
        columns = {"street": holes(rng.choice(codes, rows)), "town": town, "ill": rng.choice(["a", "b", "c"], rows)}
        return columns, {"target": "ill", "column": ["street=statistic"]}
    if kind == "several":
        columns |= {
            name: rng.normal(at, 50, rows).astype(str) for name, at in (("rent", 900), ("year", 1950), ("size", -5))
        }
        return columns, {"target": ["rent", "year", "size"]}
    if kind == "headerless":
        columns = {f"column {k + 1}": rng.normal(k, 1, rows).astype(str) for k in range(4)}
        return columns, {"target": "column 4"}
    return columns | {"rent": rng.normal(900, 120, rows).astype(str)}, {"target": "rent", "unit": "EUR */ month"}


def _written_columns(rows: int, rng: np.random.Generator, new: bool) -> dict[str, np.ndarray]:
    """Numbers as people write them, -999 where missing; new rows of which some alone would be ambiguous."""
    values = rng.integers(1, 3_000_000, rows)
    area = np.array([f"{value:,} m²" for value in values])
    share = np.array([f"{value:.1f}%" for value in rng.normal(50, 20, rows)])
    price = np.array([f"€ {value:,.2f}".translate(str.maketrans(",.", ".,")) for value in rng.gamma(2, 1500, rows)])
    share[::7], price[::11] = "-999", "-" if new else "n.a."
    rent = np.array([f"{value:,.1f}" for value in rng.normal(2900, 320, rows)])
    return {"area": area, "share": share, "price": price, "rent": rent}


def _date_columns(rows: int, rng: np.random.Generator, new: bool) -> dict[str, np.ndarray]:
    start = np.datetime64("2019-03-01T00:00")
    moments = start + rng.integers(0, 60 * 24 * 900, rows).astype("timedelta64[m]")
    stamps = [str(moment).replace("T", " ") for moment in moments]
    days = [f"{str(m)[8:10]}.{str(m)[5:7]}.{str(m)[:4]}" for m in moments[::-1]]
    times = [f"{value // 60:02}:{value % 60:02}" for value in rng.integers(0, 1440, rows)]
    days[3] = "no date" if new else ""
    columns = {"at": np.array(stamps), "on": np.array(days), "clock": np.array(times)}
    return columns | {"late": rng.choice(["yes", "no"], rows)}


def raw_number(cell: str, kind: str) -> float:
    """What a cell says, worked out apart from the program: dates as days since 1970, NaN where it says nothing."""
    if kind == "dates":
        if ":" in cell and "-" not in cell:
            return (int(cell[:2]) * 60 + int(cell[3:])) / 1440
        if "." in cell:
            cell = "-".join(reversed(cell.split(".")))
        if not cell[:1].isdigit():
            return np.nan
        return float((np.datetime64(cell) - np.datetime64("1970-01-01")) / np.timedelta64(1, "D"))
    if kind == "written":
        if cell in ("-", "n.a.", "-999"):
            return np.nan
        body = cell.strip("€ m²%")
        return float(body.replace(".", "").replace(",", ".") if "€" in cell else body.replace(",", ""))
    return float(cell or "nan")


def _write(path: Path, columns: dict[str, np.ndarray], header: bool = True) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        if header:
            writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
    return path


def _write_parquet(path: Path, columns: dict[str, np.ndarray]) -> Path:
    import pyarrow as pa
    import pyarrow.parquet as pq

    arrays = {name: pa.array([cell or None for cell in cells.tolist()]) for name, cells in columns.items()}
    for name, kind in (("age", pa.float64()), ("dose", pa.float64()), ("smoker", pa.bool_())):
        arrays[name] = arrays[name].cast(kind)
    pq.write_table(pa.table(arrays), path)
    return path


def _pictures(kind: str, place: Path, rng: np.random.Generator) -> Path:
    labels = np.arange(120) % 3
    if kind == "npz-pictures":
        np.savez(place / "data.npz", x=rng.normal(0, 3, (120, 4, 5, 3)), y=np.array(["a", "b", "c"])[labels])
        return place / "data.npz"
    pixels = rng.integers(0, 256, (120, 6, 5), dtype=np.uint8)
    if kind == "idx":
        for what, array in (("images-idx3", pixels), ("labels-idx1", labels.astype(np.uint8))):
            _write_idx(place / f"train-{what}-ubyte", array)
        return place / "train-images-idx3-ubyte"
    from PIL import Image

    for k, picture in enumerate(pixels):
        path = place / "pictures" / "abc"[labels[k]] / f"{k:03}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture).save(path)
    return place / "pictures"


def _write_idx(path: Path, array: np.ndarray) -> None:
    head = bytes([0, 0, 8, array.ndim]) + b"".join(n.to_bytes(4, "big") for n in array.shape)
    path.write_bytes(head + array.tobytes())


def _new_rows(kind: str, place: Path, rng: np.random.Generator, data) -> tuple[Path, dict[str, np.ndarray]]:
    if data.preparation["kind"] == "image":
        shape, most = tuple(data.preparation["shape"]), data.preparation["highest"]
        whole = rng.integers(0, int(most) + 1, (ROWS, *shape))
        pixels = whole.astype(np.uint8) if kind != "npz-pictures" else rng.normal(0, 3, (ROWS, *shape))
        np.savez(place / "new.npz", x=pixels)
        return place / "new.npz", {"pixels": pixels.astype(np.float32)}
    features = data.preparation["features"]
    numbers = {f["name"] for f in features if f.get("kind", "number") in ("number", "date")}
    if kind in ("iris", "spiral", "formula", "npz-table"):
        columns = {f["name"]: rng.normal(f.get("offset", 0), 2 * f.get("scale", 1), ROWS).astype(str) for f in features}
    else:
        columns = _table(kind, ROWS, rng, new=True)[0]
        columns = {name: columns[name] for name in (f["name"] for f in features)}
    path = _write(place / "new.csv", columns, header=kind != "headerless")
    raw = {
        name: np.array([raw_number(str(cell), kind) for cell in cells]) if name in numbers else np.array(cells, object)
        for name, cells in columns.items()
    }
    return path, raw
