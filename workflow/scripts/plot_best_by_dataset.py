"""Draw the F1 of each species on test, for the best model of each backbone on each dataset."""

import numpy as np

from anurans.common.errors import UserError
from anurans.common.jobs import log, run
from anurans.common.tables import read_table
from anurans.common.wording import counted, ranged
from anurans.report.figures import Dot, forest, forest_height, headline, look, sheet
from anurans.report.panels import WIDTH, fold_panels, letter_names
from anurans.scores.comparison import MODEL, f1_intervals
from anurans.scores.curves import read_scored
from anurans.scores.ranking import choose_best, gather_models
from anurans.splits.splits import TEST

BEST = "\N{BLACK LEFT-POINTING SMALL TRIANGLE}"
PANELS = 4  # side by side


def main(input, output, params):
    runs = [read_table(path) for path in input.metrics]
    models = gather_models(runs)
    at, backbone = MODEL.index("dataset"), MODEL.index("backbone")
    datasets = [name for name in params.datasets if any(model[at] == name for model in models)]
    backbones = sorted({model[backbone] for model in models})
    by_dataset = choose_best(runs, lambda model: model[at])
    chosen = choose_best(runs, lambda model: (model[at], model[backbone]))
    groups, sizes, splits = [], [], {model[0] for model in models}
    letters, recipes = letter_names(model[MODEL.index("recipe")] for model in chosen.values())
    for dataset in datasets:
        dots = []
        for name in backbones:
            model = chosen.get((dataset, name))
            parts = [
                read_scored(read_table(input.predictions[at]), params.species, TEST)
                for at in models.get(model, [])
            ]
            parts = [part for part in parts if len(part.labels)]
            if not parts:
                continue
            sizes.append(parts[0])
            letter = letters[model[MODEL.index("recipe")]]
            label = ", ".join(filter(None, [name, letter, model[0] if len(splits) > 1 else ""]))
            label += f" {BEST}" if by_dataset.get(dataset) == model else ""
            values = f1_intervals(parts, TEST, params.resamples, params.seed)
            dots.append(Dot(label, look(backbones.index(name)), values))
        if dots:
            groups.append((f"Trained on {dataset}", dots))
    if not groups:
        raise UserError(
            "No model of this experiment is scored on a test part, so that there is no F1 to "
            "draw. Give its splits a test part (splits: test)."
        )
    positives = np.array([part.labels.sum(axis=0) for part in sizes])
    titles = [
        f"{name}\n{ranged([int(each) for each in column], 'positive')}"
        for name, column in zip(params.species, positives.T, strict=True)
    ]
    titles.append("Mean over species\n")
    sections = fold_panels(titles, groups, PANELS)
    with sheet(output, WIDTH, forest_height(sections) + 0.3 + 0.13 * len(recipes)) as figure:
        headline(figure, f"F1 on test of the best models, {counted(len(datasets), 'dataset')}")
        axes = forest(figure, sections, "F1")
        low, high = axes[0, 0].get_xlim()
        axes[0, 0].set_xlim(max(low, -0.02), min(high, 1.02))
        clips = ranged([len(part.labels) for part in sizes], "clip")
        units = ranged([len(set(part.groups)) for part in sizes], "group")
        lines = [
            f"The best recipe of each backbone on each dataset, of {counted(len(models), 'model')}"
            f", by validation F1; {BEST} the best of the dataset on validation.",
            f"{clips} of test; 95 % intervals over {units}.",
            *recipes,
        ]
        style = {"title_fontsize": 7, "alignment": "left"}
        figure.legend(handles=[], loc="outside lower left", title="\n".join(lines), **style)
    log.info("%d of %d models", len(sizes), len(models))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
