"""Draw how long the training of each model took, and how much memory."""

from statistics import median

from matplotlib.ticker import FuncFormatter, NullFormatter

from anurans.common.errors import UserError
from anurans.common.jobs import log, run
from anurans.common.tables import read_table
from anurans.common.wording import counted, round_time
from anurans.report.figures import LINE, headline, look, sheet
from anurans.report.panels import WIDTH
from anurans.scores.comparison import MODEL
from anurans.scores.ranking import choosing_part, gather_models, rank_models
from anurans.scores.spending import read_spent

# Of more models only the best are drawn.
MOST = 60
SPENT = {"s": "Wall-clock time (s)", "max_rss": "Largest memory (MB)"}


def main(input, output, params):
    # Where results lie in an object storage, a job gets copies of the benchmark files too.
    metrics, copies = input[: len(params.benchmarks)], input[len(params.benchmarks) :]
    runs = [read_table(path) for path in metrics]
    models = gather_models(runs)
    best = set(rank_models(runs, choosing_part(runs))[:MOST])
    spent = [read_spent(path) for path in copies or params.benchmarks]
    # A job that ended before Snakemake looked at it has no memory.
    spent = [of if of and SPENT.keys() <= of.keys() else None for of in spent]
    known = [of for of in spent if of]
    if not known:
        raise UserError(
            "No training has a benchmark file in results/benchmarks/train_model: Snakemake writes "
            "one when it trains a model. Without them there is no time or memory to draw."
        )
    shown = [
        (model, [spent[at] for at in places if spent[at]])
        for model, places in models.items()
        if model in best
    ]
    order, at = list(params.datasets), MODEL.index("dataset")
    shown.sort(key=lambda each: (each[0][:at], each[0][at + 1 :], order.index(each[0][at])))
    backbones = sorted({model[MODEL.index("backbone")] for model in models})
    groups = {}
    for model, of in shown:
        about = dict(zip(MODEL, model, strict=True))
        groups.setdefault((about["split"], about["backbone"]), []).append((about, of))
    height = sum(len(members) + 1.4 for members in groups.values()) * LINE
    with sheet(output, WIDTH, 1.2 + height) as figure:
        words = f"{counted(len(known), 'training')} of {counted(len(models), 'model')}"
        total = round_time(sum(of["s"] for of in known))
        headline(figure, f"Time and memory of {words}: {total} in all")
        axes = figure.subplots(1, len(SPENT), sharey=True)
        names, y = {}, 0.0
        for (split, backbone), members in groups.items():
            at = {"xycoords": ("axes fraction", "data"), "va": "center", "fontweight": "bold"}
            axes[0].annotate(f"{backbone}, split {split}", (0.01, y), in_layout=False, **at)
            for about, of in members:
                y += 1
                names[y] = f"{about['dataset']}, {about['recipe']} (n = {len(of)})"
                for ax, column in zip(axes, SPENT, strict=True):
                    draw(ax, y, [each[column] for each in of], look(backbones.index(backbone)))
            y += 1.4
        for ax, (column, label) in zip(axes, SPENT.items(), strict=True):
            style(ax, label, [each[column] for _, of in shown for each in of])
        axes[0].set_yticks(list(names), list(names.values()))
        axes[0].set_ylim(y - 0.8, -0.8)
        text = "A point is one training (n); line and number: their median."
        if len(best) < len(models):
            text += f" Shown: the {len(best)} best models by mean F1."
        figure.legend(handles=[], loc="outside lower left", title=text, title_fontsize=7)
    log.info("%d of %d trainings have a benchmark file", len(known), len(spent))


def draw(ax, y, values, of):
    """Draw trainings as points and their median as a line."""
    if not values:
        return
    ax.plot(values, [y] * len(values), of.marker, color=of.colour, ms=4, alpha=0.6, mew=0)
    ax.plot([median(values)] * 2, [y - 0.35, y + 0.35], color="black", linewidth=1.2, zorder=3)
    text = f"{median(values):.3g}" if median(values) < 1000 else f"{median(values):,.0f}"
    at = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points", "va": "center"}
    ax.annotate(text, (1, y), (3, 0), fontsize=6.5, color="#444444", **at)


def style(ax, label, values):
    """Even out a panel."""
    ax.set_xlabel(label)
    if values and min(values) > 0 and max(values) > 8 * min(values):
        ax.set_xscale("log")
        ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
        ax.xaxis.set_minor_formatter(NullFormatter())
    else:
        ax.set_xlim(left=0)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.grid(axis="x", color="#E5E5E5", linewidth=0.5)
    ax.set_axisbelow(True)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
