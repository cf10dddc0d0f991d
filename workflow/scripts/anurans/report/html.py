"""Pages of the report: one HTML file each, which needs no other file and no network.

Their templates stand in workflow/pages. Whatever a page is given is text, and escaped.
"""

from collections.abc import Mapping, Sequence

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from anurans.report.report_pages import TEMPLATES


def environment() -> Environment:
    """What knows the templates; text is escaped in all of them."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # Columns stay in their order, letters what they are.
    made.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
    return made


def render(template: str, title: str, caption: str, **given: object) -> str:
    """Put a page together.

    Parameters
    ----------
    template
        Its name: workflow/pages/<template>.html.
    title, caption
        What it is, and what it shows.
    given
        What else the template asks for.

    Returns
    -------
    str
        HTML.

    Examples
    --------
    >>> "<h1>Frogs &amp; toads</h1>" in render("table", "Frogs & toads", "Some.", data={})
    True
    """
    page = environment().get_template(f"{template}.html")
    return page.render(title=title, caption=caption, **given) + "\n"


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
    kept = [*columns, *([key] if key else [])]
    data = {
        "columns": kept,
        "rows": [[row[column] for column in kept] for row in rows],
        "filters": [name for name in filters if name in columns],
        "brief": [name for name in brief if name in columns],
        "sources": sources,
        "key": key,
        "file": file,
    }
    return render("table", title, caption, data=data)
