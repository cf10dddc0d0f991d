"""Draw precision against recall of each species, for the best models of a split."""

import numpy as np

from anurans.common.jobs import log, run
from anurans.common.tables import read_table
from anurans.common.wording import counted
from anurans.report.figures import headline, look, sheet
from anurans.report.panels import WIDTH, bar, explain, line_of, lowest, note, panel_rows, panels
from anurans.scores.curves import pool_models, trace_precision_recall
from anurans.scores.ranking import CLIPS, few_best, name_models

COLUMNS = 3
LEVELS = (0.2, 0.4, 0.6, 0.8)  # of F1, drawn behind


def main(input, output, params, wildcards):
    runs = [read_table(path) for path in input.metrics]
    chosen, subset, words = few_best(runs)
    parts = pool_models(
        chosen,
        lambda at: read_table(input.predictions[at]),
        params.species,
        subset,
        wildcards.split,
    )
    names, count = name_models(list(parts)), len(params.species)
    rows = panel_rows(count, COLUMNS)
    with sheet(output, WIDTH, 1.1 + 2.5 * rows + 0.17 * len(parts)) as figure:
        headline(figure, f"Precision and recall, split {wildcards.split}")
        axes = panels(figure, count, COLUMNS, sharex=True, sharey=True)
        for at, (ax, name) in enumerate(zip(axes, params.species, strict=True)):
            isolines(ax)
            for number, part in enumerate(parts.values()):
                of = trace_precision_recall(part, at, params.resamples, params.seed)
                if not number:
                    share = of.positives / max(of.clips, 1)
                    ax.axhline(share, color="black", linewidth=0.6, zorder=1)
                    title = f"{of.positives} of {counted(of.clips, 'clip')} positive"
                    ax.set_title(f"{name}\n{title}")
                if of.recall.size:
                    style = {"lw": 1.1, "zorder": 3, **line_of(number)}
                    ax.step(of.recall, of.precision, where="post", **style)
                if of.operating:
                    style = {"color": look(number).colour, "mec": "white", "mew": 0.6, "ms": 7}
                    ax.plot(*of.operating, look(number).marker, zorder=5, **style)
                low = 0.05 + 0.075 * (len(parts) - 1 - number)
                note(ax, number, f"AP {bar(of.ap, of.interval)}", 0.05, low)
            ax.set(xlim=(0, 1.0), ylim=(0, 1.04), xticks=[0, 0.25, 0.5, 0.75, 1])
            ax.set_xticklabels(["0", "0.25", "0.5", "0.75", "1"])
            if lowest(at, count, COLUMNS):
                ax.set_xlabel("Recall")
            if at % COLUMNS == 0:
                ax.set_ylabel("Precision")
        groups = counted(len({group for of in parts.values() for group in of.groups}), "group")
        explain(
            figure,
            [names[model] for model in parts],
            f"{words[0].upper()}{words[1:]}, on {CLIPS[subset]}, pooled. Markers: at the tuned "
            "thresholds. Grey: where F1 is the same.",
            f"Black line: share of positive clips. AP: average precision, [95 % interval] over "
            f"{groups}.",
        )
    log.info("%s on %s", words, subset)


def isolines(ax):
    """Draw where F1 is the same."""
    for level in LEVELS:
        recall = np.linspace(level / (2 - level), 1, 200)
        ax.plot(recall, level * recall / (2 * recall - level), color="#D8D8D8", lw=0.6, zorder=0)
        ax.text(1.01, level / (2 - level), f"{level:g}", color="#8A8A8A", fontsize=6, va="center")


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
