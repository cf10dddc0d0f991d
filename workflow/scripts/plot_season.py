"""Draw the calling season: how much each species calls, night by night."""

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from anurans.common.jobs import log, run
from anurans.common.tables import read_table
from anurans.report.calendars import (
    date_axis,
    day,
    number,
    say_unknown,
    shade_doubtful,
    undated_sheet,
    width,
)
from anurans.report.figures import headline, name_species, sheet
from anurans.report.palette import GREY, species_colour
from anurans.report.panels import panel_rows, panels, species_columns

TITLE = "The calling season, night by night"


def main(input, output, params):
    rows = [row for row in read_table(input.dates) if row["night"]]
    if not rows:
        return undated_sheet(output, TITLE)
    nights = sorted({row["night"] for row in rows})
    count = len(params.species)
    columns = species_columns(count)
    height = 1.3 + (1.35 if columns == 1 else 0.95) * panel_rows(count, columns)
    with sheet(output, 7.5, height) as figure:
        headline(figure, TITLE)
        axes = list(panels(figure, count, columns, sharex=True, sharey=True))
        for at, (ax, (code, name)) in enumerate(zip(axes, params.species.items(), strict=True)):
            draw(ax, [row for row in rows if row["species"] == code], species_colour(at))
            name_species(ax, at, code, name)
            ax.set_ylim(0, None)
        axes[0].set_ylim(0, min(1.04, axes[0].get_ylim()[1]))
        date_axis(ax, nights)
        doubtful = shade_doubtful(axes, read_table(input.drift))
        figure.supylabel("Share of what was recorded", fontsize=8)
        for ax in axes[-columns:]:
            ax.set_xlabel("Night (date of its evening)")
        handles = [
            Line2D([], [], color=GREY, label="clips with calls, expected"),
            Patch(color=GREY, alpha=0.25, linewidth=0, label="95 % interval"),
            Line2D([], [], color="black", marker="o", ms=3, lw=0, label="minutes with an event"),
        ]
        if doubtful:
            style = {"facecolor": "none", "edgecolor": GREY, "hatch": "////", "linewidth": 0}
            handles.append(Patch(label="sounds unlike training: not to be trusted", **style))
        figure.legend(handles=handles, loc="outside lower left", ncols=len(handles))
    log.info("%d nights", len(nights))


def draw(ax, rows, colour):
    """Draw one species; lines end where nights are missing."""
    days = np.array([day(row["night"]) for row in rows], float)
    clips = np.array([number(row["clips_counted"]) for row in rows])
    values = [
        np.array([number(row[key]) for row in rows]) / clips
        for key in ("expected", "lower", "upper")
    ]
    gaps = np.flatnonzero(np.diff(days) > 3 * width(row["night"] for row in rows)) + 1
    for part in np.split(np.arange(len(days)), gaps):
        expected, lower, upper = (each[part] for each in values)
        ax.fill_between(days[part], lower, upper, color=colour, alpha=0.25, linewidth=0)
        ax.plot(days[part], expected, color=colour, lw=1.2)
        # A line and a band of one night would not be seen; some nights have no interval.
        has = np.concatenate([[False], np.isfinite(lower), [False]])
        alone = np.flatnonzero(has[1:-1] & ~has[:-2] & ~has[2:])
        ax.vlines(days[part][alone], lower[alone], upper[alone], color=colour, alpha=0.25, lw=3)
        if len(part) == 1:
            ax.plot(days[part], expected, "_", color=colour, ms=6, mew=1.2)
    say_unknown(ax, values[0])
    present = [number(row["share_of_minutes"]) for row in rows]
    ax.plot(days, present, "o", color="black", ms=2.2, mew=0, zorder=3, clip_on=False)
    ax.grid(axis="y", color="#E5E5E5", linewidth=0.5)
    ax.set_axisbelow(True)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
