"""Draw when each species calls: by night and hour, one map for each."""

import numpy as np
from matplotlib.colors import LinearSegmentedColormap

from anurans.common.jobs import log, run
from anurans.common.tables import read_table
from anurans.report.calendars import (
    date_axis,
    edges,
    hour_name,
    hour_place,
    number,
    say_unknown,
    shade_doubtful,
    undated_sheet,
)
from anurans.report.figures import headline, name_species, sheet
from anurans.report.palette import shades, species_colour
from anurans.report.panels import panel_rows, panels, species_columns

UNHEARD = "#FFFFFF"
TITLE = "When each species calls"


def main(input, output, params):
    rows = [row for row in read_table(input.activity) if row["night"]]
    if not rows:
        return undated_sheet(output, TITLE)
    nights = sorted({row["night"] for row in rows})
    places = sorted({hour_place(row["hour"]) for row in rows})
    low, high = places[0], places[-1] + 1
    expected = any(row["expected_share"] for row in rows)
    column = "expected_share" if expected else "positive_share"
    for row in rows:
        row["positive_share"] = str(int(row["positive"]) / max(1, int(row["clips"])))
    top = max(number(row[column]) for row in rows if row[column])
    count = len(params.species)
    columns = species_columns(count)
    row = 0.5 + 0.12 * (high - low) if columns == 1 else 0.4 + 0.06 * (high - low)
    with sheet(output, 7.5, 1.2 + row * panel_rows(count, columns)) as figure:
        headline(figure, TITLE)
        axes, bars = list(panels(figure, count, columns, sharex=True)), []
        for at, (ax, (code, name)) in enumerate(zip(axes, params.species.items(), strict=True)):
            mine = [row for row in rows if row["species"] == code]
            cmap = LinearSegmentedColormap.from_list(code, shades(species_colour(at)))
            drawn = draw(ax, mine, column, nights, low, high, max(top, 0.01), cmap)
            name_species(ax, at, code, name)
            bar = figure.colorbar(drawn, ax=ax, aspect=12, pad=0.01)
            bar.outline.set_visible(False)
            bars.append(bar)
        date_axis(ax, nights)
        doubtful = shade_doubtful(axes, read_table(input.drift))
        share = "Share of clips with calls" + (", expected" if expected else "")
        bars[columns - 1 :: columns][count // columns // 2].set_label(share)
        note = "White: nothing was recorded."
        if doubtful:
            note += " Hatched: sounds unlike what the model learnt from, not to be trusted."
        figure.supxlabel(f"Night (date of its evening)\n{note}", fontsize=8)
    log.info("%d nights, %d hours", len(nights), high - low)


def draw(ax, rows, column, nights, low, high, top, cmap):
    """Draw the map of one species; a gap in the recordings stays white."""
    across, of = edges(nights)
    values = np.full((high - low, len(across) - 1), np.nan)
    for row in rows:
        values[hour_place(row["hour"]) - low, of[row["night"]]] = number(row[column])
    say_unknown(ax, values)
    ax.set_facecolor(UNHEARD)
    drawn = ax.pcolormesh(
        across, np.arange(low, high + 1), values, cmap=cmap, vmin=0, vmax=top, rasterized=True
    )
    step = 1 if high - low <= 6 else 3
    ticks = range(low, high + 1, step)
    ax.set_yticks(list(ticks), [hour_name(at) for at in ticks])
    ax.set_ylim(high, low)
    return drawn


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
