"""Draw how often each species calls where the best model of a split says so."""

import numpy as np

from anurans.common.jobs import log, run
from anurans.common.tables import read_table
from anurans.common.wording import counted
from anurans.report.figures import headline, look, sheet
from anurans.report.palette import GREY
from anurans.report.panels import WIDTH, explain, line_of, note
from anurans.scores.calibrated_models import choose_parts
from anurans.scores.curves import BINS, measure_reliability
from anurans.scores.ranking import CLIPS

COLUMNS = 3
# More models' intervals would hide each other.
FEW = 2


def main(input, output, params, wildcards):
    names, parts, subset, words = choose_parts(
        [read_table(path) for path in input.metrics],
        [row for path in input.calibrators for row in read_table(path)],
        lambda at: read_table(input.predictions[at]),
        params.species,
        wildcards.split,
        FEW,
    )
    species = params.species
    rows = -(-len(species) // COLUMNS)
    with sheet(output, WIDTH, 1.1 + 3.2 * rows + 0.17 * len(parts)) as figure:
        headline(figure, f"Reliability of the probabilities, split {wildcards.split}")
        shared = {"sharex": True, "sharey": "row", "squeeze": False}
        axes = figure.subplots(2 * rows, COLUMNS, height_ratios=[3, 1] * rows, **shared)
        for at in range(rows * COLUMNS):
            row, column = divmod(at, COLUMNS)
            ax, below = axes[2 * row, column], axes[2 * row + 1, column]
            if at >= len(species):
                ax.set_visible(False)
                below.set_visible(False)
                continue
            draw(ax, below, at, parts, params)
            clips = max(int(part.known[:, at].sum()) for part in parts)
            ax.set_title(f"{species[at]}, {counted(clips, 'clip')}", pad=17)
            below.set_xlabel("Probability")
            below.tick_params(axis="x", labelbottom=True)
            if not column:
                ax.set_ylabel("Share of positive clips")
                below.set_ylabel("Clips")
        groups = counted(len({group for of in parts for group in of.groups}), "group")
        explain(
            figure,
            names,
            f"{words[0].upper()}{words[1:]}, on {CLIPS[subset]}, pooled, in {BINS} equal bins, "
            "side by side within a bin.",
            f"95 % intervals over {groups}; hollow: no interval (clips of one group or one kind). "
            "ECE: expected calibration error.",
        )
    log.info("%s on %s", words, subset)


def draw(ax, below, column, parts, params):
    """Draw the curves of one species, and below them how many clips stand behind."""
    ax.plot([0, 1], [0, 1], color=GREY, linewidth=0.8, linestyle="--", zorder=1)
    edges = np.linspace(0, 1, BINS + 1)
    for number, part in enumerate(parts):
        of = measure_reliability(part, column, params.resamples, params.seed)
        style, line = look(number), line_of(number)
        x = of.said + 0.014 * (number - (len(parts) - 1) / 2)
        ax.plot(x, of.seen, lw=0.7, alpha=0.6, zorder=2, **line)
        ax.vlines(x, of.lower, of.upper, color=style.colour, lw=0.9, zorder=3)
        for hollow in (False, True):
            which = np.isnan(of.lower) == hollow
            face = "white" if hollow else style.colour
            points = x[which], of.seen[which]
            ax.plot(*points, style.marker, color=style.colour, mfc=face, ms=3.5, zorder=4)
        ece = "\N{EN DASH}" if of.ece is None else f"{of.ece:.2f}"
        note(ax, number, f"ECE {ece}", 0.02 + 0.31 * number, 1.06)
        counts, _ = np.histogram(part.about(column).scores, edges)
        below.stairs(counts, edges, linewidth=1.0, **line)
    ax.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
