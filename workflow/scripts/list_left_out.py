"""List the new recordings that are in no detection history, or in no data package, and why."""

from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.exports.left_out import LEFT_OUT, left_out_rows


def main(input, output, params):
    rows = list(left_out_rows(read_table(input.recordings), params.places))
    write_table(output[0], LEFT_OUT, rows)
    log.info("%d rows", len(rows))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
