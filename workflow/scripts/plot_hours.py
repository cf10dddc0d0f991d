"""Draw the F1 of each species by the hour of the day, for the best models of a split."""

import numpy as np

from anurans.common.errors import UserError
from anurans.common.jobs import log, run
from anurans.common.tables import read_table
from anurans.common.wording import counted
from anurans.recordings.names import start_of
from anurans.recordings.times import hours_from_noon
from anurans.report.figures import headline, sheet
from anurans.report.panels import (
    WIDTH,
    draw_places,
    explain,
    panels,
    species_columns,
    species_height,
)
from anurans.scores.curves import read_scored, score_places, scored_rows
from anurans.scores.ranking import CLIPS, few_best, name_models


def main(input, output, params, wildcards):
    runs = [read_table(path) for path in input.metrics]
    chosen, subset, words = few_best(runs)
    times = {row["recording"]: row["time"] for row in read_table(input.recordings)}
    scores = {}
    for model, folds in chosen.items():
        of_folds = [scored_rows(read_table(input.predictions[at]), subset) for at in folds]
        parts = [read_scored(rows, params.species, subset) for rows in of_folds]
        hours = [[hour_of(row, times) for row in rows] for rows in of_folds]
        hours = [np.array(of, dtype=int) for of in hours]
        scores[model] = [
            score_places(parts, subset, column, hours, params.resamples, params.seed)
            for column in range(len(params.species))
        ]
    found = sorted({each.place for of in scores.values() for rows in of for each in rows})
    if not found:
        raise UserError(
            f"Split {wildcards.split}: no scored recording has a time of day. Give recordings a "
            "time, in their names (SITE_YYYYMMDD_HHMMSS) or in a table of recordings."
        )
    names = name_models(list(scores))
    count = len(params.species)
    columns = species_columns(count)
    height = 0.9 + species_height(count, 1.55) + 0.17 * len(scores)
    with sheet(output, WIDTH, height) as figure:
        headline(figure, f"F1 by hour of the day, split {wildcards.split}")
        axes = list(panels(figure, count, columns, sharex=True, sharey=True))
        for at, (ax, name) in enumerate(zip(axes, params.species, strict=True)):
            draw_places(ax, [of[at] for of in scores.values()], columns)
            ax.set_title(name)
            if at % columns == 0:
                ax.set_ylabel("F1")
        label(axes[-columns:], found, next(iter(scores.values())))
        explain(
            figure,
            [names[model] for model in scores],
            f"{words[0].upper()}{words[1:]}, on {CLIPS[subset]}. Numbers: positive / all clips.",
            "95 % intervals over groups; hollow: no interval, calls in fewer than three groups.",
        )
    log.info("%s on %s, %d hours", words, subset, len(found))


def hour_of(row, times):
    """Hour that a clip begins in, counted from noon; -1 where its time is not known."""
    time = times.get(row["recording"])
    return int((hours_from_noon(time) + start_of(row["clip"]) / 3600) % 24) if time else -1


def label(lowest, hours, species):
    """Name the hours below the lowest panels, with how many recordings stand behind each."""
    recordings = {each.place: each.recordings for rows in species for each in rows}
    low, high = hours[0], hours[-1] + 1
    counts = sorted(set(recordings.values()))
    spread = counted(counts[-1], "recording")
    if len(counts) > 1:
        spread = f"{counts[0]} to {spread}"
    for ax in lowest:
        ax.set_xlim(low, high)
        ax.set_xticks(
            range(low, high + 1), [f"{(at + 12) % 24:02d}:00" for at in range(low, high + 1)]
        )
        if high - low > 14 / len(lowest):
            ax.tick_params(axis="x", labelrotation=90)
        ax.set_xlabel(f"Time of day; {spread} an hour")


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
