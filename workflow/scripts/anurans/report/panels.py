"""Sheets of small panels of one kind, side by side."""

from collections.abc import Iterable, Iterator, Sequence
from math import ceil
from textwrap import wrap
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from anurans.report.figures import Dot, look
from anurans.report.palette import COLOURS
from anurans.scores.curves import PlaceScore

WIDTH = 7.5  # of every sheet, in inches
DASHES = ("-", (0, (4, 1.2)), (0, (1.2, 1)), (0, (4, 1, 1, 1)))


def panel_rows(panels: int, columns: int) -> int:
    """Rows that so many panels fill."""
    return max(1, ceil(panels / columns))


def panels(figure: Figure, count: int, columns: int, **shared) -> Iterator[Axes]:
    """Axes of so many panels, row by row; what is left of the last row stays empty.

    Axes of the lowest panel of each column, and of the first of each row, keep their tick labels.
    """
    rows = panel_rows(count, columns)
    axes = figure.subplots(rows, columns, squeeze=False, **shared)
    for at, ax in enumerate(axes.flat):
        if at >= count:
            ax.set_visible(False)
            continue
        if at + columns >= count:
            ax.tick_params(axis="x", labelbottom=True)
        yield ax


def species_columns(count: int) -> int:
    """Columns that panels of so many species stand in: beyond seven, two fit them on a page.

    Examples
    --------
    >>> species_columns(7), species_columns(20)
    (1, 2)
    """
    return 1 if count <= len(COLOURS) else 2


def species_height(count: int, row: float) -> float:
    """Inches that the panels of so many species take; lower ones where they stand in two columns.

    Parameters
    ----------
    count
        Number of species.
    row
        Inches of a row, where they stand in one.

    Examples
    --------
    >>> species_height(3, 1.5), species_height(20, 1.5)
    (4.5, 8.7)
    """
    columns = species_columns(count)
    return panel_rows(count, columns) * (row if columns == 1 else 0.58 * row)


def lowest(at: int, count: int, columns: int) -> bool:
    """Tell whether no panel stands below panel `at`."""
    return at + columns >= count


def line_of(number: int) -> dict[str, Any]:
    """Colour and dashes of the line of model `number`, from 0."""
    return {"color": look(number).colour, "linestyle": DASHES[number % len(DASHES)]}


def key_of(number: int, label: str) -> Line2D:
    """Line and marker of model `number`, for a legend."""
    of = look(number)
    return Line2D([], [], marker=of.marker, markersize=4, label=label, **line_of(number))


def explain(figure: Figure, names: Iterable[str], *lines: str) -> None:
    """Put a legend of models below a figure, under lines of text."""
    handles = [key_of(at, name) for at, name in enumerate(names)]
    text = {"title": "\n".join(lines), "alignment": "left", "title_fontsize": 7, "handlelength": 4}
    figure.legend(handles=handles, loc="outside lower left", **text)


def bar(value: float | None, interval: Sequence[float | None]) -> str:
    """Write a value with its interval, or a dash where it is undefined."""
    if value is None:
        return "\N{EN DASH}"
    lower, upper = interval
    known = lower is not None and upper is not None
    return f"{value:.2f}" + (f" [{lower:.2f}, {upper:.2f}]" if known else "")


def note(ax: Axes, number: int, text: str, x: float, y: float) -> None:
    """Write about model `number` into a panel, after its marker, at (x, y) of the axes."""
    of = look(number)
    box = {"facecolor": "white", "edgecolor": "none", "pad": 0.4, "alpha": 0.85}
    where: dict[str, Any] = {"transform": ax.transAxes, "clip_on": False, "zorder": 6}
    ax.plot(x, y, of.marker, color=of.colour, ms=3.5, mew=0, **where)
    style: dict[str, Any] = {
        "fontsize": 6.5,
        "va": "center_baseline",
        "bbox": box,
        "in_layout": False,
    }
    ax.annotate(text, (x, y), (5, 0), "axes fraction", "offset points", zorder=6, **style)


def letter_names(names: Iterable[str]) -> tuple[dict[str, str], list[str]]:
    """Letters for long names, "a" for the first, and lines that explain them.

    A single name needs no letter: it is empty, and there is a line all the same.
    """
    names = sorted(set(names))
    if len(names) == 1:
        return {names[0]: ""}, [f"Recipe: {names[0]}."]
    letters = {}
    for at, name in enumerate(names):
        first, second = divmod(at, 26)
        letters[name] = (chr(96 + first) if first else "") + chr(97 + second)
    text = "Recipes: " + ", ".join(f"{letter} {name}" for name, letter in letters.items()) + "."
    return letters, wrap(text, 120)


def fold_panels(
    titles: Sequence[str], groups: Sequence[tuple[str, Sequence[Dot]]], most: int
) -> list[tuple[list[str], list[tuple[str, list[Dot]]]]]:
    """Sections of a forest plot with at most so many panels side by side.

    Parameters
    ----------
    titles
        Of the panels.
    groups
        Headings, and dots with a value for each panel.
    most
        More do not fit.
    """
    rows = -(-len(titles) // most)
    width = -(-len(titles) // rows)
    sections = []
    for first in range(0, len(titles), width):
        pad = width - len(titles[first : first + width])
        part = [
            (
                heading,
                [
                    Dot(dot.label, dot.look, [*dot.values[first : first + width], *[None] * pad])
                    for dot in dots
                ],
            )
            for heading, dots in groups
        ]
        sections.append(([*titles[first : first + width], *[""] * pad], part))
    return sections


def draw_places(ax: Axes, models: Sequence[Sequence[PlaceScore]], columns: int = 1) -> None:
    """Draw one species by hour or site, models side by side, and say how many clips there are.

    Parameters
    ----------
    ax
        Where: a unit of its x axis is an hour, or a site.
    models
        Scores of each.
    columns
        That panels stand in: those of two are lower, and numbers need more room above.
    """
    for number, rows in enumerate(models):
        style = look(number)
        shift = 0.5 + 0.16 * (number - (len(models) - 1) / 2)
        for each in rows:
            if each.f1 is None:
                continue
            ends = [end for end in each.interval if end is not None]
            known = len(ends) == 2
            if known:
                at = [each.place + shift] * 2
                ax.plot(at, ends, color=style.colour, lw=1.2, solid_capstyle="butt")
            face = style.colour if known else "white"
            ax.plot(each.place + shift, each.f1, style.marker, color=style.colour, mfc=face, ms=4.5)
    top = 1.18 if columns == 1 else 1.45
    for each in models[0]:
        text = f"{each.positives} / {each.clips}"
        ax.text(each.place + 0.5, top, text, ha="center", va="top", fontsize=6, color="#555555")
    ax.set_ylim(-0.07, top)
    ax.set_yticks([0, 0.25, 0.5, 0.75, 1] if columns == 1 else [0, 0.5, 1])
    ax.grid(color="#E5E5E5", linewidth=0.5)
    ax.set_axisbelow(True)
