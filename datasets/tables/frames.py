"""A table that is in memory already: a data frame, columns by name, or a plain array of rows."""

from typing import Any

import numpy as np

from ..dataset import DataError
from .columns import ColumnBuilder, Table


def frame_table(rows: Any) -> Table:
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
    built = {name: _column(name, column) for name, column in columns.items()}
    lengths = {builder.rows for builder in built.values()}
    if len(lengths) != 1 or not lengths.pop():
        raise DataError("The table has no rows." if len(lengths) < 2 else "The columns of the table differ in length.")
    rows_in_all = next(iter(built.values())).rows
    return Table("the table", {name: builder.column() for name, builder in built.items()}, rows_in_all)


def _column(name: str, column: Any) -> ColumnBuilder:
    values = np.asarray(column.to_numpy() if hasattr(column, "to_numpy") else column)
    builder = ColumnBuilder(name)
    if values.ndim != 1:
        raise DataError(f"The column {name!r} is no column of single values: its shape is {values.shape}.")
    if values.dtype.kind in "iuf":
        builder.add_numbers(values)
    else:
        # None, NaN, and pandas' NA, which is not even equal to itself
        builder.add(["" if v is None or v is not v or str(v) == "<NA>" else str(v) for v in values.tolist()])
    return builder
