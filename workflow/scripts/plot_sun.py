"""Draw how much each species calls before and after sunset and sunrise."""

import numpy as np

from anurans.common.jobs import log, run
from anurans.common.tables import read_table
from anurans.recordings.sun import STEP
from anurans.report.calendars import draw_shares, say_unknown, undated_sheet
from anurans.report.figures import headline, name_species, sheet
from anurans.report.palette import species_colour
from anurans.report.panels import panels, species_columns, species_height

TITLE = "Calls before and after sunset and sunrise"
SHOWN = {"sunset": "Hours from sunset", "sunrise": "Hours from sunrise"}


def main(input, output, params):
    rows = read_table(input[0])
    if not any(row["event"] in SHOWN for row in rows):
        return undated_sheet(output, TITLE)
    count = len(params.species)
    columns = species_columns(count)
    with sheet(output, 7.5, 1.1 + species_height(count, 1.5)) as figure:
        headline(figure, TITLE)
        pair = len(SHOWN)
        every = list(panels(figure, count * pair, columns * pair, sharex="col", sharey=True))
        axes = [every[at : at + pair] for at in range(0, len(every), pair)]
        for number, (code, name) in enumerate(params.species.items()):
            line = axes[number]
            for ax, event in zip(line, SHOWN, strict=True):
                mine = [row for row in rows if row["species"] == code and row["event"] == event]
                at = np.array([int(row["after"]) + STEP / 2 for row in mine]) / 60
                expected = draw_shares(ax, at, mine, 0.9 * STEP / 60, species_colour(number))
                if len(expected):
                    say_unknown(ax, expected)
                ax.axvline(0, color="black", linewidth=0.8, zorder=1)
            name_species(line[0], number, code, name)
        for line in axes[-columns:]:
            for ax, words in zip(line, SHOWN.values(), strict=True):
                ax.set_xlabel(words)
        axes[0][0].set_ylim(0, None)
        figure.supylabel("Share of what was recorded", fontsize=8)
        figure.supxlabel(
            "Bars: clips with calls, expected, with 95 % intervals. Dots: minutes with an event.",
            fontsize=7.5,
        )
    log.info("%d rows", len(rows))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
