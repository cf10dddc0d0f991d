"""Draw by how much a leaky split flatters models, against honest splits."""

from pathlib import Path

from anurans.common.errors import UserError
from anurans.common.jobs import log, run
from anurans.common.tables import read_table
from anurans.common.wording import ranged
from anurans.report.figures import Dot, forest, forest_height, headline, look, sheet
from anurans.scores.summary import SUBSETS
from anurans.splits.splits import HELD_OUT, TEST

MODEL = ("backbone", "weights", "dataset", "recipe", "labelling")


def main(input, output):
    rows = read_table(input[0])
    if not rows:
        raise UserError(
            f"{input[0]}: there is nothing to compare. An experiment needs a split by clip and "
            "another one for the same models (experiments, splits)."
        )
    subsets = [name for name in (HELD_OUT, TEST) if any(row["subset"] == name for row in rows)]
    same_rule = len({row["labelling"] for row in rows}) == 1
    splits = sorted({row["split"] for row in rows})
    models, above = {}, 0
    for row in rows:
        lines = models.setdefault(tuple(row[key] for key in MODEL), {})
        found = [float(row[key]) if row[key] else None for key in ("difference", "lower", "upper")]
        lines.setdefault((row["split"], row["leaky"]), {})[row["subset"]] = found
        above += found[1] is not None and found[1] > 0
    groups = [
        (
            heading(model, same_rule),
            [
                Dot(
                    f"{leaky} against {split}",
                    look(splits.index(split)),
                    [of.get(subset) for subset in subsets],
                )
                for (split, leaky), of in lines.items()
            ],
        )
        for model, lines in models.items()
    ]
    sections = [([title(subset, rows) for subset in subsets], groups)]
    with sheet(output, 7.5, forest_height(sections) + 0.2) as figure:
        words = f"the interval lies above 0 in {above} of {len(rows)} comparisons"
        headline(figure, f"What a leaky split pretends: {words}")
        axes = forest(
            figure,
            sections,
            "Macro F1, leaky minus honest split\n← leak lowers it      leak flatters it →",
        )
        for ax in axes.flat:
            ax.axvline(0, color="black", linewidth=0.8, zorder=1)
    log.info("%d comparisons of %d models", len(rows), len(models))


def heading(model, same_rule):
    """What the lines of a group have in common."""
    backbone, weights, dataset, recipe, labelling = model
    rule = "" if same_rule else f", labelling {labelling}"
    return f"{backbone} ({Path(weights).name} weights), {dataset}, {recipe}{rule}"


def title(subset, rows):
    """What is scored in a panel, and what its intervals resample."""
    groups = [int(row["n_groups"]) for row in rows if row["subset"] == subset]
    return f"{SUBSETS[subset].capitalize()}, {ranged(groups, 'group')}"


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
