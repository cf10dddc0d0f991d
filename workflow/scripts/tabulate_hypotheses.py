"""Hold the study's hypotheses and findings against its models."""

from anurans.common.files import whole
from anurans.common.jobs import log, run
from anurans.common.markup import markdown
from anurans.common.tables import read_table, write_table
from anurans.scores.paired_differences import judged_run
from anurans.scores.study_claims import HYPOTHESES, hypotheses
from anurans.splits.splits import HELD_OUT, TEST, TRAIN, VALIDATION

ROLES = (TRAIN, VALIDATION, HELD_OUT, TEST)


def main(input, output, params):
    runs = [
        judged_run(read_table(metrics), read_table(predictions), stages, params.species, ROLES)
        for metrics, predictions, stages in zip(
            input.metrics, input.predictions, params.stages, strict=True
        )
    ]
    table = hypotheses(runs, params.recipes, params.datasets, params.resamples, params.seed)
    write_table(output.table, HYPOTHESES, table)
    with whole(output.markdown) as partial:
        partial.write_text(markdown(HYPOTHESES, read_table(output.table)), encoding="utf-8")
    log.info("%d claims, %d runs", len(table), len(runs))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
