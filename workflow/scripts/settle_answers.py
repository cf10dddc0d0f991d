"""Settle what people answered about clips: one answer for each clip and species."""

from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.exports.answers import SETTLED, settle, settled_rows
from anurans.review.verdicts import read_verdicts


def main(input, output):
    queues = [row for path in input.queues for row in read_table(path)]
    answers, _ = read_verdicts(input.verdicts, queues, chosen_too=True)
    settled = settle(answers)
    write_table(output[0], SETTLED, settled_rows(settled))
    log.info("%d answers about %d clips and species", len(answers), len(settled))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
