"""Give every score of each model that people quote its interval."""

from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.scores.comparison import MODEL
from anurans.scores.curves import read_scored
from anurans.scores.headlines import INTERVALS, score_headlines
from anurans.scores.ranking import gather_models
from anurans.splits.splits import HELD_OUT, TEST


def main(input, output, params):
    models = gather_models([read_table(path) for path in input.metrics])
    rows = []
    for model, places in models.items():
        predictions = [read_table(input.predictions[at]) for at in places]
        for subset in (HELD_OUT, TEST):
            folds = [read_scored(each, params.species, subset) for each in predictions]
            folds = [fold for fold in folds if len(fold.labels)]
            if folds:
                about = dict(zip((*MODEL, "subset"), (*model, subset), strict=True))
                scores = score_headlines(
                    folds, subset, params.species, params.resamples, params.seed
                )
                rows += [about | row for row in scores]
    write_table(output[0], INTERVALS, rows)
    log.info("%d scores of %d models", len(rows), len(models))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
