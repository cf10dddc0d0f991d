"""Hold the study's hypotheses and findings against its models."""

from anurans.claims import HYPOTHESES, hypotheses
from anurans.comparison import read_decisions
from anurans.files import whole
from anurans.jobs import log, run
from anurans.markup import markdown
from anurans.pairs import StudyRun
from anurans.splits import HELD_OUT, TEST, TRAIN, VALIDATION
from anurans.tables import read_table, write_table

ROLES = (TRAIN, VALIDATION, HELD_OUT, TEST)


def main(input, output, params):
    runs = []
    for metrics, predictions, stages in zip(
        input.metrics, input.predictions, params.stages, strict=True
    ):
        # Every row of metrics.tsv says what the run is.
        about = read_table(metrics)[0]
        runs.append(
            StudyRun(
                tuple(stages),
                *(about[key] for key in ("split", "leaks", "backbone", "dataset", "recipe")),
                int(about["best_epoch"]),
                int(about["parameters_total"]),
                read_decisions(read_table(predictions), params.species, ROLES),
            )
        )
    table = hypotheses(runs, params.recipes, params.datasets, params.resamples, params.seed)
    write_table(output.table, HYPOTHESES, table)
    with whole(output.markdown) as partial:
        partial.write_text(markdown(HYPOTHESES, read_table(output.table)), encoding="utf-8")
    log.info("%d claims, %d runs", len(table), len(runs))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
