"""Draw the losses of every training of a split by epoch, and which epoch was kept."""

from textwrap import fill

from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from anurans.comparison import MODEL
from anurans.errors import UserError
from anurans.figures import COLOURS, counted, headline, sheet
from anurans.jobs import log, run
from anurans.panels import WIDTH, lowest, panel_rows, panels
from anurans.ranking import choosing_part, gather_models, rank_models
from anurans.tables import read_table

# Of more models only the best are drawn.
MOST = 60
COLUMNS = 5
TRAINING, VALIDATION = COLOURS[0], COLOURS[1]
KEPT = "epoch that was kept; n: trainings of a model, a pair of lines each"
PLAIN = FuncFormatter(lambda value, _: f"{value:g}")


def main(input, output, params, wildcards):
    runs = [read_table(path) for path in input.metrics]
    models = gather_models(runs)
    best = set(rank_models(runs, choosing_part(runs))[:MOST])
    curves = {
        model: [(read_curve(input.history[at]), int(runs[at][0]["best_epoch"])) for at in places]
        for model, places in models.items()
        if model in best
    }
    if not any(epochs for of in curves.values() for (epochs, _, _), _ in of):
        raise UserError(
            f"Split {wildcards.split}: no training has an epoch in its history.tsv to draw."
        )
    order = {name: at for at, name in enumerate(params.datasets)}
    at = MODEL.index("dataset")
    keys = sorted(curves, key=lambda model: (model[1:at], model[at + 1 :], order[model[at]]))
    columns = columns_for(keys)
    longest = [max(epochs) for of in curves.values() for (epochs, _, _), _ in of if epochs]
    losses = [
        y for of in curves.values() for (_, *both), _ in of for line in both for y in line if y
    ]
    narrow = max(losses, default=1.0) < 100 * min(losses, default=1.0)
    shown, trainings = counted(len(models), "model"), sum(map(len, curves.values()))
    if len(best) < len(models):
        shown = f"the {len(best)} best of {shown}"
    rows = panel_rows(len(keys), columns)
    with sheet(output, WIDTH, 1.0 + 1.45 * rows) as figure:
        words = f"{shown}, {counted(trainings, 'training')}"
        headline(figure, f"Learning curves, split {wildcards.split}: {words}")
        axes = panels(figure, len(keys), columns, sharex=True, sharey=True)
        for at, (ax, model) in enumerate(zip(axes, keys, strict=True)):
            for curve, kept in curves[model]:
                draw(ax, curve, kept)
            ax.set_title(title(model, len(curves[model])), fontsize=6.5)
            ax.set_yscale("log")
            ax.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0) if narrow else (1.0,)))
            ax.yaxis.set_major_formatter(PLAIN)
            ax.yaxis.set_minor_formatter(NullFormatter())
            ax.grid(axis="y", color="#E5E5E5", linewidth=0.5)
            if max(longest) > 10 * min(longest):
                ax.set_xscale("log")
                ax.xaxis.set_major_formatter(PLAIN)
                ax.xaxis.set_minor_formatter(NullFormatter())
            else:
                ax.xaxis.set_major_locator(MaxNLocator(4, integer=True))
            if lowest(at, len(keys), columns):
                ax.set_xlabel("Epoch")
            if at % columns == 0:
                ax.set_ylabel("Loss")
        figure.legend(handles=legend(), loc="outside lower left", ncols=3)
    log.info("%d of %d models, %d trainings", len(best), len(models), trainings)


def read_curve(path):
    """Epochs, and the loss on training and validation at each; None where it is not known."""
    rows = read_table(path)
    found = [
        [float(row[key]) if row.get(key) else None for row in rows] for key in ("loss", "val_loss")
    ]
    return [int(row["epoch"]) for row in rows], *found


def columns_for(keys):
    """Columns that put the datasets of a model side by side, where all have the same ones."""
    at = MODEL.index("dataset")
    datasets = {model[at] for model in keys}
    others = {model[:at] + model[at + 1 :] for model in keys}
    full = len(keys) == len(datasets) * len(others)
    return (
        len(datasets) if full and 3 <= len(datasets) <= COLUMNS else min(COLUMNS, max(3, len(keys)))
    )


def draw(ax, curve, kept):
    """Draw one training."""
    epochs, *losses = curve
    for values, colour, style in zip(losses, (TRAINING, VALIDATION), ("-", "--"), strict=True):
        known = [(x, y) for x, y in zip(epochs, values, strict=True) if y is not None]
        if known:
            # A single epoch has no line.
            ax.plot(*zip(*known, strict=True), style, color=colour, lw=0.8, alpha=0.8)
    # The loss that decided; without a validation part there is only the other one.
    decided = next((of for of in reversed(losses) if any(y is not None for y in of)), [])
    at = dict(zip(epochs, decided, strict=False)).get(kept)
    if at is not None:
        ax.plot(kept, at, "o", color="black", mec="white", mew=0.5, ms=4, zorder=4)


def title(model, folds):
    """What a model is, in lines that fit above a small panel."""
    of = dict(zip(MODEL, model, strict=True))
    lines = [of["backbone"], f"{of['dataset']}, n = {folds}", of["recipe"]]
    return "\n".join(fill(line, 25) for line in lines)


def legend():
    """What the lines mean."""
    return [
        Line2D([], [], color=TRAINING, linewidth=1, label="training"),
        Line2D([], [], color=VALIDATION, linewidth=1, linestyle="--", label="validation"),
        Line2D([], [], linestyle="", marker="o", color="black", ms=4, label=KEPT),
    ]


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
