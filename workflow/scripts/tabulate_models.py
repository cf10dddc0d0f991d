"""Score each model over all its folds, with intervals."""

from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.scores.comparison import MODEL, score_model
from anurans.scores.curves import read_scored
from anurans.scores.headlines import MODEL_COLUMNS, score_means
from anurans.splits.splits import HELD_OUT, TEST


def main(input, output, params):
    models = {}
    for metrics, predictions in zip(input.metrics, input.predictions, strict=True):
        about = next(iter(read_table(metrics)), None)  # every row says what the run is
        if about is None:  # no part of it is scored
            continue
        model = tuple(about[key] for key in MODEL)
        models.setdefault(model, []).append(read_table(predictions))
    rows = []
    for model, folds in sorted(models.items()):
        for subset in (HELD_OUT, TEST):
            parts = [read_scored(fold, params.species, subset) for fold in folds]
            parts = [part for part in parts if len(part.labels)]
            if parts:
                about = dict(zip(MODEL, model, strict=True)) | {"subset": subset}
                judged = parts, subset, params.species, params.resamples, params.seed
                rows.append(about | score_model(*judged) | score_means(*judged))
    f1 = [f"f1_{name}" for name in params.species]
    counts = ["folds", "n_clips", "n_recordings", "n_groups"]
    interval = ["f1_macro", "f1_macro_lower", "f1_macro_upper"]
    write_table(output[0], [*MODEL, "subset", *counts, *f1, *interval, *MODEL_COLUMNS], rows)
    log.info("%d models", len(models))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
