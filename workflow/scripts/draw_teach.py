"""Make the queue of clips to teach the model with, of those that are suggested."""

from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.review.queues import QUEUE, lay_queue
from anurans.review.season_clips import model_digest


def main(input, output, params, wildcards):
    model = {"model": model_digest(input.model)}
    rows = [row | model for row in read_table(input.suggestions)]
    queue = lay_queue(f"teach-{wildcards.round}", "teach", rows, params.species)
    write_table(output[0], QUEUE, queue)
    log.info("%d clips", len({row["question"] for row in queue}))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
