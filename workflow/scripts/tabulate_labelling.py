"""Gather the scores of every run under other rules of labelling, and by grade."""

from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.scores.summary import LABELLING


def main(input, output):
    rows = [row for table in input for row in read_table(table)]
    write_table(output[0], LABELLING, rows)
    log.info("%d rows of %d runs", len(rows), len(input))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
