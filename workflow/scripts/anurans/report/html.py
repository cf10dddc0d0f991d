"""Pages of the report: one HTML file each, which needs no other file and no network."""

import json
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from anurans.report.page_assets import CSS, JS


def page(title: str, caption: str, body: str, script: str = "", prose: bool = False) -> str:
    """Put a page together.

    Parameters
    ----------
    title, caption
        Text, escaped here.
    body
        HTML: whoever makes it escapes what comes from users.
    script
        JavaScript that runs after the body.
    prose
        Whether it is to be read in lines, not as a wide table.
    """
    kind = ' class="prose"' if prose else ""
    code = f"<script>{script}</script>\n" if script else ""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{CSS}</style>\n</head>\n<body>\n<main{kind}>\n"
        f'<h1>{escape(title)}</h1>\n<p class="caption">{escape(caption)}</p>\n{body}\n'
        f"</main>\n{code}</body>\n</html>\n"
    )


def table_page(
    title: str,
    caption: str,
    file: str,
    rows: Sequence[Mapping[str, str]],
    columns: Sequence[str],
    filters: Sequence[str] = (),
    brief: Sequence[str] = (),
    sources: Mapping[str, Mapping[str, str]] | None = None,
    key: str = "",
) -> str:
    """Make a page of a table that can be sorted, filtered, searched and saved.

    Parameters
    ----------
    title, caption
        What it is, and what it shows.
    file
        Name to save it by.
    rows
        Texts of the cells, by column.
    columns
        All columns, in order.
    filters
        Columns to choose values of.
    brief
        Columns that are shown at first; all where none is given.
    sources
        What the rows come from: title, command and text to show, by what stands in column `key`.
    key
        That column, which is shown nowhere.
    """
    table = [[row[column] for column in (*columns, *([key] if key else []))] for row in rows]
    data = {
        "columns": [*columns, *([key] if key else [])],
        "rows": table,
        "filters": [name for name in filters if name in columns],
        "brief": [name for name in brief if name in columns],
        "sources": sources,
        "key": key,
        "file": file,
    }
    body = (
        '<div class="controls" id="controls"></div>\n<div class="table" id="table"></div>\n'
        '<p class="count" id="count"></p>\n<noscript>This table needs JavaScript.</noscript>\n'
        f'<script type="application/json" id="data">{_json(data)}</script>'
    )
    return page(title, caption, body, JS)


def facts(pairs: Iterable[tuple[str, str]]) -> str:
    """A list of names and values, as HTML."""
    items = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in pairs)
    return f"<dl>{items}</dl>"


def plain_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A short table to be read in a text, as HTML."""
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in columns)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return (
        f'<div class="table"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
        "</div>"
    )


def listing(items: Iterable[str]) -> str:
    """A list of sentences, as HTML."""
    return "<ul>" + "".join(f"<li>{escape(item)}</li>" for item in items) + "</ul>"


def _json(data: Any) -> str:
    """JSON that cannot end the script element that it stands in."""
    return json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
