"""Draw how much each species calls by the hour of the night."""

import numpy as np

from anurans.common.jobs import log, run
from anurans.common.tables import read_table
from anurans.report.calendars import (
    draw_shares,
    hour_name,
    hour_place,
    say_unknown,
    undated_sheet,
)
from anurans.report.figures import headline, name_species, sheet
from anurans.report.palette import species_colour
from anurans.report.panels import panel_rows, panels

COLUMNS = 3
TITLE = "Calls by the hour of the night"


def main(input, output, params):
    rows = [row for row in read_table(input[0]) if row["hour"]]
    if not rows:
        return undated_sheet(output, TITLE)
    places = sorted({hour_place(row["hour"]) for row in rows})
    low, high = places[0], places[-1] + 1
    count = len(params.species)
    with sheet(output, 7.5, 0.9 + 1.8 * panel_rows(count, COLUMNS)) as figure:
        headline(figure, TITLE)
        axes = list(panels(figure, count, min(count, COLUMNS), sharex=True, sharey=True))
        for at, (ax, (code, name)) in enumerate(zip(axes, params.species.items(), strict=True)):
            draw(ax, [row for row in rows if row["species"] == code], species_colour(at))
            name_species(ax, at, code, name)
            ax.set_xlim(low, high)
            ticks = range(low, high + 1, max(1, (high - low) // 4))
            ax.set_xticks(list(ticks), [hour_name(at) for at in ticks])
        axes[0].set_ylim(0, None)
        axes[0].set_ylabel("Share of what was recorded")
        figure.supxlabel(
            "Time of day. Bars: clips with calls, expected, with 95 % intervals. "
            "Dots: minutes with an event.",
            fontsize=7.5,
        )
    log.info("%d hours", len(places))


def draw(ax, rows, colour):
    """Draw one species: a bar for each hour that something was recorded in."""
    at = np.array([hour_place(row["hour"]) for row in rows]) + 0.5
    say_unknown(ax, draw_shares(ax, at, rows, 0.85, colour))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
