"""A table that is in memory already: a data frame, columns by name, or a plain array of rows."""

from typing import Any

import numpy as np

from ..dataset import DataError
from .columns import ColumnBuilder, Reading, Table, built


def frame_table(rows: Any, reading: Reading | None = None) -> Table:
    """The table of a pandas or polars data frame, a mapping from names to columns, or rows (n, columns) without names.

    Neither library is imported: a frame is what has `columns`, and columns by name. Raises DataError.
    """
    if hasattr(rows, "columns") and hasattr(rows, "__getitem__"):
        columns = {str(name): rows[name] for name in rows.columns}
    elif isinstance(rows, dict):
        columns = {str(name): column for name, column in rows.items()}
    else:
        array = np.asarray(rows)
        if array.ndim != 2:
            raise DataError(f"Rows are a table of two dimensions, a row each, not an array of shape {array.shape}.")
        columns = {f"column {k + 1}": array[:, k] for k in range(array.shape[1])}
    builders = [_column(name, column, reading) for name, column in columns.items()]
    lengths = {builder.rows for builder in builders}
    if len(lengths) != 1 or not lengths.pop():
        raise DataError("The table has no rows." if len(lengths) < 2 else "The columns of the table differ in length.")
    return Table("the table", built(builders), builders[0].rows)


def _column(name: str, column: Any, reading: Reading | None) -> ColumnBuilder:
    values = np.asarray(column.to_numpy() if hasattr(column, "to_numpy") else column)
    builder = ColumnBuilder(name, reading)
    if values.ndim != 1:
        raise DataError(f"The column {name!r} is no column of single values: its shape is {values.shape}.")
    if values.dtype.kind in "iuf":
        builder.add_numbers(values)
    elif values.dtype.kind == "M":
        moments = values.astype("datetime64[us]")
        builder.add_days(np.where(np.isnat(moments), np.nan, moments.astype(np.int64) / 86400e6))
    else:
        # None, NaN, and pandas' NA, which is not even equal to itself
        builder.add(["" if v is None or v is not v or str(v) == "<NA>" else str(v) for v in values.tolist()])
    return builder
