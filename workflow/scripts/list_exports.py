"""List what leaves, file by file, and why something does not."""

from anurans.common.jobs import log, run
from anurans.common.tables import write_table


def main(output, params):
    write_table(output[0], ("export", "made", "reason", "file"), params.exports)
    log.info("%d files", sum(row["made"] == "yes" for row in params.exports))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
