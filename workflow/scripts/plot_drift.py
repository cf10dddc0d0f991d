"""Draw how far the new recordings lie from those that the model learnt from."""

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from anurans.common.jobs import log, run
from anurans.common.tables import read_table
from anurans.listening.detector import read_detector
from anurans.listening.drift import BY_SOUND, find_limits, shapes
from anurans.report.calendars import date_axis, day, number
from anurans.report.figures import headline, sheet
from anurans.report.palette import COLOURS, GREY
from anurans.sounds.sound_profiles import band_edges, read_bands

LABELS = {
    "level": "Level\n(dB of full scale)",
    "spectrum": "Spectrum, dB\nfrom the nearest",
    "embedding": "Embedding,\nfrom the nearest",
}


def main(input, output, params):
    about = read_detector(input.model).about
    training = read_table(input.training)
    rows = read_table(input.drift)
    outside = np.array([bool(set(row["outside"].split()) & set(BY_SOUND)) for row in rows], bool)
    limits = find_limits(training, about["limit"])
    dated = all(row["night"] for row in rows)
    x = np.array([day(row["night"]) for row in rows] if dated else range(len(rows)), float)
    new = {}
    for path in input.profiles:
        of = read_table(path)
        new |= zip((row["recording"] for row in of), read_bands(of), strict=True)
    with sheet(output, 7.5, 6.2) as figure:
        headline(figure, "New recordings against those that the model learnt from")
        grid = figure.add_gridspec(4, 1, height_ratios=(1, 1, 1, 1.5))
        axes = [figure.add_subplot(grid[at]) for at in range(3)]
        bands = (limits.level, limits.spectrum, limits.embedding)
        for ax, (measure, label), limit in zip(axes, LABELS.items(), bands, strict=True):
            y = np.array([number(row[measure]) for row in rows])
            low, high = limit if isinstance(limit, tuple) else (0.0, limit)
            if high is not None:
                ax.axhspan(low, high, color="#E8F1E8", linewidth=0, zorder=0)
            beyond = np.array([measure in row["outside"].split() for row in rows], bool)
            ax.plot(x[~beyond], y[~beyond], "o", color=COLOURS[0], ms=2.5, mew=0)
            ax.plot(x[beyond], y[beyond], "s", color=COLOURS[1], ms=2.8, mew=0)
            ax.set_ylabel(label, fontsize=7)
            if measure != "level":
                ax.set_ylim(0, None)
            if dated:
                date_axis(ax, [row["night"] for row in rows])
            if ax is not axes[-1]:
                ax.tick_params(labelbottom=False)
        axes[-1].set_xlabel("Night (date of its evening)" if dated else "Recording, in order")
        ordered = np.array([new[row["recording"]] for row in rows])
        spectra(figure.add_subplot(grid[3]), read_bands(training), ordered, outside, params.sr)
        handles = [
            Patch(color="#E8F1E8", label="as training recordings are"),
            Line2D([], [], marker="o", lw=0, ms=3.5, color=COLOURS[0], label="inside"),
            Line2D([], [], marker="s", lw=0, ms=3.5, color=COLOURS[1], label="outside"),
        ]
        figure.legend(handles=handles, loc="outside lower left", ncols=3)
    log.info("%d of %d recordings outside", outside.sum(), len(rows))


def spectra(ax, training, new, outside, sr):
    """Draw spectra without their levels: what training has, and medians of the new ones."""
    edges = band_edges(sr)
    middle = np.sqrt(edges[:-1] * edges[1:])
    known = shapes(training)
    ax.fill_between(middle, known.min(axis=0), known.max(axis=0), color="#E8F1E8", linewidth=0)
    lines = {"training, median": (np.median(known, axis=0), {"color": GREY, "lw": 1, "ls": "--"})}
    for of, colour, name in ((~outside, COLOURS[0], "inside"), (outside, COLOURS[1], "outside")):
        if of.any():
            median = np.median(shapes(new[of]), axis=0)
            lines[f"new, {name}, median of {of.sum()}"] = median, {"color": colour, "lw": 1.3}
    for values, style in lines.values():
        ax.plot(middle, values, **style)
    ax.set_xscale("log")
    ticks = [hz for hz in (100, 200, 500, 1000, 2000, 5000, 10000, 20000) if hz < sr / 2]
    ax.set_xticks(ticks, [f"{hz / 1000:g}" for hz in ticks])
    ax.set_xticks([], minor=True)
    ax.set_xlim(middle[0] * 0.93, middle[-1] * 3.4)
    # Each line is named at its end, equal ones below each other.
    low, high = ax.get_ylim()
    below = np.inf
    for name, (values, style) in sorted(lines.items(), key=lambda item: -item[1][0][-1]):
        below = min(values[-1], below - 0.09 * (high - low))
        ax.text(middle[-1] * 1.04, below, name, color=style["color"], va="center", fontsize=7)
    ax.set_xlabel("Frequency (kHz)")
    ax.set_ylabel("Power in a band, level\ntaken away (dB)", fontsize=7)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
