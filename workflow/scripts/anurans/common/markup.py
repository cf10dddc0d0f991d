"""Tables to be read: in Markdown, and in LaTeX."""

import re
from collections.abc import Iterable, Mapping, Sequence

from anurans.common.tables import format_cell

LATEX = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{character: f"\\{character}" for character in "&%$#_{}"},
}


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
    widths = [max(3, *map(len, column)) for column in zip(header, *cells, strict=True)]
    rule = ["-" * width for width in widths]
    lines = [
        " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        for line in (header, rule, *cells)
    ]
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
