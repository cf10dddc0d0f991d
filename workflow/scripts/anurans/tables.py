"""Tables of text: tab-separated between jobs, comma-separated for people."""

import csv
import os
from collections.abc import Iterable, Mapping, Sequence
from numbers import Integral, Real
from pathlib import Path

from anurans.errors import UserError
from anurans.files import whole


def format_cell(value: object) -> str:
    """Write a number with 6 decimals (integers without), None and NaN as an empty cell."""
    if value is None:
        return ""
    if isinstance(value, str | Integral):
        return str(value)
    if isinstance(value, Real):
        return "" if value != value else f"{float(value):.6f}"
    return str(value)


def write_table(
    path: str | os.PathLike, columns: Sequence[str], rows: Iterable[Mapping[str, object]]
) -> None:
    """Write `rows` to `path`, whole or not at all; the ending (.tsv, .csv) sets the delimiter.

    Parameters
    ----------
    path
        The file.
    columns
        Names of the columns, in order.
    rows
        One mapping per row; a missing key is an empty cell.
    """
    with whole(path) as partial, partial.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=_delimiter(path), lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow([format_cell(row.get(column)) for column in columns])


def read_table(path: str | os.PathLike, needs: Sequence[str] = ()) -> list[dict[str, str]]:
    """Read a table with a header line.

    Parameters
    ----------
    path
        The file; UTF-8, with or without a byte-order mark.
    needs
        Columns that must be there.

    Returns
    -------
    list of dict
        One per row; every value is text.

    Raises
    ------
    UserError
        When the file cannot be read as such a table.
    """
    try:
        with Path(path).open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file, delimiter=_delimiter(path), strict=True)
            found = reader.fieldnames or []
            missing = [column for column in needs if column not in found]
            if missing:
                raise UserError(
                    f"{path}, line 1: no column {', '.join(missing)}; "
                    f"found: {', '.join(found) or 'an empty file'}."
                )
            rows = []
            for row in reader:
                if None in row or None in row.values():
                    raise UserError(
                        f"{path}, line {reader.line_num}: the number of fields differs from the "
                        f"header's {len(found)}; correct that line."
                    )
                rows.append(row)
            return rows
    except (UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"{path}: cannot be read as a UTF-8 table: {error}.") from None
    except OSError as error:
        raise UserError(f"{path}: cannot be opened: {error.strerror}.") from None


def read_columns(path: str | os.PathLike) -> list[str]:
    """Read the names of the columns of a table."""
    with Path(path).open(newline="", encoding="utf-8-sig") as file:
        return next(csv.reader(file, delimiter=_delimiter(path)), [])


def _delimiter(path: str | os.PathLike) -> str:
    return "," if str(path).lower().endswith(".csv") else "\t"
