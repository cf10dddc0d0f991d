"""Draw what matters in the field: far calls, false events and minutes of listening, by species."""

from matplotlib.lines import Line2D

from anurans.common.jobs import log, run
from anurans.common.tables import read_table
from anurans.report.figures import headline, look, sheet
from anurans.report.palette import GREY
from anurans.report.panels import WIDTH, key_of
from anurans.scores.comparison import MODEL
from anurans.scores.field_scores import FALSE, LISTENING, RECALL
from anurans.scores.ranking import few_best, name_models

PANELS = {
    RECALL: "Recall, by grade of the clip's best call",
    FALSE: "False events per hour without the species",
    LISTENING: "Minutes to hear 95 % of presences",
}
ORDER = ("clear", "medium", "far", "ungraded")


def main(input, output, params, wildcards):
    chosen, _, words = few_best([read_table(path) for path in input.metrics])
    rows = read_table(input.table)
    of = {
        model: [row for row in rows if tuple(row[key] for key in MODEL) == model]
        for model in chosen
    }
    names = name_models(list(chosen))
    height = 1.3 + 1.5 * len(params.species)
    with sheet(output, WIDTH, height) as figure:
        headline(figure, f"What matters in the field, split {wildcards.split}")
        axes = figure.subplots(len(params.species), len(PANELS), sharex="col", squeeze=False)
        for line, name in zip(axes, params.species, strict=True):
            for ax, score in zip(line, PANELS, strict=True):
                draw(
                    ax,
                    [
                        [row for row in mine if (row["species"], row["score"]) == (name, score)]
                        for mine in of.values()
                    ],
                )
            line[0].set_ylabel(name)
        for ax, title in zip(axes[0], PANELS.values(), strict=True):
            ax.set_title(title, fontsize=7)
        axes[-1, 0].set_xlim(-0.03, 1.03)
        for ax in axes[-1, 1:]:
            ax.set_xlim(0, None)
        handles = [key_of(at, names[model]) for at, model in enumerate(of)]
        style = {"color": GREY, "marker": "|", "markersize": 8, "linestyle": ""}
        handles.append(Line2D([], [], label="listening in any order", **style))
        title = (
            f"{words[0].upper()}{words[1:]}, on held-out recordings. 95 % intervals over groups; "
            "hollow: no interval, in fewer than three groups."
        )
        text = {"title": title, "alignment": "left", "title_fontsize": 7, "handlelength": 4}
        figure.legend(handles=handles, loc="outside lower left", ncols=2, **text)
    log.info("%s", words)


def draw(ax, models):
    """Draw one score of one species: a line for each of what it is of, models below each other."""
    found = {row["of"] for rows in models for row in rows}
    lines = [name for name in ORDER if name in found] or sorted(found)
    for number, rows in enumerate(models):
        style = look(number)
        shift = 0.18 * (number - (len(models) - 1) / 2)
        for row in rows:
            if not row["value"]:
                continue
            y = lines.index(row["of"]) + shift
            if row["lower"]:
                ends = float(row["lower"]), float(row["upper"])
                ax.plot(ends, [y, y], color=style.colour, lw=1.2, solid_capstyle="butt")
            face = style.colour if row["lower"] else "white"
            value = float(row["value"])
            ax.plot(value, y, style.marker, color=style.colour, mfc=face, ms=4.5, clip_on=False)
            if row["by_chance"]:
                ax.plot(float(row["by_chance"]), y, "|", color=GREY, ms=8)
    graded = bool(set(lines) & set(ORDER))
    ax.set_yticks(range(len(lines)) if graded else [], lines if graded else [])
    ax.set_ylim(max(len(lines), 1) - 0.5, -0.5)
    ax.grid(axis="x", color="#E5E5E5", linewidth=0.5)
    ax.set_axisbelow(True)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
