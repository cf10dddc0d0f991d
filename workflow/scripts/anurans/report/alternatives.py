"""What a figure shows, in words: for who hears a page instead of seeing it."""

import re
from collections.abc import Iterable
from html import escape
from pathlib import Path

from matplotlib.figure import Figure

from anurans.common.wording import counted, listed


def in_words(figure: Figure) -> tuple[str, str]:
    """Title of a figure, and a sentence for each of its panels, axes and legend.

    Parameters
    ----------
    figure
        As it is drawn.

    Returns
    -------
    title, description : str
        The title is empty where the figure has none.
    """
    axes = [ax for ax in figure.axes if ax.get_visible() and ax.get_label() != "<colorbar>"]
    names = _once(str(ax.get_label()) or ax.get_title(loc="left") or ax.get_title() for ax in axes)
    across = _once([*(ax.get_xlabel() for ax in axes), figure.get_supxlabel()])
    up = _once([*(ax.get_ylabel() for ax in axes), figure.get_supylabel()])
    legends = [*figure.legends, *(legend for ax in axes if (legend := ax.get_legend()))]
    keys = _once(text.get_text() for legend in legends for text in legend.get_texts())
    parts = [
        f"{counted(len(names), 'panel')}: {listed(names)}" if len(names) > 1 else "",
        f"Across: {listed(across)}" if across else "",
        f"Up: {listed(up)}" if up else "",
        f"Shown: {listed(keys)}" if keys else "",
    ]
    return figure.get_suptitle(), " ".join(f"{part.rstrip('.')}." for part in parts if part)


def add_words(svg: Path, title: str, description: str) -> None:
    """Put a title and a description into an SVG file, where browsers and readers look for them."""
    text = svg.read_text(encoding="utf-8")
    words = f"<title>{escape(title)}</title>\n <desc>{escape(description)}</desc>"
    opened = re.compile(r"<svg\b([^>]*)>")
    svg.write_text(
        opened.sub(lambda tag: f'<svg role="img"{tag[1]}>\n {words}', text, count=1),
        encoding="utf-8",
    )


def _once(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(" ".join(text.split()) for text in texts if text.strip()))
