"""Compare backbones, datasets and recipes, with Holm's correction."""

from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.scores.contrasts import COMPARISONS, compare_models
from anurans.scores.paired_differences import judged_run


def main(input, output, params):
    runs = [
        judged_run(read_table(metrics), read_table(predictions), (), params.species)
        for metrics, predictions in zip(input.metrics, input.predictions, strict=True)
    ]
    rows = compare_models([run for run in runs if run], params.resamples, params.seed, params.kinds)
    write_table(output[0], COMPARISONS, rows)
    log.info("%d comparisons of %d runs", len(rows), len(runs))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
