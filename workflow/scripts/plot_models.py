"""Draw the macro F1 of each model with its interval, so that datasets can be compared."""

from anurans.common.errors import UserError
from anurans.common.jobs import log, run
from anurans.common.tables import read_table
from anurans.common.wording import counted
from anurans.report.figures import (
    forest,
    forest_height,
    headline,
    sheet,
)
from anurans.report.model_sections import choose_rows, gather_rows, split_sections
from anurans.scores.summary import SUBSETS

# Of more than these only the best are drawn.
MOST = 60


def main(input, output, params):
    table = read_table(input[0])
    if not table:
        raise UserError(f"{input[0]}: there is no model in this table to draw.")
    models = gather_rows(table)
    best, subsets = choose_rows(models, MOST)
    sections = split_sections(models, best, subsets, params.datasets)
    shown = counted(len(models), "model")
    if len(models) > MOST:
        shown = f"the {MOST} best of {shown} ({SUBSETS[subsets[0]]})"
    with sheet(output, 7.5, forest_height(sections)) as figure:
        headline(figure, f"Macro F1 of {shown}, with 95 % intervals")
        axes = forest(figure, sections, "Macro F1", guide=params.datasets[0])
        low, high = axes[0, 0].get_xlim()
        axes[0, 0].set_xlim(max(low, -0.02), min(high, 1.02))
    log.info("%d of %d models", len(best), len(models))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
