"""Tables to be read: as plain text, in Markdown, and in LaTeX."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from anurans.common.tables import format_cell

LATEX = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{character: f"\\{character}" for character in "&%$#_{}"},
}


def aligned(
    lines: Sequence[Sequence[str]],
    right: Collection[int] = (),
    rule: bool = False,
    between: str = "  ",
    least: int = 0,
) -> list[str]:
    """Lay out cells in columns, for a font whose characters are all as wide.

    Parameters
    ----------
    lines
        Cells of each line, as many in each; the first are the names of the columns.
    right
        Columns whose cells stand to the right.
    rule
        Whether a line of dashes stands below the first.
    between
        What stands between two cells.
    least
        Width of the narrowest column.

    Returns
    -------
    list of str
        All as long: the last cells are filled up with spaces too.

    Examples
    --------
    >>> aligned([["name", "n"], ["a", "10"]], right=[1])
    ['name   n', 'a     10']
    """
    widths = [max(least, *map(len, column)) for column in zip(*lines, strict=True)]
    cells = [
        [
            cell.rjust(width) if at in right else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        for line in lines
    ]
    if rule:
        cells.insert(1, ["-" * width for width in widths])
    return [between.join(line) for line in cells]


def markdown(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> str:
    """Lay out a table in Markdown, aligned so that the text can be read as it is.

    Parameters
    ----------
    columns
        Names of the columns, in order; their underscores become spaces.
    rows
        One mapping per row; a missing key is an empty cell.

    Returns
    -------
    str
        Lines of text. Numbers with decimals have three of them.
    """
    cells = [[_short(row.get(column)).replace("|", "\\|") for column in columns] for row in rows]
    header = [column.replace("_", " ") for column in columns]
    lines = aligned([header, *cells], rule=True, between=" | ", least=3)
    return "".join(f"| {line} |\n" for line in lines)


def latex(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> str:
    r"""Lay out a table in LaTeX: a `tabular` that needs no package.

    Parameters
    ----------
    columns, rows
        As `markdown` takes them.

    Returns
    -------
    str
        Lines of text, to be put into a document with \input.
    """
    header = [column.replace("_", " ") for column in columns]
    lines = [header, *([_short(row.get(column)) for column in columns] for row in rows)]
    first, *others = (" & ".join(map(_escape, line)) + r" \\" for line in lines)
    body = "\n".join([r"\hline", first, r"\hline", *others, r"\hline"])
    return f"\\begin{{tabular}}{{{'l' * len(columns)}}}\n{body}\n\\end{{tabular}}\n"


def _short(value: object) -> str:
    """Text of a cell, numbers with three decimals instead of six."""
    text = format_cell(value)
    return f"{float(text):.3f}" if re.fullmatch(r"-?\d+\.\d{6}", text) else text


def _escape(text: str) -> str:
    return "".join(LATEX.get(character, character) for character in text)
