"""Draw the F1 of each species at each site, for the best models of a split."""

import numpy as np

from anurans.common.errors import UserError
from anurans.common.jobs import log, run
from anurans.common.tables import read_table
from anurans.report.figures import headline, sheet
from anurans.report.panels import (
    WIDTH,
    draw_places,
    explain,
    panels,
    species_columns,
    species_height,
)
from anurans.scores.curves import read_scored, score_places
from anurans.scores.ranking import CLIPS, few_best, name_models


def main(input, output, params, wildcards):
    runs = [read_table(path) for path in input.metrics]
    chosen, subset, words = few_best(runs)
    found = read_table(input.recordings)
    of = {row["recording"]: row["site"] for row in found}
    sites = sorted({row["site"] for row in found if row["site"] and row["status"] == "ok"})
    number = {site: at for at, site in enumerate(sites)} | {"": -1}
    scores = {}
    for model, folds in chosen.items():
        parts = [
            read_scored(read_table(input.predictions[at]), params.species, subset) for at in folds
        ]
        places = [np.array([number[of[name]] for name in part.recordings]) for part in parts]
        scores[model] = [
            score_places(parts, subset, column, places, params.resamples, params.seed)
            for column in range(len(params.species))
        ]
    found = sorted({each.place for rows in scores.values() for of in rows for each in of})
    if not found:
        raise UserError(
            f"Split {wildcards.split}: no scored recording has a site. Give recordings one, in "
            "their names (SITE_YYYYMMDD_HHMMSS), folders or a table of recordings."
        )
    names = name_models(list(scores))
    count = len(params.species)
    columns = species_columns(count)
    height = 1.2 + species_height(count, 1.55) + 0.17 * len(scores)
    with sheet(output, WIDTH, height) as figure:
        headline(figure, f"F1 by site, split {wildcards.split}")
        axes = list(panels(figure, count, columns, sharex=True, sharey=True))
        for at, (ax, name) in enumerate(zip(axes, params.species, strict=True)):
            draw_places(ax, [rows[at] for rows in scores.values()], columns)
            ax.set_title(name)
            if at % columns == 0:
                ax.set_ylabel("F1")
        ax.set_xlim(0, len(sites))
        ax.set_xticks(np.arange(len(sites)) + 0.5, sites)
        if sum(map(len, sites)) > 70 / columns:
            for ax in axes[-columns:]:
                ax.tick_params(axis="x", labelrotation=90)
        explain(
            figure,
            [names[model] for model in scores],
            f"{words[0].upper()}{words[1:]}, on {CLIPS[subset]}. Numbers: positive / all clips.",
            "95 % intervals over groups; hollow: no interval, calls in fewer than three groups.",
        )
    log.info("%s on %s, %d sites", words, subset, len(found))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
