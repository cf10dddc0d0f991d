"""Draw how many clips are positive for each species, by night and grade."""

import numpy as np
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from anurans.annotations.labels import LabelRule, decide_all, known_all, read_coverage
from anurans.common.errors import UserError
from anurans.common.jobs import log, run
from anurans.common.tables import read_table
from anurans.common.wording import counted
from anurans.recordings.names import start_of
from anurans.recordings.times import night_of
from anurans.report.figures import headline, name_species, night_axis, sheet
from anurans.report.palette import GREY, shades, species_colour
from anurans.report.panels import panels, species_columns, species_height

# The colour of a species darkens as calls come nearer; a hatch where nothing is known.
GRADES = ("far", "medium", "clear", "")
UNGRADED = {"facecolor": "white", "edgecolor": GREY, "hatch": "////", "linewidth": 0.4}


def main(input, output, params):
    species, clocks = params.species, params.clocks
    table = read_coverage((row for path in input for row in read_table(path)), list(species))
    if not known_all(table.species).any():
        raise UserError(
            "There is no clip of an annotated recording to draw: the label tables "
            "(results/labels/original) are empty."
        )
    labels, used = decide_all(table.species, LabelRule(**params.labelling))
    used &= known_all(table.species).any(axis=1)
    nights = [
        night_of(seconds=start_of(clip), **clocks[name])
        for clip, name in zip(table.clip, table.recording, strict=True)
    ]
    dated = any(nights)
    # Without any date, a bar for each recording.
    groups = nights if dated else list(table.recording)
    # Those without a date, an empty one, come last.
    bars, at = np.unique(np.array(groups, dtype=object)[used], return_inverse=True)
    order = np.argsort([not name for name in bars], kind="stable")
    bars, at = bars[order], np.argsort(order)[at]

    columns = species_columns(len(species))
    with sheet(output, 7.5, 1.5 + species_height(len(species), 1.5)) as figure:
        unit = "night" if dated else "recording"
        headline(figure, f"Clips in which each species calls, by {unit} and grade of the best call")
        axes = list(panels(figure, len(species), columns, sharex=True, sharey=True))
        # Gaps between hundreds of bars would be a pattern of their own.
        width = 0.9 if len(bars) <= 100 else 1.0
        handles = {"annotated clips": Patch(color="#E8E8E8")}
        for column, (ax, (code, name)) in enumerate(zip(axes, species.items(), strict=True)):
            sure = table.species[code].known[used]
            scored = np.bincount(at[sure], minlength=len(bars))
            ax.bar(range(len(bars)), scored, width=width, color="#E8E8E8")
            positive, below = labels[used, column], np.zeros(len(bars), dtype=int)
            for grade, style in styles(species_colour(column)).items():
                of = positive & (table.species[code].grade[used] == grade)
                height = np.bincount(at[of], minlength=len(bars))
                x = np.flatnonzero(height)
                if len(x):
                    handles[grade or "ungraded"] = Patch(**styles(GREY)[grade])
                    ax.bar(x, height[x], bottom=below[x], width=width, **style)
                below += height
            if column % columns == 0:
                ax.set_ylabel("Clips")
            called, known = (below > 0) & (bars != ""), ((scored > 0) & (bars != "")).sum()
            count = f"{positive.sum()} of {sure.sum()} clips"
            if columns == 1:
                count += f", {called.sum()} of {counted(known, unit)}"
            ax.set_title(count, loc="right")
            name_species(ax, column, code, name)
            night_axis(ax, bars)
        axes[0].yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10], integer=True))
        for ax in axes[-columns:]:
            ax.set_xlabel("Night (date of its evening)" if dated else "Recording, in order of id")
        order = [grade for grade in ("annotated clips", *GRADES, "ungraded") if grade in handles]
        figure.legend(
            [handles[grade] for grade in order], order, loc="outside lower left", ncols=len(order)
        )
    log.info("%d clips in %d bars", used.sum(), len(bars))


def styles(colour):
    """How each grade is filled, in shades of a colour."""
    _, *shaded = shades(colour)
    return dict(zip(GRADES, [*({"color": each} for each in shaded), UNGRADED], strict=True))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
