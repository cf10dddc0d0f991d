"""Draw the mean F1 of models against the size of their weights."""

from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, NullFormatter, NullLocator

from anurans.common.errors import UserError
from anurans.common.jobs import log, run
from anurans.common.tables import read_table
from anurans.common.wording import counted, ranged
from anurans.report.figures import headline, look, sheet
from anurans.report.panels import letter_names
from anurans.scores.comparison import MODEL
from anurans.scores.ranking import gather_models, name_backbones
from anurans.scores.summary import SUBSETS
from anurans.splits.splits import HELD_OUT, TEST


def main(input, output, params):
    runs = [read_table(path) for path in input.metrics]
    models = gather_models(runs)
    table = {(*(row[key] for key in MODEL), row["subset"]): row for row in read_table(input.models)}
    subset = HELD_OUT if any((*model, HELD_OUT) in table for model in models) else TEST
    found = {
        model: (table[*model, subset], float(runs[places[0]][0]["weights_mb"]))
        for model, places in models.items()
        if (*model, subset) in table and table[*model, subset]["f1_macro"]
    }
    if not found:
        raise UserError(
            f"{input.models}: no model of this experiment has an F1 on a held-out or test part, so "
            "that there is nothing to draw against the size of the weights."
        )
    named = name_backbones(list(found))
    backbones = sorted(set(named.values()))
    letters, recipes = letter_names(model[MODEL.index("recipe")] for model in found)
    rows = [row for row, _ in found.values()]
    with sheet(output, 6.0, 3.7 + 0.13 * len(recipes)) as figure:
        headline(figure, f"Size of the weights and F1 of {counted(len(found), 'model')}")
        ax = figure.subplots()
        sizes = [size for _, size in found.values()]
        low, high = min(sizes), max(sizes)
        ax.set_xscale("log")
        ax.set_xlim(low / 1.5, high * 1.5)
        for model, (row, size) in found.items():
            of = look(backbones.index(named[model]))
            value = float(row["f1_macro"])
            ends = [row["f1_macro_lower"], row["f1_macro_upper"]]
            if all(ends):
                ax.plot([size] * 2, list(map(float, ends)), color=of.colour, lw=1.2)
            face = of.colour if all(ends) else "white"
            ax.plot(size, value, of.marker, color=of.colour, mfc=face, ms=6)
            letter = letters[model[MODEL.index("recipe")]]
            style = {"fontsize": 7, "va": "center"}
            ax.annotate(letter, (size, value), (5, 0), textcoords="offset points", **style)
        ax.xaxis.set_major_locator(NullLocator())
        ticks = [step * 10.0**power for power in range(-2, 5) for step in (1, 2, 5)]
        ax.set_xticks([tick for tick in ticks if low / 1.5 <= tick <= high * 1.5])
        ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
        ax.xaxis.set_minor_formatter(NullFormatter())
        ax.xaxis.set_minor_locator(NullLocator())
        ax.grid(color="#E5E5E5", linewidth=0.5)
        ax.set_axisbelow(True)
        ax.set_xlabel("Weights of backbone and head, float32 (MB)")
        ax.set_ylabel(f"Macro F1, {SUBSETS[subset]}")
        handles = [
            Line2D([], [], linestyle="", marker=look(at).marker, color=look(at).colour, label=name)
            for at, name in enumerate(backbones)
        ]
        lines = [
            f"Trained on {params.dataset}; {counts(rows)}; 95 % intervals over groups.",
            *recipes,
        ]
        text = {"title": "\n".join(lines), "alignment": "left", "title_fontsize": 7}
        figure.legend(handles=handles, loc="outside lower left", ncols=4, **text)
    log.info("%d of %d models", len(found), len(models))


def counts(rows):
    """What the scores rest on."""
    return ", ".join(
        ranged([int(row[column]) for row in rows], what)
        for column, what in (("n_clips", "clip"), ("n_groups", "group"), ("folds", "fold"))
    )


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
