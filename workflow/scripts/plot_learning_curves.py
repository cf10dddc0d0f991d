"""Draw the losses of every training of a split, by epoch or penalty, and what was kept."""

from textwrap import fill

from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from anurans.common.errors import UserError
from anurans.common.jobs import log, run
from anurans.common.tables import read_table
from anurans.common.wording import counted
from anurans.report.figures import headline, sheet
from anurans.report.learning_curves import EPOCH, PENALTY, columns_for, read_curves
from anurans.report.palette import COLOURS
from anurans.report.panels import WIDTH, lowest, panel_rows, panels
from anurans.scores.comparison import MODEL
from anurans.scores.ranking import choosing_part, gather_models, rank_models

# Of more models only the best are drawn.
MOST = 60
COLUMNS = 5
TRAINING, VALIDATION = COLOURS[0], COLOURS[1]
KEPT = "kept; n: trainings of a model"
PLAIN = FuncFormatter(lambda value, _: f"{value:g}")


def main(input, output, params, wildcards):
    runs = [read_table(path) for path in input.metrics]
    models = gather_models(runs)
    best = set(rank_models(runs, choosing_part(runs))[:MOST])
    curves = {
        model: [
            curve
            for at in places
            for curve in read_curves(read_table(input.history[at]), runs[at][0])
        ]
        for model, places in models.items()
        if model in best
    }
    # A network's own classes have neither.
    curves = {model: of for model, of in curves.items() if of}
    if not curves:
        raise UserError(
            f"Split {wildcards.split}: no training has an epoch or a penalty in its history.tsv to "
            "draw."
        )
    order = {name: at for at, name in enumerate(params.datasets)}
    at = MODEL.index("dataset")
    keys = sorted(curves, key=lambda model: (model[1:at], model[at + 1 :], order[model[at]]))
    columns = columns_for(keys, COLUMNS)
    kinds = {curve.by for of in curves.values() for curve in of}
    longest = [max(curve.x) for of in curves.values() for curve in of if curve.by == EPOCH]
    spread = len(longest) > 0 and max(longest) > 10 * min(longest)
    losses = [y for of in curves.values() for curve in of for y in curve.known if y]
    narrow = max(losses, default=1.0) < 100 * min(losses, default=1.0)
    shown = counted(len(models), "model")
    trainings = sum(len(models[model]) for model in curves)
    if len(curves) < len(models):
        shown = f"{len(curves)} of {shown}"
    rows = panel_rows(len(keys), columns)
    with sheet(output, WIDTH, 1.0 + 1.45 * rows) as figure:
        words = f"{shown}, {counted(trainings, 'training')}"
        headline(figure, f"Learning curves, split {wildcards.split}: {words}")
        axes = panels(figure, len(keys), columns, sharey=True)
        for at, (ax, model) in enumerate(zip(axes, keys, strict=True)):
            for curve in curves[model]:
                draw(ax, curve)
            ax.set_title(title(model, len(models[model])), fontsize=6.5)
            ax.set_yscale("log")
            ax.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0) if narrow else (1.0,)))
            ax.yaxis.set_major_formatter(PLAIN)
            ax.yaxis.set_minor_formatter(NullFormatter())
            ax.grid(axis="y", color="#E5E5E5", linewidth=0.5)
            by = {curve.by for curve in curves[model]}
            if by == {PENALTY} or spread:
                ax.set_xscale("log")
                # More do not fit beside each other in a small panel.
                ax.xaxis.set_major_locator(LogLocator(numticks=4))
                ax.xaxis.set_major_formatter(PLAIN)
                ax.xaxis.set_minor_formatter(NullFormatter())
            else:
                ax.xaxis.set_major_locator(MaxNLocator(4, integer=True))
            if lowest(at, len(keys), columns) or len(kinds) > 1:
                ax.set_xlabel("C" if by == {PENALTY} else "Epoch")
            if at % columns == 0:
                ax.set_ylabel("Loss")
        figure.legend(handles=legend(kinds), loc="outside lower left", ncols=3)
    log.info("%d of %d models, %d trainings", len(best), len(models), trainings)


def draw(ax, curve):
    """Draw one curve."""
    for values, colour, style in zip(curve.lines, (TRAINING, VALIDATION), ("-", "--"), strict=True):
        known = [(x, y) for x, y in zip(curve.x, values, strict=True) if y is not None]
        if known:
            # A single epoch has no line.
            ax.plot(*zip(*known, strict=True), style, color=colour, lw=0.8, alpha=0.8)
    # The loss that decided; without a validation part there is only the other one.
    decided = next((of for of in reversed(curve.lines) if any(y is not None for y in of)), [])
    at = dict(zip(curve.x, decided, strict=False)).get(curve.kept)
    if at is not None:
        ax.plot(curve.kept, at, "o", color="black", mec="white", mew=0.5, ms=4, zorder=4)


def title(model, folds):
    """What a model is, in lines that fit above a small panel."""
    of = dict(zip(MODEL, model, strict=True))
    lines = [of["backbone"], f"{of['dataset']}, n = {folds}", of["recipe"]]
    return "\n".join(fill(line, 25) for line in lines)


def legend(kinds):
    """What the lines mean."""
    judged = {EPOCH: "validation", PENALTY: "clips left out, by species"}
    judged = ", or ".join(words for kind, words in judged.items() if kind in kinds)
    kept = f"{KEPT}; C: weak penalties to the right" if PENALTY in kinds else KEPT
    training = Line2D([], [], color=TRAINING, linewidth=1, label="training")
    return [
        *([training] if EPOCH in kinds else []),
        Line2D([], [], color=VALIDATION, linewidth=1, linestyle="--", label=judged),
        Line2D([], [], linestyle="", marker="o", color="black", ms=4, label=kept),
    ]


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
