"""Draw the cross-validated F1 of each species on one dataset, each fold's model as a point."""

from statistics import median, stdev

from matplotlib.lines import Line2D

from anurans.common.errors import UserError
from anurans.common.jobs import log, run
from anurans.common.tables import read_table
from anurans.common.wording import counted, ranged
from anurans.report.figures import headline, look, sheet
from anurans.report.palette import GREY
from anurans.report.panels import WIDTH
from anurans.scores.comparison import MODEL
from anurans.scores.ranking import gather_models, name_backbones
from anurans.splits.splits import HELD_OUT

COLUMNS = 3
SPREAD = 0.5  # width that the points of a backbone take up


def main(input, output, params):
    runs = [read_table(path) for path in input]
    models = gather_models(runs)
    held_out = [next((row for row in rows if row["subset"] == HELD_OUT), None) for rows in runs]
    if not any(held_out):
        raise UserError(
            "No run of this experiment holds out a fold, so that nothing is cross-validated. Give "
            "it a split with folds (splits: folds)."
        )
    kept = {model: places for model, places in models.items() if any(held_out[at] for at in places)}
    named = name_backbones(list(kept))
    backbones = sorted(set(named.values()))
    recipes = sorted({model[MODEL.index("recipe")] for model in kept})
    scores = {**{name: f"f1_{name}" for name in params.species}, "Macro F1": "f1_macro"}
    count = len(scores)
    columns = min(count, 4 if count % 3 else COLUMNS)
    rows = -(-count // columns)
    with sheet(output, WIDTH, 1.05 + 2.4 * rows + 0.17 * (len(recipes) + 1)) as figure:
        name = params.dataset
        headline(figure, f"Cross-validated F1, trained on {name}: every fold's model")
        axes = figure.subplots(rows, columns, sharey=True, sharex=True, squeeze=False)
        drawn = []
        for number, ax in enumerate(axes.flat):
            if number >= count:
                ax.set_visible(False)
                continue
            title, column = list(scores.items())[number]
            for at, backbone in enumerate(backbones):
                of = {model: kept[model] for model in kept if named[model] == backbone}
                values = draw(ax, at, of, recipes, held_out, column)
                if values:
                    spread = f"\n±{stdev(values):.2f}" if len(values) > 1 else ""
                    where = {"ha": "center", "va": "bottom", "fontsize": 6, "color": "#444444"}
                    ax.text(at, 1.03, f"{median(values):.2f}{spread}", **where)
                drawn.append(len(values))
            ax.set_title(title, pad=20)
            ax.set_xticks(range(len(backbones)), backbones, rotation=30, ha="right")
            ax.tick_params(axis="x", labelbottom=number + columns >= count)
            ax.set(xlim=(-0.6, len(backbones) - 0.4), ylim=(-0.02, 1.02))
            ax.grid(axis="y", color="#E5E5E5", linewidth=0.5)
            ax.set_axisbelow(True)
        for row in axes:
            row[0].set_ylabel("F1 on the held-out fold")
        handles = [
            Line2D([], [], ls="", marker=look(at).marker, color=GREY, label=recipe)
            for at, recipe in enumerate(recipes)
        ]
        handles.append(Line2D([], [], color="black", linewidth=1.4, label="median over the points"))
        text = (
            f"A point is one fold's model ({ranged([n for n in drawn if n], 'point')} a backbone); "
            "numbers: median ± standard deviation over them."
        )
        style = {"title": text, "alignment": "left", "title_fontsize": 7}
        figure.legend(handles=handles, loc="outside lower left", **style)
    log.info("%d models of %s", len(kept), counted(len(backbones), "backbone"))


def draw(ax, at, models, recipes, held_out, column):
    """Draw the models of a backbone, and the median over all of them; give their scores."""
    values = []
    for model, places in models.items():
        number = recipes.index(model[MODEL.index("recipe")])
        rows = [held_out[place] for place in places if held_out[place]]
        found = [float(row[column]) for row in rows if row[column]]
        centre = at + SPREAD * ((number + 0.5) / len(recipes) - 0.5)
        # Folds in order, side by side, so that no point hides another.
        width = 0.8 * SPREAD / len(recipes)
        x = [centre + width * ((turn + 0.5) / len(found) - 0.5) for turn in range(len(found))]
        style = {"color": look(at).colour, "ms": 4, "alpha": 0.75, "mew": 0}
        ax.plot(x, found, look(number).marker, **style)
        values += found
    if values:
        ends = [at - 0.62 * SPREAD, at + 0.62 * SPREAD]
        ax.plot(ends, [median(values)] * 2, color="black", linewidth=1.4, zorder=3)
    return values


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
