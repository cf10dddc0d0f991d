"""Axes of figures that show a season: dates as they lie in the year, hours from noon to noon."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date as Date

import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, DayLocator

from anurans.recordings.times import hours_from_noon
from anurans.report.figures import headline, sheet
from anurans.report.palette import GREY

# Widest that a night is drawn, in days, where there are none between it and the next.
WIDEST = 14
MOST_TICKS = 9


def day(night: str) -> int:
    """Number of a date on the axis: days since 1970-01-01, as matplotlib counts them."""
    return Date.fromisoformat(night).toordinal() - Date(1970, 1, 1).toordinal()


def width(nights: Iterable[str]) -> float:
    """How many days wide a night is drawn: as nights usually follow each other."""
    gaps = np.diff(sorted({day(night) for night in nights}))
    return float(min(WIDEST, np.median(gaps))) if len(gaps) else 1.0


def edges(nights: Iterable[str]) -> tuple[list[float], dict[str, int]]:
    """Edges of cells for nights, and the number of each night's cell.

    Near nights share an edge, halfway between them; a gap is a cell of its own, of no night.
    """
    nights = sorted(set(nights))
    wide, before = width(nights), -np.inf
    found: list[float] = []
    of: dict[str, int] = {}
    for night in nights:
        at = day(night)
        if at - before <= wide + 0.01:
            found[-1] = (before + at) / 2
        else:
            found.append(at - wide / 2)
        of[night] = len(found) - 1
        found.append(at + wide / 2)
        before = at
    return found, of


def say_unknown(ax: Axes, values: np.ndarray) -> None:
    """Say in a panel that none of its values is known: it would look as if nothing had called."""
    if np.isnan(values).all():
        ax.text(
            *(0.5, 0.5, "not known: held-out clips do not tell"),
            transform=ax.transAxes,
            ha="center",
            va="center",
            color="#555555",
            fontsize=8,
        )


def undated_sheet(paths: Iterable[str], title: str) -> None:
    """Write a figure that says why it shows nothing."""
    with sheet(paths, 7.5, 2.0) as figure:
        headline(figure, title)
        text = "No recording that can be used has a date and a time in its name."
        figure.text(0.5, 0.5, text, ha="center", va="center", fontsize=9)


def date_axis(ax: Axes, nights: Sequence[str]) -> None:
    """Name dates along the x axis."""
    days = [day(night) for night in nights]
    wide = width(nights)
    ax.set_xlim(min(days) - 0.75 * wide, max(days) + 0.75 * wide)
    # Of a few days each is named: between them there are no dates.
    few = max(days) - min(days) < MOST_TICKS
    locator = DayLocator() if few else AutoDateLocator(minticks=3, maxticks=MOST_TICKS)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator))


def hour_place(hour: str) -> int:
    """Place of an hour of the day on an axis from noon to noon."""
    return int(hours_from_noon(hour))


def hour_name(place: int) -> str:
    """Time of day at a place of that axis."""
    return f"{(place + 12) % 24:02d}:00"


def shade_doubtful(axes: Iterable[Axes], rows: Iterable[Mapping[str, str]]) -> bool:
    """Hatch the nights whose scores should not be trusted; say whether there are any."""
    nights = [row for row in rows if row["night"]]
    wide = width(row["night"] for row in nights)
    doubtful = [day(row["night"]) for row in nights if row["trust"] == "no"]
    axes = list(axes)
    for ax in axes:
        for at in doubtful:
            ax.axvspan(
                at - wide / 2,
                at + wide / 2,
                facecolor="none",
                edgecolor=GREY,
                hatch="////",
                linewidth=0,
                alpha=0.5,
                zorder=5,
            )
    return bool(doubtful)


def number(text: str) -> float:
    """A cell of a table as a number, NaN where it is empty."""
    return float(text) if text else float("nan")


def draw_shares(
    ax: Axes, at: np.ndarray, rows: Sequence[Mapping[str, str]], wide: float, colour: str
) -> np.ndarray:
    """Draw a bar for each row of an activity table: clips with calls, and minutes with an event.

    Parameters
    ----------
    ax
        Where.
    at : np.ndarray [shape=(n,)]
        Middles of the bars.
    rows
        Of one species.
    wide
        Width of a bar.
    colour
        Of the species.

    Returns
    -------
    np.ndarray [shape=(n,)]
        Expected shares, NaN where they are not known.
    """
    clips = np.array([number(row["clips_counted"]) for row in rows])
    expected, lower, upper = (
        np.array([number(row[key]) for row in rows]) / clips
        for key in ("expected", "lower", "upper")
    )
    ax.bar(at, np.nan_to_num(expected), width=wide, color=colour, alpha=0.45, linewidth=0)
    ax.vlines(at, lower, upper, color=colour, lw=1.2)
    ax.plot(
        at, [number(row["share_of_minutes"]) for row in rows], "o", color="black", ms=2.5, mew=0
    )
    ax.grid(axis="y", color="#E5E5E5", linewidth=0.5)
    ax.set_axisbelow(True)
    return expected
