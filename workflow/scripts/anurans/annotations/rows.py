"""The rows of a table, of text or of a workbook, each with the lines that it stands in.

A row that ends in the middle of a quote is where others lose rows: a ditto mark (") opens a quote
which the next one closes, and all between them is one cell. Here such a row is one line.
"""

import csv
from collections.abc import Collection, Iterator, Sequence
from datetime import date, time, timedelta
from io import BytesIO
from typing import NamedTuple

from anurans.annotations.text import NotText, delimiter, split_separator

WORKBOOKS = (".xlsx", ".xls", ".ods")
# Lines of one cell; a note of more is taken for a quote that nobody closed.
_MOST_LINES = 200


class Misquoted(Exception):
    """A quote out of place: the line from which nothing can be understood, and why."""


class Row(NamedTuple):
    """A row: its first and last line, and its cells."""

    line: int
    last: int
    cells: list[str]


class TextRows:
    """Rows of a table of text.

    Parameters
    ----------
    text : str
        The table, decoded, with newlines as line ends.
    """

    def __init__(self, text: str) -> None:
        separator, text = split_separator(text)
        self._lines = text.split("\n")
        first = next((line for line in self._lines if line.strip()), "")
        self._separator = separator or delimiter(first)
        self._next = 0

    def header(self) -> Row:
        """Return the first row that is not empty, without empty cells at its end.

        Raises
        ------
        Misquoted
            When its quotes are out of place.
        """
        row = next(self._read(0, ()), Row(1, 1, []))
        while row.cells and not row.cells[-1].strip():
            row.cells.pop()
        return row

    def rows(self, width: int, used: Collection[int]) -> Iterator[Row]:
        """Yield the rows below the header that are not empty.

        Parameters
        ----------
        width
            Number of cells of the header.
        used
            Columns that are read: no cell of these goes over several lines.

        Raises
        ------
        Misquoted
            When quotes are out of place, so that nobody knows what the rest says.
        """
        yield from self._read(width, used)

    def _read(self, width: int, used: Collection[int]) -> Iterator[Row]:
        while self._next < len(self._lines):
            at = self._next
            text, last = self._lines[at], at + 1
            if '"' in text:
                cells, lines = self._quoted(at, width, used)
                last = at + lines
            else:
                cells = text.split(self._separator)
            self._next = last
            if cells[0].strip() or any(map(str.strip, cells)):
                yield Row(at + 1, last, cells)

    def _quoted(self, at: int, width: int, used: Collection[int]) -> tuple[list[str], int]:
        """Cells of the row that begins at a line with a quote, and its number of lines."""
        piece = self._lines[at : at + _MOST_LINES]
        reader = csv.reader((f"{line}\n" for line in piece), delimiter=self._separator, strict=True)
        try:
            cells, lines = next(reader), reader.line_num
        except csv.Error as error:
            if self._is_row(self._lines[at], width, used):
                return self._literal(self._lines[at]), 1
            raise Misquoted(at + 1, f"a quote out of place ({error})") from None
        swallows = any("\n" in cells[column] for column in used if column < len(cells)) or any(
            len(line.split(self._separator)) >= width for line in piece[1:lines]
        )
        if lines > 1 and swallows and self._is_row(self._lines[at], width, used):
            return self._literal(self._lines[at]), 1
        return cells, lines

    def _is_row(self, line: str, width: int, used: Collection[int]) -> bool:
        """Whether a line is a whole row, if the quotes in it are not taken for such."""
        cells = line.split(self._separator)
        alone = [cell for cell in cells if cell[:1] == '"' and not _is_wrapped(cell)]
        if self._separator == "\t":  # Raven writes notes as they are, whatever quotes they hold
            alone = [cell for n, cell in enumerate(cells) if n in used and cell in alone]
        return len(cells) >= width and all(cell.strip() == '"' for cell in alone)

    def _literal(self, line: str) -> list[str]:
        cells = line.split(self._separator)
        return [cell[1:-1].replace('""', '"') if _is_wrapped(cell) else cell for cell in cells]


def _is_wrapped(cell: str) -> bool:
    return len(cell) > 1 and cell[0] == cell[-1] == '"' and '"' not in cell[1:-1].replace('""', "")


class SheetRows:
    """Rows of a sheet of a workbook, as `TextRows` gives those of text.

    Parameters
    ----------
    name : str
        Name of the sheet.
    rows : sequence
        Cells as they are, numbers and dates too.
    """

    def __init__(self, name: str, rows: Sequence[Sequence[object]]) -> None:
        self.name = name
        self._rows = [
            Row(line, line, cells)
            for line, row in enumerate(rows, start=1)
            if any(map(str.strip, cells := [_text(cell) for cell in row]))
        ]

    def __len__(self) -> int:
        return len(self._rows)

    def header(self) -> Row:
        """Return the first row that is not empty, without empty cells at its end."""
        row = self._rows[0]
        cells = list(row.cells)
        while not cells[-1].strip():
            cells.pop()
        return Row(row.line, row.last, cells)

    def rows(self, width: int, used: Collection[int]) -> Iterator[Row]:
        """Yield the rows below the header; short ones are filled up to its width."""
        for row in self._rows[1:]:
            yield Row(row.line, row.last, row.cells + [""] * (width - len(row.cells)))


def sheets(data: bytes) -> list[SheetRows]:
    """Read the sheets of a workbook that are not empty.

    Raises
    ------
    NotText
        When it is none, or damaged.
    """
    # Only who has a workbook waits for its reader.
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(BytesIO(data))
        found = [
            SheetRows(name, book.get_sheet_by_name(name).to_python(skip_empty_area=False))
            for name in book.sheet_names
        ]
    except (CalamineError, OSError, ValueError) as error:
        found_text = f"no workbook that can be read ({' '.join(str(error).split())})"
        raise NotText(1, found_text, "a workbook of Excel or LibreOffice, or CSV UTF-8") from None
    return [sheet for sheet in found if len(sheet)]


def _text(cell: object) -> str:
    """Write a cell as it would stand in a table of text."""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, timedelta):
        return str(cell)
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)
