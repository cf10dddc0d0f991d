"""Draw the macro F1 of each model with its interval, so that datasets can be compared."""

from pathlib import Path

from anurans.common.errors import UserError
from anurans.common.jobs import log, run
from anurans.common.tables import read_table
from anurans.common.wording import counted, ranged
from anurans.report.figures import Dot, forest, forest_height, headline, look, sheet
from anurans.scores.summary import SUBSETS
from anurans.splits.splits import HELD_OUT, TEST

# Of more than these only the best are drawn.
MOST = 60
MODEL = ("split", "backbone", "weights", "recipe", "labelling", "dataset")


def main(input, output, params):
    models = {}
    for row in read_table(input[0]):
        models.setdefault(tuple(row[key] for key in MODEL), {})[row["subset"]] = row
    if not models:
        raise UserError(f"{input[0]}: there is no model in this table to draw.")
    subsets = [name for name in (HELD_OUT, TEST) if any(name in of for of in models.values())]
    # The test part is not looked at to choose, where there is another.
    ranked = sorted(models, key=lambda model: (-f1(models[model], subsets[0]), model))
    best = ranked[:MOST]
    same_rule = len({model[4] for model in models}) == 1
    sections = []
    for split in sorted({model[0] for model in best}):
        titles = [title(split, name, [models[model] for model in best]) for name in subsets]
        of = {}
        for model in best:
            if model[0] == split:
                of.setdefault(heading(model, same_rule), []).append(model)
        groups = [
            (
                name,
                [
                    Dot(model[-1], look(number), [scores(models[model], name) for name in subsets])
                    for number, dataset in enumerate(params.datasets)
                    for model in members
                    if model[-1] == dataset
                ],
            )
            for name, members in of.items()
        ]
        sections.append((titles, groups))

    shown = counted(len(models), "model")
    if len(models) > MOST:
        shown = f"the {MOST} best of {shown} ({SUBSETS[subsets[0]]})"
    with sheet(output, 7.5, forest_height(sections)) as figure:
        headline(figure, f"Macro F1 of {shown}, with 95 % intervals")
        axes = forest(figure, sections, "Macro F1", guide=params.datasets[0])
        low, high = axes[0, 0].get_xlim()
        axes[0, 0].set_xlim(max(low, -0.02), min(high, 1.02))
    log.info("%d of %d models", len(best), len(models))


def f1(parts, subset):
    """F1 that models are ranked by; below all where it is undefined."""
    value = parts.get(subset, {}).get("f1_macro")
    return float(value) if value else -1.0


def scores(parts, subset):
    """Value and interval of a model in a part, or None where it has no such part."""
    if subset not in parts:
        return None
    columns = ("f1_macro", "f1_macro_lower", "f1_macro_upper")
    return [float(parts[subset][name]) if parts[subset][name] else None for name in columns]


def heading(model, same_rule):
    """What the models of a group have in common."""
    _, backbone, weights, recipe, labelling, _ = model
    rule = "" if same_rule else f", labelling {labelling}"
    return f"{backbone} ({Path(weights).name} weights), {recipe}{rule}"


def title(split, subset, models):
    """What is scored in a panel, and how much of it."""
    rows = [of[subset] for of in models if subset in of and of[subset]["split"] == split]
    leaks = any(
        of[part]["leaks"] != "no" for of in models for part in of if of[part]["split"] == split
    )
    name = f"Split {split}{' (leaks by design)' if leaks else ''}, {SUBSETS[subset]}"
    if not rows:
        return f"{name}\nno such part"
    counts = [
        ranged([int(row[f"n_{what}s"]) for row in rows], what)
        for what in ("clip", "recording", "group")
    ]
    return f"{name}\n{', '.join(counts)}"


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
