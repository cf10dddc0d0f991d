"""Draw the F1 of each species by the hour of the day, for the best models of a split."""

import numpy as np

from anurans.common.errors import UserError
from anurans.common.jobs import log, run
from anurans.common.tables import read_table
from anurans.common.wording import counted
from anurans.recordings.names import start_of
from anurans.recordings.times import hours_from_noon
from anurans.report.figures import headline, look, sheet
from anurans.report.panels import WIDTH, explain
from anurans.scores.curves import read_scored, score_hours, scored_rows
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
            score_hours(parts, subset, column, hours, params.resamples, params.seed)
            for column in range(len(params.species))
        ]
    found = sorted({each.hour for of in scores.values() for rows in of for each in rows})
    if not found:
        raise UserError(
            f"Split {wildcards.split}: no scored recording has a time of day. Give recordings a "
            "time, in their names (SITE_YYYYMMDD_HHMMSS) or in a table of recordings."
        )
    names = name_models(list(scores))
    with sheet(output, WIDTH, 0.9 + 1.55 * len(params.species) + 0.17 * len(scores)) as figure:
        headline(figure, f"F1 by hour of the day, split {wildcards.split}")
        axes = figure.subplots(len(params.species), 1, sharex=True, sharey=True, squeeze=False)
        for at, (ax, name) in enumerate(zip(axes[:, 0], params.species, strict=True)):
            draw(ax, [of[at] for of in scores.values()])
            ax.set_title(name)
            ax.set_ylabel("F1")
        label(ax, found, next(iter(scores.values())))
        explain(
            figure,
            [names[model] for model in scores],
            f"{words[0].upper()}{words[1:]}, on {CLIPS[subset]}. Numbers: positive / all clips.",
            "95 % intervals over groups; hollow: no interval, calls in one group only.",
        )
    log.info("%s on %s, %d hours", words, subset, len(found))


def hour_of(row, times):
    """Hour that a clip begins in, counted from noon; -1 where its time is not known."""
    time = times.get(row["recording"])
    return int((hours_from_noon(time) + start_of(row["clip"]) / 3600) % 24) if time else -1


def draw(ax, models):
    """Draw the hours of one species, models side by side, and say how many clips there are."""
    for number, rows in enumerate(models):
        style = look(number)
        shift = 0.5 + 0.16 * (number - (len(models) - 1) / 2)
        for each in rows:
            if each.f1 is None:
                continue
            known = None not in each.interval
            if known:
                ax.plot(
                    [each.hour + shift] * 2,
                    each.interval,
                    color=style.colour,
                    lw=1.2,
                    solid_capstyle="butt",
                )
            face = style.colour if known else "white"
            ax.plot(each.hour + shift, each.f1, style.marker, color=style.colour, mfc=face, ms=4.5)
    for each in models[0]:
        text = f"{each.positives} / {each.clips}"
        ax.text(each.hour + 0.5, 1.06, text, ha="center", fontsize=6, color="#555555")
    ax.set_ylim(-0.07, 1.18)
    ax.set_yticks([0, 0.25, 0.5, 0.75, 1])
    ax.grid(color="#E5E5E5", linewidth=0.5)
    ax.set_axisbelow(True)


def label(ax, hours, species):
    """Name the hours, with how many recordings stand behind each."""
    recordings = {each.hour: each.recordings for rows in species for each in rows}
    low, high = hours[0], hours[-1] + 1
    ax.set_xlim(low, high)
    ax.set_xticks(range(low, high + 1), [f"{(at + 12) % 24:02d}:00" for at in range(low, high + 1)])
    if high - low > 14:
        ax.tick_params(axis="x", labelrotation=90)
    counts = sorted(set(recordings.values()))
    spread = counted(counts[-1], "recording")
    if len(counts) > 1:
        spread = f"{counts[0]} to {spread}"
    ax.set_xlabel(f"Time of day; {spread} an hour")


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
