"""Draw how much each species calls before and after sunset and sunrise."""

import numpy as np

from anurans.common.jobs import log, run
from anurans.common.tables import read_table
from anurans.recordings.sun import STEP
from anurans.report.calendars import draw_shares, say_unknown, undated_sheet
from anurans.report.figures import headline, name_species, sheet
from anurans.report.palette import species_colour

TITLE = "Calls before and after sunset and sunrise"
SHOWN = {"sunset": "Hours from sunset", "sunrise": "Hours from sunrise"}


def main(input, output, params):
    rows = read_table(input[0])
    if not any(row["event"] in SHOWN for row in rows):
        return undated_sheet(output, TITLE)
    count = len(params.species)
    with sheet(output, 7.5, 1.1 + 1.5 * count) as figure:
        headline(figure, TITLE)
        axes = figure.subplots(count, len(SHOWN), sharex="col", sharey=True, squeeze=False)
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
        for ax, words in zip(axes[-1], SHOWN.values(), strict=True):
            ax.set_xlabel(words)
        axes[0, 0].set_ylim(0, None)
        axes[count // 2, 0].set_ylabel("Share of what was recorded")
        figure.supxlabel(
            "Bars: clips with calls, expected, with 95 % intervals. Dots: minutes with an event.",
            fontsize=7.5,
        )
    log.info("%d rows", len(rows))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
