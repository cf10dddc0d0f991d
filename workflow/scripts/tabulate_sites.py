"""Score each model at each site, over its folds, with intervals."""

import numpy as np

from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.scores.comparison import MODEL
from anurans.scores.curves import read_scored, score_places
from anurans.splits.splits import HELD_OUT, TEST

COLUMNS = [*MODEL, "subset", "site", "species", "n_recordings", "n_clips", "positives"]
COLUMNS += ["f1", "f1_lower", "f1_upper"]


def main(input, output, params):
    models = {}
    for metrics, predictions in zip(input.metrics, input.predictions, strict=True):
        about = next(iter(read_table(metrics)), None)  # every row says what the run is
        if about is None:  # no part of it is scored
            continue
        model = tuple(about[key] for key in MODEL)
        models.setdefault(model, []).append(read_table(predictions))
    of = {row["recording"]: row["site"] for row in read_table(input.recordings)}
    sites = sorted(set(of.values()) - {""})
    number = {site: at for at, site in enumerate(sites)} | {"": -1}
    rows = []
    for model, folds in sorted(models.items()):
        for subset in (HELD_OUT, TEST):
            parts = [read_scored(fold, params.species, subset) for fold in folds]
            parts = [part for part in parts if len(part.labels)]
            places = [np.array([number[of[name]] for name in part.recordings]) for part in parts]
            about = dict(zip(MODEL, model, strict=True)) | {"subset": subset}
            for column, species in enumerate(params.species) if parts else ():
                drawn = params.resamples, params.seed
                for each in score_places(parts, subset, column, places, *drawn):
                    counts = {"n_recordings": each.recordings, "n_clips": each.clips}
                    counts |= {"positives": each.positives, "f1": each.f1}
                    ends = dict(zip(("f1_lower", "f1_upper"), each.interval, strict=True))
                    at = {"site": sites[each.place], "species": species}
                    rows.append(about | at | counts | ends)
    rows.sort(key=lambda row: [str(row[key]) for key in COLUMNS[: len(MODEL) + 3]])
    write_table(output[0], COLUMNS, rows)
    log.info("%d models at %d sites", len(models), len(sites))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
