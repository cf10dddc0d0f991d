"""Tables of text: tab-separated between jobs, comma-separated for people."""

import csv
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from numbers import Integral, Real
from pathlib import Path

from anurans.common.errors import UserError
from anurans.common.files import whole

# What a spreadsheet takes for a formula, at the start of a cell or behind what it may take for the
# end of one; an apostrophe before it makes it text. One that is there already gets another.
_FORMULA = re.compile(r"(^|[;\t\r\n])(?='*[=+\-@\t\r])")
_GUARDED = re.compile(r"(^|[;\t\r\n])'(?='*[=+\-@\t\r])")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def format_cell(value: object) -> str:
    """Write a number with 6 decimals (integers without), None and NaN as an empty cell."""
    kind = type(value)
    if kind is str or kind is int:  # most cells are, and abstract classes are slow to ask
        return str(value)
    if value is None:
        return ""
    if isinstance(value, Real) and not isinstance(value, Integral):
        return "" if value != value else f"{float(value):.6f}"
    return str(value)


def format_score(value: float) -> str:
    """Write a score with 9 significant digits, NaN as an empty cell.

    Rare species have small scores, which 6 decimals would make equal.
    """
    return "" if value != value else f"{value:.9g}"


def write_table(
    path: str | os.PathLike, columns: Sequence[str], rows: Iterable[Mapping[str, object]]
) -> None:
    """Write `rows` to `path`, whole or not at all; the ending (.tsv, .csv) sets the delimiter.

    In .csv, which people open in a spreadsheet, text that would be a formula there is written with
    an apostrophe before it, which `read_table` takes away again.

    Parameters
    ----------
    path
        The file.
    columns
        Names of the columns, in order.
    rows
        One mapping per row; a missing key is an empty cell.
    """
    guarded = _delimiter(path) == ","
    with whole(path) as partial, partial.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=_delimiter(path), lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            # A lone carriage return would end the line for readers, unquoted as it is written.
            cells = [cell.replace("\r", "\n") for cell in map(format_cell, map(row.get, columns))]
            writer.writerow(map(guard_formula, cells) if guarded else cells)


def guard_formula(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would compute; numbers stay as they are."""
    return text if _NUMBER.fullmatch(text) else _FORMULA.sub(r"\1'", text)


def bare_formula(text: str) -> str:
    """Take away what `guard_formula` put there."""
    return _GUARDED.sub(r"\1", text)


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
                    f"found: {', '.join(found) or 'an empty file'}." + _other_delimiter(path, found)
                )
            rows = []
            for row in reader:
                if None in row or None in row.values():
                    raise UserError(
                        f"{path}, line {reader.line_num}: the number of fields differs from the "
                        f"header's {len(found)}; correct that line."
                    )
                rows.append(row)
            if _delimiter(path) == ",":
                rows = [{key: bare_formula(cell) for key, cell in row.items()} for row in rows]
            return rows
    except (UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"{path}: cannot be read as a UTF-8 table: {error}.") from None
    except OSError as error:
        raise UserError(f"{path}: cannot be opened: {error.strerror}.") from None


def _other_delimiter(path: str | os.PathLike, found: Sequence[str]) -> str:
    """Say what separates the columns where it is not what the ending of the file says."""
    wanted = {",": "commas", "\t": "tabs"}[_delimiter(path)]
    other = len(found) == 1 and next((mark for mark in ";,\t" if mark in found[0]), "")
    return f" Its columns are separated by {other!r}; expected {wanted}." if other else ""


def read_columns(path: str | os.PathLike) -> list[str]:
    """Read the names of the columns of a table."""
    with Path(path).open(newline="", encoding="utf-8-sig") as file:
        return next(csv.reader(file, delimiter=_delimiter(path)), [])


def _delimiter(path: str | os.PathLike) -> str:
    return "," if str(path).lower().endswith(".csv") else "\t"
